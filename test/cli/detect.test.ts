import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../../runtime/core/random.ts";

const RUNG = new URL("../../runtime/cli/rung.ts", import.meta.url).pathname;

function rung(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [RUNG, "detect", ...args], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** 800 rows of two signals; from row 600 on the first lies 12 spreads too high. Some cells are empty or no number. */
function table(): string {
  const random = new Random(5);
  const lines = ["time;flow, main;temperature;state"];
  for (let r = 0; r < 800; r++) {
    const flow = 100 + random.normal() + (r >= 600 ? 12 : 0);
    lines.push(
      `2026-01-01 ${r};${r % 50 === 7 ? "n/a" : flow};${r % 70 === 3 ? "" : 20 + random.normal()};6`,
    );
  }
  return `${lines.join("\n")}\n`;
}

describe("rung detect", () => {
  let folder: string;
  let csv: string;
  let out: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-detect-"));
    csv = join(folder, "in.csv");
    out = join(folder, "out.csv");
    writeFileSync(csv, table());
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("writes a line per row, with score, alarm and reason, and skips what is no number", () => {
    const { status, stdout, stderr } = rung(
      csv,
      "--time",
      "time",
      "--value",
      "flow, main",
      "temperature",
      "state",
      "--separator",
      ";",
      "--out",
      out,
      "--json",
    );
    assert.equal(status, 0, stderr);
    const summary = JSON.parse(stdout);
    assert.equal(summary.rows, 800);
    assert.equal(summary.episodes, 1);
    assert.equal(summary.skippedCells, 16 + 12);
    assert.deepEqual(summary.leftOut, ["state"]);
    const lines = readFileSync(out, "utf8").trim().split("\n");
    assert.equal(lines[0], "time,score,alarm,reason");
    assert.equal(lines.length, 801);
    const alarms = lines.slice(1).map((line) => line.split(",")[2] === "1");
    const first = alarms.indexOf(true);
    assert.ok(first >= 600 && first <= 615, `first alarm in row ${first}`);
    assert.ok(alarms.slice(first).every(Boolean));
    assert.match(lines[first + 1]!, /^2026-01-01 \d+,\d+\.\d{4},1,"Flow, main \d+(\.\d+)? % above normal\. /);
    assert.match(lines[1]!, /^2026-01-01 0,\d\.\d{4},0,$/);
  });

  it("ends with status 2 and says what is wrong", () => {
    const good = [csv, "--time", "time", "--value", "temperature", "--separator", ";", "--out", out];
    const cases: [string[], RegExp][] = [
      [["--time", "time", "--value", "a", "--out", out], /expected one csv file, got 0/],
      [good.filter((arg) => arg !== "--time" && arg !== "time"), /--time <column> is missing/],
      [[...good, "--train", "50"], /--train must be a whole number of at least 100, got 50/],
      [[...good, "--train", "900"], /has 800 rows, --train asks for 900/],
      [[join(folder, "none.csv"), ...good.slice(1)], /none\.csv: ENOENT/],
      [[folder, ...good.slice(1)], /is no file/],
      [
        good.map((arg) => (arg === "temperature" ? "pressure" : arg)),
        /has no column "pressure".*"temperature"/,
      ],
      [
        [...good.map((arg) => (arg === "temperature" ? "state" : arg)), "--method", "together"],
        /there is no signal to watch/,
      ],
      [[...good, "--budget", "0"], /--budget must lie in 0\.01 to 100 false alarms per 1,000 rows, got 0/],
      [[...good, "--method", "guess"], /--method must be one of auto, single, together, pca, knn, got guess/],
      [[...good, "--wrong", "1"], /--wrong/],
    ];
    for (const [args, expected] of cases) {
      const { status, stderr } = rung(...args);
      assert.equal(status, 2, args.join(" "));
      assert.match(stderr, expected);
      assert.equal(stderr.trim().split("\n").length, 1, stderr);
    }
    const { status, stdout } = rung(...good, "--train", "900", "--json");
    assert.equal(status, 2);
    assert.equal(JSON.parse(stdout).errors[0].code, "too-few-rows");
  });

  const single = (file: string, ...more: string[]) => {
    const { status, stdout, stderr } = rung(
      file,
      "--time",
      "time",
      "--value",
      "flow",
      "--out",
      out,
      "--json",
      ...more,
    );
    return { status, stderr, ...JSON.parse(stdout) };
  };
  /** One column of 800 rows, a row a minute. */
  const one = (flow: (r: number) => number | string, minute: (r: number) => number = (r) => r): string => {
    const file = join(folder, "one.csv");
    const at = (r: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute(r))).toISOString();
    const rows = Array.from({ length: 800 }, (_, r) => `${at(r)},${flow(r)}`);
    writeFileSync(file, `time,flow\n${rows.join("\n")}\n`);
    return file;
  };

  it("judges one column against its own past, within a budget, and says so", () => {
    const random = new Random(8);
    const found = single(
      one((r) => 100 + random.normal() + (r >= 600 ? 12 : 0)),
      "--budget",
      "0.5",
    );
    assert.equal(found.status, 0, found.stderr);
    assert.deepEqual([found.method, found.budget, found.episodes, found.gaps], ["single", 0.5, 1, 0]);
    const lines = readFileSync(out, "utf8").trim().split("\n").slice(1);
    assert.equal(
      lines.findIndex((line) => line.split(",")[2] === "1"),
      600,
    );
    assert.match(
      lines[600]!,
      /,1,"flow at a value never seen before\. .* is 11\d\.?\d*, .* above the nearest value in 600 rows .* limit\."$/i,
    );
  });

  it("takes a column that stands still, gaps and infinite cells, and tells each", () => {
    const still = single(one(() => 45));
    assert.deepEqual([still.status, still.episodes, still.neverMoved], [0, 0, ["flow"]]);
    const random = new Random(8);
    const gappy = single(
      one(
        (r) => (r === 500 ? "Infinity" : 100 + random.normal()),
        (r) => (r < 700 ? r : r + 90),
      ),
    );
    assert.deepEqual([gappy.status, gappy.gaps, gappy.skippedCells], [0, 1, 1]);
  });

  it("refuses times that go back and cells with units", () => {
    const back = single(
      one(
        (r) => r % 7,
        (r) => (r === 650 ? 600 : r),
      ),
    );
    assert.equal(back.status, 2);
    assert.match(back.errors[0].message, /row 651 .*10:00:00.* lies before the row above it .*10:49:00/);
    const mixed = single(one((r) => (r % 2 === 0 ? "20.1 °C" : "68.2 °F")));
    assert.equal(mixed.status, 2);
    assert.match(mixed.errors[0].message, /no good value in 400 of 400 normal rows/);
  });

  it("judges several columns by themselves when told to", () => {
    const both = [
      csv,
      "--time",
      "time",
      "--value",
      "flow, main",
      "temperature",
      "--separator",
      ";",
      "--out",
      out,
    ];
    const { status, stdout } = rung(...both, "--method", "single", "--json");
    assert.equal(status, 0);
    const found = JSON.parse(stdout);
    assert.equal(found.method, "single");
    assert.ok(found.episodes >= 1);
  });
});
