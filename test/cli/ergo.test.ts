import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../runtime/cli/ergo.ts";
import { caughtOutput } from "./caught-output.ts";

const example = (name: string): string => join(import.meta.dirname, `../../examples/${name}.ergo.json`);
const caught = (...args: string[]) => caughtOutput(() => run(args));

describe("rung ergo", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-ergo-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prints lifts, and answers no where one is too heavy", async () => {
    const { code, out } = await caught(example("lift"));
    assert.equal(code, 1);
    assert.match(out, /^CLI 1\.4 \(unrounded\)\n/);
    assert.match(out, /panel from rack to fixture +destination +6\.5 +1\.38 +0\.50/);
    assert.match(out, /origin: horizontal 45 cm: x 0\.56; 1 lifts\/min, long duration: x 0\.75/);
  });

  it("prints a posture with what gave each score, by the method asked for", async () => {
    const rula = await caught(example("posture"));
    assert.equal(rula.code, 1);
    assert.match(rula.out, /RULA 7: investigate and change at once \(action level 4\)/);
    assert.match(rula.out, /upper arm +4 +flexed 70°: 3, abducted: \+1/);
    const reba = await caught(example("posture"), "--method", "reba", "--json");
    assert.equal(JSON.parse(reba.out).kind, "reba");
    assert.equal(JSON.parse(reba.out).score, 9);
  });

  it("prints the load of a shift, and what passes the plant's limits", async () => {
    const { code, out } = await caught(example("shift"));
    assert.equal(code, 0);
    assert.match(out, /2 operators, at most 246\.5 points in 425 cycles/);
    // Made up: no licensed sheet has these codes.
    const table = join(folder, "made-up.csv");
    writeFileSync(table, "code,seconds,points\nX1,20,1\n");
    const shift = join(folder, "shift.json");
    writeFileSync(
      shift,
      JSON.stringify({
        method: "load",
        shiftS: 3600,
        cycleS: 60,
        limits: { pointsPerShift: 50 },
        tasks: [{ name: "fit", elements: [{ code: "X1" }] }],
        operators: [{ name: "st01", tasks: ["fit"] }],
      }),
    );
    const coded = await caught(shift, "--table", table);
    assert.equal(coded.code, 1);
    assert.match(coded.out, /! st01: pointsPerShift 60, allowed 50, at 3020 s/);
  });

  it("rates each entry of a list", async () => {
    const file = join(folder, "two.json");
    const best = {
      method: "niosh",
      duration: "short",
      load: 5,
      origin: { horizontal: 25, vertical: 75 },
      destination: { horizontal: 25, vertical: 100 },
      liftsPerMin: 1,
      coupling: "good",
    };
    writeFileSync(file, JSON.stringify([best, { ...best, rounding: "manual" }]));
    const { code, out } = await caught(file, "--json");
    assert.equal(code, 0);
    assert.deepEqual(
      JSON.parse(out).map(({ rounding, compositeIndex }: Record<string, unknown>) => [
        rounding,
        compositeIndex,
      ]),
      [
        ["exact", 5 / (23 * 0.94)],
        ["manual", 0.2],
      ],
    );
  });

  it("names the fault of the input", async () => {
    const file = join(folder, "none.json");
    writeFileSync(file, "{}");
    for (const [args, said] of [
      [[], /rung ergo: expected one file, got 0/],
      [[file], /none\.json: method must be one of niosh, rula, reba, load, got nothing/],
      [[file, "--method", "owas"], /got "owas"/],
      [[file, "--method", "niosh"], /load must be 0 to 500 kg, got nothing/],
      [[join(folder, "no-file.json")], /no-file\.json: ENOENT/],
      [[file, "--table", join(folder, "no.csv")], /no\.csv: ENOENT/],
      [[file, "--speed"], /rung ergo: .*speed/],
    ] as const)
      await assert.rejects(run([...args]), said);
  });
});
