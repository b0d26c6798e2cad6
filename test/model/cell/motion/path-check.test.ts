import assert from "node:assert/strict";
import { Random } from "../../../../runtime/core/random.ts";
import { CellEngine } from "../../../../runtime/model/cell/cell-engine.ts";
import { checkPath, isPathClear } from "../../../../runtime/model/cell/motion/path-check.ts";
import { checkProgram, type ReachedPoint } from "../../../../runtime/model/cell/motion/program-check.ts";
import { approachShare } from "../../../../runtime/model/cell/motion/weld-approach.ts";
import { boxBody, boxCell, boxRobot } from "./box-cell.ts";
import { placeAt } from "./slide.ts";

const TOLERANCE_M = 1e-4;

function between(from: Float64Array, to: Float64Array, share: number): Float64Array {
  return from.map((angle, joint) => angle + share * (to[joint]! - angle));
}

/** Where the TCP stands, m. */
function tcpAt(engine: CellEngine, q: Float64Array): [number, number, number] {
  const pose = new Float64Array(12);
  engine.robot("R1").arm.tcpPose(q, pose);
  return [pose[3]!, pose[7]!, pose[11]!];
}

describe("motion: a robot's moves in a cell", () => {
  it("are never called clear where dense sampling finds less, with a tenth of its queries", async () => {
    const random = new Random(17);
    const posts = Array.from({ length: 4 }, (_, i) => {
      const turn = (i + 0.3) * (Math.PI / 2);
      return boxBody(
        `post ${i}`,
        "fixture",
        [0.08, 0.08, 1.6],
        [1.15 * Math.cos(turn), 1.15 * Math.sin(turn), 0.8],
      );
    });
    const engine = await CellEngine.create(boxCell([boxRobot("R1", placeAt([0, 0, 0]))], posts));
    const around = (): Float64Array =>
      Float64Array.from([2.5, 0.8, 0.8, 2, 2, 2], (most) => most * (2 * random.uniform() - 1));
    const options = { clearanceM: 0.02, own: false, toleranceM: TOLERANCE_M };
    const found = { clear: 0, near: 0, contact: 0 };
    const samples = 1500;
    let queries = 0;
    for (let round = 0; round < 40; round++) {
      const [from, to] = [around(), around()];
      const check = checkPath(engine, "R1", from, to, options);
      let densestM = Number.POSITIVE_INFINITY;
      for (let i = 0; i <= samples; i++) {
        const met = engine.nearest("R1", between(from, to, i / samples), densestM);
        if (met !== undefined) densestM = met.nearest.distanceM;
      }
      queries += check.queries;
      found[check.clear ? "clear" : check.firstContact === undefined ? "near" : "contact"]++;
      assert.equal(isPathClear(engine, "R1", from, to, options), check.clear);
      if (check.clear) assert.ok(densestM >= 0.02, `called clear at ${densestM} m`);
      if (densestM === 0) assert.ok(!check.clear && check.firstContact !== undefined);
      assert.ok(Math.min(...check.bodies.map(({ provenM }) => provenM)) <= densestM);
      if (check.smallestM !== undefined) assert.ok(check.smallestM <= densestM + TOLERANCE_M);
    }
    assert.ok(
      Object.values(found).every((count) => count > 1),
      JSON.stringify(found),
    );
    // A sample asks for all bodies at once, a check for one body at a time: five bodies.
    assert.ok(queries * 10 < 40 * samples * 5, `${queries} queries`);
  });

  it("meet a sheet of 0.8 mm that stands between two samples", async () => {
    // The tip swings 1.4 m from the first axis: samples every 0.05 rad stand 70 mm apart.
    const robot = boxRobot("R1", placeAt([0, 0, 0]));
    const [from, to] = [new Float64Array(6), Float64Array.of(1, 0, 0, 0, 0, 0)];
    const free = await CellEngine.create(boxCell([robot], []));
    const tcp = tcpAt(free, between(from, to, 0.525));
    const sheet = boxBody("sheet", "fixture", [0.02, 0.0008, 0.02], tcp);
    const engine = await CellEngine.create(boxCell([robot], [sheet]));
    for (let i = 0; i <= 20; i++) assert.equal(engine.collides("R1", between(from, to, i / 20)), false);
    const check = checkPath(engine, "R1", from, to, { clearanceM: 0 });
    assert.ok(!check.clear && check.firstContact !== undefined);
    assert.deepEqual([check.firstContact.body, check.firstContact.other], ["tip", "sheet"]);
    const first = check.firstContact.at;
    assert.equal(engine.collides("R1", between(from, to, first)), true);
    assert.equal(engine.collides("R1", between(from, to, first - 0.001)), false);
    assert.ok(first > 0.5 && first < 0.525);
  });

  it("are flagged inside a closed box, and not in an open one", async () => {
    const robot = boxRobot("R1", placeAt([0, 0, 0]));
    const room = boxBody("room", "fixture", [8, 8, 8], [0, 0, 1]);
    const swing = [new Float64Array(6), Float64Array.of(0.5, 0, 0, 0, 0, 0)] as const;
    const closed = await CellEngine.create(boxCell([robot], [room]));
    const check = checkPath(closed, "R1", ...swing);
    assert.ok(!check.clear && check.firstNear === undefined);
    assert.deepEqual(
      check.inside.map(({ body, other }) => [body, other]),
      robot.bodies.map(({ name }) => [name, "room"]),
    );
    assert.equal(isPathClear(closed, "R1", ...swing), false);
    const open = await CellEngine.create(boxCell([robot], [{ ...room, closed: false }]));
    assert.equal(checkPath(open, "R1", ...swing).clear, true);
  });

  it("look at other robots where they stand, at what never moves of them, or at none", async () => {
    const [one, other] = [boxRobot("R1", placeAt([0, 0, 0])), boxRobot("R2", placeAt([2.2, 0.4, 0]))];
    other.homeRad[0] = Math.PI * 0.9;
    const engine = await CellEngine.create(boxCell([one, other], []));
    const swing = [Float64Array.of(-1, 0, 0, 0, 0, 0), Float64Array.of(1, 0, 0, 0, 0, 0)] as const;
    const all = checkPath(engine, "R1", ...swing);
    assert.ok(!all.clear && all.firstContact?.other.startsWith("R2 "));
    assert.equal(checkPath(engine, "R1", ...swing, { others: "fixed" }).clear, true);
    assert.equal(checkPath(engine, "R1", ...swing, { others: "none" }).clear, true);
    const near = await CellEngine.create(boxCell([one, boxRobot("R2", placeAt([1.2, 0, 1.4]))], []));
    const foot = checkPath(near, "R1", ...swing, { others: "fixed" });
    assert.ok(!foot.clear && foot.firstContact?.other === "R2 foot");
  });

  it("find a robot's own links, and leave them out where asked", async () => {
    const engine = await CellEngine.create(boxCell([boxRobot("R1", placeAt([0, 0, 0]))], []));
    // The third and fifth axes fold the gun back onto the upper arm.
    const fold = [new Float64Array(6), Float64Array.of(0, 0, 1.6, 0, 2.4, 0)] as const;
    const check = checkPath(engine, "R1", ...fold);
    assert.ok(!check.clear && check.firstContact !== undefined);
    assert.equal(check.firstContact.body, "upper arm");
    assert.equal(checkPath(engine, "R1", ...fold, { own: false }).clear, true);
  });

  it("hold the clearances of welding around a weld, where the tips may touch the sheet", async () => {
    const robot = boxRobot("R1", placeAt([0, 0, 0]));
    const empty = await CellEngine.create(boxCell([robot], []));
    const weld = Float64Array.of(0.3, 0.2, 0.1, 0, -0.3, 0);
    const [x, y, z] = tcpAt(empty, weld);
    // A strip of sheet that the tip's end comes down on and into, short enough to be out of the gun's way.
    const away = Float64Array.of(0.3, 0.05, 0.1, 0, -0.3, 0);
    const sheet = boxBody("sheet", "part", [0.06, 0.04, 0.002], [x + 0.02, y, z - 0.002]);
    const engine = await CellEngine.create(boxCell([robot], [], [sheet]), "V");
    const point = (name: string, kind: "weld" | "via", qRad: Float64Array): ReachedPoint => ({
      point: { name, kind, speed: 1, dwellS: 0 },
      qRad,
      situation: kind === "weld" ? "weld" : "motion",
    });
    const asWeld = checkProgram(engine, "R1", [point("before", "via", away), point("w1", "weld", weld)]);
    assert.deepEqual(
      asWeld.map(({ from, to, situation }) => [from, to, situation]),
      [
        ["before", "w1", "motion"],
        ["before", "w1", "weld"],
      ],
    );
    const [motion, arrival] = asWeld;
    assert.equal(motion!.toPlace, arrival!.fromPlace);
    assert.deepEqual([motion!.fromPlace, arrival!.toPlace], [0, 1]);
    assert.ok(motion!.check.clear && arrival!.check.clear);
    assert.equal(arrival!.check.bodies.find(({ body }) => body === "gun")!.requiredM, 0.005);
    const asVia = checkProgram(engine, "R1", [point("before", "via", away), point("p", "via", weld)]);
    assert.equal(asVia.length, 1);
    assert.ok(!asVia[0]!.check.clear && asVia[0]!.check.firstContact?.body === "tip");
    // The stretch of welding begins where the TCP is 50 mm from the weld.
    const share = approachShare(robot.arm, weld, away, 0.05);
    assert.equal(arrival!.fromPlace, 1 - share);
    const [ax, ay, az] = tcpAt(engine, between(weld, away, share));
    assert.ok(Math.abs(Math.hypot(ax - x, ay - y, az - z) - 0.05) < 1e-6);
  });
});
