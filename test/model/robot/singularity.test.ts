import assert from "node:assert/strict";
import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { Random } from "../../../runtime/core/random.ts";
import { Jacobian } from "../../../runtime/model/robot/jacobian.ts";
import { poseDifference } from "../../../runtime/model/robot/pose.ts";
import { SingularityMeasure } from "../../../runtime/model/robot/singularity.ts";
import { madeArm } from "./made-arm.ts";

const arm = madeArm();

describe("the Jacobian", () => {
  it("is how the TCP moves as a joint turns a little", () => {
    const jacobian = new Jacobian(arm);
    const q = [0.4, 0.2, -0.3, 1, 0.8, -2];
    jacobian.at(q);
    const [before, after] = [new Float64Array(12), new Float64Array(12)];
    const little = 1e-6;
    for (let joint = 0; joint < 6; joint++) {
      arm.tcpPose(
        q.map((angle, i) => angle - (i === joint ? little : 0)),
        before,
      );
      arm.tcpPose(
        q.map((angle, i) => angle + (i === joint ? little : 0)),
        after,
      );
      for (let row = 0; row < 3; row++) {
        const rate = (after[4 * row + 3]! - before[4 * row + 3]!) / (2 * little);
        assert.ok(Math.abs(rate - jacobian.matrix[6 * row + joint]!) < 1e-8);
      }
      assert.ok(Math.abs(poseDifference(before, after).angleRad / (2 * little) - 1) < 1e-6);
    }
  });
});

describe("the singularity measure", () => {
  it("is the smallest singular value of the Jacobian, as another program has it", () => {
    const measure = new SingularityMeasure(arm);
    const jacobian = new Jacobian(arm);
    const random = new Random(3);
    for (let k = 0; k < 500; k++) {
      const q = Float64Array.from(
        { length: 6 },
        (_, i) => arm.lowerRad[i]! + random.uniform() * (arm.upperRad[i]! - arm.lowerRad[i]!),
      );
      jacobian.at(q);
      const other = new SingularValueDecomposition(Matrix.from1DArray(6, 6, jacobian.matrix)).diagonal;
      assert.ok(Math.abs(measure.at(q) - Math.min(...other)) < 1e-12);
    }
  });

  it("is 0 at the aligned wrist and the stretched elbow, and falls evenly towards them", () => {
    const measure = new SingularityMeasure(arm);
    const aligned = (bendRad: number): number => measure.at([0.4, 0.2, -0.3, 1, bendRad, -2]);
    assert.ok(aligned(0) < 1e-15);
    assert.ok(measure.at([0.4, 0.2, Math.atan2(1.2, 0.15), 1, 0.8, -2]) < 1e-15);
    assert.ok(Math.abs(aligned(0.02) / aligned(0.01) - 2) < 0.01);
    assert.ok(aligned(1) > 0.1);
  });
});
