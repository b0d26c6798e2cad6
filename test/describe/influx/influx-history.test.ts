import assert from "node:assert/strict";
import { run } from "../../../runtime/cli/query.ts";
import type { Frame } from "../../../runtime/core/frame.ts";
import { BAD_NO_DATA, BAD_SENSOR_FAILURE, GOOD, UNCERTAIN } from "../../../runtime/core/quality.ts";
import { Random } from "../../../runtime/core/random.ts";
import type { Historian } from "../../../runtime/describe/historian/historian.ts";
import { askHistory, type HistoryQuestion } from "../../../runtime/describe/historian/history-query.ts";
import { InfluxHistory } from "../../../runtime/describe/influx/influx-history.ts";
import { InfluxOne, PAGE } from "../../../runtime/describe/influx/influx-one.ts";
import type { InfluxServer } from "../../../runtime/describe/influx/influx-server.ts";
import type { InfluxSettings } from "../../../runtime/describe/influx/influx-settings.ts";
import { InfluxSink } from "../../../runtime/describe/influx/influx-sink.ts";
import { InfluxTwo } from "../../../runtime/describe/influx/influx-two.ts";
import { HistorianBench } from "../historian-fixture.ts";
import { OVEN, property, SECOND, T0, TestSource } from "../twin-fixture.ts";
import { DatabaseProcess, needs } from "./database-process.ts";
import { FakeInfluxTwo } from "./fake-influx-two.ts";

const SIGNAL = new AbortController().signal;
const AIR = `${OVEN}/zone1/airTemperature`;
const STATE = `${OVEN}/machine/state`;
const ENTRY = `${OVEN}/entry/body`;
const EXIT = `${OVEN}/exit/body`;

/** Half an hour of an oven: irregular, with bad and uncertain samples, text, waveforms and equal times. */
function halfAnHour(): Frame[] {
  const random = new Random(3);
  const source = new TestSource(
    [
      property("zone1/airTemperature"),
      property("machine/state"),
      property("entry/body"),
      property("exit/body"),
    ],
    "opcua:plant:source",
  );
  const frames: Frame[] = [];
  for (let second = 0; second < 1800; second += 20) {
    const timeUs = T0 + second * SECOND + random.integer(SECOND);
    const quality = [GOOD, GOOD, GOOD, UNCERTAIN, BAD_SENSOR_FAILURE][random.integer(5)]!;
    const rows = [{ index: 0, value: 170 + 20 * random.uniform(), timeUs, quality }];
    if (second % 200 === 0) rows.push({ index: 0, value: 100, timeUs, quality: GOOD });
    if (second % 300 === 0) {
      const other =
        second === 600 ? { samples: Float64Array.of(1, -0, 0.5), sampleRateHz: 10 } : `state "${second}"\n`;
      rows.push({
        index: 1,
        value: Number.NaN,
        timeUs: timeUs + 1,
        quality: GOOD,
        other,
      } as (typeof rows)[0]);
    }
    if (second % 100 === 0)
      rows.push({ index: 2, value: second / 100 + 1, timeUs: timeUs + 2, quality: GOOD });
    if (second % 100 === 60)
      rows.push({ index: 3, value: (second - 60) / 100, timeUs: timeUs + 3, quality: GOOD });
    frames.push(source.frame(rows, source.sequence, timeUs + 500));
  }
  return frames;
}

const QUESTIONS: readonly HistoryQuestion[] = [
  { kind: "last", addresses: [AIR, STATE] },
  { kind: "range", addresses: [AIR, STATE], fromUs: T0 + 100 * SECOND, toUs: T0 + 900 * SECOND },
  { kind: "range", addresses: [AIR], fromUs: T0 - SECOND, toUs: T0 },
  { kind: "buckets", addresses: [AIR, STATE], fromUs: T0 - 60 * SECOND, toUs: T0 + 1900 * SECOND, n: 37 },
  { kind: "buckets", addresses: [AIR], fromUs: T0 + 7 * SECOND, toUs: T0 + 8 * SECOND, n: 2 },
  {
    kind: "asof",
    base: ENTRY,
    addresses: [AIR, STATE, "acme/nothing"],
    fromUs: T0 + 99 * SECOND,
    toUs: T0 + 1700 * SECOND,
  },
  {
    kind: "eventWindow",
    entry: ENTRY,
    exit: EXIT,
    addresses: [AIR, "acme/nothing"],
    fromUs: T0,
    toUs: T0 + 1800 * SECOND,
  },
];

