import type { TriangleMesh } from "../../compute/mesh/triangle-mesh.ts";
import type { Xyz } from "../robot/pose.ts";

/**
 * One corner of each connected piece of a mesh. Where two surfaces do not touch, a piece lies inside a closed body
 * whole or not at all, so one point of it tells.
 * @returns points in the mesh's frame, m, in the order of the mesh
 */
export function shellPoints({ positions, triangles }: TriangleMesh): readonly Xyz[] {
  const parent = Int32Array.from({ length: positions.length / 3 }, (_, vertex) => vertex);
  const rootOf = (vertex: number): number => {
    let at = vertex;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  for (let t = 0; t < triangles.length; t += 3) {
    const root = rootOf(triangles[t]!);
    parent[rootOf(triangles[t + 1]!)] = root;
    parent[rootOf(triangles[t + 2]!)] = root;
  }
  const points = new Map<number, Xyz>();
  for (const vertex of triangles) {
    const root = rootOf(vertex);
    if (points.has(root)) continue;
    points.set(root, [positions[3 * vertex]!, positions[3 * vertex + 1]!, positions[3 * vertex + 2]!]);
  }
  return [...points.values()];
}
