import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { connectAsync } from "mqtt";
import { BAD_INVALID_TIMESTAMP, BAD_OUT_OF_RANGE, GOOD, isBad } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import { Ingest } from "../../runtime/describe/ingest/ingest.ts";
import { readIngestTable } from "../../runtime/describe/ingest/ingest-table.ts";
import { MqttLink } from "../../runtime/describe/mqtt/mqtt-link.ts";
import { MqttSource } from "../../runtime/describe/mqtt/mqtt-source.ts";
import { OpcuaLink } from "../../runtime/describe/opcua/opcua-link.ts";
import { OpcuaSource } from "../../runtime/describe/opcua/opcua-source.ts";
import { encodePayload, type Metric } from "../../runtime/describe/sparkplug/payload.ts";
import { SparkplugSource } from "../../runtime/describe/sparkplug/sparkplug-source.ts";
import { startBroker } from "../../runtime/host/broker.ts";
import { BrokerUsers } from "../../runtime/host/broker-rights.ts";
import { passwordDigest } from "../../runtime/host/demo-logins.ts";
import { BadInputBench } from "./bad-input-bench.ts";
import { bindings, TWIN, until } from "./opcua-recorder.ts";
import { killTestServers, newFolder, startTestServer } from "./opcua-test-server.ts";

/** Long past, so that the wall clock of no machine is before it. */
const T0 = 1_700_000_000_000_000;
const Y1601_US = -11_644_473_600_000_000;
const Y2200_US = Date.UTC(2200, 0) * 1000;
const GIANT = "x".repeat(10 * 1024 * 1024);
const LONG_TOPIC = "t/".repeat(500_000);
const deepJson = (levels: number): string => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const FUZZ_SEED = 20_260_921;
/** Heap that a few hundred bad messages, ten of them of 10 MB, may leave behind. */
const MOST_LEFT_BYTES = 64 * 1024 * 1024;

