import type { MaintenanceGroup } from "./maintenance-group.ts";
import { groupOf } from "./maintenance-group.ts";
import type { MaintenanceActivity, MaintenanceInstance } from "./maintenance-instance.ts";
import { cheapestTimeH, shiftCost } from "./shift-cost.ts";

/** Activities whose every grouping can be gone through: 3^n steps. */
export const SUBSETS_MOST = 17;

/**
 * The best grouping of all, by dynamic programming over subsets: the first activity that is left goes with some of the
 * others that are left.
 *
 * @param instance of at most `SUBSETS_MOST` activities, each of which can be done by itself
 */
export function bestGrouping(instance: MaintenanceInstance): MaintenanceGroup[] {
  const { activities } = instance;
  const all = 2 ** activities.length - 1;
  const valueOfSet = new Float64Array(all + 1);
  const apart = new Float64Array(all + 1);
  for (let set = 1; set <= all; set++) {
    const members = membersOf(instance, set);
    const one = set & -set;
    apart[set] = apart[set ^ one]! + (set === one ? 0 : apart[one]!);
    // What is worth no more than its activities each by itself is no group.
    const isGroup = set === one || mostOf(instance, members) > apart[set]!;
    valueOfSet[set] = (isGroup ? groupOf(instance, members)?.value : undefined) ?? Number.NEGATIVE_INFINITY;
    if (set === one) apart[set] = valueOfSet[set]!;
  }
  const best = new Float64Array(all + 1);
  const group = new Uint32Array(all + 1);
  for (let left = 1; left <= all; left++) {
    const first = left & -left;
    const others = left ^ first;
    best[left] = Number.NEGATIVE_INFINITY;
    for (let more = others; ; more = (more - 1) & others) {
      const set = first | more;
      const value = valueOfSet[set]! + best[left ^ set]!;
      if (value > best[left]!) {
        best[left] = value;
        group[left] = set;
      }
      if (more === 0) break;
    }
  }
  const groups: MaintenanceGroup[] = [];
  for (let left = all; left > 0; left ^= group[left]!) {
    groups.push(groupOf(instance, membersOf(instance, group[left]!))!);
  }
  return groups;
}

/** No group is worth more: all but the longest work is spared, and the shifts cost what they do at the cheapest time. */
function mostOf(instance: MaintenanceInstance, members: readonly MaintenanceActivity[]): number {
  const durationsH = members.map(({ durationH }) => durationH);
  const sparedH = durationsH.reduce((sum, h) => sum + h, 0) - Math.max(...durationsH);
  const spared = (members.length - 1) * instance.setupCost + sparedH * instance.downtimeCostPerH;
  return spared - shiftCost(members, cheapestTimeH(members));
}

const membersOf = ({ activities }: MaintenanceInstance, set: number) =>
  activities.filter((_, i) => (set >>> i) & 1);
