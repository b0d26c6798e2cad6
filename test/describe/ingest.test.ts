import assert from "node:assert/strict";
import type { LiveClock } from "../../runtime/core/clock.ts";
import type { Reality } from "../../runtime/core/frame.ts";
import {
  BAD,
  BAD_DECODING,
  BAD_INVALID_TIMESTAMP,
  BAD_OUT_OF_RANGE,
  GOOD,
  UNCERTAIN,
} from "../../runtime/core/quality.ts";
import { ClockRegistry } from "../../runtime/describe/clock-registry.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import { readOther, storeOther } from "../../runtime/describe/historian/other-value.ts";
import { Ingest } from "../../runtime/describe/ingest/ingest.ts";
import { ingestEvidence } from "../../runtime/describe/ingest/ingest-evidence.ts";
import { type IngestRow, readIngestTable } from "../../runtime/describe/ingest/ingest-table.ts";
import { atPath, parseMessagePath } from "../../runtime/describe/ingest/message-path.ts";
import { MOST_ENTRIES, plainCopy } from "../../runtime/describe/ingest/plain-copy.ts";
import { LONGEST_TEXT, LONGEST_WAVEFORM } from "../../runtime/describe/ingest/reading.ts";
import { Recorder, TWIN } from "./opcua-recorder.ts";
import { newFolder } from "./opcua-test-server.ts";

/** A plausible time of receipt; the tests decide when. */
const NOW_US = 1_790_000_000_000_000;