const randomBytes = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.integer(256)));

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
/** Heap in use after a collection. */
function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe("bad input at an mqtt source", function () {
  this.timeout(30_000);

  const open = async (form: "json" | "raw") => {
    const bench = await BadInputBench.open();
    // Nobody connects: messages are handed over as the link does it.
    const link = new MqttLink({ id: "l", name: "link", url: "embedded", reality: "live", home: bench.home });
    const source = new MqttSource({
      id: "n",
      name: "source",
      link,
      bindings: bindings([
        { nodeId: "good", path: "good", periodMs: 1000 },
        { nodeId: "number", path: "number" },
        { nodeId: "text", path: "text", type: "string" },
        { nodeId: "structure", path: "structure", type: "structure" },
        { nodeId: "waveform", path: "waveform", type: "waveform" },
      ]),
      filters: ["#"],
      format: { form },
      clocks: bench.clocks,
      epochs: bench.epochs,
      listener: bench,
    });
    let n = 0;
    const send = (topic: string, payload: string | Buffer) => {
      source.message(topic, Buffer.from(payload));
      // After every bad one a good one, which must arrive.
      source.message(
        "good",
        Buffer.from(form === "raw" ? `${n}` : JSON.stringify({ value: n, timeUs: T0 + n * 1e6 })),
      );
      n++;
    };
    const end = async () => {
      await source.stop();
      const good = bench.samples.filter(({ address }) => address === `${TWIN}/good`);
      assert.deepEqual(
        good.map(({ value, quality }) => [value, quality]),
        Array.from({ length: n }, (_, i) => [i, GOOD]),
      );
      if (form === "json") assert.deepEqual(bench.gaps, [], "a bad message makes no gap of another tag");
      await bench.settle(source.counters);
      return bench.samples.filter(({ address }) => address !== `${TWIN}/good`);
    };
    return { bench, source, link, send, end };
  };
  const at = (value: unknown, timeUs: unknown = T0) => JSON.stringify({ value, timeUs });

  it("drops what is no value of its property, and counts why", async () => {
    const { bench, source, send, end } = await open("json");
    const malformed: [topic: string, payload: string | Buffer][] = [
      ["number", ""],
      ["number", "\u0000\u0001\u0002"],
      ["number", Buffer.from([0xff, 0xfe, 0xc3, 0x28])],
      ["number", "[]"],
      ["number", "null"],
      ["number", at("12")],
      ["number", at({ a: 1 })],
      ["number", at([1])],
      ["number", at(null)],
      ["number", '{"value": NaN, "timeUs": 5}'],
      ["number", `{"value": ${deepJson(100_000)}, "timeUs": ${T0}}`],
      ["structure", `{"value": ${deepJson(100_000)}, "timeUs": ${T0}}`],
      ["text", `{"value": {"a": ${deepJson(50_000)}}, "timeUs": ${T0}}`],
      ["number", `{"value": 1, "timeUs": ${deepJson(1000)}}`],
      ["number", `{"value": 1, "timeUs": ${T0}, "quality": ${deepJson(100_000)}}`],
      ["number", `{"value": "${GIANT}", "timeUs": ${T0}}`],
      ["text", at("x".repeat(70_000))],
      ["structure", at({ a: "x".repeat(1_000_001) })],
      ["structure", at(Array.from({ length: 20_001 }, () => 0))],
      ["waveform", at([1, 2, 3])],
      ["waveform", at({ samples: [1, "two"], sampleRateHz: 10 })],
      ["number", at(1, "yesterday")],
      ["number", at(1, null)],
      ["number", '{"__proto__": {"value": 1, "timeUs": 5}}'],
      ["number", '{"constructor": {"prototype": {"value": 1}}}'],
      ["number", GIANT],
    ];
    for (const [topic, payload] of malformed) send(topic, payload);
    assert.deepEqual(await end(), []);
    assert.deepEqual(source.counters.dropped, { "malformed-payload": malformed.length });
    assert.deepEqual(bench.codes, ["malformed-payload"]);
    assert.equal(({} as { value?: unknown }).value, undefined);
  });

  it("keeps what carries a wrong number or time as bad, and its clock and gaps as they are", async () => {
    const { bench, source, link, send, end } = await open("json");
    const skewUs = () => link.clock.nowUs() - Date.now() * 1000;
    send("number", at(1, Date.now() * 1000));
    const before = skewUs();
    const times = [
      Y1601_US,
      Y2200_US,
      Number.MAX_SAFE_INTEGER,
      9.1e15,
      1e300,
      -1,
      Date.now() * 1000 + 2 * 86_400e6,
    ];
    for (const timeUs of times) send("number", at(7, timeUs));
    send("number", '{"value": 1e999, "timeUs": 1700000000000000}');
    send("number", '{"value": -1e999, "timeUs": 1700000000000000, "quality": 1073741824}');
    assert.ok(Math.abs(skewUs() - before) < 1e6, `the clock went ${skewUs() - before} µs`);
    const nowUs = Date.now() * 1000;
    const [first, ...kept] = await end();
    assert.equal(first!.quality, GOOD);
    assert.deepEqual(
      kept.map(({ value, quality }) => [value, quality]),
      [
        ...times.map(() => [7, BAD_INVALID_TIMESTAMP]),
        [Number.POSITIVE_INFINITY, BAD_OUT_OF_RANGE],
        [Number.NEGATIVE_INFINITY, BAD_OUT_OF_RANGE],
      ],
    );
    for (const { sourceTimeUs } of kept.slice(0, times.length))
      assert.ok(Math.abs(sourceTimeUs - nowUs) < 60e6, "stored with the time of its receipt");
    assert.deepEqual(source.counters.dropped, {});
    assert.deepEqual(bench.codes, ["not-a-number", "time-ahead", "time-out-of-range"]);
  });

  it("keeps keys such as __proto__ as data", async () => {
    const { send, end } = await open("json");
    send("structure", `{"value": {"__proto__": {"polluted": 1}, "constructor": 2}, "timeUs": ${T0}}`);
    const [sample] = await end();
    assert.deepEqual(Object.entries(sample!.other as object), [
      ["__proto__", { polluted: 1 }],
      ["constructor", 2],
    ]);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });

  it("counts topics nobody declared, however long, and says them shortened", async () => {
    const { bench, source, send, end } = await open("json");
    for (const topic of [LONG_TOPIC, "x".repeat(1_000_000), "", "/", "__proto__", "constructor"])
      send(topic, at(1));
    const before = heapBytes();
    for (let i = 0; i < 2000; i++) send(`strange/${i}/${"y".repeat(60_000)}`, at(1));
    const left = heapBytes() - before;
    assert.ok(left < MOST_LEFT_BYTES / 4, `${left} bytes more`);
    await end();
    assert.deepEqual(source.counters.dropped, { "undeclared-topic": 2006 });
    assert.ok(bench.problems.length <= 1000);
  });

  it("takes random bytes, as JSON and as raw values, and leaves no memory taken", async () => {
    const random = new Random(FUZZ_SEED);
    const { source, send, end } = await open("raw");
    for (let i = 0; i < 300; i++) send("number", randomBytes(random, random.integer(40)));
    send("number", "NaN");
    send("number", "Infinity");
    send("number", "-1e400");
    send("text", GIANT.slice(0, 1_000_000));
    const before = heapBytes();
    for (let i = 0; i < 10; i++) send("text", GIANT);
    const left = heapBytes() - before;
    assert.ok(left < MOST_LEFT_BYTES, `${left} bytes more`);
    const kept = await end();
    for (const { value, quality } of kept) assert.ok(Number.isFinite(value) || isBad(quality));
    assert.equal(source.counters.dropped["malformed-payload"]! + kept.length, 314);

    const json = await open("json");
    const good = Buffer.from(at(5));
    for (let i = 0; i < 500; i++) {
      const broken = Buffer.from(good);
      for (let k = random.integer(4); k >= 0; k--)
        broken[random.integer(broken.length)] = random.integer(256);
      json.send("number", broken.subarray(0, random.integer(broken.length + 1)));
    }
    await json.end();
  });

  it("goes on after the largest topic and payload that a broker passes on", async () => {
    const bench = await BadInputBench.open();
    const users = new BrokerUsers(
      (["plant", "twin"] as const).map((user) => ({ user, sha256: passwordDigest(`${user}-password`) })),
    );
    const broker = await startBroker({ users, port: 0, onRefused: () => undefined });
    mkdirSync(join(bench.home, "run"), { recursive: true });
    writeFileSync(join(bench.home, "run", "host.json"), JSON.stringify({ mqttPort: broker.port }));
    const plant = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      username: "plant",
      password: "plant-password",
      protocolVersion: 4,
    });
    const link = new MqttLink({
      id: "l",
      name: "link",
      url: "embedded",
      reality: "live",
      home: bench.home,
      login: () => ({ user: "twin", password: "twin-password" }),
    });
    const source = new MqttSource({
      id: "n",
      name: "source",
      link,
      bindings: bindings([{ nodeId: "acme/good", path: "good" }]),
      filters: ["acme/#"],
      clocks: bench.clocks,
      epochs: bench.epochs,
      listener: bench,
    });
    source.start();
    try {
      await until(() => link.state.phase === "connected", "the link");
      const good = (value: number) =>
        plant.publishAsync("acme/good", JSON.stringify({ value, timeUs: T0 + value }), { qos: 1 });
      let probes = 0;
      while (bench.samples.length === 0) {
        await good(probes++);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await plant.publishAsync(`acme/${"x".repeat(65_000)}`, "1", { qos: 1 });
      await plant.publishAsync("acme/good", GIANT, { qos: 1 });
      await good(1000);
      await until(() => bench.samples.at(-1)?.value === 1000, "the good one");
    } finally {
      await source.stop();
      await plant.endAsync(true);
      await broker.close();
    }
    assert.deepEqual(source.counters.dropped, { "undeclared-topic": 1, "malformed-payload": 1 });
    await bench.settle(source.counters);
  });
});

