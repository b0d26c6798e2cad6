/** One node of a made-up glTF plant. */
export interface GltfPart {
  readonly name: string;
  /** What `extras.rung` says. */
  readonly rung?: unknown;
  readonly at?: readonly [number, number, number];
  readonly children?: readonly number[];
  readonly hasShape?: boolean;
}

const CORNERS = [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1];
const SIDES = [0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3];

/** A glTF document whose parts are tetrahedra of 1 m, all of one mesh; its buffer stands in it. */
export function gltfPlant(
  parts: readonly GltfPart[],
  change: Readonly<Record<string, unknown>> = {},
): Buffer {
  const bytes = Buffer.alloc(CORNERS.length * 4 + SIDES.length * 2);
  for (const [i, value] of CORNERS.entries()) bytes.writeFloatLE(value, 4 * i);
  for (const [i, value] of SIDES.entries()) bytes.writeUInt16LE(value, 4 * CORNERS.length + 2 * i);
  const below = new Set(parts.flatMap(({ children = [] }) => children));
  return Buffer.from(
    JSON.stringify({
      asset: { version: "2.0" },
      scene: 0,
      scenes: [{ nodes: parts.flatMap((_, i) => (below.has(i) ? [] : [i])) }],
      nodes: parts.map(({ name, rung, at = [0, 0, 0], children, hasShape = true }) => ({
        name,
        translation: at,
        ...(rung === undefined ? {} : { extras: { rung } }),
        ...(children === undefined ? {} : { children }),
        ...(hasShape ? { mesh: 0 } : {}),
      })),
      meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, material: 0 }] }],
      materials: [{ pbrMetallicRoughness: { baseColorTexture: { index: 0 } } }],
      textures: [{ source: 0 }],
      images: [{ uri: "https://example.com/green.png" }],
      accessors: [
        { bufferView: 0, componentType: 5126, count: 4, type: "VEC3", min: [0, 0, 0], max: [1, 1, 1] },
        { bufferView: 1, componentType: 5123, count: 12, type: "SCALAR" },
      ],
      bufferViews: [
        { buffer: 0, byteOffset: 0, byteLength: 48 },
        { buffer: 0, byteOffset: 48, byteLength: 24 },
      ],
      buffers: [
        { byteLength: bytes.length, uri: `data:application/octet-stream;base64,${bytes.toString("base64")}` },
      ],
      ...change,
    }),
  );
}
