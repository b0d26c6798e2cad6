import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Frame } from "../../runtime/core/frame.ts";
import {
  BAD_DECODING,
  BAD_INVALID_TIMESTAMP,
  BAD_NO_DATA,
  BAD_OUT_OF_RANGE,
  GOOD,
} from "../../runtime/core/quality.ts";
import { readColumnMap } from "../../runtime/describe/recording/column-map.ts";
import { Recording, type RecordingOptions } from "../../runtime/describe/recording/recording.ts";
import { timeOfCell } from "../../runtime/describe/recording/time-cell.ts";
import { valueOfCell } from "../../runtime/describe/recording/value-cell.ts";

const TWIN = "acme/plant/line1";

describe("time cell", () => {
  it("reads ISO, German and numeric times to the microsecond", () => {
    const cases: [string, number][] = [
      ["2020-03-09 10:14:33", Date.UTC(2020, 2, 9, 10, 14, 33) * 1000],
      ["2020-03-09T10:14:33Z", Date.UTC(2020, 2, 9, 10, 14, 33) * 1000],
      ["2020-03-09T10:14:33.123456789+01:00", Date.UTC(2020, 2, 9, 9, 14, 33) * 1000 + 123456],
      ["2020-03-09 10:14:33,5-0530", Date.UTC(2020, 2, 9, 15, 44, 33) * 1000 + 500000],
      ["2020-02-29 10:14", Date.UTC(2020, 1, 29, 10, 14) * 1000],
      ["2020-03-09", Date.UTC(2020, 2, 9) * 1000],
      ["09.03.2020 10:14:33.25", Date.UTC(2020, 2, 9, 10, 14, 33) * 1000 + 250000],
      ["1583748873", 1583748873e6],
      ["1583748873.1", 1583748873100000],
      ["1583748873123", 1583748873123000],
      ["1583748873123456", 1583748873123456],
      ["0", 0],
      [" 12.000001 ", 12000001],
    ];
    for (const [text, timeUs] of cases) assert.equal(timeOfCell(text), timeUs, text);
    for (const text of [
      "",
      "noon",
      "2020-13-01",
      "2020-02-30 00:00",
      "2020-01-01 25:00",
      "-5",
      "1e9",
      "10:14:33",
    ]) {
      assert.equal(timeOfCell(text), Number.NaN, text);
    }
  });
});

describe("value cell", () => {
  it("reads numbers strictly and says why something is none", () => {
    assert.deepEqual(valueOfCell(" -1.5e-3 ", "number", "."), { value: -0.0015, quality: GOOD });
    assert.deepEqual(valueOfCell("1.234,5", "number", ","), { value: 1234.5, quality: GOOD });
    assert.deepEqual(valueOfCell("true", "boolean", "."), { value: 1, quality: GOOD });
    assert.deepEqual(valueOfCell("12", "string", "."), { value: Number.NaN, other: "12", quality: GOOD });
    const bad: [string | undefined, number, string][] = [
      ["", BAD_NO_DATA, "empty"],
      [undefined, BAD_NO_DATA, "missing"],
      ["NaN", BAD_OUT_OF_RANGE, "not-a-number"],
      ["-Inf", BAD_OUT_OF_RANGE, "not-a-number"],
      ["1e999", BAD_OUT_OF_RANGE, "not-a-number"],
      ["0x10", BAD_DECODING, "text"],
      ["1,5", BAD_DECODING, "text"],
      ["12 bar", BAD_DECODING, "text"],
      ["1_000", BAD_DECODING, "text"],
    ];
    for (const [cell, quality, reason] of bad) {
      const read = valueOfCell(cell, "number", ".");
      assert.deepEqual([read.value, read.quality, read.reason], [Number.NaN, quality, reason], String(cell));
    }
  });
});

