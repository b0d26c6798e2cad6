import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder, type Sample } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import { BAD_SENSOR_FAILURE, GOOD, UNCERTAIN_LAST_USABLE } from "../../runtime/core/quality.ts";
import { FrameFileWriter, framesOfFile, isFrameFile } from "../../runtime/describe/recording/frame-file.ts";
import { FrameRecording } from "../../runtime/describe/recording/frame-recording.ts";
import { openPlayedFile } from "../../runtime/describe/recording/open-recording.ts";
import { Folder } from "./spool/spool-fixture.ts";

const OVEN = "acme/leipzig/paint/oven1";
const property = (path: string, more: Partial<Property> = {}): Property => ({
  address: `${OVEN}/${path}`,
  kind: "measurement",
  type: "number",
  update: { mode: "onChange" },
  ...more,
});
const dictionary = new Dictionary([
  property("zone1/airTemperature", { unit: "°C" }),
  property("zone1/text", { type: "string" }),
  property("press/force", { type: "waveform" }),
]);
/** The source's second table: another order, and a tag more. */
const later = new Dictionary([property("gas/flow"), ...dictionary.properties.toReversed()]);

const T0 = 1_790_000_000_000_000;
type Row = [index: number, value: number, timeUs: number, quality: number, other?: unknown];
const frameOf = (table: Dictionary, epoch: number, first: number, rows: readonly Row[]): Frame => {
  const builder = new FrameBuilder({ source: "opcua:l:n", reality: "live", dictionary: table });
  for (const row of rows) builder.add(...row);
  return builder.build({ epoch, first, receiveTimeUs: T0 });
};
const waveform = { samples: Float64Array.of(0.1, -0, Number.MIN_VALUE), sampleRateHz: 25_600 };
const FRAMES = [
  frameOf(dictionary, 3, 100, [
    [0, 0.1 + 0.2, T0 + 1, GOOD],
    [1, Number.NaN, T0 + 2, GOOD, "kalt — „fertig“\u0000"],
    [2, Number.NaN, T0 + 3, GOOD, waveform],
    [0, Number.NaN, T0 + 4, GOOD],
  ]),
  frameOf(later, 4, 0, [
    [0, 12.5, T0 + 7, BAD_SENSOR_FAILURE],
    [3, -0, T0 + 5, UNCERTAIN_LAST_USABLE],
    [3, 1e300, T0 + 6, 0x00000480],
    [2, Number.NaN, T0 + 8, GOOD, 2n ** 63n],
    [3, 4, Number.NaN, GOOD],
  ]),
];
const SAMPLES: Sample[] = FRAMES.flatMap((frame) => [...frame]);

