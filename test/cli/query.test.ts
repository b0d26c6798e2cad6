import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../runtime/cli/query.ts";
import { csvOfAnswers, jsonOfAnswers } from "../../runtime/cli/query-table.ts";
import { BAD_SENSOR_FAILURE } from "../../runtime/core/quality.ts";
import { ladderChangesFile } from "../../runtime/host/home.ts";
import { ChangeFile } from "../../runtime/ladder/change-file.ts";
import { HistorianBench } from "../describe/historian-fixture.ts";
import { OVEN, property, SECOND, TestSource } from "../describe/twin-fixture.ts";

const RUNG = fileURLToPath(new URL("../../runtime/cli/rung.ts", import.meta.url));
const START = Date.UTC(2026, 8, 21, 12) * 1000;
const AIR = `${OVEN}/zone3/airTemperature`;
const SPEED = `${OVEN}/conveyor/speed`;

describe("rung query", function () {
  this.timeout(30_000);
  let bench: HistorianBench;
  before(async () => {
    bench = new HistorianBench();
    const historian = bench.historian();
    const source = new TestSource([property("zone3/airTemperature"), property("conveyor/speed")]);
    await historian.append(
      source.frame([
        { index: 0, value: 180, timeUs: START },
        { index: 0, value: 184, timeUs: START + 10 * SECOND },
        { index: 0, value: 0, timeUs: START + 20 * SECOND + 7, quality: BAD_SENSOR_FAILURE },
        { index: 1, value: Number.NaN, timeUs: START + 12 * SECOND, other: 'a "fast", one' },
      ]),
    );
    await historian.close();
  });
  after(() => bench.end());

  const rung = (...args: string[]) =>
    spawnSync(process.execPath, [RUNG, "query", ...args, "--file", bench.file], { encoding: "utf8" });

  it("writes every sample as CSV, and leaves the file as it was", () => {
    const before = readFileSync(bench.file);
    const { status, stdout, stderr } = rung(AIR, SPEED, "--from", "2026-09-21T12:00:10Z");
    assert.deepEqual([status, stderr], [0, ""]);
    assert.equal(
      stdout,
      [
        "address,unit,time,value,quality",
        `${AIR},°C,2026-09-21T12:00:10.000000Z,184,good`,
        `${AIR},°C,2026-09-21T12:00:20.000007Z,0,bad`,
        `${SPEED},°C,2026-09-21T12:00:12.000000Z,"a ""fast"", one",good`,
        "",
      ].join("\n"),
    );
    assert.deepEqual(readFileSync(bench.file), before);
    assert.equal(existsSync(`${bench.file}.wal`), false);
  });

  it("answers with buckets and a join, as CSV and as JSON", () => {
    const buckets = rung(
      AIR,
      "--buckets",
      "2",
      "--from",
      "2026-09-21T12:00Z",
      "--to",
      "2026-09-21T12:00:20Z",
      "--mean",
      "samples",
      "--json",
    );
    assert.deepEqual(
      JSON.parse(buckets.stdout)[0].buckets.map(({ mean }: { mean: number }) => mean),
      [180, 184],
    );
    const spans = rung(SPEED, "--event", AIR, "--begin", "180", "--end", "184.0");
    assert.match(
      spans.stdout,
      /^id,entered,left,.*\n180,2026-09-21T12:00:00.000000Z,2026-09-21T12:00:10.000000Z,/,
    );
    const joined = rung(SPEED, "--asof", AIR);
    assert.equal(
      joined.stdout,
      [
        `time,${AIR},quality,${SPEED},${SPEED} quality`,
        "2026-09-21T12:00:00.000000Z,180,good,,bad",
        "2026-09-21T12:00:10.000000Z,184,good,,bad",
        `2026-09-21T12:00:20.000007Z,0,bad,"a ""fast"", one",good`,
        "",
      ].join("\n"),
    );
    const list = rung("--list");
    assert.equal(list.stdout, `address\n${SPEED}\n${AIR}\n`);
  });

  it("reads what a killed process had stored, which lies in the log beside the file", async () => {
    const live = new HistorianBench();
    const source = new TestSource([property("zone3/airTemperature")]);
    await live.historian().append(source.frame([{ index: 0, value: 42, timeUs: START }]));
    const copy = join(live.folder, "copy.duckdb");
    copyFileSync(live.file, copy);
    copyFileSync(`${live.file}.wal`, `${copy}.wal`);
    const asked = spawnSync(process.execPath, [RUNG, "query", AIR, "--last", "--json", "--file", copy], {
      encoding: "utf8",
    });
    await live.end();
    assert.equal(asked.stderr, "");
    assert.deepEqual(JSON.parse(asked.stdout), [
      { address: AIR, unit: "°C", timeUs: START, value: 42, quality: 0 },
    ]);
  });

  it("ends with 2 and one sentence on bad input", () => {
    const { status, stdout, stderr } = rung(`${OVEN}/never`);
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, /oven1\/never: was never stored/);
    const json = rung("a//b", "--json");
    assert.equal(json.status, 2);
    assert.equal(JSON.parse(json.stdout).errors[0].code, "bad-address");
  });

  it("names what is wrong with its options before it opens anything", async () => {
    const wrong: [string[], RegExp][] = [
      [[], /names no address/],
      [[AIR, "--from", "yesterday"], /--from "yesterday" is no time/],
      [[AIR, "--to", "2400-01-01"], /--to "2400-01-01" is no time between 1970 and 2255/],
      [[AIR, "--from", "2026-01-02", "--to", "2026-01-01"], /lies after --to/],
      [[AIR, "--buckets", "0"], /--buckets must be a whole number of at least 1, got 0/],
      [[AIR, "--buckets", "2", "--last"], /exclude each other/],
      [[AIR, "--entry", AIR], /belong together/],
      [[AIR, "--event", AIR], /--event and --begin belong together/],
      [[AIR, "--end", "1"], /--end goes with --event/],
      [[AIR, "--body", "3"], /--body and --below go with --cure/],
      [["--cure", "acme/leipzig/paint/oven1", "--last"], /--cure does not go with --last/],
      [["--cure", "acme/leipzig/paint/oven1", AIR], /--cure does not go with acme/],
      [["--cure", "acme/leipzig/paint/oven1", "--below", "x"], /--below must be minutes above 0, got x/],
      [[AIR, "--mean", "time"], /--mean goes with --buckets/],
      [
        [AIR, "--buckets", "2", "--mean", "median"],
        /--mean must be one of time, goodTime, samples, got median/,
      ],
      [[AIR, "--event", "x//y", "--begin", "1"], /segment 2 is empty/],
      [[AIR, "--asof", "x//y"], /segment 2 is empty/],
      [[AIR, "--color"], /--color/],
      [[AIR, "--file", "/nowhere/x.duckdb"], /\/nowhere\/x\.duckdb: is no history file/],
    ];
    for (const [args, message] of wrong) await assert.rejects(run(args), message);
    const stranger = join(bench.folder, "notes.txt");
    writeFileSync(stranger, "nothing of ours");
    await assert.rejects(run([AIR, "--file", stranger]), { code: "history-broken" });
    assert.equal(readFileSync(stranger, "utf8"), "nothing of ours");
  });

  it("prints passages, waveforms, large integers and times in words a table holds", () => {
    const condition = {
      atEntry: 1,
      min: 0,
      mean: 0.5,
      max: 1,
      atExit: null,
      count: 2,
      quality: 0,
      covered: 0.25,
    };
    assert.equal(
      csvOfAnswers(
        [
          {
            entry: "e",
            exit: "x",
            passages: [{ id: "7", enteredUs: null, leftUs: START, conditions: { a: condition } }],
          },
        ],
        ["a"],
      ),
      "id,entered,left,a atEntry,a min,a mean,a max,a atExit,a count,a covered,a quality\n" +
        "7,,2026-09-21T12:00:00.000000Z,1,0,0.5,1,,2,0.25,good\n",
    );
    const sample = (other: unknown) => ({ address: "a", timeUs: START, value: null, other, quality: 0 });
    const shown = (other: unknown) => JSON.parse(jsonOfAnswers([sample(other)]))[0].other;
    assert.deepEqual(shown({ samples: Float64Array.of(1, 2), sampleRateHz: 50 }), {
      samples: [1, 2],
      sampleRateHz: 50,
    });
    assert.deepEqual(shown(2n ** 60n), "1152921504606846976");
    assert.deepEqual(shown(Float32Array.of(0.5)), [0.5]);
    assert.deepEqual(shown(BigInt64Array.of(2n ** 60n)), ["1152921504606846976"]);
  });
});