interface Kind {
  readonly name: string;
  start(context: Mocha.Context): Promise<InfluxSettings>;
  server(settings: InfluxSettings): InfluxServer;
  /** Writes a line as somebody else would. */
  line(text: string): Promise<void>;
  end(): Promise<void>;
}

function influxOne(): Kind {
  let influxd: DatabaseProcess;
  return {
    name: "InfluxDB 1.x",
    async start(context) {
      needs(context, "influxd");
      influxd = await DatabaseProcess.influxd();
      await influxd.query("CREATE DATABASE plant");
      return { version: 1, url: influxd.url, database: "plant", measurement: "rung" };
    },
    server: (settings) => new InfluxOne(settings),
    async line(text) {
      const answer = await fetch(`${influxd.url}/write?db=plant`, { method: "POST", body: text });
      assert.equal(answer.status, 204);
    },
    end: async () => influxd?.end(),
  };
}

function influxTwo(): Kind {
  let fake: FakeInfluxTwo;
  const its = { organisation: "acme", token: FakeInfluxTwo.token };
  return {
    name: "a server that speaks as InfluxDB 2.x",
    async start() {
      fake = await new FakeInfluxTwo().start();
      return { version: 2, url: fake.url, database: "plant", measurement: "rung", ...its };
    },
    server: (settings) => new InfluxTwo(settings),
    async line(text) {
      await new InfluxTwo({
        version: 2,
        url: fake.url,
        database: "plant",
        measurement: "rung",
        ...its,
      }).write(text);
    },
    end: async () => fake?.end(),
  };
}

