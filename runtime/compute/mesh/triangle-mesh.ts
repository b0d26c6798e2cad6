import { RungError } from "../../core/errors.ts";

/** Triangles of a body in its own frame: m. Welded or not, open or closed. */
export interface TriangleMesh {
  /** Three of each vertex, m. */
  readonly positions: Float64Array;
  /** Three vertices of each triangle. */
  readonly triangles: Uint32Array;
}

/** A body this far from its own origin, m, is one read in the wrong unit. */
const FARTHEST_M = 100_000;

/**
 * Refuses what no engine can work with: no triangles, coordinates that are no numbers, vertices that are not there.
 * @param where file, link or part, for the error
 * @throws RungError `bad-mesh`
 */
export function assertMesh(mesh: TriangleMesh, where: string): void {
  const { positions, triangles } = mesh;
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "bad-mesh", where, what, advice });
  };
  if (triangles.length === 0) refuse("the mesh has no triangles", "export the body again");
  if (triangles.length % 3 !== 0)
    refuse(`${triangles.length} indices are no whole number of triangles`, "give three for each");
  if (positions.length % 3 !== 0)
    refuse(`${positions.length} coordinates are no whole number of vertices`, "give x, y and z of each");
  const vertices = positions.length / 3;
  for (let i = 0; i < triangles.length; i++) {
    const vertex = triangles[i]!;
    if (vertex >= vertices)
      refuse(`triangle ${(i / 3) | 0} names vertex ${vertex} of ${vertices}`, "export the body again");
  }
  for (let i = 0; i < positions.length; i++) {
    const value = positions[i]!;
    const of = () => `${"xyz"[i % 3]} of vertex ${(i / 3) | 0}`;
    if (!Number.isFinite(value)) refuse(`${of()} is ${value}`, "export the body again");
    if (Math.abs(value) > FARTHEST_M) refuse(`${of()} is ${value} m`, "declare the unit of the file");
  }
}
