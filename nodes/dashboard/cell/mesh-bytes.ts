/** A mesh as it is drawn: single precision is 0.1 µm in a cell of metres; verdicts are made elsewhere, in double. */
export interface DrawnMesh {
  /** Three per corner, m. */
  readonly positions: Float32Array;
  /** Three corners per triangle. */
  readonly triangles: Uint32Array;
}

/**
 * As bytes, little-endian: count of corners and of triangles (uint32 each), then positions (float32), then triangles
 * (uint32).
 */
export function meshToBytes(mesh: {
  readonly positions: ArrayLike<number>;
  readonly triangles: ArrayLike<number>;
}): Uint8Array {
  const { positions, triangles } = mesh;
  const bytes = new ArrayBuffer(8 + 4 * (positions.length + triangles.length));
  new Uint32Array(bytes, 0, 2).set([positions.length / 3, triangles.length / 3]);
  new Float32Array(bytes, 8, positions.length).set(positions);
  new Uint32Array(bytes, 8 + 4 * positions.length).set(triangles);
  return new Uint8Array(bytes);
}

/** @throws Error where the bytes are not as many as their counts say */
export function meshFromBytes(bytes: ArrayBuffer): DrawnMesh {
  const [corners = 0, triangles = 0] = bytes.byteLength < 8 ? [] : new Uint32Array(bytes, 0, 2);
  if (bytes.byteLength !== 8 + 12 * (corners + triangles))
    throw new Error(`a mesh of ${bytes.byteLength} bytes came incomplete: reload the page`);
  return {
    positions: new Float32Array(bytes, 8, 3 * corners),
    triangles: new Uint32Array(bytes, 8 + 12 * corners, 3 * triangles),
  };
}
