import assert from "node:assert/strict";
import { RungError } from "../../../../runtime/core/errors.ts";
import { Random } from "../../../../runtime/core/random.ts";
import { fitAccelerationFactor, ProgramTiming } from "../../../../runtime/model/cell/motion/cycle-time.ts";
import { type AxisLimits, MoveLaw } from "../../../../runtime/model/cell/motion/time-law.ts";

const TWO_AXES: AxisLimits = {
  velocityRadS: Float64Array.of(2, 1),
  accelerationRadS2: Float64Array.of(4, 4),
};
const near = (found: number, wanted: number): void =>
  assert.ok(Math.abs(found - wanted) < 1e-12, `${found} is not ${wanted}`);

describe("motion: the time law of a move", () => {
  it("is a trapezoid where the speed is reached", () => {
    // Axis 1 has 6 rad to go at 2 rad/s and 4 rad/s²: 0.5 s up, 0.5 s down, 0.5 rad each, 5 rad at 2 rad/s between.
    const law = new MoveLaw([0, 0], [6, 0], TWO_AXES, 1, "move");
    near(law.durationS, 3.5);
    near(law.shareAt(0.5), 0.5 / 6);
    near(law.shareAt(1.75), 0.5);
    near(law.shareAt(3.25), 1 - 0.125 / 6);
  });

  it("is a triangle where the way is too short for it", () => {
    // 0.25 rad at 4 rad/s²: half the way in 0.25 s.
    const law = new MoveLaw([0, 0], [0.25, 0], TWO_AXES, 1, "move");
    near(law.durationS, 0.5);
    near(law.shareAt(0.25), 0.5);
  });

  it("lets the slowest axis set the pace of all", () => {
    // Alone, axis 1 takes 1.5 s and axis 2, at half the velocity, 2.25 s.
    near(new MoveLaw([0, 0], [2, 0], TWO_AXES, 1, "move").durationS, 1.5);
    near(new MoveLaw([0, 0], [0, 2], TWO_AXES, 1, "move").durationS, 2.25);
    near(new MoveLaw([0, 0], [2, -2], TWO_AXES, 1, "move").durationS, 2.25);
  });

  it("takes a share of the velocities, not of the accelerations", () => {
    // 1 rad/s: 0.25 s up and down, 0.125 rad each, 1.75 rad between.
    near(new MoveLaw([0, 0], [2, 0], TWO_AXES, 0.5, "move").durationS, 2.25);
  });

  it("never goes faster or harder than the axes, and comes back from share to time", () => {
    const random = new Random(3);
    for (let round = 0; round < 200; round++) {
      const [from, to] = [0, 1].map(() => [4 * random.uniform() - 2, 4 * random.uniform() - 2]);
      const speed = 0.05 + 0.95 * random.uniform();
      const law = new MoveLaw(from!, to!, TWO_AXES, speed, "move");
      const step = law.durationS / 64;
      for (let i = 1; i < 64; i++) {
        const [before, now, after] = [i - 1, i, i + 1].map((at) => law.shareAt(at * step)) as [
          number,
          number,
          number,
        ];
        for (const axis of [0, 1]) {
          const way = Math.abs(to![axis]! - from![axis]!);
          const velocity = ((after - before) / (2 * step)) * way;
          const acceleration = (Math.abs(after - 2 * now + before) / step ** 2) * way;
          assert.ok(velocity <= speed * TWO_AXES.velocityRadS[axis]! + 1e-9);
          assert.ok(acceleration <= TWO_AXES.accelerationRadS2[axis]! + 1e-6);
        }
        assert.ok(Math.abs(law.timeAt(now) - i * step) < 1e-9);
      }
    }
  });

  it("takes no time where nothing moves", () => {
    const law = new MoveLaw([1, 1], [1, 1], TWO_AXES, 1, "move");
    assert.deepEqual([law.durationS, law.shareAt(0), law.timeAt(0.5)], [0, 1, 0]);
  });

  it("refuses what has no time", () => {
    const refused = (from: number[], to: number[], limits: AxisLimits, speed: number): void =>
      assert.throws(
        () => new MoveLaw(from, to, limits, speed, "R1/p2"),
        (error) => error instanceof RungError && error.where === "R1/p2",
      );
    refused([0, 0], [1, Number.NaN], TWO_AXES, 1);
    refused([0, 0], [1, 1], TWO_AXES, 0);
    refused([0, 0], [1, 1], TWO_AXES, 1.01);
    refused([0, 0], [1, 1], { ...TWO_AXES, velocityRadS: Float64Array.of(1, 0) }, 1);
    refused([0, 0], [1, 1], { ...TWO_AXES, accelerationRadS2: Float64Array.of(1, Number.NaN) }, 1);
  });
});

