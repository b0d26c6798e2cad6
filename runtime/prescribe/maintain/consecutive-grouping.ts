import { groupOf, type MaintenanceGroup } from "./maintenance-group.ts";
import type { MaintenanceInstance } from "./maintenance-instance.ts";

/** Activities of one group: the cost of shifts has long outgrown what another would save. */
const GROUP_MOST = 40;

/**
 * The best grouping among those whose groups follow each other in the order of due times, by dynamic programming over
 * that order. Mostly the best of all, but not always: a shorter work may be left out between two.
 *
 * @param instance each of whose activities can be done by itself
 */
export function bestConsecutiveGrouping(instance: MaintenanceInstance): MaintenanceGroup[] {
  const sorted = [...instance.activities].sort((a, b) => a.dueH - b.dueH);
  const best = new Float64Array(sorted.length + 1);
  const last: MaintenanceGroup[] = [];
  for (let end = 1; end <= sorted.length; end++) {
    best[end] = Number.NEGATIVE_INFINITY;
    for (let begin = end - 1; begin >= Math.max(0, end - GROUP_MOST); begin--) {
      const group = groupOf(instance, sorted.slice(begin, end));
      if (group === undefined) continue;
      const value = best[begin]! + group.value;
      if (value > best[end]!) {
        best[end] = value;
        last[end] = group;
      }
    }
  }
  const groups: MaintenanceGroup[] = [];
  for (let end = sorted.length; end > 0; end -= groups[0]!.activities.length) groups.unshift(last[end]!);
  return groups;
}