describe("a file of frames", () => {
  let folder: Folder;
  let file: string;
  beforeEach(async () => {
    folder = new Folder();
    file = join(folder.path, "line.frames");
    const writer = new FrameFileWriter(file);
    for (const frame of FRAMES) writer.write(frame);
    await writer.close();
  });
  afterEach(() => folder.end());

  const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
    const list: T[] = [];
    for await (const item of items) list.push(item);
    return list;
  };

  it("gives back every frame, equal in every bit", async () => {
    assert.equal(isFrameFile(file), true);
    const read = await all(framesOfFile(file));
    assert.deepEqual(
      read.map(({ source, reality, epoch, first, dictionary: { properties }, issues }) => ({
        source,
        reality,
        epoch,
        first,
        properties,
        issues,
      })),
      FRAMES.map(({ source, reality, epoch, first, dictionary: { properties }, issues }) => ({
        source,
        reality,
        epoch,
        first,
        properties,
        issues,
      })),
    );
    assert.deepEqual(
      read.flatMap((frame) => [...frame]),
      SAMPLES,
    );
  });

  it("plays as a recording of one table, with times, qualities and values as they were", async () => {
    const recording = await openPlayedFile({ file, timeColumn: "", twin: OVEN });
    assert.match(recording.source, /^recording:[0-9a-f]{16}$/);
    const frames = await all(recording.frames());
    const samples = frames.flatMap((frame) => [...frame]);
    assert.deepEqual(samples, SAMPLES);
    assert.deepEqual(
      frames.map(({ reality, epoch, first, length }) => ({ reality, epoch, first, length })),
      [
        { reality: "recorded", epoch: 0, first: 0, length: 4 },
        { reality: "recorded", epoch: 0, first: 4, length: 5 },
      ],
    );
    assert.equal(recording.rows, 9);
    assert.equal(recording.clock.nowUs(), T0 + 8);
    const air = recording.tallies.find(({ column }) => column === "zone1/airTemperature")!;
    assert.deepEqual(air, {
      column: "zone1/airTemperature",
      address: `${OVEN}/zone1/airTemperature`,
      count: 4,
      sum: 1e300,
      sumInOrder: 0.1 + 0.2 + -0 + 1e300 + 4,
      badCells: 2,
    });
  });

  it("plays the twin that is asked for, and finds the nearest one above all addresses", async () => {
    assert.equal((await FrameRecording.open({ file })).twin, OVEN);
    const zone = await FrameRecording.open({ file, twin: `${OVEN}/zone1` });
    const samples = (await all(zone.frames())).flatMap((frame) => [...frame]);
    assert.deepEqual(
      samples,
      SAMPLES.filter(({ address }) => address.startsWith(`${OVEN}/zone1/`)),
    );
    assert.deepEqual(zone.unmapped.toSorted(), [`${OVEN}/gas/flow`, `${OVEN}/press/force`]);
    await assert.rejects(FrameRecording.open({ file, twin: `${OVEN}/zone9` }), { code: "empty-recording" });
    await assert.rejects(openPlayedFile({ file, timeColumn: "", twin: OVEN, map: [] }), {
      code: "bad-option",
    });
  });

  it("keeps what was whole wherever a kill cut it, and names the byte where it was damaged", async () => {
    const bytes = readFileSync(file);
    const cut = join(folder.path, "cut.frames");
    const whole: number[] = [];
    const ends = [8];
    while (ends.at(-1)! < bytes.length) ends.push(ends.at(-1)! + 13 + bytes.readUInt32LE(ends.at(-1)!));
    for (
      let length = 8;
      length < bytes.length;
      length += length < 60 || length > bytes.length - 60 ? 1 : 23
    ) {
      writeFileSync(cut, bytes.subarray(0, length));
      const told: string[] = [];
      const frames = await all(framesOfFile(cut, undefined, ({ message }) => told.push(message)));
      const isAtEnd = ends.includes(length);
      const began = ends.findLast((end) => end <= length);
      assert.deepEqual(
        told.map((text) => /cut\.frames: ends within a record at byte (\d+) /.exec(text)?.[1]),
        isAtEnd ? [] : [String(began)],
        `cut at ${length}`,
      );
      assert.deepEqual(
        frames.flatMap((frame) => [...frame]),
        FRAMES.slice(0, frames.length).flatMap((frame) => [...frame]),
      );
      whole.push(frames.length);
    }
    assert.deepEqual([whole[0], whole.at(-1)], [0, 1]);
    for (let at = 8; at < bytes.length; at += 17) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 0x20;
      writeFileSync(cut, damaged);
      const read = await all(framesOfFile(cut)).then(
        (frames) => frames.length,
        (error: { code: string; where: string }) => {
          assert.equal(error.code, "damaged-recording");
          assert.match(error.where, /cut\.frames, byte \d+$/);
          return -1;
        },
      );
      // A length that grew past the end looks like a record that was cut off.
      assert.ok(read < FRAMES.length, `byte ${at}: ${read} frames`);
    }
  });

  it("is not written over, and CSV is still read as CSV", async () => {
    const second = new FrameFileWriter(file);
    await assert.rejects(second.close(), { code: "recording-failed" });
    assert.equal((await all(framesOfFile(file))).length, 2);
    const csv = join(folder.path, "a.csv");
    writeFileSync(csv, "time,x\n1000,2\n");
    assert.equal(isFrameFile(csv), false);
    const recording = await openPlayedFile({ file: csv, timeColumn: "time", twin: OVEN });
    assert.deepEqual((await all(recording.frames()))[0]!.sampleAt(0).value, 2);
    assert.throws(() => isFrameFile(join(folder.path, "none")), { code: "no-file" });
    assert.ok(existsSync(file));
  });
});
