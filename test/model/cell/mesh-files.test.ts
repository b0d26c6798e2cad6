import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TriangleMesh } from "../../../runtime/compute/mesh/triangle-mesh.ts";
import { type MeshUnit, readMeshFile } from "../../../runtime/model/cell/mesh-files/mesh-file.ts";
import { boxCorners } from "./box-mesh.ts";
import { binaryStl } from "./made-cell.ts";

/** Corners of a mesh, triangle by triangle. */
function cornersOf({ positions, triangles }: TriangleMesh): number[] {
  return [...triangles].flatMap((vertex) => [...positions.subarray(3 * vertex, 3 * vertex + 3)]);
}

describe("mesh files", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-mesh-files-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const read = (name: string, content: string | Buffer, unit?: MeshUnit) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return readMeshFile(file, unit);
  };
  const refuses = (name: string, content: string | Buffer, message: RegExp, unit: MeshUnit | "none" = "m") =>
    assert.rejects(read(name, content, unit === "none" ? undefined : unit), { code: "mesh-file", message });

  const BOX = boxCorners([0, 0, 0], [1, 2, 4]);

  it("reads binary STL, joins equal corners, takes the declared unit", async () => {
    const { mesh, welded } = await read("box.stl", binaryStl(BOX), "mm");
    assert.equal(mesh.positions.length / 3, 8);
    assert.equal(welded, 36 - 8);
    assert.deepEqual(
      cornersOf(mesh),
      BOX.map((value) => value * 1e-3),
    );
    const inInches = await read("box.stl", binaryStl(BOX), "inch");
    assert.equal(Math.max(...inInches.mesh.positions), 4 * 0.0254);
  });

  it("reads a binary STL whose header begins with solid", async () => {
    const bytes = binaryStl(BOX);
    bytes.write("solid by some CAD");
    assert.deepEqual(cornersOf((await read("solid.stl", bytes, "m")).mesh), BOX);
  });

  it("reads a binary STL with more behind its triangles", async () => {
    const bytes = Buffer.concat([binaryStl(BOX), Buffer.from("colours")]);
    assert.deepEqual(cornersOf((await read("more.stl", bytes, "m")).mesh), BOX);
  });

  const asciiStl = (vertex: string): string => `solid a b
 facet normal 0 0 1
  outer loop
   vertex 0 0 0
   vertex 1e0 0 0
   ${vertex}
  endloop
 endfacet
endsolid`;

  it("reads ASCII STL, and names the line it cannot read", async () => {
    const { mesh } = await read("a.stl", asciiStl("vertex 0 -2.5 .5"), "m");
    assert.deepEqual(cornersOf(mesh), [0, 0, 0, 1, 0, 0, 0, -2.5, 0.5]);
    const one = await read("nan.stl", asciiStl("vertex 0 nan 0"), "m");
    assert.ok(Number.isNaN(one.mesh.positions[7]));
    await refuses("b.stl", asciiStl("vertex 0 2,5 0"), /b\.stl:6: "2,5" is no number/);
    await refuses("c.stl", asciiStl("vertex 0 1"), /c\.stl:6: a vertex has 3 coordinates, got 2/);
    await refuses("d.stl", asciiStl(""), /d\.stl:8: a facet has 3 vertices, got 2/);
    await refuses("e.stl", asciiStl("vertex 0 1 0").replace("endfacet", ""), /e\.stl: ends inside a facet/);
  });

  it("tells a binary STL that was cut off", () =>
    refuses("cut.stl", binaryStl(BOX).subarray(0, 300), /neither.*12 triangles, 684 bytes; is it cut off/));

  it("reads OBJ: polygons, indices from the end, lines that go on", async () => {
    const text = `# a square and a triangle
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 \\
  0
vt 0 0
f 1/1/1 2/1 3 4
f -4 -3 -2
`;
    assert.deepEqual(
      cornersOf((await read("a.obj", text, "m")).mesh),
      [
        [0, 0, 0, 1, 0, 0, 1, 1, 0],
        [0, 0, 0, 1, 1, 0, 0, 1, 0],
        [0, 0, 0, 1, 0, 0, 1, 1, 0],
      ].flat(),
    );
    await refuses(
      "b.obj",
      "v 0 0 0\nf 1 2 3\n",
      /b\.obj:2: a face names vertex 2, the file has 1 up to here/,
    );
    await refuses("c.obj", "v 0 x 0\n", /c\.obj:1: "x" is no number/);
    await refuses("d.obj", "v 0 0 0\nf 1 1\n", /d\.obj:2: a face has at least 3 corners, got 2/);
  });

  const POSITIONS = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0);
  const gltf = (uri: string | undefined) => ({
    asset: { version: "2.0" },
    scene: 0,
    scenes: [{ nodes: [0] }],
    // Turned a quarter about z, then moved along x.
    nodes: [{ mesh: 0, translation: [10, 0, 0], rotation: [0, 0, Math.SQRT1_2, Math.SQRT1_2] }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1, material: 0 }] }],
    materials: [{ pbrMetallicRoughness: { baseColorTexture: { index: 0 } } }],
    textures: [{ source: 0 }],
    images: [{ uri: "paint-that-is-not-there.png" }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 3, type: "VEC3", min: [0, 0, 0], max: [1, 1, 0] },
      { bufferView: 1, componentType: 5123, count: 3, type: "SCALAR" },
    ],
    bufferViews: [
      { buffer: 0, byteLength: 36 },
      { buffer: 1, byteLength: 6 },
    ],
    buffers: [
      { byteLength: 36, ...(uri !== undefined && { uri }) },
      { byteLength: 6, uri: `data:application/octet-stream;base64,${INDICES.toString("base64")}` },
    ],
  });
  const INDICES = Buffer.from(Uint16Array.of(0, 1, 2).buffer);
  const POSITION_BYTES = Buffer.from(POSITIONS.buffer);
  const PLACED = [10, 0, 0, 10, 1, 0, 9, 0, 0];
  const isPlaced = ({ mesh }: { mesh: TriangleMesh }): void => {
    for (const [i, value] of cornersOf(mesh).entries()) assert.ok(Math.abs(value - PLACED[i]!) < 1e-6);
  };

  it("reads glTF with its nodes' poses, its buffers beside it or in it, without textures", async () => {
    writeFileSync(join(folder, "positions.bin"), POSITION_BYTES);
    isPlaced(await read("a.gltf", JSON.stringify(gltf("positions.bin"))));
    isPlaced(await read("b.gltf", JSON.stringify(gltf(`data:;base64,${POSITION_BYTES.toString("base64")}`))));
  });

  it("turns the triangles of a mirrored node over, so that what is inside stays inside", async () => {
    const mirrored = gltf("positions.bin");
    const [node] = mirrored.nodes;
    const scaled = { ...mirrored, nodes: [{ ...node, rotation: [0, 0, 0, 1], scale: [1, 1, -1] }] };
    const { mesh } = await read("mirrored.gltf", JSON.stringify(scaled));
    assert.deepEqual(cornersOf(mesh), [10, 0, 0, 10, 1, 0, 11, 0, 0]);
  });

  it("refuses a glTF whose meshes would stand elsewhere than they are shown", async () => {
    const [node] = gltf("positions.bin").nodes;
    for (const [file, more, pattern] of [
      ["q.gltf", { nodes: [{ ...node, rotation: [0, 0, 1, 1] }] }, /turned by 0,0,1,1, which is no unit/],
      ["s.gltf", { skins: [{ joints: [0] }] }, /has meshes on a skeleton/],
      [
        "i.gltf",
        { extensionsUsed: ["EXT_mesh_gpu_instancing"] },
        /repeats meshes by EXT_mesh_gpu_instancing/,
      ],
    ] as const)
      await refuses(file, JSON.stringify({ ...gltf("positions.bin"), ...more }), pattern, "none");
  });

  it("reads GLB", async () => {
    const json = Buffer.from(JSON.stringify(gltf(undefined)).padEnd(2000));
    const head = Buffer.alloc(20);
    for (const [i, word] of [0x46546c67, 2, 20 + 2000 + 8 + 36, 2000, 0x4e4f534a].entries())
      head.writeUInt32LE(word, 4 * i);
    const chunk = Buffer.alloc(8);
    chunk.writeUInt32LE(36, 0);
    chunk.writeUInt32LE(0x004e4942, 4);
    const glb = Buffer.concat([head, json, chunk, POSITION_BYTES]);
    isPlaced(await read("a.glb", glb));
    await refuses("cut.glb", glb.subarray(0, glb.length - 1), /ends inside a chunk/, "none");
  });

  it("refuses a glTF that needs a decoder, lacks a buffer or is none", async () => {
    const compressed = { ...gltf(undefined), extensionsRequired: ["KHR_draco_mesh_compression"] };
    await refuses("c.gltf", JSON.stringify(compressed), /needs KHR_draco_mesh_compression/, "none");
    await refuses("d.gltf", JSON.stringify(gltf("gone.bin")), /buffer gone\.bin: ENOENT/, "none");
    await refuses("e.gltf", JSON.stringify(gltf(undefined)), /buffer 0 has fewer than its 36 bytes/, "none");
    await refuses("f.gltf", "no", /neither GLB nor glTF/, "none");
    await refuses("h.gltf", "null", /no readable glTF/, "none");
    const astray = { ...gltf("gone.bin"), buffers: [], bufferViews: [{ buffer: 4, byteLength: 36 }] };
    await refuses("i.gltf", JSON.stringify(astray), /names buffer 4 of 0/, "none");
    await refuses("g.gltf", "[1]", /no readable glTF/, "none");
  });

  it("guesses no unit", async () => {
    await refuses("box.stl", binaryStl(BOX), /has no unit/, "none");
    await refuses("a.gltf", "{}", /is declared in mm, glTF is in m/, "mm");
    await refuses("a.dae", "", /\.dae is no mesh that is read/);
    await assert.rejects(readMeshFile(join(folder, "gone.stl"), "m"), /gone\.stl: ENOENT.*is the path right/);
  });
});
