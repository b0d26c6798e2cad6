import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { layoutOfGltf, MOST_TRIANGLES } from "../../../runtime/model/layout/gltf-layout.ts";
import { MOST_BYTES, readLayoutFile } from "../../../runtime/model/layout/layout-file.ts";
import { readLayout } from "../../../runtime/model/layout/read-layout.ts";
import { tellingTwins, untoldParts } from "../../../runtime/model/layout/told-parts.ts";
import { gltfPlant } from "./gltf-plant.ts";

const SHIPPED = fileURLToPath(new URL("../../../examples/data/plant/leipzig.layout.yaml", import.meta.url));
const HEAD = "rung: layout\nversion: 1\nname: Hall\nunits: m\n";
const SHOP = "shops:\n  - { id: hall, at: [0, 0], size: [9, 9, 0] }\n";

describe("a plant's layout", () => {
  it("of the virtual plant has three shops, all stations, buffers and robots, and cells beside it", async () => {
    const { layout, glb } = await readLayoutFile(SHIPPED);
    const count = (kind: string) => layout.parts.filter((part) => part.kind === kind).length;
    assert.deepEqual(["shop", "station", "conveyor", "robot", "agv"].map(count), [
      3,
      1 + 6 + 1 + 12,
      1 + 11,
      4,
      0,
    ]);
    assert.match(layout.cells[0]!.file, /examples\/data\/biw\/cell\.yaml$/);
    assert.equal(glb, undefined);
  });

  it("gives a robot the axes of OPC 40010 and an AGV its size where the file is silent", () => {
    const text = `${HEAD}${SHOP}cells:\n  - { shop: hall, cell: c.yaml, at: [1, 2], robots: [{ id: r, robot: R1, address: a/b/r }] }\nagvs:\n  - { id: v, address: a/b/v, x: x, y: y }\n`;
    const [, robot, agv] = readLayout(text, "/plant/hall.yaml").parts;
    assert.deepEqual(
      robot!.kind === "robot" && [robot.joints.length, robot.joints[5], robot.shop, robot.cell],
      [6, "axis6/position", "hall", 0],
    );
    assert.deepEqual(agv!.kind === "agv" && agv.size, [1.8, 1.1, 0.4]);
  });

  const FAULTS: readonly (readonly [string, string, RegExp])[] = [
    ["another kind of file", "rung: cell\nversion: 1\nname: x\nunits: m\n", /:1: rung: must say layout/],
    ["lengths without a unit", "rung: layout\nversion: 1\nname: x\n", /units: must be m \(/],
    ["no YAML", "rung: [", /hall\.yaml:\d+:/],
    [
      "a misspelt key",
      `${HEAD}${SHOP}stations:\n  - { id: s, at: [0, 0], size: [1, 1, 1], adress: a/b }\n`,
      /:8: stations\[0\]\.adress: is no key/,
    ],
    [
      "an address that is none",
      `${HEAD}stations:\n  - { id: s, at: [0, 0], size: [1, 1, 1], address: a//b }\n`,
      /is no address: a\/\/b/,
    ],
    [
      "a shop that is not there",
      `${HEAD}${SHOP}stations:\n  - { id: s, shop: hal, at: [0, 0], size: [1, 1, 1] }\n`,
      /names no shop of this layout: hal/,
    ],
    [
      "an id twice",
      `${HEAD}${SHOP}stations:\n  - { id: hall, at: [0, 0], size: [1, 1, 1] }\n`,
      /hall stands twice/,
    ],
    [
      "a station without room",
      `${HEAD}stations:\n  - { id: s, at: [0, 0], size: [0, 1, 1] }\n`,
      /has no room/,
    ],
    ["a way of one corner", `${HEAD}conveyors:\n  - { id: c, way: [[0, 0]] }\n`, /needs two corners/],
    [
      "a fill without places",
      `${HEAD}conveyors:\n  - { id: c, way: [[0, 0], [1, 0]], fill: fill }\n`,
      /tells its fill and not its places/,
    ],
    [
      "an entry without a speed",
      `${HEAD}conveyors:\n  - { id: c, way: [[0, 0], [1, 0]], entry: e }\n`,
      /not how fast/,
    ],
    ["an AGV that is nowhere", `${HEAD}agvs:\n  - { id: v, address: a/b }\n`, /agvs\[0\]\.x: must be a text/],
  ];
  for (const [what, text, expected] of FAULTS)
    it(`refuses ${what}, with its line`, () => assert.throws(() => readLayout(text, "hall.yaml"), expected));

  it("names every fault of a file in one pass", () => {
    const text = `${HEAD}conveyors:\n  - { id: c, way: [[0, 0]] }\n  - { id: c, way: [[0, 0], [1, 0]], widthM: 0 }\n`;
    assert.throws(
      () => readLayout(text, "hall.yaml"),
      /^RungError: hall.yaml: 3 faults:\n.*two corners.*\n.*c stands twice.*\n.*widthM: must be > 0/,
    );
  });

  it("says where a file is not, and which is too large", async () => {
    await assert.rejects(readLayoutFile("/nowhere/hall.yaml"), /\/nowhere\/hall\.yaml: ENOENT/);
    const folder = mkdtempSync(join(tmpdir(), "rung-layout-"));
    const file = join(folder, "large.glb");
    writeFileSync(file, Buffer.alloc(MOST_BYTES + 1));
    await assert.rejects(readLayoutFile(file), /has 32 MiB, at most 32 are read/);
    rmSync(folder, { recursive: true });
  });

  it("tells which parts no twin tells of: one that only is a parent tells nothing", () => {
    const layout = readLayout(
      `${HEAD}stations:\n  - { id: s, at: [0, 0], size: [1, 1, 1], address: a/line/s }\n  - { id: t, at: [0, 0], size: [1, 1, 1], address: a/linear/t }\n  - { id: u, at: [0, 0], size: [1, 1, 1] }\n`,
      "hall.yaml",
    );
    const twins = tellingTwins([
      { id: "1", type: "rung-twin", address: "a" },
      { id: "2", type: "rung-twin", address: "a/line" },
      { id: "3", type: "rung-state", twin: "2" },
    ]);
    assert.deepEqual(twins, ["a/line"]);
    assert.deepEqual(
      untoldParts(layout, twins).map(({ id }) => id),
      ["t"],
    );
  });
});

describe("a plant's layout from glTF", () => {
  const hall = { name: "Hall", rung: { kind: "shop", page: "/dashboard/hall" }, children: [1, 2] };
  const press = { name: "acme/hall/press", at: [1, 0, 2] as const };
  const robot = {
    name: "arm",
    rung: { address: "acme/hall/r1", name: "R1", values: ["speed"], state: "state" },
  };

  it("takes nodes that are named by addresses or say theirs, within the shop above them", () => {
    const { layout } = layoutOfGltf(gltfPlant([hall, press, robot, { name: "wall" }]), "hall.gltf");
    assert.deepEqual(
      layout.parts.map(({ id, kind, name, address, shop, values, state }) => [
        id,
        kind,
        name,
        address,
        shop,
        values,
        state,
      ]),
      [
        ["Hall", "shop", "Hall", "", "", [], ""],
        ["acme/hall/press", "station", "press", "acme/hall/press", "Hall", [], ""],
        ["arm", "station", "R1", "acme/hall/r1", "Hall", ["speed"], "state"],
      ],
    );
  });

  it("hands a browser one GLB without pictures and materials, whose nodes name their part", () => {
    const { glb } = layoutOfGltf(gltfPlant([hall, press, robot, { name: "wall" }]), "hall.gltf");
    const bytes = Buffer.from(glb);
    const document = JSON.parse(bytes.subarray(20, 20 + bytes.readUInt32LE(12)).toString("utf8"));
    assert.deepEqual(
      document.nodes.map(({ extras }: { extras?: unknown }) => extras),
      [{ part: 0 }, { part: 1 }, { part: 2 }, undefined],
    );
    assert.deepEqual(
      [document.images, document.textures, document.materials],
      [undefined, undefined, undefined],
    );
    assert.deepEqual(document.buffers, [{ byteLength: 72 }]);
  });

  const FAULTS: readonly (readonly [string, Buffer, RegExp])[] = [
    ["what is no glTF", Buffer.from("solid gun"), /neither GLB nor glTF/],
    [
      "a file that is cut off",
      Buffer.concat([Buffer.from("glTF"), Buffer.alloc(20, 9)]),
      /ends inside a chunk|no JSON/,
    ],
    ["glTF of another version", gltfPlant([press], { asset: { version: "1.0" } }), /is of glTF 1\.0/],
    [
      "a buffer that is missing",
      gltfPlant([press], { buffers: [{ byteLength: 72, uri: "hall.bin" }] }),
      /buffer hall\.bin: ENOENT.*put it beside the file/,
    ],
    [
      "compressed meshes",
      gltfPlant([press], { extensionsRequired: ["KHR_draco_mesh_compression"] }),
      /KHR_draco_mesh_compression.*without compression/,
    ],
    ["no name that is an address", gltfPlant([{ name: "Cube.001" }]), /no node has an address as its name/],
    ["a name twice", gltfPlant([press, press]), /acme\/hall\/press is the name of several nodes/],
    [
      "an address that is none",
      gltfPlant([{ name: "x", rung: { address: "a//b" } }]),
      /a\/\/b is no address/,
    ],
    [
      "a kind that is none",
      gltfPlant([{ name: "x", rung: { kind: "agv", address: "a/b" } }]),
      /kind must be shop or station, got "agv"/,
    ],
    ["extras of another form", gltfPlant([{ name: "x", rung: ["a/b"] }]), /extras\.rung must be a mapping/],
    [
      "more triangles than are drawn",
      gltfPlant([press], {
        accessors: [
          { bufferView: 0, componentType: 5126, count: 4, type: "VEC3" },
          { bufferView: 1, componentType: 5123, count: 3 * MOST_TRIANGLES + 3, type: "SCALAR" },
        ],
      }),
      /has 500001 triangles, at most 500000 are drawn/,
    ],
  ];
  for (const [what, bytes, expected] of FAULTS)
    it(`refuses ${what}`, () => assert.throws(() => layoutOfGltf(bytes, "/plant/hall.gltf"), expected));
});
