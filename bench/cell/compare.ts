import type { MeshEngine } from "../../runtime/compute/mesh/mesh-engine.ts";
import type { FclAnswers } from "./fcl.ts";
import { configurationsOf, type MeshScene } from "./scene-file.ts";

/** How the engine's answers differ from FCL's. */
export interface Comparison {
  readonly scene: string;
  readonly pairs: number;
  readonly contacts: number;
  readonly verdictDifferences: number;
  /** Largest over all distances that were compared. */
  readonly distanceDifferenceMm: number;
  /** Largest of | |a - b| - distance | over their nearest points. */
  readonly pointsDifferenceMm: number;
}

export function compareWithFcl(engine: MeshEngine, scene: MeshScene, fcl: FclAnswers): Comparison {
  const a = scene.bodies.map((mesh, i) => engine.add(mesh, `${scene.name}, body ${i}`));
  const b = scene.obstacles.map((mesh, i) => engine.add(mesh, `${scene.name}, obstacle ${i}`));
  const each = a.length * b.length;
  const verdicts = new Uint8Array(each);
  const asked = fcl.distancesOf === "pairs" ? each : 1;
  const distancesM = new Float64Array(asked);
  const points = new Float64Array(6 * asked);
  const found = { contacts: 0, verdictDifferences: 0, distanceDifferenceMm: 0, pointsDifferenceMm: 0 };
  const configurations = configurationsOf(scene);
  for (let c = 0; c < configurations; c++) {
    const poses = scene.moving.subarray(12 * a.length * c, 12 * a.length * (c + 1));
    const bodies = { meshes: a, poses };
    const obstacles = { meshes: b, poses: scene.standing };
    found.contacts += engine.collide(bodies, obstacles, verdicts);
    for (let k = 0; k < each; k++) if (verdicts[k] !== fcl.verdicts[c * each + k]) found.verdictDifferences++;
    if (fcl.distancesOf === "pairs") engine.distances(bodies, obstacles, distancesM, points);
    else {
      const nearest = engine.nearest(bodies, obstacles)!;
      distancesM[0] = nearest.distanceM;
      points.set([...nearest.pointA, ...nearest.pointB]);
    }
    for (let k = 0; k < asked; k++) {
      const differenceMm = 1000 * Math.abs(distancesM[k]! - fcl.distancesM[c * asked + k]!);
      found.distanceDifferenceMm = Math.max(found.distanceDifferenceMm, differenceMm);
      const p = points.subarray(6 * k, 6 * k + 6);
      const betweenM = Math.hypot(p[0]! - p[3]!, p[1]! - p[4]!, p[2]! - p[5]!);
      const offMm = 1000 * Math.abs(betweenM - distancesM[k]!);
      found.pointsDifferenceMm = Math.max(found.pointsDifferenceMm, offMm);
    }
  }
  for (const mesh of [...a, ...b]) engine.remove(mesh);
  return { scene: scene.name, pairs: configurations * each, ...found };
}
