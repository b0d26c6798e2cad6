import assert from "node:assert/strict";
import { readCell } from "../../../runtime/model/cell/cell-model.ts";
import { poseDifference, poseFromRpy } from "../../../runtime/model/robot/pose.ts";
import { bestPlacement, scoreOf, shiftedBase } from "../../../runtime/prescribe/cell/base-placement.ts";
import { setElsewhere } from "../../../runtime/prescribe/cell/looks.ts";
import { weldReach } from "../../../runtime/prescribe/cell/weld-reach.ts";

describe("the place of a base", () => {
  it("moves over the floor and turns about the upright through itself", () => {
    const base = poseFromRpy([1, 2, 0.25], [0, 0, 0.5]);
    const shifted = shiftedBase(base, { xM: 0.1, yM: -0.2, yawRad: 0.3 });
    const { distanceM, angleRad } = poseDifference(shifted, poseFromRpy([1.1, 1.8, 0.25], [0, 0, 0.8]));
    assert.ok(distanceM < 1e-12 && angleRad < 1e-7);
  });

  it("brings a weld within reach that is short where the base stands, and the robot set there reaches it", async () => {
    const cell = await readCell("examples/data/biw/cell.yaml");
    const robot = cell.robots.find(({ name }) => name === "R3")!;
    const welds = cell.variants[1]!.welds.filter(({ name }) => ["W-131", "W-120"].includes(name));
    assert.equal(scoreOf(robot, welds, { xM: 0, yM: 0, yawRad: 0 }).reachable, 1);
    const best = bestPlacement(robot, welds);
    assert.equal(best.reachable, 2);
    const there = setElsewhere(robot, best.shift);
    for (const { pose12 } of welds)
      assert.ok(["reachable", "fixable"].includes(weldReach(there, pose12).result));
    assert.deepEqual(bestPlacement(robot, welds), best);
  }).timeout(30_000);
});