describe("recording", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-recording-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (text: string, name = "line.csv"): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const open = (text: string, options: Partial<RecordingOptions> = {}): Promise<Recording> =>
    Recording.open({ file: write(text), timeColumn: "time", twin: TWIN, ...options });
  const framesOf = async (recording: Recording): Promise<Frame[]> => {
    const frames: Frame[] = [];
    for await (const frame of recording.frames()) frames.push(frame);
    return frames;
  };

  it("becomes frames of reality recorded, with a clock that stands at the row", async () => {
    const recording = await open(
      `time,speed,mode\n${Array.from({ length: 250 }, (_, i) => `${1000 + 2 * i},${i / 8},auto`).join("\n")}\n`,
    );
    assert.deepEqual(
      recording.dictionary.properties.map(({ address, type, update }) => ({ address, type, update })),
      [
        { address: `${TWIN}/speed`, type: "number", update: { mode: "cyclic", periodMs: 2000 } },
        { address: `${TWIN}/mode`, type: "string", update: { mode: "cyclic", periodMs: 2000 } },
      ],
    );
    const frames = await framesOf(recording);
    assert.deepEqual(
      frames.map(({ length, first, epoch, reality }) => ({ length, first, epoch, reality })),
      [0, 200, 400].map((first) => ({
        length: first === 400 ? 100 : 200,
        first,
        epoch: 0,
        reality: "recorded",
      })),
    );
    assert.equal(frames[1]!.valueAt(0), 100 / 8);
    assert.equal(frames[1]!.otherAt(1), "auto");
    assert.equal(frames[1]!.sourceTimeUsAt(0), 1200e6);
    assert.equal(recording.clock.nowUs(), 1498e6);
    assert.equal(recording.rows, 250);
    assert.equal(recording.badCells.count, 0);
  });

  it("turns bad cells into bad samples and names row and column", async () => {
    const recording = await open('time,a,b\n1,1,2\n2,hot,\n3,NaN\nnoon,5,6,7\n5,7"x,8\n');
    const [frame] = await framesOf(recording);
    const rows = [...frame!].map(({ value, quality, other }) => [value, quality, other]);
    assert.deepEqual(rows.slice(0, 8), [
      [1, GOOD, undefined],
      [2, GOOD, undefined],
      [Number.NaN, BAD_DECODING, "hot"],
      [Number.NaN, BAD_NO_DATA, undefined],
      [Number.NaN, BAD_OUT_OF_RANGE, undefined],
      [Number.NaN, BAD_NO_DATA, undefined],
      [5, BAD_INVALID_TIMESTAMP, undefined],
      [6, BAD_INVALID_TIMESTAMP, undefined],
    ]);
    assert.equal(frame!.otherAt(8), '7"x', "a stray quote is a character");
    assert.deepEqual(recording.badCells.first.slice(0, 5), [
      { row: 2, column: "a", text: "hot", reason: "text" },
      { row: 2, column: "b", text: "", reason: "empty" },
      { row: 3, column: "a", text: "NaN", reason: "not-a-number" },
      { row: 3, column: "b", text: "", reason: "missing" },
      { row: 4, column: "time", text: "noon", reason: "not-a-time" },
    ]);
    assert.deepEqual(
      recording.tallies.map(({ column, count, sum }) => ({ column, count, sum })),
      [
        { column: "a", count: 2, sum: 6 },
        { column: "b", count: 3, sum: 16 },
      ],
    );
  });

  it("gives the rows before a quote that is never closed, then names it", async () => {
    const recording = await open('time,a\n1,1\n2,"2\n3,3\n');
    await assert.rejects(framesOf(recording), { code: "bad-csv", message: /Quote Not Closed.*line 4/ });
    assert.equal(recording.rows, 1);
  });

  it("is the same source for the same file read the same way, and another for any other", async () => {
    const text = "time,a\n1,1\n2,2\n";
    const first = (await open(text)).source;
    assert.equal((await open(text)).source, first);
    assert.notEqual((await open("time,a\n1,1\n2,3\n")).source, first);
    assert.notEqual((await open(text, { twin: "acme/plant/line2" })).source, first);
    assert.match(first, /^recording:[0-9a-f]{16}$/);
  });

  it("binds by a map, converts units, and lists what it leaves out", async () => {
    const map = await readColumnMap(
      write(
        "column,address,unit,plantUnit,type,label\nT1,zone1/temperature,°C,K,,Zone 1\nrun,/acme/plant/line9/running,,,boolean,\n",
        "map.csv",
      ),
    );
    const recording = await open("time;T1;run;rest\n1;273.15;on;5\n2;;off;6\n", { map, separator: ";" });
    const [frame] = await framesOf(recording);
    assert.deepEqual(
      [...frame!].map(({ address, value }) => [address, value]),
      [
        [`${TWIN}/zone1/temperature`, 0],
        ["acme/plant/line9/running", 1],
        [`${TWIN}/zone1/temperature`, Number.NaN],
        ["acme/plant/line9/running", 0],
      ],
    );
    assert.equal(recording.dictionary.properties[0]?.unit, "°C");
    assert.deepEqual(recording.unmapped, ["rest"]);
  });

  it("escapes column names that are no segment", async () => {
    const recording = await open("time,flow m³/h,50%\n1,2,3\n");
    assert.deepEqual(
      recording.dictionary.properties.map(({ address }) => address),
      [`${TWIN}/flow m³%2Fh`, `${TWIN}/50%25`],
    );
  });

  it("keeps pace with recorded time, and stops when told", async () => {
    const recording = await open("time,a\n0,1\n0.05,2\n0.1,3\n9000,4\n", { speed: 1 });
    const ending = new AbortController();
    const values: number[] = [];
    const start = performance.now();
    for await (const frame of recording.frames(ending.signal)) {
      values.push(frame.valueAt(0));
      if (values.length === 3) setTimeout(() => ending.abort(), 20);
    }
    assert.deepEqual(values, [1, 2, 3]);
    assert.ok(performance.now() - start >= 99, "three rows take a tenth of a second of recorded time");
  });

  it("names what is wrong before anything is played", async () => {
    const cases: [string, Partial<RecordingOptions>, RegExp][] = [
      ["", {}, /line\.csv: is empty/],
      ["when,a\n1,2\n", {}, /has no column "time" \(it has "when", "a"; is the separator right/],
      ["time,a,time\n1,2,3\n", {}, /has the column "time" twice/],
      ["time\n1\n", {}, /no column besides the time/],
      ["time;a\n1;2\n", {}, /has no column "time"/],
      ["time,,b\n1,2,3\n", {}, /column 2 has no usable name/],
      ["time,a\n1,2\n", { separator: "::" }, /separator must be one character/],
      ["time,a\n1,2\n", { decimal: "," }, /the decimal mark as well/],
      ["time,a\n1,2\n", { speed: 0 }, /speed must be a number > 0/],
      ["time,a\n1,2\n", { map: [{ nodeId: "z", path: "z" }] }, /has no column "z"/],
      ["time,a\n1,2\n", { map: [{ nodeId: "a", path: "x", unit: "furlong" }] }, /"furlong" is no unit/],
    ];
    for (const [text, options, message] of cases)
      await assert.rejects(open(text, options), { message }, text);
    await assert.rejects(Recording.open({ file: join(folder, "no.csv"), timeColumn: "t", twin: TWIN }), {
      code: "no-file",
      message: /no\.csv: does not exist/,
    });
    await assert.rejects(readColumnMap(write("column,adress\na,b\n", "map.csv")), /unknown column "adress"/);
    await assert.rejects(readColumnMap(write("column\na\n", "map.csv")), /has no column address/);
  });
});
