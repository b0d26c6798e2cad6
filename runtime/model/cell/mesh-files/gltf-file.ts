import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Mesh, Object3D } from "three";
import { messageOf, RungError } from "../../../core/errors.ts";

/** Only what a shape is made of: textures would want a browser. */
export interface GltfDocument {
  asset?: { version?: unknown };
  buffers?: { uri?: string; byteLength: number }[];
  bufferViews?: { buffer: number; byteOffset?: number }[];
  accessors?: { count: number }[];
  meshes?: {
    primitives: {
      material?: number;
      mode?: number;
      indices?: number;
      attributes?: Record<string, number | undefined>;
    }[];
  }[];
  materials?: unknown;
  textures?: unknown;
  images?: unknown;
  samplers?: unknown;
  animations?: unknown;
  nodes?: GltfNode[];
  skins?: unknown[];
  extensionsUsed?: string[];
  extensionsRequired?: string[];
}

export interface GltfNode {
  name?: string;
  rotation?: number[];
  children?: number[];
  mesh?: number;
  extras?: unknown;
}

const GLB_MAGIC = 0x46546c67;
const CHUNK_JSON = 0x4e4f534a;
const CHUNK_BIN = 0x004e4942;
/** Writers round to f32. A quaternion of another length would also scale what it turns. */
const UNIT_TO = 1e-4;
/** What can be read without a decoder from elsewhere. */
const KNOWN_EXTENSIONS = /^(KHR_materials_|KHR_texture_|KHR_mesh_quantization$)/;

/**
 * Corners of a glTF 2.0 or GLB file, 9 numbers a triangle in m, with the poses of its nodes, of its first scene.
 * @throws RungError `mesh-file`: no such format, compressed meshes, a buffer that is missing
 */
export async function readGltf(bytes: Buffer, where: string): Promise<Float64Array> {
  const glb = packedShape(bytes, where);
  try {
    const { GLTFLoader } = await import("three/examples/jsm/loaders/GLTFLoader.js");
    const { scene } = await new GLTFLoader().parseAsync(glb, "");
    return cornersOf(scene);
  } catch (thrown) {
    throw unreadable(where, thrown);
  }
}

/**
 * The shapes of a glTF 2.0 or GLB file as one GLB that needs nothing from elsewhere: no buffer in another file, no
 * texture, no movement.
 * @param edit may change the document on its way
 * @throws RungError `mesh-file`: no such format, compressed meshes, a buffer that is missing
 */
export function packedShape(
  bytes: Buffer,
  where: string,
  edit: (document: GltfDocument) => GltfDocument = (document) => document,
): ArrayBuffer {
  try {
    const isGlb = bytes.length >= 12 && bytes.readUInt32LE(0) === GLB_MAGIC;
    const { document, bin } = isGlb
      ? splitGlb(bytes, where)
      : { document: parseJson(bytes, where), bin: undefined };
    const foreign = (document.extensionsRequired ?? []).filter((name) => !KNOWN_EXTENSIONS.test(name));
    if (foreign.length > 0) {
      throw fault(where, `needs ${foreign.join(", ")}, which is not read`, "export it without compression");
    }
    // Read as they stand they would be somewhere else than they are shown.
    const moved = document.extensionsUsed?.includes("EXT_mesh_gpu_instancing") === true;
    if (moved || (document.skins ?? []).length > 0) {
      const what = moved ? "repeats meshes by EXT_mesh_gpu_instancing" : "has meshes on a skeleton";
      throw fault(where, `${what}, which is not read`, "export it as plain meshes");
    }
    for (const { name = "a node", rotation } of document.nodes ?? []) {
      if (rotation === undefined || Math.abs(Math.hypot(...rotation) - 1) <= UNIT_TO) continue;
      throw fault(where, `${name} is turned by ${rotation}, which is no unit quaternion`, "export it again");
    }
    return joinGlb(shapeOnly(edit(document), where), buffersOf(document, bin, where));
  } catch (thrown) {
    throw unreadable(where, thrown);
  }
}

/** A document of another shape fails anywhere on the way. */
function unreadable(where: string, thrown: unknown): RungError {
  if (thrown instanceof RungError) return thrown;
  return fault(where, `no readable glTF: ${messageOf(thrown)}`, "export it again as GLB", thrown);
}

function parseJson(bytes: Buffer, where: string): GltfDocument {
  try {
    return JSON.parse(bytes.toString("utf8")) as GltfDocument;
  } catch (thrown) {
    throw fault(where, `neither GLB nor glTF: ${messageOf(thrown)}`, "export it again as GLB", thrown);
  }
}

