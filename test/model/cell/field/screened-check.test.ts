import assert from "node:assert/strict";
import { Compute } from "../../../../runtime/compute/compute.ts";
import { type Bodies, MeshEngine } from "../../../../runtime/compute/mesh/mesh-engine.ts";
import { RungError } from "../../../../runtime/core/errors.ts";
import { Random } from "../../../../runtime/core/random.ts";
import { ScreenedCheck, type ScreenedScene } from "../../../../runtime/model/cell/field/screened-check.ts";
import { needsFile } from "../../../needs.ts";
import { ROBOTS_FOLDER } from "../../robot/published-robots.ts";
import { ASKED_ROBOTS, type PublishedAnswer, publishedAnswers, publishedScene } from "./published-scene.ts";

/** Angles of every second configuration drawn evenly within the limits, of the others around published poses. */
function configurations(
  count: number,
  { arm }: ScreenedScene,
  near: readonly PublishedAnswer[],
): Float64Array {
  const random = new Random(17);
  const q = new Float64Array(6 * count);
  for (let at = 0; at < count; at++) {
    const about = near[at % near.length]!.q;
    for (let joint = 0; joint < 6; joint++) {
      const [low, high] = [arm.lowerRad[joint]!, arm.upperRad[joint]!];
      const angle =
        at % 2 === 0 ? low + random.uniform() * (high - low) : about[joint]! + 0.1 * random.normal();
      q[6 * at + joint] = Math.min(high, Math.max(low, angle));
    }
  }
  return q;
}

/** The field and the pairs of each: the second robot has a coarser one, whose bounds are held as well. */
const EXTENT = {
  r2000ic165f: { cellM: 0.025, pairs: 1e5 },
  kr210l150: { cellM: 0.05, pairs: 2e4 },
};

