import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { measureArm } from "../../../runtime/model/robot/arm-geometry.ts";
import { electrodeFreedom, turnedAbout } from "../../../runtime/model/robot/electrode-freedom.ts";
import { InverseKinematics, MOST_SOLUTIONS } from "../../../runtime/model/robot/inverse.ts";
import { poseFromRpy } from "../../../runtime/model/robot/pose.ts";
import { ReachJudge, reachShortfall } from "../../../runtime/model/robot/reach.ts";
import { ReachSection } from "../../../runtime/model/robot/reach-section.ts";
import type { SerialArm } from "../../../runtime/model/robot/serial-arm.ts";
import { changed, type MadeJoint, madeArm, madeUrdf } from "./made-arm.ts";

const ALONG_X = { freeAboutElectrode: true, electrodeAxis: [1, 0, 0] } as const;

/** The made robot at the origin, its gun 0.5 m long with electrodes along x. */
function weldingArm(changes: Record<number, Partial<MadeJoint>> = {}): SerialArm {
  return madeArm(madeUrdf(changed(changes)), {
    base: poseFromRpy([0, 0, 0], [0, 0, 0]),
    tcp: poseFromRpy([0, 0, 0.5], [0, 0, 0]),
  });
}

/** A weld before the robot: the gun comes in along +x, its electrodes lie across, along y. */
function weldAt(x: number, z: number): Float64Array {
  return Float64Array.of(0, 0, 1, x, -1, 0, 0, 0, 0, -1, 0, z);
}

function sectionOf(arm: SerialArm): ReachSection {
  const geometry = measureArm(arm);
  assert.ok(!("reason" in geometry));
  return new ReachSection(arm, geometry);
}

describe("where joints 2 and 3 bring the wrist centre", () => {
  const arm = weldingArm();
  const section = sectionOf(arm);
  const geometry = measureArm(arm);
  assert.ok(!("reason" in geometry));
  /** The wrist centre in the arm's plane, by forward kinematics. */
  const wristAt = (q2: number, q3: number): [number, number] => {
    const links = new Float64Array(12 * arm.model.links.length);
    arm.linkPoses([0, q2, q3, 0, 0, 0], links);
    const at = 12 * arm.model.links.findIndex((link) => link.name === "link_5");
    const pose = links.subarray(at, at + 12);
    return [pose[3]!, pose[11]! - 0.4];
  };

  it("holds every point they are turned to, and its distance is never more than to any of those", () => {
    const random = new Random(11);
    const reached = Array.from({ length: 5000 }, () =>
      wristAt(-1.2 + 2.6 * random.uniform(), -2.4 + 5.3 * random.uniform()),
    );
    for (const [x, z] of reached) assert.equal(section.nearest(x, z).distanceM, 0);
    let outside = 0;
    for (let k = 0; k < 600; k++) {
      const [x, z] = [-4 + 8 * random.uniform(), -4 + 8 * random.uniform()];
      const { distanceM, x: px, z: pz } = section.nearest(x, z);
      if (distanceM === 0) continue;
      outside++;
      assert.ok(Math.abs(Math.hypot(px - x, pz - z) - distanceM) < 1e-12);
      // What it calls nearest is reached itself: a hair's breadth inwards lies in the section or on its border.
      assert.ok(section.nearest(px, pz).distanceM < 1e-9);
      const sampled = Math.min(...reached.map(([rx, rz]) => Math.hypot(rx - x, rz - z)));
      assert.ok(distanceM <= sampled + 1e-12);
      assert.ok(sampled - distanceM < 0.15, `${x} ${z}: ${distanceM} against ${sampled}`);
    }
    assert.ok(outside > 200);
  });

  it("is drawn by points that joints reach", () => {
    const lines = section.outline(0.05);
    assert.ok(lines.length >= 4);
    for (const line of lines)
      for (let i = 0; i < line.length; i += 2)
        assert.ok(section.nearest(line[i]!, line[i + 1]!).distanceM < 1e-9);
  });
});