for (const kind of [influxOne(), influxTwo()]) {
  describe(`history in ${kind.name}`, function () {
    this.timeout(30_000);
    const bench = new HistorianBench();
    let settings: InfluxSettings;
    let historian: Historian;
    let history: InfluxHistory;

    before(async function () {
      settings = await kind.start(this);
      historian = bench.historian();
      const server = kind.server(settings);
      const sink = new InfluxSink("influx", server, settings);
      const frames = halfAnHour();
      await Promise.all(frames.map((frame) => historian.append(frame)));
      await sink.store(frames, SIGNAL);
      history = new InfluxHistory(server, settings);
    });
    after(async () => {
      await bench.end();
      await kind.end();
    });

    for (const question of QUESTIONS) {
      const { kind: name, addresses, n } = question;
      it(`answers as Rung's own historian does: ${name}${n === undefined ? "" : ` of ${n}`}, ${addresses.length}`, async () => {
        const nowUs = T0 + 1800 * SECOND;
        assert.deepEqual(
          await askHistory(history, question, nowUs),
          await askHistory(historian, question, nowUs),
        );
      });
    }

    it("answers as Rung's own historian does: at, span, addresses, receive time and reality", async () => {
      const times = [T0 - 1, T0 + 500 * SECOND, T0 + 1e12];
      for (const timeUs of times)
        assert.deepEqual(
          await history.at([AIR, ENTRY, "acme/nothing"], timeUs),
          await historian.at([AIR, ENTRY, "acme/nothing"], timeUs),
        );
      assert.deepEqual(await history.span(), await historian.span());
      assert.deepEqual((await history.addresses()).sort(), (await historian.addresses()).sort());
      assert.deepEqual(await history.last(AIR), await historian.last(AIR));
      const ends = [T0, T0 + 1e12] as const;
      assert.deepEqual(
        (await history.range(AIR, ...ends)).realities,
        (await historian.range(AIR, ...ends)).realities,
      );
      assert.equal(await history.last("acme/nothing"), undefined);
      await assert.rejects(history.range("acme/nothing", 0, 1), { code: "unknown-address" });
      await assert.rejects(history.buckets(AIR, 1, 1, 1), { code: "bad-range" });
      await assert.rejects(history.windows([AIR], [{ fromUs: 2, toUs: 1 }]), { code: "bad-range" });
    });

    it("says where a limit cut a range short, and joins pages without loss", async () => {
      const whole = await history.range(AIR, T0, T0 + 1e12);
      const short = await history.range(AIR, T0, T0 + 1e12, 7);
      assert.deepEqual([short.complete, whole.complete], [false, true]);
      assert.deepEqual(short.value, whole.value.slice(0, 7));
      assert.equal((await history.range(AIR, T0, T0 + 1e12, whole.value.length)).complete, true);
    });

    it("reads somebody else's fields by a mapping, whatever they are called", async () => {
      const lines = Array.from(
        { length: PAGE + 50 },
        (_, i) =>
          `oven\\ 1,line=1,tag=it's Temp=${20 + (i % 7)},Door=${i % 2 === 0},Shift="s${i % 3}" ${T0 + i}000`,
      );
      await kind.line(`${lines.join("\n")}\noven\\ 1,line=2,tag=it's Temp=99 ${T0}000`);
      const series = { measurement: "oven 1", tags: { line: "1", tag: "it's" } };
      const mapped = new InfluxHistory(kind.server(settings), {
        mapping: [
          { ...series, address: "acme/oven/temperature", field: "Temp", unit: "°C" },
          { ...series, address: "acme/oven/door", field: "Door" },
          { ...series, address: "acme/oven/shift", field: "Shift" },
          { ...series, address: "acme/oven/nothing", field: "Nothing" },
        ],
      });
      const found = await mapped.range("acme/oven/temperature", T0, T0 + PAGE + 50);
      assert.deepEqual([found.unit, found.complete, found.realities], ["°C", true, ["recorded"]]);
      assert.deepEqual(
        found.value,
        Float64Array.from({ length: PAGE + 50 }, (_, i) => 20 + (i % 7)),
      );
      assert.deepEqual(
        found.sourceTimeUs,
        Float64Array.from({ length: PAGE + 50 }, (_, i) => T0 + i),
      );
      assert.deepEqual((await mapped.range("acme/oven/door", T0, T0 + 3)).value, Float64Array.of(1, 0, 1));
      const shift = await mapped.last("acme/oven/shift");
      assert.deepEqual(
        [shift?.other, shift?.value, shift?.quality],
        [`s${(PAGE + 49) % 3}`, Number.NaN, GOOD],
      );
      const [asof] = (await mapped.asof("acme/oven/temperature", ["acme/oven/shift", AIR], T0 + 5, T0 + 7))
        .columns;
      assert.deepEqual(
        [...asof!.other],
        [
          [0, "s2"],
          [1, "s0"],
        ],
      );
      // Nothing tells that the device lived on after its last value.
      const { covered, mean } = await mapped.buckets("acme/oven/temperature", T0, T0 + 2 * (PAGE + 49), 2);
      assert.deepEqual([covered[0], covered[1], mean[1]], [1, 0, 20 + ((PAGE + 49) % 7)]);
      await assert.rejects(mapped.range("acme/oven/nothing", 0, 1), {
        message: /series in the mapping has no value/,
      });
      assert.equal((await mapped.at(["acme/oven/nothing"], T0)).quality[0], BAD_NO_DATA);
    });
  });
}

