import type { TimeUs } from "../../../core/time.ts";
import type { MaintenanceActivity, MaintenanceInstance } from "../maintenance-instance.ts";
import { type ForetoldLife, HOUR_US } from "./foretold-life.ts";
import type { MaintainedComponent, MaintainedPlant } from "./maintained-plant.ts";
import { type StopWindow, windowsFrom } from "./stop-windows.ts";

/** One work that falls due within the horizon. */
export interface DueWork {
  /** `<component>#<n>`: the n-th work on it since it is maintained here, the same from plan to plan. */
  readonly id: string;
  readonly component: MaintainedComponent;
  readonly life: ForetoldLife;
  /** Before this its spare part is not there; undefined: it is, or none is needed. */
  readonly partFromUs: TimeUs | undefined;
}

/** What is known of a component at a moment. */
export interface ComponentState {
  readonly component: MaintainedComponent;
  /** Works on it that were signed off since it is maintained here. */
  readonly signed: number;
  /** Undefined where nothing tells when it is due. */
  readonly life: ForetoldLife | undefined;
  /** Its first work is under way, or waits for its sign-off: it is no more to be planned. */
  readonly isAtWork: boolean;
}

/** Works of one component at most: more is a unit mistaken. */
const LIVES_MOST = 50;

/**
 * Works that fall due from now to the end of the horizon, in the order of their due times. Behind a component's first come
 * those of its next lives, each a mean life after the one before. Spare parts go to those due first; where the stock is
 * used up the part is ordered now.
 */
export function dueWork(plant: MaintainedPlant, states: readonly ComponentState[], nowUs: TimeUs): DueWork[] {
  const endUs = nowUs + plant.horizonH * HOUR_US;
  const works = states.flatMap(({ component, signed, life, isAtWork }) => {
    if (life === undefined) return [];
    const lifeUs = meanLifeH(component) * HOUR_US;
    const found: Omit<DueWork, "partFromUs">[] = [];
    for (let k = 0; k < LIVES_MOST; k++) {
      const byUs = k * lifeUs;
      // Work that is overdue is due now for what comes after it.
      const dueUs = k === 0 ? life.dueUs : Math.max(nowUs, life.dueUs) + byUs;
      if (dueUs > endUs) break;
      const shifted = k === 0 ? life : shiftedLife(life, dueUs, k, component);
      if (k > 0 || !isAtWork)
        found.push({ id: `${component.id}#${signed + k + 1}`, component, life: shifted });
      if (!Number.isFinite(byUs)) break;
    }
    return found;
  });
  works.sort((a, b) => a.life.dueUs - b.life.dueUs || a.id.localeCompare(b.id));
  const left = new Map(plant.parts.map(({ id, onHand }) => [id, onHand]));
  return works.map((work) => {
    const { part } = work.component;
    const stock = part === undefined ? undefined : left.get(part);
    if (part === undefined || stock === undefined) return { ...work, partFromUs: undefined };
    left.set(part, stock - 1);
    if (stock > 0) return { ...work, partFromUs: undefined };
    return { ...work, partFromUs: nowUs + plant.parts.find(({ id }) => id === part)!.leadH * HOUR_US };
  });
}

/** Mean life by the calendar as planned, h; infinite where only a model or a finding tells of it. */
export function meanLifeH({ mtbfH, usage }: MaintainedComponent): number {
  if (mtbfH !== undefined) return mtbfH;
  if (usage?.by === "counter") return usage.lifeCycles / usage.cyclesPerH;
  return usage?.lifeRunningH ?? Number.POSITIVE_INFINITY;
}

/** Lives that follow each other scatter independently, so their intervals widen with the root of how many there are. */
function shiftedLife(
  life: ForetoldLife,
  dueUs: TimeUs,
  k: number,
  component: MaintainedComponent,
): ForetoldLife {
  const ownUs = 1.6449 * component.lifeSpread * meanLifeH(component) * HOUR_US;
  const wider = (halfUs: number): number => Math.hypot(halfUs, Math.sqrt(k) * ownUs);
  return {
    ...life,
    dueUs,
    lowUs: dueUs - wider(life.dueUs - life.lowUs),
    highUs: dueUs + wider(life.highUs - life.dueUs),
    because: `${k === 1 ? "a mean life" : `${k} mean lives`} after the work before it`,
  };
}

/** The instance that a planner takes: hours from now, nothing in the past. */
export function instanceOfWork(
  plant: MaintainedPlant,
  works: readonly DueWork[],
  windows: readonly StopWindow[] | undefined,
  nowUs: TimeUs,
): MaintenanceInstance {
  const hours = (timeUs: TimeUs): number => (timeUs - nowUs) / HOUR_US;
  return {
    name: plant.name,
    setupCost: plant.setupCost,
    downtimeCostPerH: plant.downtimeCostPerH,
    repairers: plant.repairers,
    isOncePerStop: true,
    windows: windows === undefined ? undefined : windowsFrom(nowUs, windows),
    activities: works.map(({ id, component, life, partFromUs }): MaintenanceActivity => {
      const { earlyCostPerH2, lateCostPerH2, durationH, crew } = component;
      return {
        id,
        component: component.id,
        dueH: hours(life.dueUs),
        durationH,
        earlyCostPerH2,
        lateCostPerH2,
        partFromH: Math.max(0, partFromUs === undefined ? 0 : hours(partFromUs)),
        ...(crew === 1 ? {} : { crew }),
      };
    }),
  };
}
