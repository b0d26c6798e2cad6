import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  publishedCell,
  ROBOTS_FOLDER,
  ROBOTS_WITH_ANSWERS,
  sceneOf,
} from "../../../bench/cell/published-cell.ts";
import { type Bodies, MeshEngine } from "../../../runtime/compute/mesh/mesh-engine.ts";
import { needsFile } from "../../needs.ts";

interface Expected {
  readonly results: readonly {
    readonly id: string;
    readonly q: readonly number[];
    readonly colliding: readonly string[];
    readonly minDistance_mm: number;
    readonly perLink_mm: Readonly<Record<string, number>>;
    readonly separation?: Readonly<Record<string, Readonly<Record<string, number | null | string>>>>;
  }[];
}

const DIRECTIONS = {
  "+x": [1, 0, 0],
  "-x": [-1, 0, 0],
  "+y": [0, 1, 0],
  "-y": [0, -1, 0],
  "+z": [0, 0, 1],
  "-z": [0, 0, -1],
} as const;

describe("the mesh engine against FCL's published answers", function () {
  this.timeout(60_000);
  before(function () {
    needsFile(this, ROBOTS_FOLDER);
  });

  for (const robot of ROBOTS_WITH_ANSWERS) {
    it(`gives them for ${robot}`, async () => {
      const cell = await publishedCell(robot);
      const engine = await MeshEngine.create();
      const meshes = cell.bodies.map((mesh, i) => engine.add(mesh, cell.bodyNames[i]!));
      const standing = cell.obstacles.map((mesh, i) => engine.add(mesh, cell.obstacleNames[i]!));
      const file = join(ROBOTS_FOLDER, robot, "expected_fcl.json");
      const { results } = JSON.parse(readFileSync(file, "utf8")) as Expected;
      const scene = sceneOf(
        cell,
        results.map((result) => result.q),
      );
      const obstacles: Bodies = { meshes: standing, poses: scene.standing };
      const each = meshes.length * standing.length;
      const verdicts = new Uint8Array(each);
      const distancesM = new Float64Array(each);
      results.forEach((expected, c) => {
        const poses = scene.moving.subarray(12 * meshes.length * c, 12 * meshes.length * (c + 1));
        const bodies = { meshes, poses };
        engine.collide(bodies, obstacles, verdicts);
        const colliding = cell.bodyNames.flatMap((body, i) =>
          cell.obstacleNames
            .filter((_, j) => verdicts[i * standing.length + j])
            .map((name) => `${body}|${name}`),
        );
        assert.deepEqual(colliding.sort(), [...expected.colliding].sort(), expected.id);
        engine.distances(bodies, obstacles, distancesM);
        cell.bodyNames.forEach((name, i) => {
          const ownM = Math.min(...distancesM.subarray(i * standing.length, (i + 1) * standing.length));
          assert.ok(Math.abs(1000 * ownM - expected.perLink_mm[name]!) < 1e-9, `${expected.id} ${name}`);
        });
        const nearestMm = 1000 * engine.nearest(bodies, obstacles)!.distanceM;
        assert.ok(Math.abs(nearestMm - expected.minDistance_mm) < 1e-9, expected.id);
        for (const [pair, told] of Object.entries(expected.separation ?? {})) {
          const [i, j] = [
            cell.bodyNames.indexOf(pair.split("|")[0]!),
            cell.obstacleNames.indexOf(pair.split("|")[1]!),
          ];
          const one = { meshes: [meshes[i]!], poses: poses.subarray(12 * i, 12 * i + 12) };
          const other = { meshes: [standing[j]!], poses: scene.standing.subarray(12 * j, 12 * j + 12) };
          for (const [name, direction] of Object.entries(DIRECTIONS)) {
            const foundM = engine.separation(one, other, direction);
            const where = `${expected.id} ${pair} ${name}`;
            if (foundM === null) assert.equal(told[name], null, where);
            else assert.ok(Math.abs(1000 * foundM - (told[name] as number)) < 1e-3, where);
          }
        }
      });
    });
  }
});
