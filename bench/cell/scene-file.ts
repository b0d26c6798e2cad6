import type { TriangleMesh } from "../../runtime/compute/mesh/triangle-mesh.ts";

/** Bodies that move from configuration to configuration, and obstacles that stand. */
export interface MeshScene {
  readonly name: string;
  readonly bodies: readonly TriangleMesh[];
  readonly obstacles: readonly TriangleMesh[];
  /** Twelve numbers of each obstacle. */
  readonly standing: Float64Array;
  /** Twelve numbers of each body for each configuration. */
  readonly moving: Float64Array;
}

export const configurationsOf = ({ bodies, moving }: MeshScene): number =>
  moving.length / (12 * bodies.length);

/** The scene as fcl.cpp reads it. */
export function sceneFile(scene: MeshScene): Buffer {
  const counts = [scene.bodies.length, scene.obstacles.length, configurationsOf(scene)];
  const parts: ArrayBufferView[] = [Int32Array.from(counts)];
  for (const { positions, triangles } of [...scene.bodies, ...scene.obstacles]) {
    parts.push(Int32Array.of(positions.length / 3, triangles.length / 3), positions);
    parts.push(Int32Array.from(triangles));
  }
  parts.push(scene.standing, scene.moving);
  return Buffer.concat(
    parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
}

/** What `sceneFile` wrote. */
export function readScene(bytes: Uint8Array, name: string): MeshScene {
  let at = 0;
  // Coordinates may begin at any byte, so they are copied out.
  const taken = (length: number): ArrayBuffer => {
    const part = new Uint8Array(bytes.subarray(at, at + length)).buffer;
    at += length;
    return part;
  };
  const integers = (count: number) => new Int32Array(taken(4 * count));
  const numbers = (count: number) => new Float64Array(taken(8 * count));
  const [bodies, obstacles, configurations] = integers(3) as unknown as [number, number, number];
  const mesh = (): TriangleMesh => {
    const [vertices, triangles] = integers(2) as unknown as [number, number];
    return { positions: numbers(3 * vertices), triangles: Uint32Array.from(integers(3 * triangles)) };
  };
  return {
    name,
    bodies: Array.from({ length: bodies }, mesh),
    obstacles: Array.from({ length: obstacles }, mesh),
    standing: numbers(12 * obstacles),
    moving: numbers(12 * bodies * configurations),
  };
}
