import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Random } from "../../../runtime/core/random.ts";
import { InverseKinematics, MOST_SOLUTIONS } from "../../../runtime/model/robot/inverse.ts";
import { poseDifference } from "../../../runtime/model/robot/pose.ts";
import type { SerialArm } from "../../../runtime/model/robot/serial-arm.ts";
import { changed, type MadeJoint, madeArm, madeUrdf } from "./made-arm.ts";

interface Recovery {
  /** Poses of which some solution was found, and of which the angles they were made of are one. */
  readonly solved: number;
  readonly own: number;
  readonly farthest: number;
}

function recover(arm: SerialArm, inverse: InverseKinematics, poses: number): Recovery {
  const random = new Random(5);
  const q = new Float64Array(6);
  const pose = new Float64Array(12);
  const reached = new Float64Array(12);
  const solutions = new Float64Array(6 * MOST_SOLUTIONS);
  let [solved, own, farthest] = [0, 0, 0];
  for (let k = 0; k < poses; k++) {
    for (let i = 0; i < 6; i++)
      q[i] = arm.lowerRad[i]! + random.uniform() * (arm.upperRad[i]! - arm.lowerRad[i]!);
    arm.tcpPose(q, pose);
    const count = inverse.solve(pose, solutions);
    if (count > 0) solved++;
    let seen = false;
    for (let s = 0; s < count; s++) {
      const solution = solutions.subarray(6 * s, 6 * s + 6);
      assert.ok(arm.isWithinLimits(solution));
      arm.tcpPose(solution, reached);
      const { distanceM, angleRad } = poseDifference(pose, reached);
      farthest = Math.max(farthest, distanceM, angleRad);
      seen ||= solution.every((angle, i) => Math.abs(angle - q[i]!) < 1e-5);
    }
    if (seen) own++;
  }
  return { solved, own, farthest };
}

