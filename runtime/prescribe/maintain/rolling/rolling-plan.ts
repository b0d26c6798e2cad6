import { RungError } from "../../../core/errors.ts";
import type { TimeUs } from "../../../core/time.ts";
import type { Finding } from "../../../diagnose/finding.ts";
import { type ComponentState, type DueWork, dueWork, instanceOfWork, meanLifeH } from "./due-work.ts";
import { type ForetoldLife, HOUR_US, type LifeMessage, lifeOf } from "./foretold-life.ts";
import type { MaintainedComponent, MaintainedPlant } from "./maintained-plant.ts";
import type { PlanAnswer, PlanOrder } from "./maintenance-thread.ts";
import { planChanges } from "./plan-changes.ts";
import { type MaintenancePlanMessage, planMessage } from "./plan-message.ts";
import { betweenShifts, joined, type StopWindow } from "./stop-windows.ts";
import { type UsageMark, UsageMeter } from "./usage-meter.ts";

/** What work orders say of a component. */
export interface ComponentPast {
  /** How many of its works were signed off. */
  readonly signed: number;
  /** When it was renewed last; undefined: never since it is maintained here. */
  readonly renewedUs: TimeUs | undefined;
  /** When a work on it was signed off last that left it as old as it was. */
  readonly lookedUs: TimeUs | undefined;
  readonly isAtWork: boolean;
}

export interface RollingPlanParts {
  readonly twin: string;
  readonly plant: MaintainedPlant;
  readonly seed: number;
  /** What is written in its work orders now. */
  readonly past: (component: string) => ComponentPast;
  /** Use that was noted before a restart. */
  readonly marks: ReadonlyMap<string, UsageMark>;
  readonly solve: (order: PlanOrder, signal?: AbortSignal) => Promise<PlanAnswer>;
}

/** How long a finding may wait, h, by its priority: now, within a shift, within three days. */
const WAIT_H: Readonly<Record<Finding["priority"], number>> = { 1: 0, 2: 8, 3: 72 };
/** Works of one plan at most. */
const WORKS_MOST = 300;
/** Windows are looked for so many horizons ahead, since the last work may wait for the next one. */
const WINDOW_HORIZONS = 2;
/** A due time that moved by less, of what is left, brings no new plan. */
const MOVED_SHARE = 0.02;
const MOVED_LEAST_H = 0.5;

/**
 * A plan that rolls: it gathers what is foretold of each component, from a model, from its use, from findings or from the
 * calendar, and when the line may stand, and makes the plan of the next horizon from them whenever it is asked to.
 */
export class RollingPlan {
  readonly #parts: RollingPlanParts;
  readonly #lives = new Map<string, ForetoldLife>();
  readonly #meters: ReadonlyMap<string, { readonly path: string; readonly meter: UsageMeter }>;
  readonly #findings = new Map<string, { readonly finding: Finding; readonly component: string }>();
  /** First time that was seen: components without a past began then, as far as anybody knows. */
  #sinceUs: TimeUs | undefined;
  #stops: readonly StopWindow[] | undefined;
  #idle = new Map<string, StopWindow>();
  #last: MaintenancePlanMessage | undefined;
  /** Works of each component that were signed off when it was last looked at. */
  readonly #signed = new Map<string, number>();
  readonly #renewedUs = new Map<string, TimeUs | undefined>();

