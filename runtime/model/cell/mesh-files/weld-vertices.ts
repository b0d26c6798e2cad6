import type { TriangleMesh } from "../../../compute/mesh/triangle-mesh.ts";

/**
 * A mesh of shared vertices from a soup of triangles. Vertices are joined where they are equal to the last bit, so no
 * coordinate moves and no distance changes.
 * @param corners 9 numbers a triangle
 * @param scale from the unit of the corners to m
 * @returns the mesh in m, and how many of the soup's corners were joined to another
 */
export function weldVertices(corners: Float64Array, scale: number): { mesh: TriangleMesh; welded: number } {
  const count = corners.length / 3;
  const places = new VertexTable(corners, count);
  const triangles = new Uint32Array(count);
  const kept: number[] = [];
  for (let corner = 0; corner < count; corner++) {
    const first = places.firstEqual(corner);
    if (first === corner) {
      triangles[corner] = kept.length;
      kept.push(corner);
    } else triangles[corner] = triangles[first]!;
  }
  const positions = new Float64Array(3 * kept.length);
  for (const [vertex, corner] of kept.entries()) {
    for (let k = 0; k < 3; k++) positions[3 * vertex + k] = corners[3 * corner + k]! * scale;
  }
  return { mesh: { positions, triangles }, welded: count - kept.length };
}

/** Corners by their coordinates: open addressing, since a Map of texts is ten times slower on a car body. */
class VertexTable {
  readonly #corners: Float64Array;
  readonly #slots: Int32Array;
  readonly #number = new Float64Array(3);
  readonly #bits = new Int32Array(this.#number.buffer);

  constructor(corners: Float64Array, count: number) {
    this.#corners = corners;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 2))).fill(-1);
  }

  /** @returns the first corner with these coordinates, which may be itself; NaN equals nothing */
  firstEqual(corner: number): number {
    if (!this.#isEqual(corner, corner)) return corner;
    const mask = this.#slots.length - 1;
    for (let slot = this.#hash(corner) & mask; ; slot = (slot + 1) & mask) {
      const other = this.#slots[slot]!;
      if (other < 0) {
        this.#slots[slot] = corner;
        return corner;
      }
      if (this.#isEqual(corner, other)) return other;
    }
  }

  #hash(corner: number): number {
    // Adding 0 makes -0 the same as 0.
    for (let k = 0; k < 3; k++) this.#number[k] = this.#corners[3 * corner + k]! + 0;
    let hash = 0;
    for (const word of this.#bits) hash = Math.imul(hash ^ word ^ (hash >>> 15), 0x9e3779b1);
    return hash ^ (hash >>> 16);
  }

  #isEqual(a: number, b: number): boolean {
    const corners = this.#corners;
    return (
      corners[3 * a] === corners[3 * b] &&
      corners[3 * a + 1] === corners[3 * b + 1] &&
      corners[3 * a + 2] === corners[3 * b + 2]
    );
  }
}
