import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CellEngine } from "../../../runtime/model/cell/cell-engine.ts";
import { readCell } from "../../../runtime/model/cell/cell-model.ts";
import { checkPrograms } from "../../../runtime/model/cell/check-programs.ts";
import { boxCorners } from "./box-mesh.ts";
import { binaryStl, MADE_CELL, writeMadeCell } from "./made-cell.ts";

/** The gun stands along x, its tip at the sheet. */
const AT_WELD = [0, 0, 0, 0, 0, 0];

const near = (got: number | null | undefined, wanted: number, most = 1e-6): void =>
  assert.ok(Math.abs(got! - wanted) <= most, `got ${got}, wanted ${wanted}`);

describe("cell engine", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-cell-engine-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const engineOf = async (variant?: string, ...changes: readonly (readonly [string, string])[]) => {
    let text = MADE_CELL;
    for (const [from, to] of changes) {
      assert.ok(text.includes(from), from);
      text = text.replace(from, to);
    }
    return CellEngine.create(await readCell(writeMadeCell(folder, text)), variant);
  };

  it("measures each body to what it is nearest to, with both points and its limit", async () => {
    const engine = await engineOf("A");
    const { perBody, contacts, nearest, short } = engine.check("R1", AT_WELD, { situation: "weld" });
    assert.deepEqual(
      perBody.map(({ body, obstacle, limitM }) => [body, obstacle, limitM]),
      [
        ["base_link", "post", 0.02],
        ["link_2", "sheet", 0.02],
        ["link_4", "sheet", 0.02],
        ["link_6", "sheet", 0.01],
        ["gun", "sheet", 0.003],
        // The tip meets the sheet at a weld: that is the weld. What else is around it stands far off.
        ["tip", "post", 0],
      ],
    );
    const gun = perBody[4]!;
    near(gun.distanceM, 0.05);
    near(gun.pointA[0], 1.8);
    near(gun.pointB[0], 1.85);
    assert.equal(nearest, gun);
    assert.deepEqual([contacts, short], [[], []]);
    // The base's side at y = 0.25 m, the post's at 1.95.
    near(perBody[0]!.distanceM, 1.7);
    assert.equal(engine.collides("R1", AT_WELD, { situation: "weld" }), false);
  });

  it("holds the gun tip to its clearance on the way", async () => {
    const engine = await engineOf(
      "A",
      ["at: [1850, 0, 1600]", "at: [1852, 0, 1600]"],
      ["pose: { xyz: [1850,", "pose: { xyz: [1852,"],
    );
    const { short } = engine.check("R1", AT_WELD);
    assert.deepEqual(
      short.map(({ body, obstacle, limitM }) => [body, obstacle, limitM]),
      [["tip", "sheet", 0.005]],
    );
    near(short[0]!.distanceM, 0.002);
    assert.deepEqual(engine.check("R1", AT_WELD, { situation: "weld" }).short, []);
  });

  it("finds what a variant's part clips, by how much and which way out", async () => {
    const engine = await engineOf("B");
    const { contacts, short } = engine.check("R1", AT_WELD, { situation: "weld" });
    assert.deepEqual(contacts, [{ body: "gun", obstacle: "stiffener", isInside: false }]);
    assert.deepEqual(
      short.map(({ body, distanceM }) => [body, distanceM]),
      [["gun", 0]],
    );
    assert.equal(engine.collides("R1", AT_WELD, { situation: "weld" }), true);
    const { ways, least } = engine.separations("R1", "gun", "stiffener");
    // The gun's side is at y = 0.04 m, the stiffener's at 0.02: 20 mm, found to 1 µm.
    assert.equal(least!.way, "-y");
    near(least!.distanceM, 0.02, 1e-6);
    // Back along the gun: its front is at x = 1.8 m, the stiffener's at 1.65.
    near(ways.retract, 0.15, 1e-6);
    assert.equal(ways["-x"], ways.retract);
    assert.equal((await engineOf("A")).collides("R1", AT_WELD, { situation: "weld" }), false);
  });

  it("looks no farther than it is asked to", async () => {
    const engine = await engineOf("A");
    assert.equal(engine.nearest("R1", AT_WELD, 0.04, { situation: "weld" }), undefined);
    const found = engine.nearest("R1", AT_WELD, 0.06, { situation: "weld" });
    assert.deepEqual([found!.body.name, found!.obstacle.name], ["gun", "sheet"]);
    near(found!.nearest.distanceM, 0.05);
  });

  const SECOND_ROBOT = [
    "fixtures:",
    `  - { name: R2, station: ST1, urdf: made.urdf, base: { xyz: [3600, 300, 0], rpy: [0, 0, 180] }, tipLink: tool0 }
fixtures:`,
  ] as const;

  it("meets the other robots where they are", async () => {
    const engine = await engineOf(undefined, SECOND_ROBOT);
    // R2 looks along -x from x = 3.6 m: its link_6 ends at 3.6 - 1.55 = 2.05, 300 mm beside the gun of R1.
    const { nearest } = engine.check("R1", AT_WELD);
    assert.deepEqual([nearest!.body, nearest!.obstacle], ["tip", "R2 link_6"]);
    near(nearest!.distanceM, Math.hypot(2.05 - 1.85, 0.3 - 0.05 - 0.005));
    assert.ok(
      engine.check("R1", AT_WELD, { others: false }).perBody.every(({ obstacle }) => obstacle === "post"),
    );
    engine.moveTo("R2", [Math.PI / 2, 0, 0, 0, 0, 0]);
    assert.ok(engine.check("R1", AT_WELD).nearest!.distanceM > 0.6);
  });

  it("finds a robot that runs into itself, joints and covers left out", async () => {
    const engine = await engineOf();
    assert.deepEqual(engine.check("R1", AT_WELD, { own: true }).contacts, []);
    // The forearm folded down along the upper arm: its side at x = 0.32 m, that of the arm at 0.4.
    const folded = [0, 0, Math.PI / 2, 0, 0, 0];
    assert.deepEqual(engine.check("R1", folded, { own: true }).contacts, [
      { body: "link_2", obstacle: "R1 link_4", isInside: false },
    ]);
    assert.equal(engine.collides("R1", folded, { own: true }), true);
    assert.equal(engine.collides("R1", folded), false);
  });

  const CABIN = ["fixtures:", "fixtures:\n  - { name: cabin, mesh: cabin.stl }"] as const;

  it("flags a robot inside a closed box, which touches nothing", async () => {
    writeFileSync(join(folder, "cabin.stl"), binaryStl(boxCorners([-9, -9, -9], [9, 9, 9])));
    const engine = await engineOf("A", CABIN);
    const { contacts, nearest, short } = engine.check("R1", AT_WELD, { situation: "weld" });
    assert.deepEqual(
      contacts,
      ["base_link", "link_2", "link_4", "link_6", "gun", "tip"].map((body) => ({
        body,
        obstacle: "cabin",
        isInside: true,
      })),
    );
    assert.equal(nearest!.distanceM, 0);
    assert.equal(short.length, 6);
    assert.equal(
      engine.collides("R1", AT_WELD, { situation: "weld" }),
      false,
      "surfaces alone touch nothing",
    );
  });

  it("has no inside of a box with a hole, and says so at the import", async () => {
    writeFileSync(join(folder, "cabin.stl"), binaryStl(boxCorners([-9, -9, -9], [9, 9, 9]).slice(9)));
    const engine = await engineOf("A", CABIN);
    assert.deepEqual(engine.check("R1", AT_WELD, { situation: "weld" }).contacts, []);
    assert.match(engine.cell.warnings.join(), /cabin\.stl: not watertight \(3 open edges\)/);
  });

  it("flags a thing inside a closed link", async () => {
    writeFileSync(join(folder, "cabin.stl"), binaryStl(boxCorners([0.29, -0.01, 1], [0.31, 0.01, 1.02])));
    const engine = await engineOf(undefined, CABIN);
    assert.deepEqual(engine.check("R1", AT_WELD).contacts, [
      { body: "link_2", obstacle: "cabin", isInside: true },
    ]);
  });

  it("checks the points of the programs of a variant", async () => {
    const home = ["    accelerations", "    home: [45, 0, 0, 0, 0, 0]\n    accelerations"] as const;
    const told = async (variant: string) =>
      checkPrograms(await engineOf(variant, home)).map(({ solved, result, clips, reach }) => [
        solved.point.name,
        result,
        clips.map(({ body, obstacle }) => `${body}|${obstacle}`).join(),
        reach?.kind,
      ]);
    assert.deepEqual(await told("A"), [
      ["home", "clear", "", undefined],
      ["before W1", "clear", "", undefined],
      ["W1", "clear", "", undefined],
      ["via 5", "clear", "", undefined],
    ]);
    const inB = await told("B");
    assert.deepEqual(inB[2], ["W1", "contact", "gun|stiffener", undefined]);
    assert.deepEqual(inB[3], ["W2", "unreachable", "", "short"]);
  });

  it("names what is not there", async () => {
    const engine = await engineOf("A");
    assert.throws(() => engine.check("R9", AT_WELD), {
      code: "unknown-robot",
      message: /R9 is no robot.*it has R1/,
    });
    assert.throws(() => engine.separations("R1", "gun", "gone"), { code: "unknown-body" });
    await assert.rejects(engineOf("C"), { code: "unknown-variant", message: /it has A, B/ });
  });
});
