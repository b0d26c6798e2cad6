import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CellEngine } from "../../../runtime/model/cell/cell-engine.ts";
import type { Cell } from "../../../runtime/model/cell/cell-model.ts";
import { readScene, SCENE_ROBOT } from "../../../runtime/model/cell/scene-file.ts";
import { answerQueries, readQueries, type SceneAnswers } from "../../../runtime/model/cell/scene-query.ts";
import { needsFile } from "../../needs.ts";
import { ROBOTS_FOLDER } from "../robot/published-robots.ts";

const near = (got: number, wanted: number, mostMm: number, what: string): void =>
  assert.ok(Math.abs(got - wanted) <= mostMm, `${what}: got ${got}, wanted ${wanted}`);

/** The bars: distances within 0.001 mm, TCP within 1e-6 mm, ways out within 0.01 mm. */
const DISTANCE_MM = 1e-3;
const TCP_MM = 1e-6;
const SEPARATION_MM = 1e-2;

describe("answers about a scene, against FCL's of the same meshes", function () {
  this.timeout(60_000);
  for (const robot of ["r2000ic165f", "kr210l150"]) {
    const folder = join(ROBOTS_FOLDER, robot);
    describe(robot, () => {
      let scene: Cell;
      let got: SceneAnswers;
      let wanted: SceneAnswers;
      before(async function () {
        needsFile(this, join(folder, "expected_fcl.json"));
        scene = await readScene(join(folder, "scene.json"));
        const queries = join(folder, "queries.json");
        got = await answerQueries(scene, readQueries(readFileSync(queries, "utf8"), queries));
        wanted = JSON.parse(readFileSync(join(folder, "expected_fcl.json"), "utf8")) as SceneAnswers;
      });

      it("finds the same pairs in contact, all of them", () => {
        assert.equal(got.results.length, wanted.results.length);
        for (const [i, { id, colliding }] of wanted.results.entries()) {
          assert.equal(got.results[i]!.id, id);
          assert.deepEqual(got.results[i]!.colliding, colliding, id);
        }
      });

      it("measures the same distance of each link, and names the same nearest pair", () => {
        for (const [i, answer] of wanted.results.entries()) {
          const mine = got.results[i]!;
          assert.deepEqual(Object.keys(mine.perLink_mm).sort(), Object.keys(answer.perLink_mm).sort());
          for (const [link, mm] of Object.entries(answer.perLink_mm))
            near(mine.perLink_mm[link]!, mm, DISTANCE_MM, `${answer.id} ${link}`);
          near(mine.minDistance_mm!, answer.minDistance_mm!, DISTANCE_MM, answer.id);
          const { link, obstacle } = answer.nearest!;
          assert.deepEqual([mine.nearest!.link, mine.nearest!.obstacle], [link, obstacle], answer.id);
        }
      });

      it("gives two points that are as far apart as it says", () => {
        let pairs = 0;
        for (const { id, nearest, minDistance_mm } of got.results) {
          if (nearest!.rawA === undefined) continue;
          const way = nearest!.rawA.map((value, k) => value - nearest!.rawB![k]!);
          near(1000 * Math.hypot(...way), minDistance_mm!, 1e-6, id);
          pairs++;
        }
        assert.equal(pairs, wanted.results.filter(({ colliding }) => colliding.length === 0).length);
      });

      it("puts the TCP where the joint angles put it", () => {
        for (const [i, { id, tcp, tcpR }] of wanted.results.entries()) {
          for (const [k, metres] of tcp.entries())
            near(1000 * got.results[i]!.tcp[k]!, 1000 * metres, TCP_MM, id);
          for (const [k, value] of tcpR.entries()) near(got.results[i]!.tcpR[k]!, value, 1e-12, id);
        }
      });

      it("finds the same ways out of every contact", () => {
        let ways = 0;
        for (const [i, { id, separation }] of wanted.results.entries()) {
          const mine = got.results[i]!.separation;
          assert.deepEqual(Object.keys(mine ?? {}).sort(), Object.keys(separation ?? {}).sort(), id);
          for (const [pair, told] of Object.entries(separation ?? {})) {
            for (const [way, value] of Object.entries(told)) {
              const found = mine![pair]![way];
              if (typeof value === "number")
                near(found as number, value, SEPARATION_MM, `${id} ${pair} ${way}`);
              else assert.equal(found, value, `${id} ${pair} ${way}`);
              ways++;
            }
          }
        }
        assert.equal(ways, 288);
      });

      it("counts the same triangles", () => assert.deepEqual(got.triangles, wanted.triangles));

      it("without the reinforcement, flips exactly the poses that touch it alone", async () => {
        const without: Cell = {
          ...scene,
          fixtures: scene.fixtures.filter(({ name }) => name !== "reinf"),
        };
        const engine = await CellEngine.create(without);
        const flipped = wanted.results.filter(
          ({ q, colliding }) => engine.collides(SCENE_ROBOT, q) !== colliding.length > 0,
        );
        const touchItAlone = wanted.results.filter(
          ({ colliding }) => colliding.length > 0 && colliding.every((pair) => pair.endsWith("|reinf")),
        );
        assert.ok(touchItAlone.length > 0);
        assert.deepEqual(
          flipped.map(({ id }) => id),
          touchItAlone.map(({ id }) => id),
        );
      });
    });
  }

  it("measures to a body that is non-manifold, and warns of it", async function () {
    const robot = join(ROBOTS_FOLDER, "r2000ic165f");
    needsFile(this, join(robot, "scene.json"));
    const folder = mkdtempSync(join(tmpdir(), "rung-scene-"));
    try {
      const file = join(folder, "scene.json");
      const asPublished = JSON.parse(readFileSync(join(robot, "scene.json"), "utf8"));
      const obstacles = [{ name: "prius", mesh: join(ROBOTS_FOLDER, "scene/prius_body.stl") }];
      const tools = [{ name: "gun", link: "tool0", mesh: join(ROBOTS_FOLDER, "scene/cgun.stl") }];
      const urdf = join(robot, "r2000ic165f.urdf");
      const base = { xyz: [4, 0, 0] };
      writeFileSync(file, JSON.stringify({ ...asPublished, base, urdf, tools, obstacles }));
      const scene = await readScene(file);
      const [body] = scene.fixtures;
      assert.equal(body!.closed, false);
      assert.match(scene.warnings.join("\n"), /prius_body\.stl: \d+ edges belong to more than two triangles/);
      const [answer] = (await answerQueries(scene, [{ id: "home", q: [0, 0, 0, 0, 0, 0] }])).results;
      const { rawA, rawB } = answer!.nearest!;
      assert.ok(answer!.minDistance_mm! > 0);
      near(
        1000 * Math.hypot(...rawA!.map((value, k) => value - rawB![k]!)),
        answer!.minDistance_mm!,
        1e-6,
        "prius",
      );
      // No vertex of the body lies nearer to the robot's point, and the body's own point lies inside its extent.
      const { positions } = body!.mesh;
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < positions.length; i += 3) {
        const way = [0, 1, 2].map((k) => positions[i + k]! - rawA![k]!);
        least = Math.min(least, 1000 * Math.hypot(...way));
      }
      assert.ok(least >= answer!.minDistance_mm! - 1e-9, `${least} against ${answer!.minDistance_mm}`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
