import { crewMakespanH } from "./crew-makespan.ts";
import type { MaintenanceActivity, MaintenanceInstance } from "./maintenance-instance.ts";
import { makespanH } from "./makespan.ts";
import { cheapestTimeH, shiftCost } from "./shift-cost.ts";

/** Activities that are done in one stop of the line. */
export interface MaintenanceGroup {
  readonly activities: readonly MaintenanceActivity[];
  /** When it begins, h. */
  readonly timeH: number;
  /** How long its repairers need, h. */
  readonly makespanH: number;
  /** What it saves against each of its activities done by itself when it is due. */
  readonly value: number;
}

/**
 * The group at the best time for it. Its value is what the stops cost that are not needed, and the downtime that working
 * side by side spares, less what doing the work early or late costs (Do Van, Barros, Bérenguer: grouping on a rolling
 * horizon). One by itself when it is due is worth 0.
 *
 * @returns undefined where no window is long enough after its parts are there, or a component is in it twice that may not be
 */
export function groupOf(
  instance: MaintenanceInstance,
  activities: readonly MaintenanceActivity[],
): MaintenanceGroup | undefined {
  const isAlone = activities.length === 1;
  if (
    instance.isOncePerStop &&
    new Set(activities.map(({ component }) => component)).size < activities.length
  )
    return undefined;
  const durationsH = activities.map(({ durationH }) => durationH);
  const spanH = isAlone ? durationsH[0]! : groupSpanH(activities, durationsH, instance.repairers);
  const timeH = bestTimeH(instance, activities, spanH);
  if (timeH === undefined) return undefined;
  const stops = (activities.length - 1) * instance.setupCost;
  const workH = durationsH.reduce((sum, h) => sum + h, 0);
  const downtime = isAlone ? 0 : (workH - spanH) * instance.downtimeCostPerH;
  return { activities, timeH, makespanH: spanH, value: stops + downtime - shiftCost(activities, timeH) };
}

const groupSpanH = (
  activities: readonly MaintenanceActivity[],
  durationsH: readonly number[],
  repairers: number,
) =>
  activities.every(({ crew = 1 }) => crew === 1)
    ? makespanH(durationsH, repairers)
    : crewMakespanH(activities, repairers);

/** The cost is convex in time: where the cheapest may not be, it is the nearest that may be, on one side or the other. */
function bestTimeH(
  { windows }: MaintenanceInstance,
  activities: readonly MaintenanceActivity[],
  spanH: number,
): number | undefined {
  const partsFromH = Math.max(...activities.map(({ partFromH }) => partFromH));
  const cheapestH = cheapestTimeH(activities);
  if (windows === undefined) return Math.max(cheapestH, partsFromH);
  let best: { readonly timeH: number; readonly cost: number } | undefined;
  for (const { beginH, endH } of windows) {
    const [fromH, toH] = [Math.max(beginH, partsFromH), endH - spanH];
    if (fromH > toH) continue;
    const timeH = Math.min(toH, Math.max(fromH, cheapestH));
    const cost = shiftCost(activities, timeH);
    if (best === undefined || cost < best.cost) best = { timeH, cost };
  }
  return best?.timeH;
}
