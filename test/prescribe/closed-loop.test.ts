import assert from "node:assert/strict";
import { runLoop } from "../../bench/closed-loop-inprocess.ts";
import { Compute } from "../../runtime/compute/compute.ts";

/** Same seed, with and without the loop; the recommendations written through a step limit. 30 bodies after the first 5. */
describe("the oven's loop, closed in one process against the virtual plant", () => {
  let compute: Compute;
  before(() => {
    compute = new Compute();
  });
  after(() => compute.close());

  it("a fouled nozzle under-cures without the loop and no body with it", async function () {
    this.timeout(180_000);
    const open = await runLoop(2, "fouled-nozzle", false, compute);
    assert.ok(open.underCured >= 5, `${open.underCured} of 30`);
    const closed = await runLoop(2, "fouled-nozzle", true, compute);
    assert.equal(closed.underCured, 0, `least ${closed.e170Least}`);
    assert.ok(closed.overBaked < open.underCured, `${closed.overBaked} of 30 over-baked instead`);
    assert.ok(closed.firstWriteS! <= 180);
    assert.ok(closed.kWhPerBody > 0 && open.kWhPerBody > 0);
  });

  it("a drifting thermocouple over-bakes without the loop and no body with it", async function () {
    this.timeout(180_000);
    const open = await runLoop(2, "drifting-thermocouple", false, compute);
    assert.ok(open.overBaked >= 5, `${open.overBaked} of 30`);
    const closed = await runLoop(2, "drifting-thermocouple", true, compute);
    assert.deepEqual([closed.overBaked, closed.underCured], [0, 0], `most ${closed.e170Most}`);
    assert.ok(closed.kWhPerBody < open.kWhPerBody);
  });
});
