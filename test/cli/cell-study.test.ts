import assert from "node:assert/strict";
import { run } from "../../runtime/cli/cell.ts";
import type { CellStudy } from "../../runtime/prescribe/cell/finding.ts";
import { caughtOutput } from "./caught-output.ts";

const CELL = "examples/data/biw/cell.yaml";
const caught = (args: readonly string[]) => caughtOutput(() => run(args));

describe("rung cell study", function () {
  this.timeout(180_000);
  let study: CellStudy;
  let code: number;

  before(async () => {
    const answer = await caught(["study", CELL, "--variant", "B7", "--robots", "R3,R4", "--json"]);
    code = answer.code;
    study = JSON.parse(answer.out) as CellStudy;
  });

  it("finds that R3 clips the reinforcement by about 40 mm on its way to W-118, and explains it", () => {
    const clash = study.findings.find(({ kind, body }) => kind === "clash" && body === "gun")!;
    assert.deepEqual([clash.robot, clash.other, clash.weld], ["R3", "reinforcement", "W-118"]);
    assert.ok(clash.mm! > 38 && clash.mm! < 42, `clips by ${clash.mm} mm`);
    assert.match(clash.text, /^R3 clips reinforcement by \d\d\.\d mm$/);
    assert.ok(study.notes.some((note) => note.includes("not a minimum translation")));
  });

  it("finds W-131 67.5 mm out of reach, and how far the base must move", () => {
    const reach = study.findings.find(({ kind }) => kind === "reach")!;
    assert.equal(reach.weld, "W-131");
    assert.ok(Math.abs(reach.mm! - 67.5) <= 1, `short by ${reach.mm} mm`);
    const row = study.welds.find(({ weld }) => weld === "W-131")!;
    assert.equal(row.result, "short");
    assert.ok(row.baseShiftMm! >= 67.5 && row.baseShiftMm! < 80, `base ${row.baseShiftMm} mm`);
  });

  it("mends the clash by points taught anew that check clear, and brings nothing new", () => {
    const clash = study.findings.find(({ kind }) => kind === "clash")!;
    const fix = study.fixes.find(({ id }) => id === clash.fix)!;
    assert.equal(fix.kind, "re-teach");
    const row = (what: string) => fix.rows.find((one) => one.what === what)!;
    assert.ok(row("gap").asProgrammed! < -38 && row("gap").withFix! >= row("gap").limit!);
    assert.deepEqual([row("contacts").withFix, row("new findings").withFix], [0, 0]);
    assert.ok(row("contacts").asProgrammed! > 0);
    const clashes = study.findings.filter(({ kind }) => kind === "clash");
    assert.ok(clashes.every(({ id }) => fix.mends.includes(id)));
  });

  it("mends the weld by a base moved a little further than it must, and checks that clear", () => {
    const fix = study.fixes.find(({ kind }) => kind === "reposition")!;
    assert.deepEqual(fix.mends, ["reach/R3/W-131"]);
    const { xMm, yMm } = fix.baseShift!;
    const needed = study.welds.find(({ weld }) => weld === "W-131")!.baseShiftMm!;
    const moved = Math.hypot(xMm, yMm);
    assert.ok(moved > needed && moved < needed + 40, `base moved ${moved} mm, needed ${needed}`);
    const row = (what: string) => fix.rows.find((one) => one.what === what)!;
    assert.equal(row("gap").asProgrammed, null);
    assert.ok(row("gap").withFix! >= row("gap").limit!);
    assert.equal(row("new findings").withFix, 0);
    // The clash is another change's work: this one may not add to it.
    assert.ok(row("contacts").withFix! <= row("contacts").asProgrammed!);
    assert.ok(fix.points.some(({ point }) => point === "W-131"));
    assert.match(fix.recheck, /^Whole program of R3 re-checked: \d+ poses and \d+ stretches/);
  });

  it("mends the weld by the robot across too, its gun turned and led in where it stands free", () => {
    const reach = study.findings.find(({ kind }) => kind === "reach")!;
    const fix = study.fixes.find(({ id }) => id === reach.fix)!;
    assert.deepEqual([fix.kind, fix.toRobot], ["reassign", "R4"]);
    assert.ok(fix.points.some(({ point, after }) => point === "W-131" && after === "before W-131"));
    const row = (what: string) => fix.rows.find((one) => one.what === what)!;
    assert.ok(row("gap").withFix! >= row("gap").limit!);
    assert.deepEqual([row("contacts").withFix, row("new findings").withFix], [0, 0]);
  });

  it("proposes no change that takes a robot over the station's cycle time", () => {
    for (const { id, rows } of study.fixes) {
      const cycle = rows.find(({ what }) => what === "cycle")!;
      assert.ok(cycle.withFix! > cycle.asProgrammed! && cycle.withFix! <= cycle.limit!, id);
    }
  });

  it("leaves by exit code 0: what stops the release has a change that checks clear", () => {
    assert.deepEqual(
      study.findings.filter(({ priority, fix }) => priority < 3 && fix === undefined),
      [],
    );
    assert.equal(code, 0);
  });

  it("finds nothing of that today, and says so as change orders", async () => {
    const ask = ["study", CELL, "--variant", "A6", "--robots", "R3", "--no-fixes", "--csv"];
    const { out } = await caught(ask);
    assert.match(out, /^order,priority,station,/);
    assert.ok(!out.includes("reinforcement"));
  });

  it("refuses what the cell has not", async () => {
    const unknown = await caught(["study", CELL, "--variant", "B9"]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /has no variant B9 \(it has A6, B7\)/);
    const robot = await caught(["study", CELL, "--variant", "B7", "--robots", "R9"]);
    assert.match(robot.err, /has no robot R9 \(it has R1, R2, R3, R4\)/);
    const both = await caught(["study", CELL, "--json", "--csv"]);
    assert.equal(both.code, 2);
  });
});