describe("the reach of a weld", () => {
  it("is told as it is taught, by a turn of the gun, by a move of the base, or as the wrist's own limit", () => {
    const arm = weldingArm();
    const solutions = new Float64Array(6 * MOST_SOLUTIONS);
    const inverse = new InverseKinematics(arm);
    const reachable = reachShortfall(arm, weldAt(2, 1), ALONG_X);
    assert.deepEqual(
      [reachable.kind, reachable.shortfallM, reachable.thetaRad, reachable.baseShiftM],
      ["reachable", 0, 0, 0],
    );

    const short = reachShortfall(arm, weldAt(4, 1), ALONG_X);
    assert.equal(short.kind, "short");
    assert.ok(short.shortfallM > 0.5 && short.baseShiftM! >= short.shortfallM);
    assert.ok(short.baseDirection[0] > 0.999);

    // The gun comes from behind the weld, where the arm cannot go; turned about the electrodes it can.
    const fromBehind = turnedAbout(weldAt(2.4, 1), [1, 0, 0], Math.PI, new Float64Array(12));
    const fixable = reachShortfall(arm, fromBehind, ALONG_X);
    assert.equal(fixable.kind, "fixable");
    assert.ok(Math.abs(fixable.thetaRad) > 0.1);
    assert.ok(
      inverse.solve(turnedAbout(fromBehind, [1, 0, 0], fixable.thetaRad, new Float64Array(12)), solutions) >
        0,
    );
    const fixed = reachShortfall(arm, fromBehind, { freeAboutElectrode: false });
    assert.notEqual(fixed.kind, "fixable");

    const stiff = reachShortfall(weldingArm({ 5: { lower: -0.05, upper: 0.05 } }), weldAt(2, 1), {
      freeAboutElectrode: false,
    });
    assert.deepEqual([stiff.kind, stiff.shortfallM], ["wrist-limits", 0]);
  });

  it("is mended by the move of the base it names, and not by 1 mm less", () => {
    const weld = weldAt(3.6, 0.4);
    const { baseShiftM, baseDirection, shortfallM } = reachShortfall(weldingArm(), weld, ALONG_X);
    const at = (wayM: number): string => {
      const base = poseFromRpy(
        [wayM * baseDirection[0], wayM * baseDirection[1], wayM * baseDirection[2]],
        [0, 0, 0],
      );
      return reachShortfall(
        madeArm(madeUrdf(), { base, tcp: poseFromRpy([0, 0, 0.5], [0, 0, 0]) }),
        weld,
        ALONG_X,
      ).kind;
    };
    assert.ok(shortfallM > 0);
    assert.match(at(baseShiftM! + 1e-6), /reachable|fixable/);
    assert.equal(at(baseShiftM! - 1e-3), "short");
  });

  it("has the base move away from a weld that the arm cannot fold back to", () => {
    const arm = weldingArm({ 3: { lower: 0.2, upper: 2 } });
    const { kind, baseDirection, baseShiftM } = reachShortfall(arm, weldAt(1.6, 0.6), {
      freeAboutElectrode: false,
    });
    assert.equal(kind, "short");
    assert.ok(baseShiftM! > 0);
    assert.ok(baseDirection[0] < -0.999);
  });

  it("turns about the TCP's z where nothing else is said", () => {
    const arm = weldingArm({ 4: { lower: -1, upper: 1 }, 6: { lower: -0.5, upper: 0.5 } });
    const taught = new Float64Array(12);
    arm.tcpPose([0, 0, 0, 0, 0.5, 0.3], taught);
    // Joint 6 would stand at 0.8, 0.3 beyond its limit; turns are tried every 2.5 degrees, 0.0436.
    const { kind, thetaRad } = reachShortfall(arm, turnedAbout(taught, [0, 0, 1], 0.5, new Float64Array(12)));
    assert.equal(kind, "fixable");
    assert.ok(thetaRad <= -0.3 && thetaRad > -0.3 - 0.0437, `${thetaRad}`);
  });

  it("is not told of a pose that is none", () => {
    const mirrored = weldAt(2, 1);
    mirrored[4] = 1;
    for (const pose of [weldAt(Number.NaN, 1), mirrored, new Float64Array(12), new Float64Array(11)])
      assert.throws(() => reachShortfall(weldingArm(), pose), {
        code: "bad-pose",
        message: /^robot made: the weld is /,
      });
  });

  it("is not told of an arm whose wrist has no centre", () => {
    const arm = madeArm(madeUrdf(changed({ 6: { xyz: "0.2 0 0.08" } })));
    assert.throws(() => new ReachJudge(arm, { freeAboutElectrode: true }), {
      code: "no-reach-section",
      message: /^robot made: .*the wrist's axes miss each other by/,
    });
  });
});

describe("the freedom of a gun about its electrodes", () => {
  it("is the ranges of turns that joints reach, their ends exact", () => {
    const arm = weldingArm();
    const inverse = new InverseKinematics(arm);
    const solutions = new Float64Array(6 * MOST_SOLUTIONS);
    const weld = weldAt(2.6, 1);
    const ranges = electrodeFreedom(inverse, weld, ALONG_X);
    const reached = (turnRad: number): boolean =>
      inverse.solve(turnedAbout(weld, [1, 0, 0], turnRad, new Float64Array(12)), solutions) > 0;
    assert.ok(ranges.length > 0);
    const inside = (turnRad: number): boolean =>
      ranges.some(({ fromRad, toRad }) => turnRad >= fromRad && turnRad <= toRad);
    for (const { fromRad, toRad } of ranges) {
      assert.ok(reached(fromRad) && reached(toRad));
      if (fromRad > -Math.PI + 1e-3) assert.ok(!reached(fromRad - 2e-6));
      if (toRad < Math.PI - 1e-3) assert.ok(!reached(toRad + 2e-6));
    }
    let [hits, misses] = [0, 0];
    for (let turnRad = -3.1; turnRad <= 3.1; turnRad += 0.0173) {
      assert.equal(reached(turnRad), inside(turnRad), `${turnRad}`);
      if (inside(turnRad)) hits++;
      else misses++;
    }
    assert.ok(hits > 0 && misses > 0);
  });

  it("stays within the turn that is allowed", () => {
    const inverse = new InverseKinematics(weldingArm());
    const [range, ...more] = electrodeFreedom(inverse, weldAt(2, 1), {
      ...ALONG_X,
      mostTurnRad: 0.1,
      stepRad: 0.05,
    });
    assert.deepEqual([range, more], [{ fromRad: -0.1, toRad: 0.1 }, []]);
  });
});
