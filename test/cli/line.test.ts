import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../runtime/cli/line.ts";
import { caughtOutput } from "./caught-output.ts";

const ASSEMBLY = fileURLToPath(new URL("../../examples/data/line/assembly.yaml", import.meta.url));
const SERIAL = fileURLToPath(new URL("../../examples/data/line/serial.yaml", import.meta.url));

const caught = (...args: readonly string[]) => caughtOutput(() => run(["simulate", ...args]));

describe("rung line simulate", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-line-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("prints figures with intervals, stations, buffers and the bottleneck", async () => {
    const { code, out } = await caught(
      ASSEMBLY,
      "--length",
      "48h",
      "--warm-up",
      "24h",
      "--replications",
      "3",
    );
    assert.equal(code, 0);
    assert.match(
      out,
      /^Assembly line 1: 3 replications of 24\.00 h after 24\.00 h of warm-up, by callbacks, \d+ events\n/,
    );
    assert.match(out, /throughput, parts\/h +3\d\.\d\d +\d\d\.\d\d \.\. \d\d\.\d\d\n/);
    assert.match(out, /\nst08 +7\d\.\d .* 12\.5 +8\d\d\n/);
    assert.match(out, /\nb07 +\d\.\d\d +8\d\d\n/);
    assert.match(out, /\nbottleneck, part of the time: st0\d \d+ %, /);
    assert.doesNotMatch(out, /NaN|undefined|Infinity/);
  });

  it("says where a plain line went its shorter way", async () => {
    const { out } = await caught(SERIAL, "--engine", "callbacks", "--length", "4h", "--replications", "2");
    assert.match(out, /, by callbacks \(a plain line's shorter way\), \d+ events\n/);
  });

  it("prints JSON, the same for the same seed and another for another", async () => {
    const of = async (...args: string[]) =>
      JSON.parse((await caught(ASSEMBLY, "--length", "8h", "--replications", "2", "--json", ...args)).out);
    const [one, again, other] = [await of(), await of(), await of("--seed", "2")];
    assert.deepEqual(one, again);
    assert.notDeepEqual(one.leadTimeS, other.leadTimeS);
    assert.equal(one.perBlock[2].id, "st01");
    assert.ok(one.energyPerPartKwh.low < one.energyPerPartKwh.high);
  });

  it("writes the trace and the bars of the first replication", async () => {
    const [trace, gantt] = [join(folder, "trace.csv"), join(folder, "gantt.csv")];
    const { code } = await caught(
      ASSEMBLY,
      "--length",
      "2h",
      "--replications",
      "2",
      "--trace",
      trace,
      "--gantt",
      gantt,
    );
    assert.equal(code, 0);
    const events = readFileSync(trace, "utf8").trimEnd().split("\n");
    assert.equal(events[0], "at_s,block,server,event,part,kind,order");
    assert.match(events[1]!, /^90,in,,in,1,(A6|A6 estate|B7),$/);
    assert.equal(events.filter((row) => /^90,/.test(row)).length, 2);
    const bars = readFileSync(gantt, "utf8").trimEnd().split("\n");
    assert.match(bars[1]!, /^st01,0,busy,90,\d+\.\d+,1,/);
    assert.ok(bars.slice(1).every((row) => Number(row.split(",")[4]) <= 7200));
  });

  it("tells what the line gains where one station works faster", async () => {
    const { out } = await caught(
      ASSEMBLY,
      "--length",
      "2h",
      "--warm-up",
      "30min",
      "--replications",
      "2",
      "--sensitivity",
    );
    assert.match(out, /1 % less work at +gain, % +95 % interval\n(st\d\d|bay) /);
  });

  const faults: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["no file", [], /expected one model file/],
    ["a file that is not there", ["nowhere.yaml"], /nowhere\.yaml: ENOENT/],
    [
      "a time without unit",
      [ASSEMBLY, "--length", "8"],
      /--length: expected a time such as 90s, 30min or 8h, got 8/,
    ],
    [
      "an unknown engine",
      [ASSEMBLY, "--engine", "steam"],
      /--engine: expected auto, callbacks, generators, recursion/,
    ],
    ["a warm-up longer than the run", [ASSEMBLY, "--length", "1h", "--warm-up", "2h"], /the warm-up must be/],
    ["no replication", [ASSEMBLY, "--replications", "0"], /replications must be 1 to 100000/],
    [
      "the recursion for a line that is not serial",
      [ASSEMBLY, "--engine", "recursion"],
      /the recursion cannot run it/,
    ],
    [
      "sensitivity from one replication",
      [ASSEMBLY, "--sensitivity", "--replications", "1"],
      /needs two replications/,
    ],
  ];
  for (const [what, args, told] of faults) {
    it(`refuses ${what}`, async () => {
      const { code, err } = await caught(...args);
      assert.equal(code, 2);
      assert.match(err, told);
    });
  }

  it("tells a broken file's faults as JSON too", async () => {
    const file = join(folder, "broken.yaml");
    writeFileSync(file, "name: x\nunits: { time: s }\nblocks:\n  - { id: a, kind: station, process: -1 }\n");
    const { code, out } = await caught(file, "--json");
    assert.equal(code, 2);
    const [{ code: fault, message }] = JSON.parse(out).errors;
    assert.equal(fault, "line-file");
    assert.match(message, /broken\.yaml:4: blocks\[0\]\.process: must be >= 0, got -1/);
  });
});
