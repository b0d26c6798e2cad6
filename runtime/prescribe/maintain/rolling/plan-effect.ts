import { Random } from "../../../core/random.ts";
import { quantileOfSorted } from "../../../core/statistics/quantile.ts";
import type { Interval } from "../../recommendation.ts";
import { groupOf, type MaintenanceGroup } from "../maintenance-group.ts";
import type { MaintenanceActivity, MaintenanceInstance } from "../maintenance-instance.ts";
import { shiftCost } from "../shift-cost.ts";

/** What a plan does, against each activity by itself at the best time it may have. */
export interface PlanEffect {
  readonly stops: { readonly alone: number; readonly planned: number };
  /** Hours that the line stands. */
  readonly downtimeH: { readonly alone: number; readonly planned: number };
  /** Cost of work done early or late. */
  readonly shift: { readonly alone: Interval; readonly planned: Interval };
  readonly saved: Interval;
  readonly draws: number;
}

/** Where an activity's due time lies with 90 %, h from the plan's start. */
export interface DueInterval {
  readonly lowH: number;
  readonly highH: number;
}

const DRAWS = 400;
/** Standard deviations that hold 90 % of a normal distribution. */
const Z90 = 1.6449;

/**
 * The effect of a plan, its uncertainty that of the due times: the plan stands, each due time falls where it may, on
 * either side by its own half of the interval (a normal distribution of two halves), and both ways are charged for the
 * same draw. 5 to 95 % of the draws.
 *
 * @param due by activity, in the instance's order
 */
export function planEffect(
  instance: MaintenanceInstance,
  groups: readonly MaintenanceGroup[],
  due: readonly DueInterval[],
  seed: number,
): PlanEffect {
  const alone = instance.activities.map((activity) => groupOf(instance, [activity])!);
  const at = new Map(instance.activities.map((activity, i) => [activity.id, i]));
  const spared = groups.reduce(
    (sum, group) => sum + group.value + shiftCost(group.activities, group.timeH),
    0,
  );
  const random = new Random(seed);
  const [shiftAlone, shiftPlanned, saved] = [0, 1, 2].map(() => new Float64Array(DRAWS));
  for (let draw = 0; draw < DRAWS; draw++) {
    const drawn = instance.activities.map((activity, i): MaintenanceActivity => {
      const z = random.normal() / Z90;
      const half = z < 0 ? activity.dueH - due[i]!.lowH : due[i]!.highH - activity.dueH;
      return { ...activity, dueH: activity.dueH + z * Math.max(0, half) };
    });
    for (const [i, { timeH }] of alone.entries()) shiftAlone![draw]! += shiftCost([drawn[i]!], timeH);
    for (const { activities, timeH } of groups)
      shiftPlanned![draw]! += shiftCost(
        activities.map(({ id }) => drawn[at.get(id)!]!),
        timeH,
      );
    saved![draw] = spared + shiftAlone![draw]! - shiftPlanned![draw]!;
  }
  const sum = (all: readonly MaintenanceGroup[]) => all.reduce((h, { makespanH }) => h + makespanH, 0);
  return {
    stops: { alone: alone.length, planned: groups.length },
    downtimeH: { alone: sum(alone), planned: sum(groups) },
    shift: { alone: intervalOf(shiftAlone!), planned: intervalOf(shiftPlanned!) },
    saved: intervalOf(saved!),
    draws: DRAWS,
  };
}

/** Mean, 5 and 95 %; the mean of a skew distribution may lie outside, and the interval then reaches it. */
function intervalOf(values: Float64Array): Interval {
  const sorted = values.toSorted();
  const value = sorted.reduce((sum, one) => sum + one, 0) / sorted.length;
  const [low, high] = [quantileOfSorted(sorted, 0.05), quantileOfSorted(sorted, 0.95)];
  return { value, low: Math.min(low, value), high: Math.max(high, value) };
}
