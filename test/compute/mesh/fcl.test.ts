import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Comparison, compareWithFcl } from "../../../bench/cell/compare.ts";
import { compileFcl, FCL_HEADER, fclAnswers } from "../../../bench/cell/fcl.ts";
import { hardScenes } from "../../../bench/cell/hard-scenes.ts";
import {
  nearConfigurations,
  publishedCell,
  ROBOTS_FOLDER,
  randomConfigurations,
  sceneOf,
} from "../../../bench/cell/published-cell.ts";
import type { MeshScene } from "../../../bench/cell/scene-file.ts";
import { MeshEngine } from "../../../runtime/compute/mesh/mesh-engine.ts";
import { needsFile } from "../../needs.ts";

/** `npm run bench:cell` compares 10^4 configurations of each robot; here are a few of each kind. */
describe("the mesh engine against FCL itself", function () {
  this.timeout(60_000);
  let folder: string | undefined;
  let fcl: string;
  let engine: MeshEngine;
  before(async function () {
    needsFile(this, "/usr/bin/g++");
    needsFile(this, FCL_HEADER);
    folder = mkdtempSync(join(tmpdir(), "rung-fcl-"));
    fcl = compileFcl(folder, "-O1");
    engine = await MeshEngine.create();
  });
  after(() => {
    if (folder !== undefined && existsSync(folder)) rmSync(folder, { recursive: true });
  });

  const compared = (scene: MeshScene): Comparison => {
    const found = compareWithFcl(engine, scene, fclAnswers(fcl, folder!, scene, "pairs"));
    assert.equal(found.verdictDifferences, 0, JSON.stringify(found));
    assert.ok(found.distanceDifferenceMm <= 1e-9, JSON.stringify(found));
    assert.ok(found.pointsDifferenceMm <= 1e-9, JSON.stringify(found));
    return found;
  };

  for (const [index, { name }] of hardScenes(1, 1).entries()) {
    it(`gives its answers for ${name}`, () => {
      const found = compared(hardScenes(1000, 1)[index]!);
      assert.ok(found.contacts > 0 && found.contacts < found.pairs, JSON.stringify(found));
    });
  }

  it("gives its answers for a robot in a cell", async function () {
    needsFile(this, ROBOTS_FOLDER);
    const cell = await publishedCell("r2000ic165f");
    const some = [...randomConfigurations(cell, 6, 21), ...nearConfigurations(cell, 16, 22)];
    assert.ok(compared(sceneOf(cell, some)).contacts > 0);
  });
});
