import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { InverseKinematics, MOST_SOLUTIONS } from "../../../runtime/model/robot/inverse.ts";
import { poseDifference, poseFromRpy } from "../../../runtime/model/robot/pose.ts";
import { needsFile } from "../../needs.ts";
import { publishedArm, ROBOTS, ROBOTS_FOLDER } from "./published-robots.ts";

const POSES = 20_000;

describe("inverse kinematics of published robots", function () {
  this.timeout(60_000);
  before(function () {
    needsFile(this, ROBOTS_FOLDER);
  });

  for (const robot of ROBOTS)
    it(`recovers ${POSES} random poses of ${robot} in closed form, its own angles among the solutions`, () => {
      const arm = publishedArm(robot, poseFromRpy([0.05, 2.35, 0.25], [0, 0, -Math.PI / 2]));
      const inverse = new InverseKinematics(arm);
      assert.equal(inverse.kind, "analytic");
      const random = new Random(20_000);
      const q = new Float64Array(6);
      const pose = new Float64Array(12);
      const reached = new Float64Array(12);
      const solutions = new Float64Array(6 * MOST_SOLUTIONS);
      let recovered = 0;
      let farthestM = 0;
      let farthestRad = 0;
      let outside = 0;
      for (let k = 0; k < POSES; k++) {
        for (let i = 0; i < 6; i++)
          q[i] = arm.lowerRad[i]! + random.uniform() * (arm.upperRad[i]! - arm.lowerRad[i]!);
        arm.tcpPose(q, pose);
        const count = inverse.solve(pose, solutions);
        let own = false;
        for (let s = 0; s < count; s++) {
          const solution = solutions.subarray(6 * s, 6 * s + 6);
          if (!arm.isWithinLimits(solution)) outside++;
          arm.tcpPose(solution, reached);
          const { distanceM, angleRad } = poseDifference(pose, reached);
          farthestM = Math.max(farthestM, distanceM);
          farthestRad = Math.max(farthestRad, angleRad);
          own ||= solution.every((angle, i) => Math.abs(angle - q[i]!) < 1e-6);
        }
        if (own) recovered++;
      }
      assert.equal(recovered, POSES);
      assert.equal(outside, 0);
      assert.ok(farthestM <= 1e-9, `a TCP missed by ${farthestM} m`);
      assert.ok(farthestRad <= 1e-9, `a TCP turned by ${farthestRad} rad`);
    });
});
