import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  createReadStream,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { run } from "../../runtime/cli/replay.ts";
import type { ReplayReport } from "../../runtime/cli/replay-pipeline.ts";
import { FrameFileWriter } from "../../runtime/describe/recording/frame-file.ts";
import { property, T0, TestSource } from "../describe/twin-fixture.ts";
import { needsFile } from "../needs.ts";
import { caughtOutput } from "./caught-output.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));
const SKAB = new URL("../../../shared/data/anomaly/skab/", import.meta.url).pathname;

const replay = (...args: string[]) => caughtOutput(() => run(args));

/** Count and left-to-right sum of every column, read by a plain split, apart from the code under test. */
async function plainSums(file: string): Promise<Map<string, { count: number; sum: number }>> {
  let header: string[] | undefined;
  const sums = new Map<string, { count: number; sum: number }>();
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const cells = line.split(";");
    if (header === undefined) {
      header = cells;
      for (const name of cells.slice(1)) sums.set(name, { count: 0, sum: 0 });
      continue;
    }
    for (let i = 1; i < cells.length; i++) {
      const column = sums.get(header[i]!)!;
      column.count++;
      column.sum += Number(cells[i]);
    }
  }
  return sums;
}

describe("rung replay", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "rung-replay-"));
  });
  afterEach(() => {
    delete process.env.RUNG_HOME;
    rmSync(home, { recursive: true, force: true });
  });

  const write = (text: string): string => {
    const file = join(home, "line.csv");
    writeFileSync(file, text);
    return file;
  };
  const report = async (args: string[], status = 0): Promise<ReplayReport> => {
    const { code, out } = await replay(...args, "--home", home, "--json");
    assert.equal(code, status, out);
    return JSON.parse(out) as ReplayReport;
  };

  it("plays what is whole of a recording that was cut off, says so, and ends with 1", async () => {
    const file = join(home, "line.frames");
    const writer = new FrameFileWriter(file);
    const source = new TestSource([property("x")]);
    for (let i = 0; i < 3; i++) writer.write(source.frame([{ index: 0, value: i, timeUs: T0 + i }]));
    await writer.close();
    const args = ["replay", file, "--train", "0", "--home", home, "--json"];
    const play = () => spawnSync(process.execPath, [RUNG, ...args], { encoding: "utf8" });
    const whole = play();
    assert.deepEqual([whole.status, whole.stderr], [0, ""]);
    truncateSync(file, statSync(file).size - 5);
    const cut = play();
    assert.equal(cut.status, 1);
    assert.match(cut.stderr, /line\.frames: ends within a record at byte \d+ /);
    const { rows, matches, cutOff } = JSON.parse(cut.stdout) as ReplayReport;
    assert.deepEqual([rows, matches, cutOff?.code], [2, true, "recording-cut"]);
  });

  it("stores count and sum of every column of every SKAB file exactly, and the second time nothing", async function () {
    this.timeout(60_000);
    needsFile(this, SKAB);
    const files = readdirSync(SKAB, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".csv"))
      .map((name) => join(SKAB, name))
      .sort();
    assert.equal(files.length, 17);
    for (const file of files) {
      const args = [file, "--time", "datetime", "--separator", ";", "--train", "0"];
      const sums = await plainSums(file);
      const { rows, samples, columns, matches } = await report(args);
      assert.equal(columns.length, sums.size);
      for (const { column, stored } of columns) {
        const plain = sums.get(column)!;
        assert.equal(stored.count, plain.count, `${file} ${column}`);
        assert.equal(stored.sumInOrder, plain.sum, `${file} ${column}`);
      }
      assert.equal(matches, true);
      assert.deepEqual(samples, {
        received: rows * sums.size,
        stored: rows * sums.size,
        deduplicated: 0,
        late: 0,
        dropped: {},
      });
    }
    const again = await report([files.at(-1)!, "--time", "datetime", "--separator", ";", "--train", "0"]);
    assert.equal(again.samples.stored, 0);
    assert.equal(again.samples.deduplicated, again.samples.received);
    assert.equal(again.matches, true);
  });

  it("finds the fault that stands in a file", async () => {
    const lines = ["time,a,b"];
    for (let i = 0; i < 900; i++) {
      const wave = Math.sin(i * 1.7) + Math.sin(i * 0.9 + 1);
      lines.push(`${i},${20 + wave},${50 - wave + (i >= 600 && i < 750 ? 30 : 0)}`);
    }
    const { detection } = await report([write(lines.join("\n")), "--time", "time", "--train", "400"]);
    assert.equal(detection.state, "watched");
    if (detection.state !== "watched") return;
    assert.equal(detection.findings.length, 1);
    const [finding] = detection.findings;
    assert.ok(finding!.fromRow > 600 && finding!.fromRow <= 610, `raised in row ${finding!.fromRow}`);
    assert.ok(finding!.toRow !== null && finding!.toRow > 750 && finding!.toRow < 850);
    assert.match(finding!.title, /^B .* above normal/);
  });

  it("says why it does not detect", async () => {
    const file = write("time,a\n1,2\n2,3\n");
    assert.deepEqual((await report([file, "--time", "time"])).detection, {
      state: "none",
      why: "the file has 2 rows, calibration takes 400",
    });
    const few = await report([file, "--time", "time", "--train", "5"]);
    assert.match(JSON.stringify(few.detection), /--train must be at least 100/);
  });

  it("counts bad cells with row and column and stores them with their quality", async () => {
    const { badCells, columns, samples, matches } = await report([
      write("time,a,b\n1,1,2\n2,hot,\n3,0.1,4\n"),
      "--time",
      "time",
    ]);
    assert.deepEqual(badCells, {
      count: 2,
      first: [
        { row: 2, column: "a", text: "hot", reason: "text" },
        { row: 2, column: "b", text: "", reason: "empty" },
      ],
    });
    assert.deepEqual(
      columns.map(({ column, stored }) => ({ column, ...stored })),
      [
        { column: "a", count: 2, sum: 1.1, sumInOrder: 1.1, bad: 1 },
        { column: "b", count: 2, sum: 6, sumInOrder: 6, bad: 1 },
      ],
    );
    assert.equal(samples.stored, 6);
    assert.equal(matches, true);
  });

  it("names the missing file, time column and option, and exits 2", async () => {
    const file = write("datum;a\n1;2\n");
    const cases: [string[], RegExp][] = [
      [[join(home, "nowhere.csv"), "--time", "t"], /nowhere\.csv: does not exist/],
      [
        [file, "--time", "time", "--separator", ";"],
        /has no column \\"time\\" \(it has \\"datum\\", \\"a\\"/,
      ],
      [[file], /--time <column> is missing/],
      [["--time", "t"], /expected one file, got 0/],
      [[file, "--time", "datum", "--speed", "fast"], /--speed must be a number > 0 or max, got fast/],
      [[file, "--time", "datum", "--sped", "2"], /sped/],
      [
        [file, "--time", "datum", "--separator", ";", "--map", join(home, "map.csv")],
        /map\.csv: does not exist/,
      ],
    ];
    for (const [args, message] of cases) {
      const { code, out } = await replay(...args, "--home", home, "--json");
      assert.equal(code, 2, out);
      assert.match(out, message);
      assert.equal((JSON.parse(out) as { errors: unknown[] }).errors.length, 1);
    }
  });

  it("prints a report a person can read", async () => {
    const { code, out } = await replay(
      write("time,a\n1,0.5\n2,0.25\n"),
      ...["--time", "time", "--home", home],
    );
    assert.equal(code, 0);
    assert.match(out, /^2 rows of .*line\.csv into recording\//);
    assert.match(out, /\n2 samples: 2 stored, 0 deduplicated\n/);
    assert.match(out, /\na {7}2 {2}0\.75\n/);
  });
});