describe("rung query of an InfluxDB", () => {
  let fake: FakeInfluxTwo;
  const token = process.env.RUNG_INFLUX_TOKEN;
  before(async () => {
    fake = await new FakeInfluxTwo().start();
    process.env.RUNG_INFLUX_TOKEN = FakeInfluxTwo.token;
    await new InfluxTwo({
      version: 2,
      url: fake.url,
      database: "plant",
      organisation: "acme",
      measurement: "rung",
      token: FakeInfluxTwo.token,
    }).write(`rung,address=acme/a,source=s,reality=live,unit=K value=3,quality=0i ${T0}000`);
  });
  after(() => {
    fake.end();
    if (token === undefined) delete process.env.RUNG_INFLUX_TOKEN;
    else process.env.RUNG_INFLUX_TOKEN = token;
  });

  it("writes what a file would give, and needs a database or a bucket", async () => {
    const written: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = ((text: string) => written.push(text) > 0) as typeof process.stdout.write;
    try {
      assert.equal(await run(["acme/a", "--influx", fake.url, "--bucket", "plant", "--org", "acme"]), 0);
    } finally {
      process.stdout.write = write;
    }
    assert.deepEqual(written, [
      "address,unit,time,value,quality\nacme/a,K,2026-09-21T14:13:20.000000Z,3,good\n",
    ]);
    await assert.rejects(run(["acme/a", "--influx", fake.url]), { code: "usage", message: /--database/ });
    await assert.rejects(run(["acme/a", "--influx", "nowhere", "--database", "d"]), {
      code: "bad-influx-settings",
    });
  });
});

describe("a server that speaks as InfluxDB 2.x", () => {
  let fake: FakeInfluxTwo;
  let settings: InfluxSettings;
  const frame = new TestSource([property("zone1/airTemperature")]).frame([
    { index: 0, value: 1 },
    { index: 0, value: 2 },
  ]);
  beforeEach(async () => {
    fake = await new FakeInfluxTwo().start();
    settings = {
      version: 2,
      url: fake.url,
      database: "plant",
      organisation: "acme",
      token: FakeInfluxTwo.token,
      measurement: "rung",
    };
  });
  afterEach(() => fake.end());
  const store = (more: Partial<InfluxSettings> = {}): Promise<void> => {
    const its = { ...settings, ...more };
    return new InfluxSink("influx", new InfluxTwo(its), its).store([frame], SIGNAL);
  };

  it("tells refused tokens, missing buckets, faults and silence apart, each with what to do", async () => {
    await assert.rejects(store({ token: "wrong" }), {
      code: "influx-login-refused",
      message: /401: unauthorized access \(correct/,
    });
    await assert.rejects(store({ database: "none" }), {
      code: "influx-no-database",
      message: /bucket none: answered 404: bucket not found \(make/,
    });
    fake.faults.push(
      { status: 403, body: '{"message":"no"}' },
      { status: 503, body: "later" },
      { status: 429, body: "" },
      { status: 500, body: "{oops" },
    );
    for (const code of ["influx-no-right", "influx-busy", "influx-busy", "influx-failed"])
      await assert.rejects(store(), { code });
    await assert.rejects(store({ url: "http://127.0.0.1:9" }), { code: "influx-unreachable" });
    await store();
    assert.equal(fake.points.size, 2);
  });

  it("drops only the rows that are refused", async () => {
    const refusal = {
      status: 422,
      body: '{"message":"failure writing points to database: partial write: field type conflict dropped=1"}',
    };
    fake.faults.push(refusal, refusal);
    await assert.rejects(store(), {
      code: "rows-refused",
      message: /1 samples are not there: .*field type conflict/,
    });
    assert.equal(fake.points.size, 1);
  });

  it("is tried out with its version and bucket", async () => {
    const probe = (more: Partial<InfluxSettings> = {}) => new InfluxTwo({ ...settings, ...more }).probe();
    assert.deepEqual(await probe(), {
      product: "InfluxDB 2.7.10",
      database: { name: "plant", found: true },
      answersQueries: true,
    });
    assert.deepEqual((await probe({ database: "none" })).database, { name: "none", found: false });
    assert.equal((await probe({ writeOnly: true })).answersQueries, false);
    await assert.rejects(probe({ token: "wrong" }), { code: "influx-login-refused" });
    const takesOnly = { ...settings, writeOnly: true };
    await assert.rejects(new InfluxHistory(new InfluxTwo(takesOnly), takesOnly).last(AIR), {
      code: "influx-write-only",
    });
  });
});
