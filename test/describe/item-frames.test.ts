import assert from "node:assert/strict";
import type { DataValue } from "node-opcua";
import { VirtualClock } from "../../runtime/core/clock.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { BAD_INVALID_TIMESTAMP, BAD_OUT_OF_RANGE, GOOD } from "../../runtime/core/quality.ts";
import { CANARY, PLANT_TIME } from "../../runtime/describe/opcua/clock-items.ts";
import { ItemFrames } from "../../runtime/describe/opcua/item-frames.ts";
import type { OpcuaLink } from "../../runtime/describe/opcua/opcua-link.ts";
import type { SourceCounters } from "../../runtime/describe/source-signal.ts";
import { bindings, Recorder, TWIN } from "./opcua-recorder.ts";

const DAY = Date.UTC(2026, 0, 1);
const CLOCK = 10;
const COUNT = 11;

/** Frames of two tags, one cyclic and one a method, in the order in which they and their gaps are told. */
function open() {
  const rows = bindings([
    { nodeId: "ns=1;s=Count", path: "count", periodMs: 100 },
    {
      nodeId: "ns=1;s=Total",
      path: "total",
      reads: "method",
      objectId: "ns=1;s=Plant",
      onlyReads: true,
      periodMs: 100,
    },
  ]);
  const recorder = new Recorder();
  const order: string[] = [];
  const counters: SourceCounters = { received: 0, emitted: 0, dropped: {}, frames: 0, gaps: 0 };
  const clock = new VirtualClock();
  let sampled = 0;
  const frames = new ItemFrames({
    source: "opcua:link1:source1",
    link: { clock, options: { reality: "virtual" } as OpcuaLink["options"] },
    bindings: rows,
    depths: rows.map(() => ({})),
    dictionary: new Dictionary(rows.map(({ property }) => property)),
    counters,
    listener: {
      frame: (frame) => {
        order.push("frame");
        recorder.frame(frame);
      },
      gap: (gap) => {
        order.push("gap");
        recorder.gap(gap);
      },
      problem: (error) => recorder.problem(error),
    },
    sampled: () => sampled++,
  });
  frames.begin(1);
  frames.addItem(CLOCK, PLANT_TIME);
  frames.addItem(COUNT, 0);
  const data = (value: unknown, atMs?: number): DataValue =>
    ({
      statusCode: { value: 0 },
      sourceTimestamp: atMs === undefined ? null : new Date(atMs),
      sourcePicoseconds: 0,
      value: { arrayType: 0, value },
    }) as unknown as DataValue;
  const tick = (atMs: number, ...samples: DataValue[]) =>
    frames.send([
      ...samples.map((value) => ({ clientHandle: COUNT, value })),
      { clientHandle: CLOCK, value: data(new Date(atMs)) },
    ]);
  return { frames, recorder, order, counters, clock, data, tick, sampled: () => sampled };
}

describe("item frames", () => {
  it("set the clock before they judge a time, and tell each fault once", () => {
    const { recorder, data, tick, sampled } = open();
    tick(DAY, data(1, DAY), data(2, DAY + 86_401_000));
    tick(DAY + 100, data(3, DAY + 86_401_100));
    assert.deepEqual(
      recorder.samples(`${TWIN}/count`).map(({ value, quality }) => [value, quality]),
      [
        [1, GOOD],
        [2, BAD_INVALID_TIMESTAMP],
        [3, BAD_INVALID_TIMESTAMP],
      ],
    );
    assert.deepEqual(
      recorder.problems.map(({ code }) => code),
      ["time-ahead"],
    );
    assert.equal(sampled(), 4, "the clock's item and the samples of each");
  });

  it("tell a gap before the frame that shows it", () => {
    const { recorder, order, counters, data, tick } = open();
    tick(DAY, data(1, DAY));
    tick(DAY + 900, data(10, DAY + 900));
    assert.deepEqual(order, ["frame", "gap", "frame"]);
    assert.deepEqual(
      recorder.gaps.map(({ cause, fromUs, toUs }) => [cause, fromUs, toUs]),
      [["missing-samples", DAY * 1000, (DAY + 900) * 1000]],
    );
    assert.equal(counters.gaps, 1);
  });

  it("number rows of the past among those of now, and tell what was wrong with them", () => {
    const { frames, recorder, counters, data, tick } = open();
    tick(DAY, data(1, DAY));
    const past = { part: 0, index: 0, quality: GOOD };
    const sent = frames.sendPast([
      { ...past, value: 0, sourceTimeUs: (DAY - 200) * 1000 },
      { ...past, value: Number.NaN, sourceTimeUs: (DAY - 100) * 1000 },
    ]);
    tick(DAY + 100, data(2, DAY + 100));
    assert.deepEqual(
      recorder.frames.map(({ first, length, historical }) => [first, length, historical]),
      [
        [0, 1, false],
        [1, 2, true],
        [3, 1, false],
      ],
    );
    assert.equal(sent.qualityAt(1), BAD_OUT_OF_RANGE);
    assert.deepEqual(
      recorder.problems.map(({ code, where }) => [code, where]),
      [["not-a-number", `${TWIN}/count`]],
    );
    assert.deepEqual([counters.received, counters.emitted, counters.frames], [4, 4, 3]);
    assert.ok(frames.isFirst(0, DAY * 1000) && !frames.isFirst(0, (DAY + 100) * 1000));
  });

  it("are as old as the subscription, and as old as methods where there is nothing else", () => {
    const { frames, clock, data, tick } = open();
    clock.observe(DAY * 1000, 0);
    frames.gaps.interrupt("connection-lost");
    frames.sendAnswer(1, data(12.5));
    assert.equal(frames.newestUs, DAY * 1000);
    tick(DAY - 1000, data(1, DAY - 1000));
    assert.equal(frames.newestUs, (DAY - 1000) * 1000);
  });

  it("forget the items of an earlier subscription, and hear no others", () => {
    const { frames, recorder, data, tick } = open();
    frames.forgetItems();
    tick(DAY, data(1, DAY));
    assert.deepEqual(
      recorder.frames.map(({ length }) => length),
      [0],
      "a sign of life",
    );
    frames.addItem(COUNT, CANARY);
    tick(DAY, data(1, DAY));
    assert.equal(recorder.samples(`${TWIN}/count`).length, 0);
  });
});
