import assert from "node:assert/strict";
import { ProgramTiming } from "../../../../runtime/model/cell/motion/cycle-time.ts";
import {
  type InterlockedRobot,
  planInterlocks,
  programTimeS,
  type RobotZone,
} from "../../../../runtime/model/cell/motion/interlock.ts";

/** Points one apart, each move 2 s (1 rad at 1 rad/s, with 1 rad/s² up and down), and the dwells given, s. */
function robot(name: string, dwellsS: readonly number[]): InterlockedRobot {
  const limits = { velocityRadS: Float64Array.of(1), accelerationRadS2: Float64Array.of(1) };
  const points = dwellsS.map((dwellS, i) => ({ name: `${name}.${i}`, q: [i], dwellS }));
  return { name, points: points.map((point) => point.name), timing: new ProgramTiming(points, limits, name) };
}

const zone = (robotA: number, robotB: number, a: [number, number], b: [number, number]): RobotZone => ({
  robotA,
  robotB,
  fromA: a[0],
  toA: a[1],
  fromB: b[0],
  toB: b[1],
});

describe("motion: interlocks", () => {
  it("lets the first to come pass and the other wait at the point before the zone", () => {
    // Both take 8 s. R1 is in the zone on its moves 1 and 2 (2 s to 7 s with 1 s at its point 2),
    // R2 wants it on its move 2, at 4 s.
    const robots = [robot("R1", [0, 0, 1, 0, 0]), robot("R2", [0, 0, 0, 0, 0])];
    const plan = planInterlocks(robots, [zone(0, 1, [1.2, 2.9], [2.5, 2.6])]);
    assert.deepEqual(plan.waits, [
      { robot: "R2", point: "R2.2", startS: 4, waitS: 3, forRobot: "R1", interlock: 0 },
    ]);
    assert.deepEqual(plan.interlocks, [
      {
        sides: [
          { robot: "R1", askAt: "R1.1", releaseAt: "R1.3", heldFromS: 2, heldToS: 7 },
          { robot: "R2", askAt: "R2.2", releaseAt: "R2.3", heldFromS: 7, heldToS: 9 },
        ],
      },
    ]);
    assert.deepEqual(plan.robots, [
      { robot: "R1", aloneS: 9, waitS: 0, cycleS: 9 },
      { robot: "R2", aloneS: 8, waitS: 3, cycleS: 11 },
    ]);
    assert.equal(plan.cycleS, 11);
    assert.deepEqual(plan.stuck, []);
  });

  it("costs nothing where the robots are never there together", () => {
    const plan = planInterlocks(
      [robot("R1", [0, 0, 0]), robot("R2", [0, 0, 0])],
      [zone(0, 1, [0.1, 0.9], [1.1, 2])],
    );
    assert.deepEqual(plan.waits, []);
    assert.equal(plan.cycleS, 4);
  });

  it("joins two zones whose order would lock both robots", () => {
    // R1 goes through zone 1 and then, still inside, into zone 2; R2 the other way round: each holds what the other asks.
    const robots = [robot("R1", [0, 0, 0, 0, 0]), robot("R2", [0, 0, 0, 0, 0])];
    const zones = [zone(0, 1, [1.1, 2.9], [2.1, 2.9]), zone(1, 0, [1.1, 2.9], [2.1, 2.9])];
    const plan = planInterlocks(robots, zones);
    assert.deepEqual(plan.stuck, []);
    assert.equal(plan.interlocks.length, 1);
    assert.deepEqual(
      plan.interlocks[0]!.sides.map(({ askAt, releaseAt }) => [askAt, releaseAt]),
      [
        ["R1.1", "R1.3"],
        ["R2.1", "R2.3"],
      ],
    );
    assert.deepEqual(plan.waits, [
      { robot: "R2", point: "R2.1", startS: 2, waitS: 4, forRobot: "R1", interlock: 0 },
    ]);
    assert.equal(plan.cycleS, 12);
  });

  it("tells of three robots that wait for each other without end", () => {
    const robots = ["R1", "R2", "R3"].map((name) => robot(name, [0, 0, 0, 0, 0]));
    // Each is in the zone with its right neighbour from its move 1 on and asks for that with its left one at move 2.
    const zones = [0, 1, 2].map((one) => zone(one, (one + 1) % 3, [1.1, 2.9], [2.1, 2.9]));
    const plan = planInterlocks(robots, zones);
    assert.deepEqual(plan.stuck, [
      { robot: "R1", point: "R1.2", forRobot: "R3" },
      { robot: "R2", point: "R2.2", forRobot: "R1" },
      { robot: "R3", point: "R3.2", forRobot: "R2" },
    ]);
    assert.equal(plan.cycleS, undefined);
    assert.ok(plan.robots.every(({ cycleS }) => cycleS === undefined));
  });

  it("tells of robots that stand in each other's way from the start", () => {
    const robots = [robot("R1", [0, 0, 0]), robot("R2", [0, 0, 0])];
    assert.deepEqual(planInterlocks(robots, [zone(0, 1, [0, 1], [0, 0.5])]).togetherAtStart, [["R1", "R2"]]);
    assert.deepEqual(planInterlocks(robots, [zone(0, 1, [0.1, 1], [0, 0.5])]).togetherAtStart, []);
  });

  it("keeps a zone for a robot that starts inside it and for one that ends inside it", () => {
    const robots = [robot("R1", [3, 0, 0]), robot("R2", [0, 0, 0])];
    const leaves = planInterlocks(robots, [zone(0, 1, [0, 0.5], [0.5, 0.6])]);
    assert.deepEqual(leaves.waits, [
      { robot: "R2", point: "R2.0", startS: 0, waitS: 5, forRobot: "R1", interlock: 0 },
    ]);
    assert.equal(leaves.interlocks[0]!.sides[0].askAt, undefined);
    const stays = planInterlocks(robots, [zone(1, 0, [1.5, 2], [1.5, 1.6])]);
    assert.deepEqual(stays.stuck, [{ robot: "R1", point: "R1.1", forRobot: "R2" }]);
    assert.equal(stays.interlocks[0]!.sides[1].releaseAt, undefined);
  });

  it("stands a program still while its robot waits", () => {
    const waits = [
      { startS: 4, waitS: 3 },
      { startS: 10, waitS: 1 },
    ];
    assert.deepEqual(
      [0, 4, 5, 7, 8, 10.5, 12].map((timeS) => programTimeS(timeS, waits)),
      [0, 4, 4, 4, 5, 7, 8],
    );
  });
});