describe("rung query --ladder", function () {
  this.timeout(30_000);
  const TWIN = "acme/leipzig/paint/oven1";
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), "rung-query-ladder-"));
    const file = new ChangeFile(ladderChangesFile(home));
    const base = { twin: TWIN, evidence: [], linkTimeUs: START + 7 };
    file.append([
      { ...base, kind: "row", row: 2, from: "holds", to: "fails", cause: "ran out, so", timeUs: START },
      { ...base, kind: "held", row: 2, from: 2, to: 1, cause: "2 diagnostic: ran out, so", timeUs: START },
      { ...base, kind: "held", row: 2, from: 1, to: 2, cause: "2", linkTimeUs: null, timeUs: START + SECOND },
      { ...base, twin: `${TWIN}x`, kind: "held", row: 2, from: 1, to: 2, cause: "", timeUs: START },
    ]);
    file.close();
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  const ladder = (...args: string[]) =>
    spawnSync(process.execPath, [RUNG, "query", "--home", home, ...args], { encoding: "utf8" });

  it("writes the changes of one twin, oldest first, and leaves no file behind", () => {
    const { status, stdout, stderr } = ladder("--ladder", TWIN);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.deepEqual(stdout.split("\n"), [
      "time,linkTime,kind,row,from,to,cause",
      '2026-09-21T12:00:00.000000Z,2026-09-21T12:00:00.000007Z,row,2,holds,fails,"ran out, so"',
      '2026-09-21T12:00:00.000000Z,2026-09-21T12:00:00.000007Z,held,2,2,1,"2 diagnostic: ran out, so"',
      "2026-09-21T12:00:01.000000Z,,held,2,1,2,2",
      "",
    ]);
    assert.deepEqual(readdirSync(join(home, "history")), ["ladder.sqlite"]);
  });

  it("of a time, and as JSON", () => {
    const { stdout } = ladder("--ladder", TWIN, "--from", "2026-09-21T12:00:01Z", "--json");
    assert.deepEqual(
      (JSON.parse(stdout) as { to: number }[]).map(({ to }) => to),
      [2],
    );
    assert.equal(ladder("--ladder", TWIN, "--to", "2026-09-21T12:00:00Z", "--json").stdout, "[]\n");
  });

  it("refuses what does not go with it, and says where no rung has changed yet", () => {
    for (const [args, words] of [
      [["--last"], /--ladder does not go with --last/],
      [["a/b"], /--ladder does not go with a\/b/],
      [["--home", join(home, "none")], /ladder\.sqlite: is not there: no rung has changed yet/],
    ] as const) {
      const { status, stdout, stderr } = ladder("--ladder", TWIN, ...args);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, words);
    }
  });
});
