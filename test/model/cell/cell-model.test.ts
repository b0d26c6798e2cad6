import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { readCell } from "../../../runtime/model/cell/cell-model.ts";
import { solveProgram } from "../../../runtime/model/cell/program-poses.ts";
import { weldPose } from "../../../runtime/model/cell/weld-point.ts";
import { MADE_CELL, MADE_URDF, writeMadeCell } from "./made-cell.ts";

const near = (got: ArrayLike<number>, wanted: readonly number[]): void => {
  assert.equal(got.length, wanted.length);
  for (const [i, value] of wanted.entries())
    assert.ok(Math.abs(got[i]! - value) < 1e-9, `${[...Array.from(got)]}`);
};

describe("cell files", () => {
  let folder: string;
  let file: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-cell-"));
  });
  beforeEach(() => {
    file = writeMadeCell(folder);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Reads the made cell with one text in it replaced. */
  const withText = (from: string, to: string) => {
    assert.ok(MADE_CELL.includes(from), from);
    return readCell(writeMadeCell(folder, MADE_CELL.replace(from, to)));
  };
  const refuses = (from: string, to: string, message: RegExp) =>
    assert.rejects(withText(from, to), { message });

  it("reads robots with their bodies, in m and rad", async () => {
    const cell = await readCell(file);
    assert.deepEqual([cell.name, cell.file, cell.warnings], ["made cell", file, []]);
    const [robot] = cell.robots;
    assert.deepEqual(
      robot!.bodies.map(({ name, role, link, clearanceClass, closed }) => [
        name,
        role,
        link,
        clearanceClass,
        closed,
      ]),
      [
        ["base_link", "link", "base_link", "base", true],
        ["link_2", "link", "link_2", "arm", true],
        ["link_4", "link", "link_4", "arm", true],
        ["link_6", "link", "link_6", "end", true],
        ["gun", "tool", "tool0", "gun", true],
        ["tip", "tool", "tool0", "gunTip", true],
      ],
    );
    near(robot!.bodies[5]!.report.extentM, [0.01, 0.01, 0.049]);
    near(robot!.tcp12, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0.3]);
    near(
      robot!.accelerationsRadS2!,
      [300, 300, 350, 600, 600, 900].map((value) => (value * Math.PI) / 180),
    );
    near(robot!.homeRad, [0, 0, 0, 0, 0, 0]);
    assert.equal(robot!.ik.kind, "analytic");
    assert.deepEqual(cell.clearances.gun, { weldM: 0.003, motionM: 0.01 });
    assert.deepEqual(cell.stations, [{ name: "ST1", cycleTimeS: 58 }]);
    near(cell.fixtures[0]!.pose12, [1, 0, 0, 0, 0, 1, 0, 2, 0, 0, 1, 0]);
  });

  it("builds a variant on another", async () => {
    const { variants } = await readCell(file);
    const told = variants.map(({ name, basedOn, parts, welds, added, removed }) => ({
      name,
      basedOn,
      parts: parts.map((part) => `${part.role} ${part.name}`),
      welds: welds.map((weld) => weld.name),
      added,
      removed,
    }));
    assert.deepEqual(told, [
      {
        name: "A",
        basedOn: undefined,
        parts: ["body sheet"],
        welds: ["W1"],
        added: ["sheet", "W1"],
        removed: [],
      },
      {
        name: "B",
        basedOn: "A",
        parts: ["body sheet", "part stiffener"],
        welds: ["W1", "W2"],
        added: ["stiffener", "W2"],
        removed: [],
      },
    ]);
    const replaced = await withText("    basedOn: A\n", "    basedOn: A\n    without: [sheet, W1]\n");
    assert.deepEqual(
      replaced.variants[1]!.parts.map(({ name }) => name),
      ["stiffener"],
    );
    assert.deepEqual(
      replaced.variants[1]!.welds.map(({ name }) => name),
      ["W2"],
    );
  });

  it("reads JSON as well, and other units", async () => {
    const cell = parse(MADE_CELL);
    cell.units.length = "inch";
    writeFileSync(file, JSON.stringify(cell));
    const read = await readCell(file);
    near(read.robots[0]!.tcp12.subarray(11), [300 * 0.0254]);
    const inRad = await withText("angle: deg", "angle: rad");
    near(inRad.programs[0]!.points[4]!.qRad!, [90, 0, 0, 0, 0, 0]);
  });

  it("solves a program's points", async () => {
    const cell = await readCell(file);
    const [robot] = cell.robots;
    const [program] = cell.programs;
    assert.deepEqual(
      program!.points.map(({ name, kind, speed, dwellS }) => [name, kind, speed, dwellS]),
      [
        ["home", "home", 1, 0],
        ["before W1", "via", 0.8, 0],
        ["W1", "weld", 1, 2.1],
        ["W2", "weld", 1, 0],
        ["via 5", "via", 1, 0],
      ],
    );
    const inA = solveProgram(robot!, program!, cell.variants[0]);
    assert.deepEqual(
      inA.map(({ point, situation }) => [point.name, situation]),
      [
        ["home", "motion"],
        ["before W1", "motion"],
        ["W1", "weld"],
        ["via 5", "motion"],
      ],
      "a weld that the variant has not is left out",
    );
    const tcp = new Float64Array(12);
    robot!.arm.tcpPose(inA[1]!.qRad!, tcp);
    near([tcp[3]!, tcp[7]!, tcp[11]!], [1.73, 0, 1.6]);
    robot!.arm.tcpPose(inA[2]!.qRad!, tcp);
    near(tcp, [...cell.variants[0]!.welds[0]!.pose12]);
    near(inA[3]!.qRad!, [Math.PI / 2, 0, 0, 0, 0, 0]);
    const inB = solveProgram(robot!, program!, cell.variants[1]);
    assert.equal(inB[3]!.point.name, "W2");
    assert.equal(inB[3]!.qRad, undefined, "5 m away");
  });

  it("puts the TCP's z against a weld's normal, its x where it is wanted", () => {
    const pose = weldPose([1, 2, 3], [0, 1, 0], [1, 1, 0]);
    near(pose, [1, 0, 0, 1, 0, 0, -1, 2, 0, 1, 0, 3]);
  });

  it("goes back along the gun's own way", async () => {
    const cell = await withText("    accelerations", "    retract: [2, 0, 0]\n    accelerations");
    const [robot] = cell.robots;
    const [, before] = solveProgram(robot!, cell.programs[0]!, cell.variants[0]);
    const { pose12 } = cell.variants[0]!.welds[0]!;
    const back = [0, 1, 2].map((row) => pose12[4 * row + 3]! + 0.12 * pose12[4 * row]!);
    near([before!.tcp12![3]!, before!.tcp12![7]!, before!.tcp12![11]!], back);
  });

  it("names file, line and path of every fault in one pass", async () => {
    const faulty = MADE_CELL.replace("motion: 10", "motion: -10")
      .replace("station: ST1", "station: ST2")
      .replace("normal: [-1, 0, 0]", "normal: [0, 0, 0]")
      .replace("sheet.stl", "gone.stl")
      .replace("speed: 0.8", "sped: 0.8");
    await assert.rejects(readCell(writeMadeCell(folder, faulty)), (error: Error) => {
      const lines = error.message.split("\n").slice(1);
      const told = lines.map((line) => line.trim().replaceAll(folder, ""));
      assert.deepEqual(told, [
        "/cell.yaml:7: clearances.gun.motion: must be >= 0, got -10 (correct it)",
        "/cell.yaml:15: robots[0].station: ST2 is no station of this cell (ST1)",
        "/cell.yaml:29: variants[0].parts[0]: /gone.stl: ENOENT: no such file or directory, open '/gone.stl' (is the path right, relative to the file that names it?)",
        "/cell.yaml:31: variants[0].welds[0].normal: is a direction without length (write for example [0, 1, 0])",
        "/cell.yaml:43: programs[0].points[1].sped: is no key that is known here (keys: name, home, weld, retract, turn, q, pose, speed, dwellS)",
      ]);
      return true;
    });
  });

  it("tells each fault once, and nothing of what is below a missing part", async () => {
    const faultsOf = async (text: string): Promise<string[]> => {
      const error = await readCell(writeMadeCell(folder, text)).then(
        () => assert.fail("was read"),
        (thrown: Error) => thrown,
      );
      return error.message.split("\n").map((line) => line.trim().replaceAll(folder, ""));
    };
    assert.deepEqual(await faultsOf(MADE_CELL.replace("units: {", "unts: {")), [
      "/cell.yaml: 2 faults:",
      "/cell.yaml:1: units: must be a mapping, got nothing (keys: length, angle, mesh)",
      "/cell.yaml:4: unts: is no key that is known here (keys: rung, version, name, units, clearances, stations, robots, fixtures, variants, programs)",
    ]);
    assert.deepEqual(await faultsOf(""), [
      "/cell.yaml: must be a mapping, got null (keys: rung, version, name, units, clearances, stations, robots, fixtures, variants, programs)",
    ]);
    const twice = MADE_CELL.replace("mesh: post.stl", "mesh: gone.stl").replace(
      "mesh: sheet.stl",
      "mesh: gone.stl",
    );
    assert.equal((await faultsOf(twice)).length, 1);
  });

  it("refuses a file that is no cell, or without units", async () => {
    await refuses("rung: cell", "rung: oven", /cell\.yaml:1: rung: must say cell/);
    await refuses("version: 1", "version: 2", /cell\.yaml:2: version: must be 1/);
    await refuses("length: mm, ", "", /cell\.yaml:4: units\.length: must be one of mm, m, inch, got nothing/);
    await refuses("units:", "unit:", /units/);
    await refuses("name: made cell", "name: [made", /cell\.yaml:\d+: Flow sequence/);
    await assert.rejects(readCell(join(folder, "gone.yaml")), /gone\.yaml: ENOENT/);
    await refuses(
      "mesh: m }",
      "mesh: mm }",
      /sheet\.stl: is 1 mm long, too small for a body \(looks like m read as mm/,
    );
    await refuses(", mesh: m }", " }", /post\.stl: has no unit, and the format does not say one/);
  });

  it("refuses names that are not there", async () => {
    await refuses("basedOn: A", "basedOn: C", /basedOn: C is no variant that stands before it/);
    await refuses(
      "    robot: R1\n",
      "    robot: R9\n",
      /programs\[0\]\.robot: R9 is no robot of this cell \(R1\)/,
    );
    await refuses("weld: W1, dwellS", "weld: W9, dwellS", /points\[2\]\.weld: W9 is no weld of any variant/);
    await refuses("link: tool0, mesh: gun", "link: tool9, mesh: gun", /tools\[0\]\.link: is no link of made/);
    await refuses("tipLink: tool0", "tipLink: tool9", /robots\[0\]: .*there is no link tool9/);
    await refuses("name: post", "name: sheet", /fixtures: sheet is also a part of variant A/);
    await refuses("name: tip,", "name: link_4,", /tools\[1\]\.name: link_4 is also a link of the robot/);
    await refuses("name: W2", "name: W1", /variants\[1\]\.welds: W1 stands twice \(name it under without/);
    await refuses(
      "normal: [-1, 0, 0], robot: R1 }\n  - name: B",
      "normal: [-1, 0, 0], robot: R7 }\n  - name: B",
      /weld W1 is given to R7/,
    );
  });

  it("refuses points that say two places or none", async () => {
    await refuses("{ home: true }", "{ home: true, q: [0, 0, 0, 0, 0, 0] }", /points\[0\]: says 2 places/);
    await refuses("{ home: true }", "{ speed: 1 }", /points\[0\]: says 0 places/);
    await refuses(
      "q: [90, 0, 0, 0, 0, 0]",
      "q: [90, 0, 0, 0, 0]",
      /points\[4\]\.q: must be 6 numbers, got \[90,0,0,0,0\]/,
    );
    await refuses("speed: 0.8", "speed: 1.5", /points\[1\]\.speed: must be <= 1, got 1\.5/);
  });

  it("refuses robots that are none, by file, joint and reason", async () => {
    const withUrdf = (from: string, to: string, message: RegExp) => {
      writeMadeCell(folder);
      assert.ok(MADE_URDF.includes(from), from);
      writeFileSync(join(folder, "made.urdf"), MADE_URDF.replace(from, to));
      return assert.rejects(readCell(file), { message });
    };
    await withUrdf(
      'lower="-3.2" upper="3.2"',
      'lower="3.2" upper="-3.2"',
      /made\.urdf.*joint_1.*limits swapped/,
    );
    await withUrdf('name="joint_6" type="revolute"', 'name="joint_6" type="fixed"', /5 joints move the tool/);
    await withUrdf('filename="link_2.stl"', 'filename="gone.stl"', /robots\[0\]\.urdf: .*gone\.stl: ENOENT/);
    await withUrdf(
      'filename="link_2.stl"',
      'filename="link_2.stl" scale="1000 1000 1000"',
      /robots\[0\]\.urdf: .*made\.urdf, link link_2: .*link_2\.stl: is 800 m long, too long for a link/,
    );
    await refuses(
      "    accelerations",
      "    home: [0, 0, 0, 0, 0, 200]\n    accelerations",
      /home: is outside the joint limits/,
    );
    await refuses("urdf: made.urdf", "args: {}", /robots\[0\]: needs a urdf or a xacro/);
  });

  it("reads a robot from xacro, with arguments", async () => {
    writeFileSync(
      join(folder, "made.xacro"),
      MADE_URDF.replace(
        '<robot name="made">',
        '<robot name="made" xmlns:xacro="http://ros.org/wiki/xacro"><xacro:arg name="limit" default="3.2"/>',
      ).replace('upper="3.2"', 'upper="$(arg limit)"'),
    );
    const cell = await withText("urdf: made.urdf", "xacro: made.xacro\n    args: { limit: 2.5 }");
    assert.equal(cell.robots[0]!.arm.upperRad[0], 2.5);
    assert.equal(cell.robots[0]!.bodies.length, 6);
  });
});
