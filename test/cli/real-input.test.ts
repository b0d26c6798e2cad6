import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ReplayReport } from "../../runtime/cli/replay-pipeline.ts";
import { needsFile } from "../needs.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SKAB = fileURLToPath(new URL("../../../shared/data/anomaly/skab/", import.meta.url));

/** The built command as a person runs it, with its exit status and what it printed. */
function rung(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, "dist/runtime/cli/rung.js"), ...args],
    { cwd: ROOT, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

describe("the rung command on real input", function () {
  this.timeout(60_000);
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), "rung-real-input-"));
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  it("check: reads the example plant's own flows as they are meant", () => {
    const { status, stdout, stderr } = rung("check", "flows", "--strict", "--json");
    assert.equal(status, 0, stderr);
    const report = JSON.parse(stdout);
    assert.deepEqual(
      report.twins.map((twin: Record<string, unknown>) => [
        twin.address,
        twin.class,
        twin.wired,
        twin.reality,
        twin.floating,
        twin.warnings,
      ]),
      [
        ["acme/leipzig/paint/booth1", "shadow", 1, "virtual", [], []],
        ["acme/leipzig/assembly/line1", "shadow", 3, "virtual", [{ node: "linebalance", row: 4 }], []],
        [
          "training/acme/leipzig/paint/oven1",
          "model",
          0,
          "recorded",
          [
            { node: "traindetect", row: 2 },
            { node: "training1", row: 1 },
          ],
          [
            {
              code: "recorded-source",
              node: "training1",
              text: "a recording feeds this twin: class model, and never rung 5",
            },
          ],
        ],
        ["acme/leipzig/paint/oven1", "twin", 5, "virtual", [], []],
        ["acme/leipzig", "shadow", 1, "virtual", [], []],
        ["acme/leipzig/body/station120/tools", "shadow", 1, "virtual", [{ node: "toolsplan", row: 4 }], []],
        ["acme/leipzig/body/station120", "shadow", 2, "virtual", [{ node: "station120cell", row: 4 }], []],
      ],
    );
    const { unguardedOutputs, notAnalysable, errors } = report;
    assert.deepEqual([unguardedOutputs, notAnalysable, errors], [[], [], []]);
  });

  for (const file of ["anomaly-free/anomaly-free.csv", "valve1/0.csv"]) {
    it(`replay: count and sum of every column of SKAB ${file} equal the file's`, function () {
      const path = join(SKAB, file);
      needsFile(this, path);
      const [header, ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
      const names = header!.split(";").slice(1);
      const sums = names.map(() => 0);
      for (const line of lines)
        for (const [i, cell] of line.split(";").slice(1).entries()) sums[i]! += Number(cell);

      const ran = rung("replay", path, "--time", "datetime", "--separator", ";", "--home", home, "--json");
      assert.equal(ran.status, 0, ran.stdout + ran.stderr);
      const report = JSON.parse(ran.stdout) as ReplayReport;
      assert.equal(report.rows, lines.length);
      assert.equal(report.matches, true);
      assert.deepEqual(
        report.columns.map(({ column, stored }) => [column, stored.count, stored.sumInOrder]),
        names.map((name, i) => [name, lines.length, sums[i]]),
      );
      const { received, stored, deduplicated, dropped } = report.samples;
      assert.deepEqual(
        [received, stored, deduplicated, dropped],
        [lines.length * names.length, lines.length * names.length, 0, {}],
      );
    });
  }

  it("oven simulate: prints the worked example", () => {
    const { status, stdout, stderr } = rung("oven", "simulate", "examples/oven.config.json", "--json");
    assert.equal(status, 0, stderr);
    const { nodes } = JSON.parse(stdout) as {
      nodes: { name: string; zoneEndC: number[]; e170Min: number; cured: boolean }[];
    };
    const rocker = nodes.find(({ name }) => name === "rocker")!;
    // The published figures, to 0.01 K and 0.1 %.
    for (const [i, wanted] of [61.676, 101.566, 135.708, 154.738, 164.491, 168.548].entries())
      assert.ok(Math.abs(rocker.zoneEndC[i]! - wanted) <= 0.01, `zone ${i + 1}: ${rocker.zoneEndC[i]}`);
    assert.ok(Math.abs(rocker.e170Min / 10.183 - 1) <= 0.001, `E170 ${rocker.e170Min}`);
    assert.equal(rocker.cured, true);
  });
});
