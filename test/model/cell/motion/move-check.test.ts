import assert from "node:assert/strict";
import { MeshEngine } from "../../../../runtime/compute/mesh/mesh-engine.ts";
import { Random } from "../../../../runtime/core/random.ts";
import { checkMove, isMoveClear } from "../../../../runtime/model/cell/motion/move-check.ts";
import type { MoveScene } from "../../../../runtime/model/cell/motion/move-scene.ts";
import { slidingBox, stillBox } from "./slide.ts";

const TOLERANCE_M = 1e-4;
const near = (found: number | undefined, wanted: number, toM: number): void =>
  assert.ok(found !== undefined && Math.abs(found - wanted) <= toM, `${found} is not ${wanted}`);

describe("motion: a move between its samples", () => {
  let engine: MeshEngine;
  before(async () => {
    engine = await MeshEngine.create();
  });

  it("finds how near a box passes another, and where", () => {
    // A cube of 100 mm passes 50 mm over a post 20 mm wide at x = 1, from x = 0 to 2 and down at the same time by
    // 40 mm: nearest where the post's far edge ends, at x = 1.06.
    const mover = slidingBox(engine, "cube", [0.1, 0.1, 0.1]);
    const scene: MoveScene = { mover, still: [stillBox(engine, "post", [0.02, 0.02, 1], [1, 0, -0.5])] };
    const check = checkMove(engine, scene, [0, 0, 0.12], [2, 0, 0.08], { clearanceM: 0.02 });
    assert.equal(check.clear, true);
    // Its lower face leaves the post at x = 1.06, 0.0488 above it, and from there on goes by at a slope of 0.02.
    const nearestM = (0.12 - 0.02 * 1.06 - 0.05) / Math.hypot(1, 0.02);
    near(check.smallestM, nearestM, TOLERANCE_M);
    assert.ok(check.bodies[0]!.provenM <= nearestM && check.smallestM! >= nearestM - 1e-12);
    near(check.at, 0.53, 0.005);
    const { body, other, points } = check.nearest!;
    assert.deepEqual([body, other], ["cube", "post"]);
    near(Math.hypot(...points[0].map((one, axis) => one - points[1][axis]!)), check.smallestM!, 1e-9);
    near(points[1][2], 0, 1e-9);
  });

  it("tells the first contact, with time, body and points, and where the clearance is lost", () => {
    const mover = slidingBox(engine, "cube", [0.1, 0.1, 0.1]);
    const wall = stillBox(engine, "wall", [0.2, 1, 1], [1, 0, 0]);
    const check = checkMove(engine, { mover, still: [wall] }, [0, 0, 0], [2, 0, 0], { clearanceM: 0.05 });
    assert.equal(check.clear, false);
    if (check.clear) return;
    // The cube's front face meets the wall's at x = 0.85, and comes within 50 mm of it at 0.80.
    near(check.firstContactAt, 0.425, TOLERANCE_M);
    near(check.firstNear!.at, 0.4, TOLERANCE_M);
    near(check.firstNear!.distanceM, 0.05, TOLERANCE_M);
    assert.deepEqual([check.firstContact!.body, check.firstContact!.other], ["cube", "wall"]);
    near(check.firstContact!.points[1][0], 0.9, 2 * TOLERANCE_M);
    assert.deepEqual([check.inside, check.unproven, check.smallestM], [[], [], 0]);
  });

  it("catches a sheet of 0.8 mm between two samples, which samples alone miss", () => {
    const mover = slidingBox(engine, "tip", [0.02, 0.02, 0.02]);
    const sheet = stillBox(engine, "sheet", [0.0008, 0.5, 0.5], [0.5137, 0, 0]);
    const from = [0, 0, 0];
    const to = [1, 0, 0];
    // Samples every 50 mm, as a programmer's steps.
    const poses = new Float64Array(12);
    let contacts = 0;
    for (let i = 0; i <= 20; i++) {
      mover.posesAt([i / 20, 0, 0], poses);
      contacts += engine.collide(
        { meshes: [mover.bodies[0]!.mesh], poses },
        { meshes: [sheet.mesh], poses: sheet.pose12 },
      );
    }
    assert.equal(contacts, 0);
    const check = checkMove(engine, { mover, still: [sheet] }, from, to, { clearanceM: 0 });
    assert.equal(check.clear, false);
    assert.ok(!check.clear && check.firstContact?.other === "sheet");
    near(check.firstContactAt, 0.5137 - 0.0004 - 0.01, TOLERANCE_M);
  });

  it("never calls clear what dense sampling finds nearer, and misses the smallest distance by no more than it says", () => {
    const random = new Random(5);
    const around = (spread: number): [number, number, number] => [
      spread * (random.uniform() - 0.5),
      spread * (random.uniform() - 0.5),
      spread * (random.uniform() - 0.5),
    ];
    const verdicts = { clear: 0, near: 0, contact: 0 };
    let asked = 0;
    let sampled = 0;
    for (let round = 0; round < 60; round++) {
      const mover = slidingBox(engine, "cube", [0.1, 0.2, 0.05]);
      const still = Array.from({ length: 3 }, (_, i) =>
        stillBox(engine, `post ${i}`, [0.04, 0.03, 0.3], around(1.2)),
      );
      const [from, to] = [around(1.6), around(1.6)];
      const clearanceM = 0.05 * random.uniform();
      const check = checkMove(engine, { mover, still }, from, to, { clearanceM });
      const poses = new Float64Array(12);
      const all = {
        meshes: still.map(({ mesh }) => mesh),
        poses: Float64Array.from(still.flatMap(({ pose12 }) => [...pose12])),
      };
      let densestM = Number.POSITIVE_INFINITY;
      const samples = 2000;
      for (let i = 0; i <= samples; i++) {
        mover.posesAt(
          from.map((one, axis) => one + (i / samples) * (to[axis]! - one)),
          poses,
        );
        densestM = Math.min(
          densestM,
          engine.nearest({ meshes: [mover.bodies[0]!.mesh], poses }, all)!.distanceM,
        );
      }
      sampled += samples + 1;
      asked += check.queries;
      verdicts[check.clear ? "clear" : check.firstContact === undefined ? "near" : "contact"]++;
      assert.equal(isMoveClear(engine, { mover, still }, from, to, { clearanceM }).clear, check.clear);
      if (check.clear) assert.ok(densestM >= clearanceM, `called clear at ${densestM} m of ${clearanceM} m`);
      assert.ok(check.bodies[0]!.provenM <= densestM);
      if (densestM === 0) assert.ok(!check.clear && check.firstContact !== undefined);
      if (check.smallestM !== undefined) assert.ok(check.smallestM <= densestM + TOLERANCE_M);
      else assert.ok(densestM >= 0.3 - TOLERANCE_M);
    }
    assert.ok(
      Object.values(verdicts).every((count) => count > 3),
      JSON.stringify(verdicts),
    );
    assert.ok(asked * 10 < sampled, `${asked} queries against ${sampled} samples`);
  });

  it("asks once for what is far from the whole move", () => {
    const mover = slidingBox(engine, "cube", [0.1, 0.1, 0.1]);
    const scene = { mover, still: [stillBox(engine, "post", [0.02, 0.02, 1], [50, 0, 0])] };
    const check = checkMove(engine, scene, [0, 0, 0], [1, 0, 0], { clearanceM: 0.02 });
    assert.deepEqual([check.clear, check.queries, check.smallestM], [true, 1, undefined]);
    assert.ok(check.bodies[0]!.provenM >= 0.3 - TOLERANCE_M);
  });

  it("keeps each body to its own clearance, and lets pairs touch that may", () => {
    const box = slidingBox(engine, "box", [0.1, 0.1, 0.1]);
    const two = {
      ...box,
      bodies: [box.bodies[0]!, { name: "second", mesh: box.bodies[0]!.mesh }],
      travelPerRad: Float64Array.of(1, 1, 1, 1, 1, 1),
      posesAt: (q: ArrayLike<number>, out: Float64Array) => {
        box.posesAt(q, out);
        box.posesAt([q[0]!, q[1]! + 1, q[2]!], out.subarray(12));
      },
    };
    const still = [
      stillBox(engine, "left", [0.1, 0.1, 0.1], [0.5, 0, 0.13]),
      stillBox(engine, "right", [0.1, 0.1, 0.1], [0.5, 1, 0.13]),
    ];
    const run = (clearanceM: number[], mayTouch?: MoveScene["mayTouch"]) =>
      checkMove(engine, { mover: two, still, mayTouch }, [0, 0, 0], [1, 0, 0], { clearanceM });
    assert.equal(run([0.02, 0.02]).clear, true);
    const tooNear = run([0.02, 0.04]);
    assert.ok(!tooNear.clear && tooNear.firstNear!.body === "second" && tooNear.firstContact === undefined);
    assert.equal(run([0.02, 0.04], (body, other) => body === 1 && other === 1).clear, true);
  });

  it("checks a mover's own bodies by the joints between them", () => {
    const box = slidingBox(engine, "outer", [0.1, 0.1, 0.1]);
    // The second box rides on the first: the third joint moves it alone.
    const mover = {
      ...box,
      bodies: [box.bodies[0]!, { name: "inner", mesh: box.bodies[0]!.mesh }],
      travelPerRad: Float64Array.of(1, 1, 0, 1, 1, 1),
      posesAt: (q: ArrayLike<number>, out: Float64Array) => {
        box.posesAt([q[0]!, q[1]!, 0], out);
        box.posesAt([q[0]!, q[1]!, q[2]!], out.subarray(12));
      },
    };
    const scene = { mover, still: [], ownPairs: [[1, 0]] as const };
    const apart = checkMove(engine, scene, [0, 0, 0.2], [5, 5, 0.2], { clearanceM: 0.02 });
    assert.deepEqual([apart.clear, apart.queries], [true, 1]);
    const meets = checkMove(engine, scene, [0, 0, 0.2], [5, 5, 0], { clearanceM: 0.02 });
    assert.ok(!meets.clear);
    near(meets.firstContactAt, 0.5, TOLERANCE_M);
  });

  it("flags a body inside a solid, which touches nothing", () => {
    const mover = slidingBox(engine, "cube", [0.1, 0.1, 0.1]);
    const still = [stillBox(engine, "room", [2, 2, 2], [0, 0, 0])];
    const move = [[-0.2, 0, 0] as const, [0.2, 0, 0] as const] as const;
    const open = checkMove(engine, { mover, still }, ...move, { clearanceM: 0.02 });
    assert.equal(open.clear, true);
    const inside = checkMove(engine, { mover, still, isEnclosed: () => true }, ...move, { clearanceM: 0.02 });
    assert.ok(!inside.clear);
    assert.deepEqual(inside.inside, [{ body: "cube", other: "room" }]);
  });

  it("says so where a body keeps its distance by less than can be proven", () => {
    const mover = slidingBox(engine, "cube", [0.1, 0.1, 0.1]);
    const still = [stillBox(engine, "floor", [4, 4, 0.1], [0, 0, -0.15])];
    const grazing = checkMove(engine, { mover, still }, [-1, 0, 0], [1, 0, 0], {
      clearanceM: 0.05 - 1e-9,
      toleranceM: 1e-3,
    });
    assert.ok(!grazing.clear);
    assert.deepEqual([grazing.unproven, grazing.firstNear], [["cube"], undefined]);
  });

  it("refuses joints and clearances that do not fit", () => {
    const mover = slidingBox(engine, "cube", [0.1, 0.1, 0.1]);
    const scene = { mover, still: [] };
    const q = [0, 0, 0];
    assert.throws(() => checkMove(engine, scene, [0, 0], q, { clearanceM: 0 }), /cube: has 3 joints, got 2/);
    assert.throws(() => checkMove(engine, scene, [0, Number.NaN, 0], q, { clearanceM: 0 }), /cube\/joint 2/);
    assert.throws(() => checkMove(engine, scene, q, q, { clearanceM: [0, 0] }), /1 bodies, got 2/);
    assert.throws(() => checkMove(engine, scene, q, q, { clearanceM: -0.01 }), /clearance must be >= 0/);
    assert.throws(() => checkMove(engine, scene, q, q, { clearanceM: 0, toleranceM: 0 }), /tolerance/);
  });
});
