import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { bestConsecutiveGrouping } from "../../../runtime/prescribe/maintain/consecutive-grouping.ts";
import { groupOf, type MaintenanceGroup } from "../../../runtime/prescribe/maintain/maintenance-group.ts";
import type {
  MaintenanceActivity,
  MaintenanceInstance,
} from "../../../runtime/prescribe/maintain/maintenance-instance.ts";
import { planMaintenance } from "../../../runtime/prescribe/maintain/maintenance-plan.ts";
import { makespanH } from "../../../runtime/prescribe/maintain/makespan.ts";
import { polishGrouping, valueOfGroups } from "../../../runtime/prescribe/maintain/polish-grouping.ts";
import { instanceFrom } from "../../../runtime/prescribe/maintain/rolling-horizon.ts";
import { cheapestTimeH, shiftCost } from "../../../runtime/prescribe/maintain/shift-cost.ts";

function randomInstance(random: Random, n: number, windows = false): MaintenanceInstance {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  return {
    name: "made",
    setupCost: between(50, 600),
    downtimeCostPerH: between(0, 150),
    repairers: 1 + random.integer(3),
    activities: Array.from({ length: n }, (_, i) => ({
      id: `a${i}`,
      component: `c${i % 3}`,
      dueH: between(0, 60),
      durationH: between(0.3, 4),
      earlyCostPerH2: between(1, 10),
      lateCostPerH2: between(1, 20),
      partFromH: random.uniform() < 0.2 ? between(0, 60) : Number.NEGATIVE_INFINITY,
    })),
    windows: windows
      ? Array.from({ length: 5 }, (_, k) => ({ beginH: 20 * k, endH: 20 * k + between(5, 9) }))
      : undefined,
  };
}

/** The best value over every partition, each gone through. */
function bruteForce(instance: MaintenanceInstance): number {
  let best = Number.NEGATIVE_INFINITY;
  const place = (rest: readonly MaintenanceActivity[], groups: MaintenanceActivity[][]): void => {
    const [activity, ...others] = rest;
    if (activity === undefined) {
      const found = groups.map((members) => groupOf(instance, members));
      if (found.every((group) => group !== undefined)) best = Math.max(best, valueOfGroups(found));
      return;
    }
    for (const group of groups) {
      group.push(activity);
      place(others, groups);
      group.pop();
    }
    place(others, [...groups, [activity]]);
  };
  place(instance.activities, []);
  return best;
}

function assertWhole(instance: MaintenanceInstance, groups: readonly MaintenanceGroup[]): void {
  const ids = groups.flatMap(({ activities }) => activities.map(({ id }) => id)).sort();
  assert.deepEqual(ids, instance.activities.map(({ id }) => id).sort());
  for (const { activities, timeH, makespanH: spanH } of groups) {
    for (const { partFromH } of activities) assert.ok(timeH >= partFromH);
    const { windows } = instance;
    if (windows !== undefined)
      assert.ok(windows.some(({ beginH, endH }) => timeH >= beginH && timeH + spanH <= endH + 1e-9));
  }
}

describe("grouping of maintenance", () => {
  it("is the best of all partitions, with and without windows", () => {
    for (let seed = 0; seed < 60; seed++) {
      const instance = randomInstance(new Random(seed), 3 + (seed % 5), seed % 2 === 1);
      const plan = planMaintenance(instance);
      assertWhole(instance, plan.groups);
      assert.ok(plan.proven);
      assert.ok(Math.abs(plan.value - bruteForce(instance)) < 1e-9, `seed ${seed}`);
      assert.ok(plan.saved >= 0);
    }
  });

  it("of more than can be gone through is told as unproven, and polished to no worse", () => {
    let bettered = 0;
    for (let seed = 0; seed < 8; seed++) {
      const instance = randomInstance(new Random(seed), 12);
      const consecutive = bestConsecutiveGrouping(instance);
      const polished = polishGrouping(instance, consecutive, { seed, trials: 5_000 });
      assertWhole(instance, consecutive);
      assertWhole(instance, polished);
      const exact = planMaintenance(instance).value;
      assert.ok(valueOfGroups(consecutive) <= valueOfGroups(polished) + 1e-9);
      assert.ok(valueOfGroups(polished) <= exact + 1e-9);
      assert.ok(
        exact - valueOfGroups(polished) <= 1e-9,
        `seed ${seed}: ${valueOfGroups(polished)} of ${exact}`,
      );
      if (valueOfGroups(polished) > valueOfGroups(consecutive) + 1e-9) bettered += 1;
    }
    assert.ok(bettered > 0, "no case in which the polish was needed");
    const large = randomInstance(new Random(99), 40);
    const plan = planMaintenance(large);
    assertWhole(large, plan.groups);
    assert.equal(plan.proven, false);
    assert.ok(plan.saved >= 0);
    assert.deepEqual(planMaintenance(large), plan);
  });

  it("is done when the shifts cost least", () => {
    for (let seed = 0; seed < 100; seed++) {
      const { activities } = randomInstance(new Random(seed), 1 + (seed % 6));
      const timeH = cheapestTimeH(activities);
      const cost = shiftCost(activities, timeH);
      for (let t = -5; t < 65; t += 0.05) assert.ok(cost <= shiftCost(activities, t) + 1e-9);
    }
  });

  it("takes as long as its repairers need", () => {
    assert.equal(makespanH([1.108, 3.849], 1), 4.957);
    assert.equal(makespanH([1.108, 3.849], 2), 3.849);
    assert.equal(makespanH([3, 3, 2, 2, 2], 2), 6);
    assert.equal(makespanH([2], 5), 2);
  });

  it("names what no window is long enough for", () => {
    const instance = { ...randomInstance(new Random(1), 3), windows: [{ beginH: 0, endH: 0.1 }] };
    assert.throws(() => planMaintenance(instance), /no window is long enough.* a0 \(.*a1.*a2/);
  });

  it("is planned again from a moment on, without what is done, and never into the past", () => {
    const instance = randomInstance(new Random(5), 6);
    const again = instanceFrom(instance, 30, new Set(["a0", "a3"]), new Map([["a1", 55]]));
    assert.deepEqual(
      again.activities.map(({ id }) => id),
      ["a1", "a2", "a4", "a5"],
    );
    assert.equal(again.activities[0]!.dueH, 55);
    for (const { timeH } of planMaintenance(again).groups) assert.ok(timeH >= 30);
  });
});
