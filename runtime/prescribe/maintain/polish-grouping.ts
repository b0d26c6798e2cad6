import { Random } from "../../core/random.ts";
import { groupOf, type MaintenanceGroup } from "./maintenance-group.ts";
import type { MaintenanceActivity, MaintenanceInstance } from "./maintenance-instance.ts";

export interface PolishOptions {
  readonly seed: number;
  /** Changes that are tried. */
  readonly trials: number;
}

/** Trials without a gain after which it begins again from the best with some groups torn apart. */
const STALL = 2_000;
const TORN = 3;

/**
 * Betters a grouping by random changes: an activity goes to a neighbouring group or out of its own, two change places,
 * two groups become one. An evolution of one plan: a change that gains, or loses nothing, stays; a plan that stands still
 * is torn in places. Never worse than what it was given.
 */
export function polishGrouping(
  instance: MaintenanceInstance,
  from: readonly MaintenanceGroup[],
  { seed, trials }: PolishOptions,
): MaintenanceGroup[] {
  const random = new Random(seed);
  const neighbours = Math.min(4, from.length);
  let plan = [...from];
  let best = [...from];
  let stalled = 0;
  for (let trial = 0; trial < trials; trial++) {
    const a = random.integer(plan.length);
    const b = Math.min(plan.length - 1, Math.max(0, a + random.integer(2 * neighbours + 1) - neighbours));
    const [given, taken] = changed(random, plan[a]!.activities, a === b ? [] : plan[b]!.activities);
    const groups = [given, taken]
      .filter((members) => members.length > 0)
      .map((members) => groupOf(instance, members));
    if (!groups.every((group) => group !== undefined)) continue;
    const before = plan[a]!.value + (a === b ? 0 : plan[b]!.value);
    const gain = valueOfGroups(groups) - before;
    if (gain < 0) {
      if (++stalled < STALL) continue;
      stalled = 0;
      plan = torn(instance, best, random);
      continue;
    }
    plan = plan.filter((_, i) => i !== a && i !== b);
    plan.push(...groups);
    plan.sort((x, y) => x.timeH - y.timeH);
    if (valueOfGroups(plan) <= valueOfGroups(best)) continue;
    best = [...plan];
    stalled = 0;
  }
  return best;
}

export const valueOfGroups = (groups: readonly MaintenanceGroup[]): number =>
  groups.reduce((sum, { value }) => sum + value, 0);

type Members = readonly MaintenanceActivity[];

function changed(random: Random, a: Members, b: Members): readonly [Members, Members] {
  const [i, j] = [random.integer(a.length), random.integer(Math.max(1, b.length))];
  const without = (members: Members, k: number): Members => members.filter((_, m) => m !== k);
  switch (b.length === 0 ? 0 : random.integer(3)) {
    case 1:
      return [
        [...without(a, i), b[j]!],
        [...without(b, j), a[i]!],
      ];
    case 2:
      return [[...a, ...b], []];
    default:
      return [without(a, i), [...b, a[i]!]];
  }
}

function torn(
  instance: MaintenanceInstance,
  plan: readonly MaintenanceGroup[],
  random: Random,
): MaintenanceGroup[] {
  const which = new Set(Array.from({ length: TORN }, () => random.integer(plan.length)));
  return plan
    .flatMap((group, i) =>
      which.has(i) ? group.activities.map((activity) => groupOf(instance, [activity])!) : [group],
    )
    .sort((x, y) => x.timeH - y.timeH);
}