/** A message waits for so long for those before it. */
const REORDER_MS = 50;

describe("bad input at a sparkplug source", function () {
  this.timeout(30_000);
  let nowMs = 0;
  beforeEach(() => {
    nowMs = Date.now();
  });

  const open = async () => {
    const bench = await BadInputBench.open();
    const link = new MqttLink({
      id: "l",
      name: "link",
      url: "mqtt://127.0.0.1:1",
      reality: "live",
      home: bench.home,
    });
    const source = new SparkplugSource({
      id: "n",
      name: "host",
      link,
      twin: "acme/leipzig/paint",
      bindings: [],
      reorderMs: REORDER_MS,
      asksForRebirth: false,
      clocks: bench.clocks,
      epochs: bench.epochs,
      listener: bench,
    });
    let sequence = 0;
    const next = () => {
      sequence = (sequence + 1) % 256;
      return sequence;
    };
    const topic = (kind: string) => `spBv1.0/acme-leipzig-paint/${kind}/oven1`;
    const birth = (metrics: readonly Metric[] = [], bdSeq = 0n, timestampMs = nowMs) => {
      sequence = 0;
      source.message(
        topic("NBIRTH"),
        Buffer.from(
          encodePayload({
            timestampMs,
            seq: 0,
            metrics: [
              { name: "bdSeq", type: "Int64", value: bdSeq },
              { name: "level", alias: 1, timestampMs: nowMs, type: "Double", value: 0.5 },
              ...metrics,
            ],
          }),
        ),
      );
    };
    const data = (metrics: readonly Metric[], timestampMs = nowMs) =>
      source.message(topic("NDATA"), Buffer.from(encodePayload({ timestampMs, seq: next(), metrics })));
    const level = (value: number, timestampMs = nowMs) =>
      data([{ alias: 1, timestampMs, untyped: { doubleValue: value } }]);
    const levels = () =>
      bench.samples.filter(({ address }) => address.endsWith("/level")).map(({ value }) => value);
    const end = async () => {
      await source.stop();
      await bench.settle(source.counters);
    };
    return { bench, source, topic, birth, data, level, levels, end, next };
  };

  it("drops a payload that was cut at any byte, counts it, and takes the whole one", async () => {
    const { source, topic, birth, level, levels, end } = await open();
    const whole = Buffer.from(
      encodePayload({
        timestampMs: nowMs,
        seq: 1,
        metrics: [
          { alias: 1, timestampMs: nowMs, type: "Double", value: 1.5 },
          { name: "text", timestampMs: nowMs, type: "String", value: "Bäckerei" },
          {
            name: "table",
            timestampMs: nowMs,
            type: "DataSet",
            value: { columns: ["n"], types: ["Int8"], rows: [[-3], [null]] },
          },
          { name: "list", timestampMs: nowMs, type: "Int16Array", value: new Int16Array([1, -2]) },
        ],
      }),
    );
    birth();
    const before = source.counters.received;
    for (let length = 0; length < whole.length; length++)
      source.message(topic("NDATA"), whole.subarray(0, length));
    // Some cuts fall between two fields and leave a payload that is shorter, but one.
    const { received, dropped } = source.counters;
    assert.ok(dropped["malformed-payload"]! > whole.length / 2, JSON.stringify(dropped));
    assert.ok(received - before >= dropped["malformed-payload"]!);
    birth();
    level(2.5);
    await end();
    assert.equal(levels().at(-1), 2.5);
  });

  it("takes wrong types, doubled names and aliases, and aliases used anew, each counted", async () => {
    const { bench, source, birth, data, level, levels, end } = await open();
    birth([
      { name: "level", alias: 2, timestampMs: nowMs, type: "Double", value: 9 },
      { name: "a", alias: 3, timestampMs: nowMs, type: "Int32", value: 1 },
      { name: "b", alias: 3, timestampMs: nowMs, type: "Int32", value: 2 },
      { name: "__proto__", alias: 4, timestampMs: nowMs, type: "Int32", value: 3 },
      { name: "constructor", alias: 5, timestampMs: nowMs, type: "Boolean", value: true },
    ]);
    data([{ alias: 1, untyped: { stringValue: "text" } }]);
    data([{ alias: 3, untyped: { intValue: 7 } }]);
    data([{ alias: 99, untyped: { intValue: 7 } }]);
    data([{ name: "nobody", untyped: { intValue: 7 } }]);
    level(Number.NaN);
    level(Number.POSITIVE_INFINITY);
    level(4);
    birth([{ name: "other", alias: 3, timestampMs: nowMs, type: "Int32", value: 5 }]);
    data([{ alias: 3, untyped: { intValue: 6 } }]);
    level(5);
    await end();
    assert.deepEqual(levels(), [0.5, Number.NaN, Number.POSITIVE_INFINITY, 4, 0.5, 5]);
    const others = bench.samples.filter(({ address }) => address.endsWith("/other"));
    assert.deepEqual(
      others.map(({ value }) => value),
      [5, 6],
    );
    assert.ok(source.counters.dropped["malformed-payload"]! >= 1, JSON.stringify(source.counters.dropped));
    assert.ok(bench.codes.includes("ambiguous-alias"), bench.codes.join(", "));
    assert.equal(({} as { value?: unknown }).value, undefined);
  });

  it("keeps values of the year 2200 as bad, and neither clock nor gaps follow them", async () => {
    const { bench, birth, data, level, levels, end } = await open();
    birth();
    level(1, Y2200_US / 1000);
    level(2, Number.MAX_SAFE_INTEGER);
    data([{ alias: 1, untyped: { doubleValue: 3 } }], Y2200_US / 1000);
    level(4);
    // Another session: what lies between the last message and its birth is a gap of now.
    const bornMs = Date.now() + 1000;
    birth([], 1n, bornMs);
    await end();
    assert.deepEqual(levels().slice(0, 5), [0.5, 1, 2, 3, 4]);
    const marks = bench.samples.filter(({ address }) => address.endsWith("/level")).slice(0, 5);
    assert.deepEqual(
      marks.map(({ quality }) => quality),
      [GOOD, BAD_INVALID_TIMESTAMP, BAD_INVALID_TIMESTAMP, BAD_INVALID_TIMESTAMP, GOOD],
    );
    for (const { sourceTimeUs } of marks) assert.ok(Math.abs(sourceTimeUs - nowMs * 1000) < 60e6);
    assert.deepEqual(
      bench.gaps.map(({ cause, toUs }) => [cause, toUs]),
      [["connection-lost", bornMs * 1000]],
    );
    assert.ok(Math.abs(bench.gaps[0]!.fromUs - nowMs * 1000) < 60e6);
    assert.deepEqual(
      bench.codes.filter((code) => code.startsWith("time-")),
      ["time-ahead", "time-out-of-range"],
    );
  });

  it("takes random bytes and topics that are none", async () => {
    const random = new Random(FUZZ_SEED);
    const { bench, source, birth, level, levels, end, topic } = await open();
    birth();
    for (let i = 0; i < 500; i++) source.message(topic("NDATA"), randomBytes(random, random.integer(120)));
    const whole = Buffer.from(
      encodePayload({
        timestampMs: nowMs,
        seq: 1,
        metrics: [{ alias: 1, timestampMs: nowMs, type: "Double", value: 1.5 }],
      }),
    );
    for (let i = 0; i < 500; i++) {
      const broken = Buffer.from(whole);
      broken[random.integer(broken.length)] = random.integer(256);
      source.message(topic("NDATA"), broken);
    }
    for (const odd of [
      "spBv1.0",
      "spBv1.0/",
      `spBv1.0/${LONG_TOPIC}`,
      "spBv1.0/g/NDATA/e/d/more",
      "spBv1.0/g/X/e",
    ])
      source.message(odd, whole);
    source.message(topic("NDATA"), Buffer.alloc(0));
    source.message(topic("NDATA"), Buffer.from(GIANT));
    // Broken ones with a later time pass for what overtook a birth, and take their places behind it: the next one ends them.
    for (let round = 0; round < 2; round++) {
      await new Promise((resolve) => setTimeout(resolve, 40 * REORDER_MS));
      birth([], 0n, nowMs + 86_390_000);
    }
    // A broken one may bear a later time, believed up to a day ahead: what comes before it is left out.
    level(7, nowMs + 86_399_000);
    await end();
    assert.ok(levels().includes(7), levels().join());
    assert.ok(bench.problems.length <= 1000);
  });
});

