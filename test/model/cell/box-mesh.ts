import type { TriangleMesh } from "../../../runtime/compute/mesh/triangle-mesh.ts";

export type Corner = readonly [number, number, number];

/** Each side as four corners, bits z y x, counterclockwise seen from outside. */
const SIDES = [
  [0, 2, 3, 1],
  [4, 5, 7, 6],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 4, 6, 2],
  [1, 3, 7, 5],
] as const;

/** A closed box of eight vertices, its triangles facing outwards. */
export function boxBetween(low: Corner, high: Corner): TriangleMesh {
  const positions = new Float64Array(24);
  for (let corner = 0; corner < 8; corner++)
    for (let k = 0; k < 3; k++) positions[3 * corner + k] = (corner >> k) & 1 ? high[k]! : low[k]!;
  return { positions, triangles: Uint32Array.from(SIDES.flatMap(([a, b, c, d]) => [a, b, c, a, c, d])) };
}

/** The same as its triangles' corners, 9 numbers each. */
export function boxCorners(low: Corner, high: Corner): number[] {
  const { positions, triangles } = boxBetween(low, high);
  return [...triangles].flatMap((vertex) => [...positions.subarray(3 * vertex, 3 * vertex + 3)]);
}

/** A closed box around its origin. */
export const boxMesh = ([x, y, z]: Corner): TriangleMesh =>
  boxBetween([-x / 2, -y / 2, -z / 2], [x / 2, y / 2, z / 2]);