describe("screened check of published robots", function () {
  this.timeout(120_000);
  const compute = new Compute({ cpuChildren: 1 });
  before(function () {
    needsFile(this, ROBOTS_FOLDER);
  });
  after(() => compute.close());

  for (const robot of ASKED_ROBOTS)
    describe(robot, () => {
      let scene: ScreenedScene;
      let check: ScreenedCheck;
      let answers: PublishedAnswer[];
      let engine: MeshEngine;
      let bodies: Bodies["meshes"];
      let obstacles: Bodies;

      before(async () => {
        scene = await publishedScene(robot);
        answers = publishedAnswers(robot);
        check = await ScreenedCheck.prepare(compute, scene, { cellM: EXTENT[robot].cellM });
        engine = await MeshEngine.create();
        bodies = scene.bodies.map(({ mesh, name }) => engine.add(mesh, name));
        obstacles = {
          meshes: scene.obstacles.map(({ mesh, name }) => engine.add(mesh, name)),
          poses: check.prepared.obstaclePoses,
        };
      });

      it("clears at least 60 % of the links at the published poses, and never passes what FCL measures", async () => {
        const q = Float64Array.from(answers.flatMap((answer) => answer.q));
        const { lowerM } = await check.bounds(q);
        let cleared = 0;
        for (const [at, { id, perLink_mm }] of answers.entries())
          for (const [body, { name }] of scene.bodies.entries()) {
            const lower = lowerM[at * bodies.length + body]!;
            assert.ok(
              1000 * lower <= perLink_mm[name]!,
              `${id} ${name}: ${lower} m of ${perLink_mm[name]} mm`,
            );
            if (lower > 0) cleared += 1;
          }
        assert.ok(cleared >= 0.6 * lowerM.length, `${cleared} of ${lowerM.length}`);
      });

      it(`never says of ${EXTENT[robot].pairs} pairs of a pose and a body that they are farther than the exact engine finds`, async () => {
        const count = Math.ceil(EXTENT[robot].pairs / bodies.length);
        const q = configurations(count, scene, answers);
        const { lowerM } = await check.bounds(q);
        const poses = await check.poses(q);
        let contacts = 0;
        let cleared = 0;
        const verdicts = new Uint8Array(bodies.length * obstacles.meshes.length);
        for (let at = 0; at < count; at++) {
          const first = 12 * bodies.length * at;
          const all = { meshes: bodies, poses: poses.subarray(first, first + 12 * bodies.length) };
          contacts += engine.collide(all, obstacles, verdicts);
          for (let body = 0; body < bodies.length; body++) {
            const lower = lowerM[at * bodies.length + body]!;
            if (lower <= 0) continue;
            cleared += 1;
            const rows = verdicts.subarray(
              obstacles.meshes.length * body,
              obstacles.meshes.length * (body + 1),
            );
            assert.ok(!rows.includes(1), `configuration ${at}, body ${body}: in contact, yet cleared`);
            const one = { meshes: [bodies[body]!], poses: all.poses.subarray(12 * body, 12 * body + 12) };
            const nearer = engine.nearest(one, obstacles, lower);
            assert.equal(
              nearer,
              undefined,
              `configuration ${at}, body ${body}: ${nearer?.distanceM} < ${lower}`,
            );
          }
        }
        assert.ok(
          contacts > 300 && cleared > 0.6 * lowerM.length,
          `${contacts} contacts, ${cleared} cleared`,
        );
      });

      for (const withinM of [Number.POSITIVE_INFINITY, 0.05])
        it(`answers as the exact engine alone, within ${withinM} m, and asks it of few bodies`, async () => {
          const count = 600;
          const q = configurations(count, scene, answers);
          const found = await check.nearest(q, { withinM });
          const poses = await check.poses(q);
          let near = 0;
          for (let at = 0; at < count; at++) {
            const first = 12 * bodies.length * at;
            const all = { meshes: bodies, poses: poses.subarray(first, first + 12 * bodies.length) };
            const exact = engine.nearest(all, obstacles, withinM);
            assert.equal(
              found.distanceM[at],
              exact?.distanceM ?? Number.POSITIVE_INFINITY,
              `configuration ${at}`,
            );
            assert.equal(found.body[at] === -1, exact === undefined);
            if (exact === undefined) continue;
            near += 1;
            // Of faces that lie alongside each other any two points may be the nearest, as of contacts any.
            if (exact.distanceM > 0)
              assert.deepEqual([found.body[at], found.obstacle[at]], [exact.a, exact.b]);
            const [ax, ay, az, bx, by, bz] = found.pointsM.subarray(6 * at, 6 * at + 6);
            const apart = Math.hypot(ax! - bx!, ay! - by!, az! - bz!);
            assert.ok(Math.abs(apart - exact.distanceM) < 1e-12, `${apart} of ${exact.distanceM}`);
          }
          assert.ok(near > count / 10, `${near} of ${count}`);
          assert.equal(found.work.links, count * bodies.length);
          assert.ok(found.work.clearedLinks > 0.6 * found.work.links);
          assert.ok(found.work.bodies < 0.4 * found.work.links, `asked of ${found.work.bodies}`);
          if (withinM < 1) assert.ok(found.work.configurations < count);
          assert.deepEqual((await check.nearest(q, { withinM })).work, found.work);
        });
    });

  it("refuses a body on a link that there is not, half a configuration, and angles that are no number", async () => {
    const code = (of: string) => (error: unknown) => error instanceof RungError && error.code === of;
    const scene = await publishedScene("r2000ic165f");
    const astray = { ...scene, bodies: [{ ...scene.bodies[0]!, link: "link_9" }] };
    await assert.rejects(ScreenedCheck.prepare(compute, astray), code("unknown-link"));
    const plate = { name: "plate", pose12: scene.bodies[0]!.pose12, mesh: scene.bodies[0]!.mesh };
    const few = { ...scene, bodies: scene.bodies.slice(-1), obstacles: [plate] };
    const check = await ScreenedCheck.prepare(compute, few, { cellM: 0.1 });
    for (const q of [new Float64Array(0), new Float64Array(7), new Float64Array(6).fill(Number.NaN)])
      await assert.rejects(check.nearest(q), code("bad-configuration"));
    await assert.rejects(ScreenedCheck.prepare(compute, { ...few, obstacles: [] }), code("solver-input"));
  });
});