describe("bad input at an ingest", function () {
  this.timeout(30_000);

  it("accounts for every message of a list of horrors, and the good ones between arrive", async () => {
    const bench = await BadInputBench.open();
    const source = new Ingest({
      id: "n",
      name: "press",
      reality: "live",
      bindings: readIngestTable(
        [
          { topic: "good", nodeId: "payload", path: "good" },
          { topic: "bad/#", nodeId: "payload.value", path: "value", timePath: "payload.t", timeUnit: "us" },
          { topic: "bad/#", nodeId: "payload.text", path: "text", type: "string" },
          { topic: "bad/#", nodeId: "payload.tree", path: "tree", type: "structure" },
        ],
        TWIN,
        "press",
      ),
      clocks: bench.clocks,
      epochs: bench.epochs,
      listener: bench,
    });
    source.start();
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const horrors: unknown[] = [
      undefined,
      null,
      42,
      {},
      { topic: LONG_TOPIC, payload: {} },
      { topic: "bad/x", payload: { value: "x", text: GIANT, tree: JSON.parse(deepJson(100_000)), t: T0 } },
      { topic: "bad/x", payload: { value: Number.NaN, text: {}, tree: circle, t: Y1601_US } },
      { topic: "bad/x", payload: { value: Number.POSITIVE_INFINITY, text: "ok", tree: GIANT, t: Y2200_US } },
      {
        topic: "bad/x",
        payload: JSON.parse('{"__proto__": {"value": 1}, "tree": {"__proto__": {"polluted": 1}}}'),
      },
      {
        topic: "bad/x",
        get payload(): unknown {
          throw new Error("no");
        },
      },
      { topic: "bad/x", payload: Buffer.from(GIANT) },
      { topic: "bad/x", payload: { value: 1, text: "x", tree: {}, t: Y2200_US } },
      { topic: "bad/x", payload: { value: 1, text: "x", tree: { a: 1 }, t: 9.1e15 } },
    ];
    for (const [i, horror] of horrors.entries()) {
      source.take(horror);
      source.take({ topic: "good", payload: i });
    }
    await source.stop();
    assert.deepEqual(
      bench.samples
        .filter(({ address }) => address === `${TWIN}/good`)
        .map(({ value, quality }) => [value, quality]),
      horrors.map((_, i) => [i, GOOD]),
    );
    await bench.settle(source.counters);
    for (const code of [
      "wrong-type",
      "not-a-number",
      "too-large",
      "unreadable",
      "time-out-of-range",
      "time-ahead",
    ])
      assert.ok(bench.codes.includes(code), `${code} in ${bench.codes.join(", ")}`);
    assert.ok(source.counters.dropped["no-row"]! >= 4);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
  });
});

