import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../../../../runtime/core/random.ts";
import { CellEngine } from "../../../../runtime/model/cell/cell-engine.ts";
import { checkPath } from "../../../../runtime/model/cell/motion/path-check.ts";
import { readScene, SCENE_ROBOT } from "../../../../runtime/model/cell/scene-file.ts";
import { ROBOTS_FOLDER } from "../../robot/published-robots.ts";

const TOLERANCE_M = 5e-4;

describe("motion: a published robot at a body", function () {
  this.timeout(60_000);
  before(function () {
    if (existsSync(ROBOTS_FOLDER)) return;
    if (process.env.RUNG_REQUIRE_ALL === "1") assert.fail(`${ROBOTS_FOLDER} is missing`);
    console.log(`      skipped: ${ROBOTS_FOLDER} is not there`);
    this.skip();
  });

  it("moves from published poses as dense sampling finds it", async () => {
    const folder = join(ROBOTS_FOLDER, "r2000ic165f");
    const engine = await CellEngine.create(await readScene(join(folder, "scene.json")));
    const { queries } = JSON.parse(readFileSync(join(folder, "queries.json"), "utf8")) as {
      queries: readonly { readonly q: readonly number[] }[];
    };
    const random = new Random(23);
    const samples = 150;
    const verdicts = new Set<boolean>();
    for (let round = 0; round < 6; round++) {
      const from = Float64Array.from(queries[random.integer(queries.length)]!.q);
      const to = from.map((angle) => angle + 0.4 * (random.uniform() - 0.5));
      const check = checkPath(engine, SCENE_ROBOT, from, to, {
        clearanceM: 0.005,
        own: false,
        toleranceM: TOLERANCE_M,
      });
      let densestM = Number.POSITIVE_INFINITY;
      for (let i = 0; i <= samples && densestM > 0; i++) {
        const q = from.map((angle, joint) => angle + (i / samples) * (to[joint]! - angle));
        const met = engine.nearest(SCENE_ROBOT, q, densestM);
        if (met !== undefined) densestM = met.nearest.distanceM;
      }
      verdicts.add(check.clear);
      if (check.clear) assert.ok(densestM >= 0.005);
      if (densestM === 0) assert.ok(!check.clear && check.firstContact !== undefined);
      assert.ok(Math.min(...check.bodies.map(({ provenM }) => provenM)) <= densestM);
      if (check.smallestM !== undefined) assert.ok(check.smallestM <= densestM + TOLERANCE_M);
    }
    assert.deepEqual([...verdicts].sort(), [false, true]);
  });
});
