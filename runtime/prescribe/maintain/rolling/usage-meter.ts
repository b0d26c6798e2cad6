import type { TimeUs } from "../../../core/time.ts";
import { type ForetoldLife, HOUR_US } from "./foretold-life.ts";
import type { MaintainedComponent, Usage } from "./maintained-plant.ts";

/** What a meter must be told again after a restart. */
export interface UsageMark {
  /** Cycles, or running hours, since the component was new. */
  readonly used: number;
  /** Reading of the counter then; NaN for running hours. */
  readonly reading: number;
  readonly timeUs: TimeUs;
}

/** Standard deviations that hold 90 % of a normal distribution. */
const Z90 = 1.6449;
/** Points by which the pace is told, and the least time between two of them, µs. */
const PACE_POINTS = 64;
const PACE_STEP_US = 60e6;
/** A pace needs as many points before it counts for more than the plan. */
const PACE_LEAST = 5;
/** A signal that was away for longer is not taken to have run on meanwhile, µs. */
const SILENT_US = 600e6;

/**
 * Counts the use of one component from a signal of its plant: cycles of a counter, or the time in which a signal is above
 * a limit. Its memory is constant. A counter that begins anew goes on from what was used; what passed while nobody looked
 * is in the counter's next reading, and lost to a running time, which then is too small: told in `lostH`.
 */
export class UsageMeter {
  readonly #usage: Usage;
  readonly #component: MaintainedComponent;
  #used: number;
  #reading = Number.NaN;
  #isRunning = false;
  #timeUs = Number.NaN;
  #lostUs = 0;
  /** Time and use, oldest first. */
  readonly #pace: { readonly timeUs: TimeUs; readonly used: number }[] = [];

  constructor(component: MaintainedComponent & { readonly usage: Usage }, mark?: UsageMark) {
    this.#component = component;
    this.#usage = component.usage;
    this.#used = mark?.used ?? component.usedAtStart * this.life;
    this.#reading = mark?.reading ?? Number.NaN;
  }

  /** Mean life, in cycles or running hours. */
  get life(): number {
    return this.#usage.by === "counter" ? this.#usage.lifeCycles : this.#usage.lifeRunningH;
  }

  get used(): number {
    return this.#used;
  }

  /** Hours in which nobody knows whether it ran. */
  get lostH(): number {
    return this.#lostUs / HOUR_US;
  }

  get mark(): UsageMark {
    return { used: this.#used, reading: this.#reading, timeUs: this.#timeUs };
  }

  /** The component is new: what it has been used is 0 from here on. */
  renew(): void {
    this.#used = 0;
    this.#lostUs = 0;
    this.#pace.length = 0;
  }

  /** A sample of the signal. One that is no number, or not newer than the last, is passed over. */
  add(timeUs: TimeUs, value: number): void {
    if (!Number.isFinite(value) || !Number.isFinite(timeUs) || timeUs <= this.#timeUs) return;
    if (this.#usage.by === "counter") {
      const came = value - this.#reading;
      // A counter that fell has begun anew: what it shows came since.
      if (came >= 0) this.#used += came;
      else if (came < 0) this.#used += Math.max(0, value);
      this.#reading = value;
    } else {
      const spanUs = timeUs - this.#timeUs;
      if (spanUs > SILENT_US) this.#lostUs += spanUs;
      else if (spanUs > 0 && this.#isRunning) this.#used += spanUs / HOUR_US;
      this.#isRunning = value > this.#usage.above;
    }
    this.#timeUs = timeUs;
    this.#notePace(timeUs);
  }

  #notePace(timeUs: TimeUs): void {
    const last = this.#pace.at(-1);
    if (last !== undefined && timeUs - last.timeUs < PACE_STEP_US) return;
    this.#pace.push({ timeUs, used: this.#used });
    // Every second one goes, so that the span grows and the memory does not.
    if (this.#pace.length > PACE_POINTS)
      for (let i = this.#pace.length - 2; i > 0; i -= 2) this.#pace.splice(i, 1);
  }

  /** When it is due; undefined before the first sample. */
  foretold(): ForetoldLife | undefined {
    if (!Number.isFinite(this.#timeUs)) return undefined;
    const { perH, isMeasured } = this.#rate();
    const at = (left: number): TimeUs => Math.round(this.#timeUs + (left / perH) * HOUR_US);
    const spread = Z90 * this.#component.lifeSpread * this.life;
    const left = this.life - this.#used;
    const unit = this.#usage.by === "counter" ? "cycles" : "running hours";
    const rounded = (value: number) => Number(value.toPrecision(3)).toLocaleString("en-US");
    const pace =
      this.#usage.by === "counter" ? `${rounded(perH)} an hour` : `${rounded(100 * perH)} % of the time`;
    const lost = this.lostH >= 0.1 ? `, ${rounded(this.lostH)} h not seen` : "";
    return {
      dueUs: at(left),
      lowUs: at(left - spread),
      highUs: at(left + spread),
      atUs: this.#timeUs,
      by: "use",
      because: `${rounded(this.#used)} of ${rounded(this.life)} ${unit} used, ${isMeasured ? pace : `${pace} as planned`}${lost}`,
    };
  }

  /** Use per calendar hour: as measured, and as planned while that is too little or nothing. */
  #rate(): { readonly perH: number; readonly isMeasured: boolean } {
    const planned = this.#usage.by === "counter" ? this.#usage.cyclesPerH : 1;
    const [first, last] = [this.#pace[0], this.#pace.at(-1)];
    if (first === undefined || last === undefined || this.#pace.length < PACE_LEAST)
      return { perH: planned, isMeasured: false };
    const perH = (last.used - first.used) / ((last.timeUs - first.timeUs) / HOUR_US);
    // A line that stands wears nothing; for how long it will stand nobody knows, so the plan is kept to.
    return perH > planned / 100 ? { perH, isMeasured: true } : { perH: planned, isMeasured: false };
  }
}
