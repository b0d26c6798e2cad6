import type { BodySamples } from "../../../runtime/compute/solvers/field-screening.ts";
import type { Random } from "../../../runtime/core/random.ts";

/** Random triangles within a box of 2 x 1.2 x 0.8 m around a place, among them needles, points and repeated ones. */
export function randomTriangles(count: number, random: Random, place = [0, 0, 0]): Float64Array {
  const corners = new Float64Array(9 * count);
  const extent = [2, 1.2, 0.8];
  const draw = (axis: number): number => place[axis]! + (random.uniform() - 0.5) * extent[axis]!;
  for (let t = 0; t < count; t++) {
    const at = 9 * t;
    for (let k = 0; k < 9; k++) corners[at + k] = draw(k % 3);
    const kind = t % 10;
    // Small ones, as of a mesh.
    if (kind < 6)
      for (let k = 3; k < 9; k++) corners[at + k] = corners[at + (k % 3)]! + (random.uniform() - 0.5) * 0.05;
    // A needle of 1e-9 m, a segment, a point, and the triangle before once more.
    if (kind === 6)
      for (let k = 6; k < 9; k++) corners[at + k] = corners[at + k - 3]! + 1e-9 * random.uniform();
    if (kind === 7) corners.copyWithin(at + 6, at + 3, at + 6);
    if (kind === 8) for (let k = 3; k < 9; k++) corners[at + k] = corners[at + (k % 3)]!;
    if (kind === 9) corners.copyWithin(at, at - 9, at);
  }
  return corners;
}

/** Points of bodies of the given sizes in a box of 0.6 m around each body's origin. */
export function randomSamples(counts: readonly number[], random: Random): BodySamples {
  const points = counts.reduce((sum, count) => sum + count, 0);
  const pointsM = Float32Array.from({ length: 3 * points }, () => 0.6 * (random.uniform() - 0.5));
  return { pointsM, counts: Int32Array.from(counts) };
}

/** Random rotations, and translations within `reachM` of the origin along each axis. */
export function randomPoses(count: number, reachM: number, random: Random): Float32Array {
  const poses = new Float32Array(12 * count);
  for (let pose = 0; pose < count; pose++) {
    const [w, x, y, z] = unit([random.normal(), random.normal(), random.normal(), random.normal()]);
    const [tx, ty, tz] = [0, 1, 2].map(() => reachM * (2 * random.uniform() - 1)) as [number, number, number];
    poses.set(
      [
        ...[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y), tx],
        ...[2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x), ty],
        ...[2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y), tz],
      ],
      12 * pose,
    );
  }
  return poses;
}

function unit(quaternion: readonly number[]): [number, number, number, number] {
  const length = Math.hypot(...quaternion);
  return quaternion.map((part) => part / length) as [number, number, number, number];
}