describe("bad input at an opc ua source", function () {
  this.timeout(60_000);
  after(killTestServers);

  it("keeps wrong types, numbers and times as bad, and goes on", async () => {
    const server = await startTestServer({ pki: newFolder("bad-input-pki"), tags: 1, periodMs: 100 });
    const bench = await BadInputBench.open();
    const link = new OpcuaLink({
      id: "l",
      name: "link",
      endpoint: server.endpoint,
      reality: "live",
      home: bench.home,
      securityMode: "None",
      securityPolicy: "None",
    });
    const source = new OpcuaSource({
      id: "n",
      name: "source",
      link,
      bindings: bindings([
        { nodeId: "ns=1;s=Tag0", path: "count" },
        { nodeId: "ns=1;s=Text", path: "number" },
        { nodeId: "ns=1;s=Flag", path: "text", type: "string" },
        { nodeId: "ns=1;s=Fahrenheit", path: "fahrenheit" },
        { nodeId: "ns=1;s=Sampled", path: "none" },
      ]),
      publishingIntervalMs: 50,
      clocks: bench.clocks,
      epochs: bench.epochs,
      listener: bench,
    });
    const of = (path: string) => bench.samples.filter(({ address }) => address === `${TWIN}/${path}`);
    source.start();
    try {
      await until(() => of("count").length > 2 && of("fahrenheit").length > 0, "the first values");
      const set = async (name: string, path: string, type: string, value: unknown, atMs?: number) => {
        const before = of(path).length;
        server.command({ set: name, type, value, ...(atMs === undefined ? {} : { atMs }) });
        await until(() => of(path).length > before, `${type} ${String(value).slice(0, 20)}`);
        return of(path).at(-1)!;
      };
      assert.equal((await set("Text", "number", "String", "warm")).quality, 0x80740000);
      const long = await set("Text", "number", "String", GIANT);
      assert.deepEqual([(long.other as string).length, long.quality], [GIANT.length, 0x80740000]);
      for (const value of ["NaN", "Infinity", "-Infinity"])
        assert.equal(
          (await set("Fahrenheit", "fahrenheit", "Double", value)).quality,
          BAD_OUT_OF_RANGE,
          value,
        );
      const skewUs = () => link.clock.nowUs() - Date.now() * 1000;
      const before = skewUs();
      for (const [i, year] of [1700, 2200, 2256, 9990].entries()) {
        const sample = await set("Fahrenheit", "fahrenheit", "Double", i, Date.UTC(year, 0));
        assert.equal(sample.quality, BAD_INVALID_TIMESTAMP, String(year));
        assert.ok(Math.abs(sample.sourceTimeUs - Date.now() * 1000) < 60e6, String(year));
      }
      assert.ok(Math.abs(skewUs() - before) < 5e6);
      const { ageUs } = source.summary();
      const counted = of("count").length;
      await until(() => of("count").length > counted, "the good tag");
      assert.ok(ageUs! < 60e6);
    } finally {
      await source.stop();
    }
    assert.deepEqual(
      bench.codes.filter((code) => code.startsWith("time") || code === "not-a-number"),
      ["not-a-number", "time-ahead", "time-out-of-range"],
    );
    for (const { fromUs, toUs } of bench.gaps) assert.ok(toUs - fromUs < 60e6, `${fromUs} to ${toUs}`);
    const counts = of("count").map(({ value }) => value);
    assert.deepEqual(
      counts,
      Array.from(counts, (_, i) => counts[0]! + i),
      "no count is missing",
    );
    await bench.settle(source.counters);
  });
});
