import assert from "node:assert/strict";
import { MeshEngine } from "../../../../runtime/compute/mesh/mesh-engine.ts";
import { CellEngine } from "../../../../runtime/model/cell/cell-engine.ts";
import { interferenceZones } from "../../../../runtime/model/cell/motion/interference.ts";
import { programTimeS } from "../../../../runtime/model/cell/motion/interlock.ts";
import type { ReachedPoint } from "../../../../runtime/model/cell/motion/program-check.ts";
import {
  calibrateAccelerations,
  planCycle,
  programTiming,
  robotInterferences,
} from "../../../../runtime/model/cell/motion/robot-cycle.ts";
import { boxCell, boxRobot } from "./box-cell.ts";
import { placeAt, slidingBox } from "./slide.ts";

function points(...angles: readonly number[][]): ReachedPoint[] {
  return angles.map((q, i) => ({
    point: { name: `p${i}`, kind: "via", speed: 1, dwellS: i === 1 ? 2 : 0 },
    qRad: Float64Array.from(q),
    situation: "motion",
  }));
}

describe("motion: robots that share room", () => {
  it("meet in the square where two boxes cross, and nowhere else", async () => {
    const engine = await MeshEngine.create();
    const [a, b] = [slidingBox(engine, "a", [0.2, 0.2, 0.2]), slidingBox(engine, "b", [0.2, 0.2, 0.2])];
    // One runs along x, the other along y, 4 m each in two moves; they cross after 2.6 m of the one and 1.2 m of the other.
    const pathA = {
      mover: a,
      points: [{ q: [0, 0, 0] }, { q: [2, 0, 0] }, { q: [4, 0, 0] }],
      clearancesM: [0.03],
    };
    const pathB = {
      mover: b,
      points: [{ q: [2.6, -1.2, 0] }, { q: [2.6, 0.8, 0] }, { q: [2.6, 2.8, 0] }],
      clearancesM: [0.05],
    };
    const { zones, queries } = interferenceZones(engine, pathA, pathB, 0.02);
    assert.equal(zones.length, 1);
    const zone = zones[0]!;
    // Nearer than 50 mm where both middles are less than 0.25 m from the crossing, to within the resolution.
    for (const [found, wanted] of [
      [zone.fromA, (2.6 - 0.25) / 2],
      [-zone.toA, -(2.6 + 0.25) / 2],
      [zone.fromB, (1.2 - 0.25) / 2],
      [-zone.toB, -(1.2 + 0.25) / 2],
    ] as const) {
      assert.ok(found <= wanted && found > wanted - 0.04, `${found} for ${wanted}`);
    }
    // The plane at the same resolution would be 200 x 200 places.
    assert.ok(queries < 4_000, `${queries} queries`);
  });

  it("keep their clearance outside the zones, touch inside, and the second waits", async () => {
    // Two robots face each other 2.3 m apart; each swings through the middle, its arm stretched out to 1.4 m.
    const facing = Float64Array.of(-1, 0, 0, 2.3, 0, -1, 0, 0.05, 0, 0, 1, 0);
    const [one, other] = [boxRobot("R1", placeAt([0, 0, 0])), boxRobot("R2", facing)];
    const engine = await CellEngine.create(boxCell([one, other], []));
    const swing = points([-1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]);
    const programs = ["R1", "R2"].map((robot) => ({ robot, points: swing }));
    const { zones } = robotInterferences(engine, programs);
    assert.ok(zones.length > 0);
    const steps = 24;
    const place = (robot: number, at: number): Float64Array => {
      const move = Math.min(Math.floor(at), 1);
      const [from, to] = [programs[robot]!.points[move]!.qRad, programs[robot]!.points[move + 1]!.qRad];
      return from.map((angle, joint) => angle + (at - move) * (to[joint]! - angle));
    };
    let contacts = 0;
    for (let i = 0; i <= steps; i++) {
      for (let k = 0; k <= steps; k++) {
        const [u, v] = [(2 * i) / steps, (2 * k) / steps];
        engine.moveTo("R2", place(1, v));
        const met = engine.nearest("R1", place(0, u), 0.03);
        const inside = zones.some(({ cells }) =>
          cells.some(([fromA, toA, fromB, toB]) => fromA <= u && u <= toA && fromB <= v && v <= toB),
        );
        if (met?.nearest.distanceM === 0) contacts++;
        // Of a pair the greater clearance holds: 30 mm with an arm, 20 mm of guns, 10 mm of tips.
        if (met !== undefined && met.nearest.distanceM < 0.01) assert.ok(inside, `${u}, ${v} is left out`);
      }
    }
    assert.ok(contacts > 0);
    const plan = planCycle(engine, programs, zones);
    assert.deepEqual([plan.stuck, plan.togetherAtStart], [[], []]);
    // Each move takes 1 rad at 2 rad/s and 4 rad/s², 1 s, and each stands 2 s in the middle, where they meet: the second
    // waits at its start until the first has left.
    assert.deepEqual(
      plan.waits.map(({ robot, point, startS, forRobot }) => [robot, point, startS, forRobot]),
      [["R2", "p0", 0, "R1"]],
    );
    assert.ok(Math.abs(plan.waits[0]!.waitS - 4) < 1e-9);
    assert.ok(Math.abs(plan.cycleS! - 8) < 1e-9);
    // Run as planned, they keep apart at all times; without the wait they would not.
    const leastM = (waits: typeof plan.waits): number => {
      let least = Number.POSITIVE_INFINITY;
      for (let timeS = 0; timeS <= 8; timeS += 0.05) {
        const [q1, q2] = programs.map(({ robot, points: run }) => {
          const q = new Float64Array(6);
          const own = waits.filter((wait) => wait.robot === robot);
          programTiming(engine.robot(robot), run).jointsAt(programTimeS(timeS, own), q);
          return q;
        });
        engine.moveTo("R2", q2!);
        least = Math.min(least, engine.nearest("R1", q1!)!.nearest.distanceM);
      }
      return least;
    };
    assert.ok(leastM(plan.waits) >= 0.01);
    assert.equal(leastM([]), 0);
  });

  it("time their programs by the stated accelerations, which a measured cycle corrects", () => {
    const robot = boxRobot("R1", placeAt([0, 0, 0]));
    const program = points([0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]);
    // 2 rad at 2 rad/s and 4 rad/s²: 1.5 s each way, and 2 s at p1.
    const { durationS } = programTiming(robot, program);
    assert.ok(Math.abs(durationS - 5) < 1e-12);
    // At half the acceleration 2 s each way.
    assert.ok(Math.abs(calibrateAccelerations(robot, program, 6).factor - 0.5) < 1e-9);
    const { accelerationsRadS2: _, ...silent } = robot;
    assert.throws(() => programTiming(silent, program), /R1: has no joint accelerations/);
  });
});
