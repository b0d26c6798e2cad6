import type { MaintenanceActivity } from "./maintenance-instance.ts";

/** What it costs to do all of them at one time instead of each when it is due. */
export function shiftCost(activities: readonly MaintenanceActivity[], timeH: number): number {
  let cost = 0;
  for (const { dueH, earlyCostPerH2, lateCostPerH2 } of activities) {
    const byH = timeH - dueH;
    cost += (byH <= 0 ? earlyCostPerH2 : lateCostPerH2) * byH * byH;
  }
  return cost;
}

/**
 * The time of least `shiftCost`, h. It is convex, a parabola between two due times: the one whose lowest point lies
 * within its own piece is it.
 */
export function cheapestTimeH(activities: readonly MaintenanceActivity[]): number {
  const sorted = [...activities].sort((a, b) => a.dueH - b.dueH);
  let weight = 0;
  let moment = 0;
  for (const { earlyCostPerH2, dueH } of sorted) {
    weight += earlyCostPerH2;
    moment += earlyCostPerH2 * dueH;
  }
  for (const [i, { dueH, earlyCostPerH2, lateCostPerH2 }] of sorted.entries()) {
    // Left of this due time, those before it are late and the rest early.
    if (moment / weight <= dueH) return Math.max(moment / weight, sorted[Math.max(0, i - 1)]!.dueH);
    weight += lateCostPerH2 - earlyCostPerH2;
    moment += (lateCostPerH2 - earlyCostPerH2) * dueH;
  }
  return sorted.at(-1)!.dueH;
}