const PROGRAM = [
  { name: "home", q: [0, 0], dwellS: 0 },
  { name: "w1", q: [6, 0], dwellS: 1.5 },
  { name: "w2", q: [6, 2], dwellS: 1.5 },
  { name: "end", q: [0, 0], dwellS: 0, speed: 0.5 },
];

describe("motion: cycle time", () => {
  it("adds moves and dwells", () => {
    const timing = new ProgramTiming(PROGRAM, TWO_AXES, "R1");
    // 3.5 s, 1.5 s, 2.25 s, 1.5 s, and back 6 rad at 1 rad/s: 6 s + 0.25 s.
    near(timing.durationS, 15);
    near(timing.moveS, 12);
    near(timing.dwellS, 3);
    assert.deepEqual(
      timing.stretches.map(({ kind, point, startS, endS }) => [kind, point, startS, endS]),
      [
        ["move", "w1", 0, 3.5],
        ["dwell", "w1", 3.5, 5],
        ["move", "w2", 5, 7.25],
        ["dwell", "w2", 7.25, 8.75],
        ["move", "end", 8.75, 15],
      ],
    );
  });

  it("tells the place and the joints at any time, and the time of any place", () => {
    const timing = new ProgramTiming(PROGRAM, TWO_AXES, "R1");
    const q = new Float64Array(2);
    for (const [timeS, place, joints] of [
      [-1, 0, [0, 0]],
      [1.75, 0.5, [3, 0]],
      [4.2, 1, [6, 0]],
      [6.125, 1.5, [6, 1]],
      [11.875, 2.5, [3, 1]],
      [99, 3, [0, 0]],
    ] as const) {
      near(timing.placeAt(timeS), place);
      timing.jointsAt(timeS, q);
      near(q[0]!, joints[0]);
      near(q[1]!, joints[1]);
    }
    for (const [place, timeS] of [
      [0, 0],
      [0.5, 1.75],
      [1, 3.5],
      [1.5, 6.125],
      [3, 15],
    ] as const)
      near(timing.timeAt(place), timeS);
  });

  it("is brought to a measured cycle by one factor on the accelerations", () => {
    const truth = { ...TWO_AXES, accelerationRadS2: TWO_AXES.accelerationRadS2.map((one) => 0.7 * one) };
    const measuredS = new ProgramTiming(PROGRAM, truth, "R1").durationS;
    const fit = fitAccelerationFactor(PROGRAM, TWO_AXES, measuredS, "R1");
    assert.ok(Math.abs(fit.factor - 0.7) < 1e-9);
    assert.ok(Math.abs(fit.durationS - measuredS) < 1e-9);
  });

  it("refuses a measured cycle that no acceleration gives", () => {
    // Without any ramps the moves take 3 + 2 + 6 s and the dwells 3 s.
    assert.throws(
      () => fitAccelerationFactor(PROGRAM, TWO_AXES, 13.9, "R1"),
      /no acceleration makes the cycle/,
    );
  });

  it("refuses an empty program, other axes and a dwell below 0", () => {
    assert.throws(() => new ProgramTiming([], TWO_AXES, "R1"), /no points/);
    assert.throws(
      () => new ProgramTiming([{ name: "p", q: [1], dwellS: 0 }], TWO_AXES, "R1"),
      /R1\/p: has 1 joint/,
    );
    assert.throws(() => new ProgramTiming([{ name: "p", q: [1, 1], dwellS: -1 }], TWO_AXES, "R1"), /dwell/);
  });
});