describe("ingest", () => {
  const open: Ingest[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.stop();
  });

  const ingest = (rows: readonly IngestRow[], reality: Reality = "live", silentAfterS?: number) => {
    const recorder = new Recorder();
    const clocks = new ClockRegistry();
    const source = new Ingest({
      id: "n1",
      name: "press",
      reality,
      bindings: readIngestTable(rows, TWIN, "press"),
      ...(silentAfterS === undefined ? {} : { silentAfterS }),
      clocks,
      epochs: new EpochCounter(newFolder("ingest")),
      listener: recorder,
    });
    source.start();
    open.push(source);
    const take = async (...messages: unknown[]) => {
      for (const message of messages) source.take(message, NOW_US);
      await source.stop();
      return recorder.frames.flatMap((frame) => [...frame]);
    };
    return { source, recorder, clocks, take };
  };
  const conserved = ({ counters }: Ingest) =>
    assert.equal(
      counters.received,
      counters.emitted + Object.values(counters.dropped).reduce((sum, n) => sum + n, 0),
    );

  describe("paths", () => {
    it("are read as people write them in Node-RED", () => {
      const parse = (text: string) => parseMessagePath(text, "row 1");
      assert.deepEqual(parse("payload.temperature"), ["payload", "temperature"]);
      assert.deepEqual(parse("msg.payload[3]"), ["payload", 3]);
      assert.deepEqual(parse('payload["oven 1"].a[0][2]'), ["payload", "oven 1", "a", 0, 2]);
      assert.deepEqual(parse("payload[0].Ofentemperatur °C"), ["payload", 0, "Ofentemperatur °C"]);
      for (const wrong of [
        "",
        " ",
        ".payload",
        "payload..a",
        "payload[",
        "payload[x]",
        "payload.",
        "a.".repeat(40),
      ])
        assert.throws(() => parse(wrong), { code: "bad-path" }, JSON.stringify(wrong));
    });

    it("see what a message holds and nothing that it inherits", () => {
      const message = { payload: { a: [1, { b: 2 }], buffer: Uint8Array.of(7, 8) } };
      assert.equal(atPath(message, ["payload", "a", 1, "b"]), 2);
      assert.equal(atPath(message, ["payload", "buffer", 1]), 8);
      assert.equal(atPath(message, ["payload", "constructor"]), undefined);
      assert.equal(atPath(message, ["__proto__"]), undefined);
      assert.equal(atPath(message, ["payload", "a", 9]), undefined);
      assert.equal(atPath(null, ["payload"]), undefined);
    });
  });

  it("turns a message into samples: unit, time, quality, sequence", async () => {
    const rows: IngestRow[] = [
      {
        nodeId: "payload.t",
        path: "temperature",
        unit: "°C",
        plantUnit: "K",
        periodMs: 1000,
        timePath: "payload.at",
        timeUnit: "iso",
        qualityPath: "payload.ok",
      },
      { nodeId: "payload.list[1]", path: "count", type: "integer", periodMs: 1000 },
    ];
    const { source, take, recorder, clocks } = ingest(rows);
    assert.equal(source.linkState.phase, "idle");
    assert.equal(clocks.get("ingest:n1"), source.clock);
    const samples = await take(
      { payload: { t: 453.15, list: [0, "42"], at: "2026-09-21T13:33:19.123456+02:00", ok: true } },
      { payload: { t: "454.15", list: [0, 43n], at: "2026-09-21 11:33:20Z", ok: "bad" } },
    );
    assert.deepEqual(samples, [
      { address: `${TWIN}/temperature`, value: 180, quality: GOOD, sourceTimeUs: 1789990399123456 },
      { address: `${TWIN}/count`, value: 42, quality: GOOD, sourceTimeUs: NOW_US },
      { address: `${TWIN}/temperature`, value: 181, quality: BAD, sourceTimeUs: 1789990400000000 },
      { address: `${TWIN}/count`, value: 43, quality: GOOD, sourceTimeUs: NOW_US },
    ]);
    const [frame] = recorder.frames;
    assert.equal(recorder.frames.length, 1);
    assert.deepEqual(
      [frame!.source, frame!.reality, frame!.epoch, frame!.first],
      ["ingest:n1", "live", 1, 0],
    );
    assert.equal(source.linkState.phase, "connected");
    assert.deepEqual(recorder.problems, []);
    conserved(source);
  });

  it("takes a row's messages by topic, and counts those that no row takes", async () => {
    const { source, take, recorder } = ingest([
      { nodeId: "payload", path: "a", topic: "plc/+/a", periodMs: 1 },
      { nodeId: "payload", path: "b", topic: "plc/#", periodMs: 1 },
    ]);
    const samples = await take(
      { topic: "plc/1/a", payload: 1 },
      { topic: "plc/1/b", payload: 2 },
      { topic: "robot", payload: 3 },
      { payload: 4 },
      { topic: "x".repeat(1_000_000), payload: 5 },
    );
    assert.deepEqual(
      samples.map(({ address, value }) => [address.slice(TWIN.length + 1), value]),
      [
        ["a", 1],
        ["b", 1],
        ["b", 2],
      ],
    );
    assert.deepEqual(source.counters.dropped, { "no-row": 3 });
    assert.equal(recorder.problems.length, 1);
    assert.match(recorder.problems[0]!.message, /no row takes the message: "robot"/);
    conserved(source);
  });

  it("keeps every kind of value that is not one as bad, counted by reason and told once", async () => {
    const { source, take, recorder } = ingest([
      { nodeId: "payload.n", path: "n", periodMs: 1 },
      { nodeId: "payload.i", path: "i", type: "integer", periodMs: 1 },
      { nodeId: "payload.b", path: "b", type: "boolean", periodMs: 1 },
      { nodeId: "payload.s", path: "s", type: "string", periodMs: 1 },
    ]);
    const good = { n: 1, i: 2, b: true, s: "x" };
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const samples = await take(
      { payload: good },
      { payload: { ...good, n: Number.NaN } },
      { payload: { ...good, n: Number.POSITIVE_INFINITY } },
      { payload: { ...good, n: "hot" } },
      { payload: { ...good, n: [1] } },
      { payload: { ...good, n: "1e999" } },
      { payload: { ...good, i: 1.5 } },
      { payload: { ...good, b: 2 } },
      { payload: { ...good, s: "y".repeat(LONGEST_TEXT + 1) } },
      { payload: { ...good, s: circle } },
      { payload: { i: 1, b: false, s: null } },
      { payload: 7 },
      null,
      "text",
    );
    const bad = samples.filter(({ quality }) => quality !== GOOD);
    assert.deepEqual(
      bad.map(({ address, value, quality }) => [address.slice(-1), value, quality]),
      [
        ["n", Number.NaN, BAD_OUT_OF_RANGE],
        ["n", Number.NaN, BAD_OUT_OF_RANGE],
        ["n", Number.NaN, BAD_DECODING],
        ["n", Number.NaN, BAD_DECODING],
        ["n", Number.NaN, BAD_OUT_OF_RANGE],
        ["i", Number.NaN, BAD_DECODING],
        ["b", Number.NaN, BAD_DECODING],
        ["s", Number.NaN, BAD_DECODING],
        ["s", Number.NaN, BAD_DECODING],
      ],
    );
    assert.deepEqual(source.refusals, { "not-a-number": 3, "wrong-type": 5, "too-large": 1, missing: 14 });
    assert.deepEqual(source.counters.dropped, { missing: 14 });
    assert.equal(source.counters.received, 14 * 4);
    assert.deepEqual(
      recorder.problems.map(({ code }) => code),
      ["not-a-number", "wrong-type", "too-large", "missing"],
    );
    assert.equal(
      recorder.problems[1]!.message,
      `press, ${TWIN}/n: does not fit the property's type, kept as bad: "hot" at payload.n; more of this kind are counted only (correct the path or the type)`,
    );
    assert.ok(recorder.problems.every(({ message }) => message.length < 300));
    conserved(source);
  });

  it("never throws, whatever a message does when it is read", async () => {
    const { source, take } = ingest([{ nodeId: "payload.a", path: "a", type: "structure", periodMs: 1 }]);
    const hostile = new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => {
          throw new Error("no entry");
        },
        get: () => {
          throw new Error("no entry");
        },
      },
    );
    const throwing = {
      payload: {
        a: {
          get b() {
            throw new Error("no");
          },
        },
      },
    };
    const samples = await take(hostile, { payload: hostile }, throwing, { payload: { a: { b: 1 } } });
    assert.deepEqual(
      samples.map(({ quality, other }) => [quality, other]),
      [
        [BAD_DECODING, undefined],
        [GOOD, { b: 1 }],
      ],
    );
    assert.deepEqual(source.counters.dropped, { unreadable: 2 });
    conserved(source);
  });

  it("keeps a sample whose time is 1601, 2200 or none at the time of receipt, bad, and its clock unmoved", async () => {
    const { source, take } = ingest([
      { nodeId: "payload", path: "x", periodMs: 1, timePath: "at", timeUnit: "iso" },
      { nodeId: "payload", path: "y", periodMs: 1, timePath: "ms" },
    ]);
    const samples = await take(
      { payload: 1, at: "1601-01-01T00:00:00Z", ms: -11644473600000 },
      { payload: 2, at: "2200-01-01T00:00:00Z", ms: 7258118400000 },
      { payload: 3, at: "2300-01-01T00:00:00Z", ms: 1e300 },
      { payload: 4, at: "yesterday", ms: "soon" },
      { payload: 5 },
      { payload: 6, at: "2026-09-21T14:13:20Z", ms: NOW_US / 1000 },
    );
    assert.deepEqual(
      samples.map(({ value, quality, sourceTimeUs }) => [value, quality, sourceTimeUs]),
      [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
        .map((value) => [value, BAD_INVALID_TIMESTAMP, NOW_US])
        .concat([
          [6, GOOD, NOW_US],
          [6, GOOD, NOW_US],
        ]),
    );
    assert.deepEqual(source.refusals, {
      "time-out-of-range": 4,
      "time-ahead": 2,
      "time-unreadable": 2,
      "time-missing": 2,
    });
    assert.equal(Math.abs((source.clock as LiveClock).skewUs), 0);
  });

  it("lets a recording stand at any time, and goes on from there", async () => {
    const { source, take } = ingest(
      [{ nodeId: "payload", path: "x", timePath: "s", timeUnit: "s", periodMs: 1 }],
      "recorded",
    );
    const samples = await take(
      { payload: 1, s: 1_000_000 },
      { payload: 2, s: "?" },
      { payload: 3, s: 1_000_001.5 },
    );
    assert.deepEqual(
      samples.map(({ sourceTimeUs }) => sourceTimeUs),
      [1e12, 1e12, 1_000_001_500_000],
    );
    assert.equal(source.clock.nowUs(), 1_000_001_500_000);
    assert.equal(source.clock.reality, "recorded");
  });

  it("says uncertain where a declared quality is missing or unreadable", async () => {
    const { source, take } = ingest([{ nodeId: "payload", path: "x", periodMs: 1, qualityPath: "q" }]);
    const samples = await take(
      { payload: 1, q: 0x808c0000 },
      { payload: 2, q: "Good" },
      { payload: 3 },
      { payload: 4, q: "fine" },
      { payload: 5, q: false },
      { payload: null, q: "bad" },
    );
    assert.deepEqual(
      samples.map(({ value, quality }) => [value, quality]),
      [
        [1, 0x808c0000],
        [2, GOOD],
        [3, UNCERTAIN],
        [4, UNCERTAIN],
        [5, BAD],
        [Number.NaN, BAD],
      ],
    );
    assert.deepEqual(source.refusals, { "quality-missing": 1, "quality-unreadable": 1 });
  });

  it("takes an event on change once, and again when it happened again", async () => {
    const { source, take } = ingest([
      { nodeId: "payload.body", path: "rfid", type: "string" },
      { nodeId: "payload", path: "camera", type: "structure", topic: "camera" },
      { nodeId: "payload.body", path: "gate", type: "string", timePath: "payload.ms" },
    ]);
    const samples = await take(
      { payload: { body: "B-17", ms: 1000 } },
      { payload: { body: "B-17", ms: 1000 } },
      { payload: { body: "B-17", ms: 2000 } },
      { topic: "camera", payload: { body: "B-18", ms: 3000, defects: [{ kind: "run", mm: 1.5 }] } },
    );
    assert.deepEqual(
      samples.map(({ address, other, sourceTimeUs }) => [
        address.slice(TWIN.length + 1),
        other,
        sourceTimeUs,
      ]),
      [
        ["rfid", "B-17", NOW_US],
        ["gate", "B-17", 1e6],
        ["gate", "B-17", 2e6],
        ["rfid", "B-18", NOW_US],
        ["camera", { body: "B-18", ms: 3000, defects: [{ kind: "run", mm: 1.5 }] }, NOW_US],
        ["gate", "B-18", 3e6],
      ],
    );
    assert.deepEqual(source.counters.dropped, { unchanged: 3 });
    conserved(source);
  });

  it("keeps a structure as it was, whatever becomes of the message", async () => {
    const { source, recorder } = ingest([{ nodeId: "payload", path: "r", type: "structure" }]);
    const payload = {
      at: new Date(0),
      n: 2n ** 70n,
      list: [1, undefined],
      run: () => 1,
      bytes: Uint8Array.of(1, 2),
    };
    source.take({ payload }, NOW_US);
    payload.list[0] = 99;
    await source.stop();
    assert.deepEqual(recorder.samples(`${TWIN}/r`)[0]!.other, {
      at: "1970-01-01T00:00:00.000Z",
      n: "1180591620717411303424",
      list: [1, null],
      bytes: [1, 2],
    });
    assert.deepEqual(plainCopy(new Array(MOST_ENTRIES + 1).fill(0)), { fault: "too-large" });
    assert.deepEqual(plainCopy(new Float64Array(1e6)), { fault: "too-large" });
    let deep: unknown = 1;
    for (let i = 0; i < 100; i++) deep = [deep];
    assert.deepEqual(plainCopy(deep), { fault: "too-large" });
    const sly = plainCopy(JSON.parse('{"__proto__": {"a": 1}}')) as { copy: object };
    assert.equal(Object.getPrototypeOf(sly.copy), Object.prototype);
  });

  it("takes a waveform as one sample, in its unit, and stores it so", async () => {
    const { source, take } = ingest([
      {
        nodeId: "payload.g",
        path: "vibration",
        type: "waveform",
        unit: "mm/s",
        plantUnit: "m/s",
        sampleRate: 25600,
        periodMs: 1000,
      },
      { nodeId: "payload.g", path: "rated", type: "waveform", sampleRate: "payload.hz", periodMs: 1000 },
    ]);
    const samples = await take(
      { payload: { g: [0.001, 0.002, -0.004], hz: 1000 } },
      { payload: { g: Float32Array.of(0.5), hz: 0 } },
      { payload: { g: [1, "x"], hz: 1000 } },
      { payload: { g: { length: 3 }, hz: 1000 } },
      { payload: { g: new Array(LONGEST_WAVEFORM + 1).fill(0), hz: 1000 } },
    );
    const first = samples[0]!;
    assert.deepEqual(first.other, { samples: Float64Array.of(1, 2, -4), sampleRateHz: 25600 });
    assert.deepEqual(samples[1]!.other, {
      samples: Float64Array.of(0.001, 0.002, -0.004),
      sampleRateHz: 1000,
    });
    assert.deepEqual(samples[2]!.other, { samples: Float64Array.of(500), sampleRateHz: 25600 });
    assert.equal(samples.filter(({ quality }) => quality === BAD_DECODING).length, 7);
    assert.deepEqual(source.refusals, { "no-sample-rate": 1, "wrong-type": 4, "too-large": 2 });
    assert.deepEqual(readOther(storeOther(first.other)), first.other);
  });

  it("gives a sign of life where nothing new came, and a gap where nothing came for longer than declared", async () => {
    const { source, recorder } = ingest([{ nodeId: "payload", path: "x" }], "live", 10);
    const atMs = performance.now();
    source.showLife(atMs);
    assert.equal(recorder.frames.length, 0);
    source.take({ payload: 1 }, NOW_US, atMs);
    await new Promise((resolve) => setTimeout(resolve, 120));
    assert.deepEqual(
      recorder.frames.map(({ length }) => length),
      [1],
    );
    source.showLife(atMs + 1000);
    source.take({ payload: 1 }, NOW_US + 4e6, atMs + 4000);
    source.showLife(atMs + 6000);
    assert.deepEqual(
      recorder.frames.map(({ length }) => length),
      [1, 0],
    );
    source.showLife(atMs + 13_900);
    source.showLife(atMs + 14_100);
    assert.deepEqual(
      recorder.frames.map(({ length }) => length),
      [1, 0, 0],
    );
    source.take({ payload: 2 }, NOW_US + 20e6, atMs + 20_000);
    await source.stop();
    assert.deepEqual(recorder.gaps, [
      { source: "ingest:n1", cause: "silent", fromUs: NOW_US, toUs: NOW_US + 20e6 },
    ]);
  });

  it("says for the ladder what it could take, and that losses before it are not provable", async () => {
    const { source } = ingest([{ nodeId: "payload", path: "x", periodMs: 1 }]);
    const evidence = () => ingestEvidence(source, TWIN, "n1", NOW_US);
    const verdicts = () => evidence().map(({ verdict }) => verdict);
    assert.deepEqual(verdicts(), ["collecting", "holds"]);
    source.take({ payload: 1 }, NOW_US);
    source.take({}, NOW_US);
    assert.deepEqual(verdicts(), ["holds", "holds"]);
    source.take({}, NOW_US);
    assert.deepEqual(
      evidence()[0]!.cause,
      "2 of the last 3 readings of ingest:n1 were refused, mostly: missing",
    );
    assert.equal(verdicts()[0], "fails");
    for (let i = 0; i < 1000; i++) source.take({ payload: i }, NOW_US);
    assert.deepEqual(verdicts(), ["holds", "holds"]);
    assert.deepEqual([evidence()[0]!.value, evidence()[1]!.value], [100, null]);
    assert.match(evidence()[1]!.limit, /^not provable/);
    assert.deepEqual([evidence()[0]!.rung, evidence()[1]!.rung], [1, 1]);
  });

  it("refuses a table with a mistake by naming every row", () => {
    const read = (...rows: object[]) => readIngestTable(rows as IngestRow[], TWIN, "press");
    const x = { nodeId: "payload", path: "x" };
    assert.throws(() => read(), { code: "no-bindings" });
    assert.throws(() => read({ ...x, nodeId: "payload[" }), { code: "bad-path" });
    assert.throws(() => read({ ...x, timePath: "a..b" }), { code: "bad-path" });
    assert.throws(() => read({ ...x, timePath: "a", timeUnit: "h" }), /"h" is no unit of time/);
    assert.throws(() => read({ ...x, topic: "a/#/b" }), /is no topic filter/);
    assert.throws(() => read({ ...x, type: "waveform" }), /is a waveform without a sample rate/);
    assert.throws(() => read({ ...x, type: "waveform", sampleRate: -5 }), /must be > 0 Hz, got -5/);
    assert.throws(() => read({ ...x, unit: "°C", plantUnit: "bar" }), { code: "unit-mismatch" });
    assert.throws(
      () => read({ ...x, nodeId: "payload[" }, { ...x, path: "y", topic: "a+" }),
      /press: 2 rows are wrong: row 1.*payload\[.*; row 2.*a\+/,
    );
  });
});