/** A GLB file is a header and chunks: JSON, then binary (glTF 2.0, 4.4). */
function splitGlb(bytes: Buffer, where: string): { document: GltfDocument; bin: Buffer | undefined } {
  let document: GltfDocument | undefined;
  let bin: Buffer | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    const chunk = bytes.subarray(at + 8, at + 8 + length);
    if (chunk.length < length) throw fault(where, "ends inside a chunk", "is the file cut off?");
    const type = bytes.readUInt32LE(at + 4);
    if (type === CHUNK_JSON) document = parseJson(chunk, where);
    if (type === CHUNK_BIN) bin = chunk;
    at += 8 + length;
  }
  if (document === undefined) throw fault(where, "has no JSON chunk", "export it again as GLB");
  return { document, bin };
}

function buffersOf(document: GltfDocument, bin: Buffer | undefined, where: string): Buffer[] {
  return (document.buffers ?? []).map(({ uri, byteLength }, index) => {
    const buffer = uri === undefined ? bin : readUri(uri, where);
    if (buffer !== undefined && buffer.length >= byteLength) return buffer.subarray(0, byteLength);
    throw fault(where, `buffer ${index} has fewer than its ${byteLength} bytes`, "is a file cut off?");
  });
}

function readUri(uri: string, where: string): Buffer {
  const data = /^data:[^,]*;base64,/.exec(uri);
  if (data !== null) return Buffer.from(uri.slice(data[0].length), "base64");
  const file = resolve(dirname(where), decodeURIComponent(uri));
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw fault(
      where,
      `buffer ${uri}: ${messageOf(thrown)}`,
      "put it beside the file, or export GLB",
      thrown,
    );
  }
}

/** @returns the document without textures and movements, its buffers one after another */
function shapeOnly(document: GltfDocument, where: string): GltfDocument {
  const starts: number[] = [];
  let total = 0;
  for (const { byteLength } of document.buffers ?? []) {
    starts.push(total);
    total += Math.ceil(byteLength / 4) * 4;
  }
  const { materials, textures, images, samplers, animations, extensionsRequired, ...rest } = document;
  return {
    ...rest,
    buffers: [{ byteLength: total }],
    bufferViews: (document.bufferViews ?? []).map((view) => {
      const start = starts[view.buffer];
      if (start === undefined)
        throw fault(where, `names buffer ${view.buffer} of ${starts.length}`, "export it again");
      return { ...view, buffer: 0, byteOffset: (view.byteOffset ?? 0) + start };
    }),
    meshes: (document.meshes ?? []).map((mesh) => ({
      ...mesh,
      primitives: mesh.primitives.map(({ material, ...primitive }) => primitive),
    })),
  };
}

/** three reads buffers from files by `fetch`, which Node has not for files: one GLB in memory needs none. */
function joinGlb(document: GltfDocument, buffers: readonly Buffer[]): ArrayBuffer {
  const json = Buffer.from(JSON.stringify(document));
  const jsonLength = Math.ceil(json.length / 4) * 4;
  const binLength = buffers.reduce((sum, buffer) => sum + Math.ceil(buffer.length / 4) * 4, 0);
  const glb = Buffer.alloc(12 + 8 + jsonLength + 8 + binLength, " ");
  const words = [GLB_MAGIC, 2, glb.length, jsonLength, CHUNK_JSON];
  for (const [i, word] of words.entries()) glb.writeUInt32LE(word, 4 * i);
  json.copy(glb, 20);
  glb.writeUInt32LE(binLength, 20 + jsonLength);
  glb.writeUInt32LE(CHUNK_BIN, 24 + jsonLength);
  let at = 28 + jsonLength;
  for (const buffer of buffers) {
    buffer.copy(glb, at);
    at += Math.ceil(buffer.length / 4) * 4;
  }
  const copy = new ArrayBuffer(glb.length);
  new Uint8Array(copy).set(glb);
  return copy;
}

function cornersOf(scene: Object3D): Float64Array {
  scene.updateMatrixWorld(true);
  const corners: number[] = [];
  scene.traverse((object) => {
    if (!(object as Mesh).isMesh) return;
    const { geometry, matrixWorld } = object as Mesh;
    const m = matrixWorld.elements;
    const positions = geometry.getAttribute("position");
    const index = geometry.getIndex();
    const count = index?.count ?? positions.count;
    // A mirrored node turns its surface inside out: the corners of its triangles go round the other way.
    const isMirrored = matrixWorld.determinant() < 0;
    for (let at = 0; at < count; at++) {
      const k = isMirrored && at % 3 > 0 ? at + (at % 3 === 1 ? 1 : -1) : at;
      const vertex = index?.getX(k) ?? k;
      const [x, y, z] = [positions.getX(vertex), positions.getY(vertex), positions.getZ(vertex)];
      for (let row = 0; row < 3; row++) {
        // three keeps matrices by columns.
        corners.push(m[row]! * x + m[4 + row]! * y + m[8 + row]! * z + m[12 + row]!);
      }
    }
  });
  return Float64Array.from(corners);
}

function fault(where: string, what: string, advice: string, cause?: unknown): RungError {
  return new RungError({ code: "mesh-file", where, what, advice, cause });
}
