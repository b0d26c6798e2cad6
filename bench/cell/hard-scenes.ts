import type { TriangleMesh } from "../../runtime/compute/mesh/triangle-mesh.ts";
import { Random } from "../../runtime/core/random.ts";
import { identityPose, poseFromRpy } from "../../runtime/model/robot/pose.ts";
import { boxBetween } from "../../test/model/cell/box-mesh.ts";
import type { MeshScene } from "./scene-file.ts";

/*
 * Meshes that break engines: slivers, bodies that share exactly a point, an edge or a face, bodies inside bodies. One moving
 * body and one obstacle each.
 */

const mesh = (positions: readonly number[], triangles: readonly number[]): TriangleMesh => ({
  positions: Float64Array.from(positions),
  triangles: Uint32Array.from(triangles),
});

/** A closed box around its origin, m. */
export const boxMesh = (halfX: number, halfY: number, halfZ: number): TriangleMesh =>
  boxBetween([-halfX, -halfY, -halfZ], [halfX, halfY, halfZ]);

const anyPose = (random: Random, spreadM: number): Float64Array => {
  const turn = () => (random.uniform() - 0.5) * 2 * Math.PI;
  const move = () => (random.uniform() - 0.5) * 2 * spreadM;
  return poseFromRpy([move(), move(), move()], [turn(), turn(), turn()]);
};

const scene = (
  name: string,
  body: TriangleMesh,
  obstacle: TriangleMesh,
  poses: readonly Float64Array[],
): MeshScene => ({
  name,
  bodies: [body],
  obstacles: [obstacle],
  standing: identityPose(),
  moving: Float64Array.from(poses.flatMap((pose) => [...pose])),
});

/** Triangles up to 400 mm long and 20 to 200 µm wide, in all directions. */
function sliverMesh(count: number, random: Random): TriangleMesh {
  const direction = () => {
    const [x, y, z] = [random.normal(), random.normal(), random.normal()];
    const length = Math.hypot(x, y, z);
    return [x / length, y / length, z / length] as const;
  };
  const positions: number[] = [];
  for (let i = 0; i < count; i++) {
    const at = [0, 1, 2].map(() => random.uniform() - 0.5);
    const long = direction();
    const side = direction();
    const lengthM = 0.05 + 0.35 * random.uniform();
    const widthM = 2e-5 * 10 ** random.uniform();
    positions.push(...at, ...at.map((x, k) => x + lengthM * long[k]!));
    positions.push(...at.map((x, k) => x + 0.4 * lengthM * long[k]! + widthM * side[k]!));
  }
  return mesh(positions, [...Array(3 * count).keys()]);
}

/** Boxes with sizes of whole 1/64 m at places of whole 1/64 m, where nothing rounds: what touches touches exactly. */
function touchingPoses(count: number, random: Random): Float64Array[] {
  const sixtyFourths = (most: number) => (random.integer(2 * most + 1) - most) / 64;
  const quarter = [
    [1, 0, 0, 0, 1, 0, 0, 0, 1],
    [0, -1, 0, 1, 0, 0, 0, 0, 1],
    [0, 0, 1, 0, 1, 0, -1, 0, 0],
    [1, 0, 0, 0, 0, -1, 0, 1, 0],
  ];
  return Array.from({ length: count }, () => {
    const r = quarter[random.integer(quarter.length)]!;
    const t = [0, 1, 2].map(() => sixtyFourths(40));
    // One of the directions is set so that faces lie in one plane.
    t[random.integer(3)] = (random.integer(2) === 0 ? -1 : 1) * [0.5, 0.625, 0.75][random.integer(3)]!;
    return Float64Array.from([0, 1, 2].flatMap((k) => [...r.slice(3 * k, 3 * k + 3), t[k]!]));
  });
}

/** Poses of a wide field pressed down to within 40 mm of z = 0. */
const nearFloor = (poses: readonly Float64Array[]): Float64Array[] =>
  poses.map((pose) => pose.map((x, k) => (k === 11 ? x / 1000 : x)));

/** @param count configurations of each scene */
export function hardScenes(count: number, seed: number): MeshScene[] {
  const poses = (stream: number, spreadM: number) => {
    const random = new Random(seed, stream);
    return Array.from({ length: count }, () => anyPose(random, spreadM));
  };
  const random = new Random(seed, 9);
  return [
    scene("slivers", sliverMesh(60, random), sliverMesh(60, random), poses(1, 0.3)),
    scene("slivers at a box", sliverMesh(60, random), boxMesh(0.3, 0.4, 0.5), poses(2, 1.2)),
    scene("touching", boxMesh(0.25, 0.25, 0.25), boxMesh(0.25, 0.375, 0.5), touchingPoses(count, random)),
    scene("nested", boxMesh(0.1, 0.12, 0.14), boxMesh(0.5, 0.5, 0.5), poses(3, 0.45)),
    scene("small at far", boxMesh(0.01, 0.01, 0.01), boxMesh(60, 60, 0.01), nearFloor(poses(4, 40))),
  ];
}
