import { type DistanceField, type DistanceFieldRequest, latticeAround } from "./distance-field.ts";

/** The field's plain lane: every node against every triangle, the reference of the fast lane. */
export function distanceFieldPlain({ cornersM, cellM }: DistanceFieldRequest): DistanceField {
  const lattice = latticeAround(cornersM, cellM);
  const [nx, ny, nz] = lattice.shape;
  const distanceM = new Float32Array(nx * ny * nz);
  for (let at = 0; at < distanceM.length; at++) {
    const node = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
    const [x, y, z] = lattice.originM.map((origin, axis) => origin + cellM * node[axis]!);
    distanceM[at] = distanceToTriangles(x!, y!, z!, cornersM);
  }
  return { ...lattice, distanceM };
}

/** Distance of a point to the nearest of all triangles, nine numbers each. */
export function distanceToTriangles(x: number, y: number, z: number, corners: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < corners.length; at += 9)
    least = Math.min(least, squaredToTriangle(x, y, z, corners, at));
  return Math.sqrt(least);
}

type Vector = readonly [number, number, number];
const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

/**
 * The least of the distances to the three edges and, where the foot of the perpendicular lies inside, to the plane. Of
 * a triangle without a width worth a plane the edges alone are within 1e-10 of its length.
 */
function squaredToTriangle(x: number, y: number, z: number, corners: Float64Array, at: number): number {
  const p: Vector = [x, y, z];
  const [a, b, c] = [0, 3, 6].map(
    (k): Vector => [corners[at + k]!, corners[at + k + 1]!, corners[at + k + 2]!],
  );
  const edges = Math.min(
    squaredToSegment(p, a!, b!),
    squaredToSegment(p, b!, c!),
    squaredToSegment(p, c!, a!),
  );
  const [u, v, w] = [minus(b!, a!), minus(c!, a!), minus(p, a!)];
  const normal = cross(u, v);
  const squared = dot(normal, normal);
  if (!(squared > 1e-20 * dot(u, u) * dot(v, v))) return edges;
  const [alongV, alongU] = [dot(cross(u, w), normal), dot(cross(w, v), normal)];
  if (alongV < 0 || alongU < 0 || alongV + alongU > squared) return edges;
  return Math.min(edges, dot(w, normal) ** 2 / squared);
}

function squaredToSegment(p: Vector, a: Vector, b: Vector): number {
  const [along, to] = [minus(b, a), minus(p, a)];
  const length = dot(along, along);
  const part = length > 0 ? Math.min(1, Math.max(0, dot(along, to) / length)) : 0;
  const gap = minus(to, [part * along[0], part * along[1], part * along[2]]);
  return dot(gap, gap);
}
