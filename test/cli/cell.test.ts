import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/cell.ts";
import { boxCorners } from "../model/cell/box-mesh.ts";
import { binaryStl, MADE_CELL, writeMadeCell } from "../model/cell/made-cell.ts";
import { ROBOTS_FOLDER } from "../model/robot/published-robots.ts";
import { needsFile } from "../needs.ts";
import { caughtOutput } from "./caught-output.ts";

const caught = (...args: string[]) => caughtOutput(() => run(args));

describe("rung cell", () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-cell-cli-"));
    const home = "    home: [45, 0, 0, 0, 0, 0]\n    accelerations";
    file = writeMadeCell(folder, MADE_CELL.replace("    accelerations", home));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("check: prints what is not clear in each variant, and answers no", async () => {
    const { code, out } = await caught("check", file);
    assert.equal(code, 1);
    // W2: the wrist at (4.45, 1.6) m, 4.2933 m from axis 2 at (0.3, 0.5), of which the arm spans 1 + 1.0050.
    assert.equal(
      out,
      `made cell: 1 robots of 6 bodies, 1 fixtures

A: 4 points, 4 clear, 0 in contact, 0 too near, 0 out of reach

B: 5 points, 2 clear, 2 in contact, 0 too near, 1 out of reach
robot  point      what                   against      mm  wanted mm
R1     before W1  gun clips, free by -y  stiffener  20.0
R1     W1         gun clips, free by -y  stiffener  20.0
R1     W2         short by 2288.3 mm
`,
    );
  });

  it("check: tells angles outside the limits, and what stands around a robot unseen", async () => {
    writeFileSync(join(folder, "cabin.stl"), binaryStl(boxCorners([-9, -9, -9], [9, 9, 9])));
    const text = MADE_CELL.replace("q: [90,", "q: [190,").replace(
      "fixtures:",
      "fixtures:\n  - { name: cabin, mesh: cabin.stl }",
    );
    const cabin = join(folder, "cabin.yaml");
    writeFileSync(cabin, text);
    const { code, out } = await caught("check", cabin, "--variant", "A");
    assert.equal(code, 1);
    assert.match(out, /^A: 4 points, 0 clear, 3 in contact, 0 too near, 1 out of reach$/m);
    assert.match(out, /^R1 +via 5 +outside the joint limits$/m);
    assert.match(out, /^R1 +W1 +gun is inside +cabin$/m);
  });

  it("check: answers yes for a variant that is clear, as JSON with the import of every mesh", async () => {
    const { code, out } = await caught("check", file, "--variant", "A", "--json");
    assert.equal(code, 0);
    const answer = JSON.parse(out);
    assert.deepEqual(
      answer.variants.map((one: { variant: string }) => one.variant),
      ["A"],
    );
    const [home, , weld] = answer.variants[0].points;
    assert.deepEqual([home.point, home.result, home.clips], ["home", "clear", []]);
    assert.deepEqual(
      [weld.weld, weld.kind, weld.nearest.body, weld.nearest.obstacle],
      ["W1", "weld", "gun", "sheet"],
    );
    assert.ok(Math.abs(weld.nearest.mm - 50) < 1e-6);
    assert.equal(answer.meshes.length, 10);
    assert.ok(answer.meshes.every((mesh: { watertight: boolean }) => mesh.watertight));
  });

  it("reach: says of each weld whether its robot reaches it", async () => {
    const { code, out } = await caught("reach", file);
    assert.equal(code, 1);
    assert.match(out, /^made cell, B: 2 welds, 1 of 2 reached\n/);
    assert.match(out, /^W1 +R1 +in reach$/m);
    assert.match(out, /^W2 +R1 +short by \d+\.\d mm/m);
    const a = await caught("reach", file, "--variant", "A", "--json");
    assert.equal(a.code, 0);
    assert.deepEqual(JSON.parse(a.out).welds[0].kind, "reachable");
  });

  it("reach: falls short as far as another program has it", async function () {
    const urdf = join(ROBOTS_FOLDER, "r2000ic165f/r2000ic165f.urdf");
    needsFile(this, urdf);
    // The published cases have the electrodes along x of their TCP and the gun along z; a cell file has them along z.
    const cell = (baseYMm: number, zMm: number) => `rung: cell
version: 1
name: reach cases
units: { length: mm, angle: deg }
clearances:
  gunTip: &none { weld: 0, motion: 0 }
  gun: *none
  arm: *none
  end: *none
  base: *none
stations: [{ name: ST1 }]
robots:
  - name: R1
    station: ST1
    urdf: ${urdf}
    base: { xyz: [0, ${baseYMm}, 0], rpy: [0, 0, -90] }
    tipLink: tool0
    tcp: { xyz: [0, 0, 850], rpy: [0, 90, 0] }
variants:
  - name: A
    welds: [{ name: W1, at: [70, 720, ${zMm}], normal: [-1, 0, 0], x: [0, 1, 0], robot: R1 }]
`;
    for (const [baseYMm, zMm, shortMm, shiftMm] of [
      [4450, 1450, 67.46, 70],
      [4700, 750, 267.63, 269],
      [4300, 1150, 0, 0],
    ] as const) {
      const cases = join(folder, "cases.yaml");
      writeFileSync(cases, cell(baseYMm, zMm));
      const { code, out } = await caught("reach", cases, "--json");
      assert.equal(code, shortMm === 0 ? 0 : 1);
      const [weld] = JSON.parse(out).welds;
      assert.equal(weld.kind, shortMm === 0 ? "reachable" : "short");
      assert.ok(Math.abs(weld.shortfallMm - shortMm) <= 1, out);
      assert.ok(Math.abs(weld.baseShiftMm - shiftMm) <= 1, out);
    }
  });

  it("ik: finds joint angles for a pose of a robot or of a cell", async () => {
    const { code, out } = await caught("ik", join(folder, "made.urdf"), "--q", "10,20,30,40,50,60", "--json");
    assert.equal(code, 0);
    const { kind, solutions } = JSON.parse(out);
    assert.equal(kind, "analytic");
    const wanted = [10, 20, 30, 40, 50, 60];
    const found = solutions.filter(({ qDeg }: { qDeg: number[] }) =>
      qDeg.every((angle, i) => Math.abs(angle - wanted[i]!) < 1e-9),
    );
    assert.equal(found.length, 1);
    const ofCell = await caught("ik", file, "--pose=1850,0,1600,0,90,0");
    assert.equal(ofCell.code, 0);
    assert.match(ofCell.out, /^TCP at 1850\.000, 0\.000, 1600\.000 mm: \d+ solutions, in closed form\n/);
    assert.match(ofCell.out, /^\d+ +0\.000 +0\.000 +0\.000 +0\.000 +0\.000 +0\.000 +183\.346$/m);
    assert.doesNotMatch(ofCell.out, /-0\.000/);
    const far = await caught("ik", file, "--pose=9000,0,0,0,0,0");
    assert.equal(far.code, 1);
    assert.match(far.out, /0 solutions/);
  });

  it("query: writes answers about a published scene", async function () {
    const scene = join(ROBOTS_FOLDER, "r2000ic165f/scene.json");
    needsFile(this, scene);
    const queries = join(folder, "queries.json");
    const [first] = JSON.parse(readFileSync(join(ROBOTS_FOLDER, "r2000ic165f/queries.json"), "utf8")).queries;
    writeFileSync(queries, JSON.stringify({ queries: [first] }));
    const file = join(folder, "answers.json");
    assert.equal((await caught("query", scene, queries, "--out", file)).code, 0);
    const expected = JSON.parse(readFileSync(join(ROBOTS_FOLDER, "r2000ic165f/expected_fcl.json"), "utf8"));
    const answers = JSON.parse(readFileSync(file, "utf8"));
    assert.deepEqual(Object.keys(answers).sort(), Object.keys(expected).sort());
    assert.deepEqual(Object.keys(answers.results[0]).sort(), Object.keys(expected.results[0]).sort());
    assert.deepEqual(answers.results[0].colliding, expected.results[0].colliding);
  });

  it("says what is wrong with the input", async () => {
    const refused = async (message: RegExp, ...args: string[]) => {
      const { code, err } = await caught(...args);
      assert.equal(code, 2);
      assert.match(err, message);
    };
    await refused(/expected check, .*query, got nothing/);
    await refused(/rung cell check: expected one cell file/, "check");
    await refused(/C is no variant of this cell \(it has A, B\)/, "check", file, "--variant", "C");
    await refused(/R9 is no robot of this cell \(it has R1\)/, "reach", file, "--robot", "R9");
    await refused(/--pose wants 6 numbers/, "ik", file, "--pose", "1,2,3");
    await refused(/expected --pose or --q/, "ik", file);
    await refused(/gone\.json: ENOENT/, "query", join(folder, "gone.json"), join(folder, "q.json"));
    writeFileSync(join(folder, "five.json"), '{"queries": [{"id": "a", "q": [0, 0, 0, 0, 0]}]}');
    const { code, out } = await caught("check", join(folder, "gone.yaml"), "--json");
    assert.equal(code, 2);
    assert.equal(JSON.parse(out).errors[0].code, "cell-file");
  });
});
