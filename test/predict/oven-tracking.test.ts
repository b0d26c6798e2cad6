import assert from "node:assert/strict";
import { trackingRun } from "../../bench/oven-tracking.ts";

/**
 * Seeds that nothing was set by; bench/results/oven-tracking.md has more of them. The plant's physics are others than
 * the model's.
 */
describe("the oven's twin against the virtual plant", () => {
  const worst = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

  it("tracks 200 bodies within tolerance after one ride of the logger", function () {
    this.timeout(60_000);
    const covered: number[] = [];
    for (const seed of [61, 62]) {
      const { tracked } = trackingRun(seed, 3);
      assert.equal(tracked.bodies, 200);
      assert.equal(tracked.held, 1, "every record of row 4, at every evaluation");
      assert.ok(worst(tracked.rmseK) <= 3 && worst(tracked.biasK) <= 1.5, `seed ${seed}`);
      assert.ok(worst(tracked.e170Largest) <= 0.1, `seed ${seed}: ${tracked.e170Largest} of one body`);
      assert.ok(worst(tracked.e170Mean) <= 0.04, `seed ${seed}: ${tracked.e170Mean}`);
      covered.push(tracked.covered);
    }
    // The ride is one body's: by how much that one differs from the mean is an error of all that follow.
    assert.ok(covered[0]! + covered[1]! > 1.6, `90 % intervals cover ${covered}`);
  });

  it("names the zone whose nozzle lost 10 %, in each of the six, and is back within 2 % in 20 bodies", function () {
    this.timeout(60_000);
    const moved: number[] = [];
    for (const zone of [1, 2, 3, 4, 5, 6]) {
      const { dropped } = trackingRun(62 + zone, zone, 40);
      assert.equal(dropped.named.length, 1, dropped.named.join());
      assert.match(dropped.named[0]!, new RegExp(`^Zone ${zone} heat transfer \\d+ % below normal$`));
      assert.ok(dropped.namedAfter <= 3, `zone ${zone} after ${dropped.namedAfter} exits`);
      moved.push(worst(dropped.e170Shift));
    }
    // Twenty bodies tell a mean to about half a percent themselves.
    const told = moved.map((share, z) => `zone ${z + 1} ${(100 * share).toFixed(1)} %`).join(", ");
    assert.ok(moved.filter((share) => share <= 0.02).length >= 5, told);
    assert.ok(worst(moved) <= 0.035, told);
  });
});
