import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isGood } from "../../runtime/core/quality.ts";
import { RetimedRecording } from "../../runtime/describe/recording/retimed-recording.ts";

const START_US = 1_790_000_000e6;

describe("a recording played as if it began at another time", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-retimed-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Two columns, a row a second from 2001 on; `cells` of some rows are others. */
  const open = (rows: number, changes: object = {}, cells: Readonly<Record<number, string>> = {}) => {
    const file = join(folder, "rows.csv");
    const lines = Array.from({ length: rows }, (_, s) => cells[s] ?? `${1e15 + s * 1e6},${s},${-s}`);
    writeFileSync(file, `timeUs,a,b\n${lines.join("\n")}\n`);
    return RetimedRecording.open({
      ...{ file, timeColumn: "timeUs", twin: "training/oven", source: "training:n", epoch: 7 },
      ...{ startUs: START_US, leadS: 1e6, endS: 1e6, speed: 1000, ...changes },
    });
  };
  const samplesOf = async (feed: RetimedRecording, signal?: AbortSignal) => {
    const frames = [];
    for await (const frame of feed.frames(signal)) frames.push(frame);
    return { frames, samples: frames.flatMap((frame) => [...frame]) };
  };

  it("keeps every value and the distance of every row, in whole rows and one sequence", async () => {
    const { frames, samples } = await samplesOf(await open(5000));
    assert.equal(samples.length, 10_000);
    for (const [i, { value, sourceTimeUs, quality }] of samples.entries()) {
      const s = Math.floor(i / 2);
      assert.equal(value, i % 2 === 0 ? s : 0 - s);
      assert.equal(sourceTimeUs, START_US + s * 1e6);
      assert.ok(isGood(quality));
    }
    assert.ok(frames.length > 1 && frames.every(({ length }) => length % 2 === 0));
    let next = 0;
    for (const { first, length, epoch, source, reality } of frames) {
      assert.deepEqual([first, epoch, source, reality], [next, 7, "training:n", "recorded"]);
      next += length;
    }
  });

  it("plays row by row once the lead is over, its clock at each row as it is sent", async () => {
    const feed = await open(10, { leadS: 4 });
    const at: number[] = [];
    const lengths: number[] = [];
    for await (const frame of feed.frames()) {
      lengths.push(frame.length);
      at.push((feed.clock.nowUs() - START_US) / 1e6);
    }
    assert.deepEqual(lengths, [10, 2, 2, 2, 2, 2]);
    assert.deepEqual(at, [4, 5, 6, 7, 8, 9]);
  });

  it("ends at its end, and when it is called off", async () => {
    assert.equal((await samplesOf(await open(10, { endS: 3 }))).samples.length, 8);
    const calledOff = new AbortController();
    calledOff.abort();
    assert.equal((await samplesOf(await open(10), calledOff.signal)).samples.length, 0);
  });

  it("leaves out rows without a time, and keeps what is no number as bad", async () => {
    const { samples } = await samplesOf(await open(4, {}, { 1: "never,1,1", 2: `${1e15 + 2e6},,2` }));
    assert.deepEqual(
      samples.map(({ sourceTimeUs, quality }) => [(sourceTimeUs - START_US) / 1e6, isGood(quality)]),
      [
        [0, true],
        [0, true],
        [2, false],
        [2, true],
        [3, true],
        [3, true],
      ],
    );
  });
});