  constructor(parts: RollingPlanParts) {
    this.#parts = parts;
    this.#meters = new Map(
      parts.plant.components.flatMap((component) => {
        const { usage, id } = component;
        if (usage === undefined) return [];
        const mark = parts.marks.get(id);
        const meter = new UsageMeter({ ...component, usage }, mark);
        // It was signed off after its use was noted last.
        if (
          (parts.past(id).renewedUs ?? Number.NEGATIVE_INFINITY) > (mark?.timeUs ?? Number.NEGATIVE_INFINITY)
        )
          meter.renew();
        return [[id, { path: usage.path, meter }] as const];
      }),
    );
    for (const { id } of parts.plant.components) {
      const { signed, renewedUs } = parts.past(id);
      this.#signed.set(id, signed);
      this.#renewedUs.set(id, renewedUs);
    }
  }

  get last(): MaintenancePlanMessage | undefined {
    return this.#last;
  }

  get plant(): MaintainedPlant {
    return this.#parts.plant;
  }

  /** The meter of a component whose use is counted. */
  meter(component: string): UsageMeter | undefined {
    return this.#meters.get(component)?.meter;
  }

  /** @throws RungError `bad-life` */
  takeLife(message: LifeMessage, where: string): void {
    const { component, life } = lifeOf(message, this.#parts.plant, where);
    const known = this.#lives.get(component.id);
    // What was foretold before a renewal, or came late, is of another part.
    const renewedUs = this.#parts.past(component.id).renewedUs ?? Number.NEGATIVE_INFINITY;
    if (life.atUs < renewedUs || (known !== undefined && life.atUs < known.atUs)) return;
    this.#lives.set(component.id, life);
  }

  /** A sample of the twin. @param path below the twin */
  takeSample(path: string, timeUs: TimeUs, value: number): void {
    for (const one of this.#meters.values()) if (one.path === path) one.meter.add(timeUs, value);
  }

  /** Whether any use is counted from this path. */
  counts(path: string): boolean {
    for (const one of this.#meters.values()) if (one.path === path) return true;
    return false;
  }

  /**
   * A finding of an asset wants its component looked at.
   * @returns the component; undefined where it is of none that is maintained here, or is over
   */
  takeFinding(finding: Finding): MaintainedComponent | undefined {
    if (!finding.active) {
      this.#findings.delete(finding.id);
      return undefined;
    }
    const addresses = [...finding.contributions.map(({ address }) => address), finding.twin];
    for (const address of addresses) {
      const component = this.#parts.plant.components.find(
        ({ asset }) => address === asset || address.startsWith(`${asset}/`),
      );
      if (component === undefined) continue;
      this.#findings.set(finding.id, { finding, component: component.id });
      return component;
    }
    return undefined;
  }

  /** Stops of the line that are planned elsewhere: they take the place of those of the shift calendar. */
  takeStops(stops: readonly StopWindow[]): void {
    this.#stops = joined(stops);
  }

  /** A time in which the line is foretold to stand; undefined: nothing of the kind. */
  takeIdle(line: string, window: StopWindow | undefined): void {
    if (window === undefined) this.#idle.delete(line);
    else this.#idle.set(line, window);
  }

  /** When the line may stand from now on; undefined: at any time. */
  windows(nowUs: TimeUs): StopWindow[] | undefined {
    const { shifts, horizonH } = this.#parts.plant;
    const endUs = nowUs + WINDOW_HORIZONS * horizonH * HOUR_US;
    const stops = this.#stops ?? (shifts === undefined ? undefined : betweenShifts(shifts, nowUs, endUs));
    return stops === undefined ? undefined : joined([...stops, ...this.#idle.values()]);
  }

  /** What is known of each component at a moment. */
  states(nowUs: TimeUs): ComponentState[] {
    this.#sinceUs ??= nowUs;
    return this.#parts.plant.components.map((component) => {
      const past = this.#parts.past(component.id);
      if (past.signed > this.#signed.get(component.id)!) this.#afterWork(component.id, past);
      const { signed, isAtWork } = past;
      return { component, signed, isAtWork, life: this.#lifeOf(component, past) };
    });
  }

  /** A work was signed off: what had been found is dealt with, and a new part begins a life of its own. */
  #afterWork(component: string, { signed, renewedUs }: ComponentPast): void {
    this.#signed.set(component, signed);
    for (const [id, one] of this.#findings) if (one.component === component) this.#findings.delete(id);
    if (renewedUs === this.#renewedUs.get(component)) return;
    this.#renewedUs.set(component, renewedUs);
    this.#lives.delete(component);
    this.#meters.get(component)?.meter.renew();
  }

  #lifeOf(component: MaintainedComponent, past: ComponentPast): ForetoldLife | undefined {
    const counted = this.#meters.get(component.id)?.meter.foretold();
    const life =
      this.#lives.get(component.id) ??
      afterLook(counted ?? this.#byCalendar(component, past.renewedUs), component, past);
    const wanted = [...this.#findings.values()]
      .filter((one) => one.component === component.id)
      .map(({ finding }) => ofFinding(finding))
      .sort((a, b) => a.dueUs - b.dueUs)[0];
    return wanted !== undefined && (life === undefined || wanted.dueUs < life.dueUs) ? wanted : life;
  }

  #byCalendar(component: MaintainedComponent, renewedUs: TimeUs | undefined): ForetoldLife | undefined {
    const { mtbfH, usedAtStart, lifeSpread } = component;
    if (mtbfH === undefined) return undefined;
    const fromUs = renewedUs ?? this.#sinceUs! - usedAtStart * mtbfH * HOUR_US;
    const at = (h: number): TimeUs => Math.round(fromUs + h * HOUR_US);
    const spreadH = 1.6449 * lifeSpread * mtbfH;
    const since = renewedUs === undefined ? "as far as is known" : "since it was renewed";
    return {
      dueUs: at(mtbfH),
      lowUs: at(mtbfH - spreadH),
      highUs: at(mtbfH + spreadH),
      atUs: fromUs,
      by: "calendar",
      because: `every ${mtbfH} h, ${since}`,
    };
  }

  /** Whether what is known has moved so far from the last plan that another is worth its thread. */
  isOutdated(nowUs: TimeUs): boolean {
    const last = this.#last;
    if (last === undefined) return true;
    const planned = new Map(
      last.stops.flatMap(({ works }) => works.map((work) => [work.id, work.dueUs] as const)),
    );
    const works = this.#works(nowUs);
    if (works.length !== planned.size) return true;
    return works.some(({ id, life }) => {
      const dueUs = planned.get(id);
      if (dueUs === undefined) return true;
      const leftH = Math.abs(life.dueUs - nowUs) / HOUR_US;
      return Math.abs(life.dueUs - dueUs) / HOUR_US > Math.max(MOVED_LEAST_H, MOVED_SHARE * leftH);
    });
  }

  #works(nowUs: TimeUs): DueWork[] {
    return dueWork(this.#parts.plant, this.states(nowUs), nowUs);
  }

  /**
   * Plans from now on.
   * @throws RungError `too-much-work`, `maintenance-no-window`, `background-failed` where it was stopped
   */
  async plan(nowUs: TimeUs, signal?: AbortSignal): Promise<MaintenancePlanMessage> {
    const { plant, twin, seed, past, solve } = this.#parts;
    const works = this.#works(nowUs);
    if (works.length > WORKS_MOST) {
      throw new RungError({
        code: "too-much-work",
        where: plant.name,
        what: `${works.length} works fall due within ${plant.horizonH} h`,
        advice: `look at the units of lives, or shorten the horizon: at most ${WORKS_MOST} are planned`,
      });
    }
    const windows = this.windows(nowUs);
    const unknown = this.states(nowUs)
      .filter(({ life }) => life === undefined)
      .map(({ component }) => component.label);
    const hours = (timeUs: TimeUs): number => (timeUs - nowUs) / HOUR_US;
    const due = works.map(({ life }) => ({ lowH: hours(life.lowUs), highH: hours(life.highUs) }));
    const instance = instanceOfWork(plant, works, windows, nowUs);
    const answer = works.length === 0 ? undefined : await solve({ instance, due, seed }, signal);
    const made = planMessage({ twin, plant, nowUs, works, windows, unknown, answer });
    const before = this.#last;
    const gone = new Set(
      (before?.stops ?? [])
        .flatMap((stop) => stop.works)
        .filter(({ component, id }) => {
          const { isAtWork, signed } = past(component);
          return isAtWork || Number(id.slice(id.lastIndexOf("#") + 1)) <= signed;
        })
        .map(({ id }) => id),
    );
    this.#last = before === undefined ? made : { ...made, changes: planChanges(before, made, gone) };
    return this.#last;
  }
}

/** A part that was looked at and left in is due again no sooner than after a share of its mean life. */
const LOOK_SHARE = 0.1;

function afterLook(
  life: ForetoldLife | undefined,
  component: MaintainedComponent,
  { lookedUs, renewedUs }: ComponentPast,
): ForetoldLife | undefined {
  if (life === undefined || lookedUs === undefined || (renewedUs ?? 0) > lookedUs) return life;
  const byUs = lookedUs + LOOK_SHARE * meanLifeH(component) * HOUR_US - life.dueUs;
  if (!(byUs > 0) || !Number.isFinite(byUs)) return life;
  const later = (timeUs: TimeUs): TimeUs => Math.round(timeUs + byUs);
  return {
    ...life,
    dueUs: later(life.dueUs),
    lowUs: later(life.lowUs),
    highUs: later(life.highUs),
    because: `${life.because}; looked at and left in`,
  };
}

function ofFinding({ timeUs, sinceUs, priority, title }: Finding): ForetoldLife {
  const dueUs = sinceUs + WAIT_H[priority] * HOUR_US;
  return { dueUs, lowUs: dueUs, highUs: dueUs, atUs: timeUs, by: "finding", because: title };
}
