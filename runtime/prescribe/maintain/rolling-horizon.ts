import type { MaintenanceInstance } from "./maintenance-instance.ts";

/**
 * What is left to plan at a moment: what is done or has begun drops out, and nothing can be planned into the past. Due
 * times that condition monitoring has moved take the place of the old ones.
 *
 * @param nowH h from the plan's start
 * @param settled ids of the activities that are done or under way
 * @param dueH new due times by activity
 */
export function instanceFrom(
  instance: MaintenanceInstance,
  nowH: number,
  settled: ReadonlySet<string | number>,
  dueH: ReadonlyMap<string | number, number> = new Map(),
): MaintenanceInstance {
  return {
    ...instance,
    activities: instance.activities
      .filter(({ id }) => !settled.has(id))
      .map((activity) => ({
        ...activity,
        dueH: dueH.get(activity.id) ?? activity.dueH,
        partFromH: Math.max(nowH, activity.partFromH),
      })),
  };
}