describe("inverse kinematics", function () {
  this.timeout(30_000);

  const FORTY_FIVE = "0.7071067811865476";
  const closed: readonly (readonly [string, Record<number, Partial<MadeJoint>>])[] = [
    ["with its axes as they are", {}],
    [
      "with every axis the other way round",
      {
        1: { axis: "0 0 -1" },
        2: { axis: "0 -1 0" },
        3: { axis: "0 1 0" },
        4: { axis: "1 0 0" },
        5: { axis: "0 -1 0" },
        6: { axis: "-1 0 0" },
      },
    ],
    ["with its arm across the base", { 2: { axis: "0 1 0", xyz: "-0.2 0.3 0.1" } }],
    ["with a slanting wrist", { 5: { axis: `${FORTY_FIVE} ${FORTY_FIVE} 0` } }],
    ["with joint 5 turned at zero", { 5: { rpy: "0 1.2 0" } }],
    ["with its wrist below the elbow's axis", { 4: { xyz: "0.2 0 -0.15" } }],
  ];
  for (const [what, changes] of closed)
    it(`in closed form recovers every pose of a made robot ${what}`, () => {
      const arm = madeArm(madeUrdf(changed(changes)));
      const inverse = new InverseKinematics(arm);
      assert.deepEqual([inverse.kind, inverse.reason], ["analytic", ""]);
      const { solved, own, farthest } = recover(arm, inverse, 1000);
      assert.deepEqual([solved, own], [1000, 1000]);
      assert.ok(farthest <= 1e-9, `${farthest}`);
    });

  it("is polished where right angles are written as 1.5708 and the wrist's axes miss each other by 0.005 mm", () => {
    const arm = madeArm(
      madeUrdf(
        changed({
          2: { rpy: "1.5708 0 0", axis: "0 0 -1" },
          3: { xyz: "0 1.1 0", axis: "0 0 1" },
          4: { rpy: "-1.5708 0 0", xyz: "0.2 0.15 0" },
          6: { xyz: "0.2 0 0.000005" },
        }),
      ),
    );
    const inverse = new InverseKinematics(arm);
    assert.equal(inverse.kind, "analytic");
    const { solved, own, farthest } = recover(arm, inverse, 300);
    assert.deepEqual([solved, own], [300, 300]);
    assert.ok(farthest <= 1e-9, `${farthest}`);
  });

  for (const [why, changes, reason] of [
    [
      "the wrist's axes miss each other",
      { 6: { xyz: "0.2 0 0.08" } },
      /^the wrist's axes miss each other by \d+\.\d{3} mm$/,
    ],
    ["axes 2 and 3 are not parallel", { 3: { axis: "0.1 -1 0" } }, /^axes 2 and 3 are not parallel$/],
    [
      "axes 1 and 2 are not square",
      { 2: { axis: "0 1 0.2" } },
      /^axes 1 and 2 are not square to each other$/,
    ],
  ] as const)
    it(`is searched for where ${why}`, () => {
      const arm = madeArm(madeUrdf(changed(changes)));
      const inverse = new InverseKinematics(arm);
      assert.equal(inverse.kind, "numerical");
      assert.match(inverse.reason, reason);
      const { solved, own, farthest } = recover(arm, inverse, 40);
      assert.equal(solved, 40);
      // Another branch than the one a pose was made of serves as well; most of them are found too.
      assert.ok(own >= 36, `${own}`);
      assert.ok(farthest <= 1e-9, `${farthest}`);
    });

  it("gives the same solutions in every run", () => {
    const arm = madeArm(madeUrdf(changed({ 6: { xyz: "0.2 0 0.08" } })));
    const pose = new Float64Array(12);
    arm.tcpPose([0.4, 0.2, -0.3, 1, 0.8, -2], pose);
    const [one, two] = [0, 1].map(() => {
      const solutions = new Float64Array(6 * MOST_SOLUTIONS);
      new InverseKinematics(arm).solve(pose, solutions);
      return solutions;
    });
    assert.deepEqual(one, two);
  });

  it("gives every branch once, first on the turn of the widest margin, and no more than there is room for", () => {
    const arm = madeArm();
    const inverse = new InverseKinematics(arm);
    const pose = new Float64Array(12);
    arm.tcpPose([0.4, 0.2, -0.3, 1, 0.8, -2], pose);
    const solutions = new Float64Array(6 * MOST_SOLUTIONS);
    const count = inverse.solve(pose, solutions);
    const rows = Array.from({ length: count }, (_, s) => [...solutions.subarray(6 * s, 6 * s + 6)]);
    for (const [s, row] of rows.entries())
      for (const other of rows.slice(0, s))
        assert.ok(row.some((angle, i) => Math.abs(angle - other[i]!) > 1e-6));
    const turn = 2 * Math.PI;
    const onTurn = (row: number[]): string =>
      row.map((angle) => (angle - turn * Math.round(angle / turn)).toFixed(6)).join();
    const branches = new Set(rows.map(onTurn)).size;
    assert.equal(new Set(rows.slice(0, branches).map(onTurn)).size, branches);
    assert.ok(count > branches);
    const few = new Float64Array(18);
    assert.equal(inverse.solve(pose, few), 3);
    assert.deepEqual(few, solutions.subarray(0, 18));
  });

  it("solves the stretched arm, the aligned wrist, a joint at its limit, and refuses what is beyond them", () => {
    const arm = madeArm();
    const inverse = new InverseKinematics(arm);
    const pose = new Float64Array(12);
    const reached = new Float64Array(12);
    const solutions = new Float64Array(6 * MOST_SOLUTIONS);
    // Forearm and upper arm of the made robot lie in one line where joint 3 makes up for the wrist's offsets.
    const stretched = Math.atan2(1.2, 0.15);
    for (const q of [
      [0.3, 0.2, stretched, 1, 0.5, 1],
      [0.3, 0.2, stretched - 1e-9, 1, 0.5, 1],
      [0.3, 0.2, 0.4, 1, 0, 1],
      [0.3, 0.2, 0.4, 1, 1e-9, 1],
      [0.3, 0.2, 0.4, 1, 1e-5, 1],
      [3, -1.2, -2.4, 6, 2.1, 6.2],
      [-3, 1.4, 2.9, -6, -2.1, -6.2],
    ]) {
      arm.tcpPose(q, pose);
      const count = inverse.solve(pose, solutions);
      assert.ok(count > 0, q.join());
      for (let s = 0; s < count; s++) {
        arm.tcpPose(solutions.subarray(6 * s, 6 * s + 6), reached);
        const { distanceM, angleRad } = poseDifference(pose, reached);
        assert.ok(distanceM <= 1e-9 && angleRad <= 1e-9, `${q.join()}: ${distanceM} m, ${angleRad} rad`);
      }
    }
    arm.tcpPose([0.3, 0.2, stretched, 1, 0.5, 1], pose);
    for (const row of [3, 7, 11]) pose[row]! += 2;
    assert.equal(inverse.solve(pose, solutions), 0);
    pose[3] = Number.NaN;
    assert.equal(inverse.solve(pose, solutions), 0);
  });

  it("allocates nothing per pose, once it is compiled: less than two bytes in ten thousand calls' sampled heap", () => {
    // In a process of its own: what other tests have called the same functions with decides how they are compiled.
    const program = fileURLToPath(new URL("./kinematics-heap.ts", import.meta.url));
    const { bytes, calls } = JSON.parse(execFileSync(process.execPath, [program], { encoding: "utf8" }));
    assert.ok(bytes < 2 * calls, `${bytes} bytes in ${calls} calls`);
  });
});
