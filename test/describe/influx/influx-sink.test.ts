import assert from "node:assert/strict";
import { BAD, BAD_INVALID_TIMESTAMP, BAD_OUT_OF_RANGE, GOOD } from "../../../runtime/core/quality.ts";
import { InfluxOne } from "../../../runtime/describe/influx/influx-one.ts";
import { checkedSettings, type InfluxSettings } from "../../../runtime/describe/influx/influx-settings.ts";
import { InfluxSink } from "../../../runtime/describe/influx/influx-sink.ts";
import { RowsRefused } from "../../../runtime/describe/sink.ts";
import { property, T0, TestSource } from "../twin-fixture.ts";
import { DatabaseProcess, needs } from "./database-process.ts";

const SIGNAL = new AbortController().signal;
const TAGS = [property("zone1/airTemperature"), property("zone 2, 50%=half/air")];

/** What a sink refused, by sequence. */
async function refusedBy(work: Promise<void>): Promise<{ sequences: number[]; message: string }> {
  try {
    await work;
  } catch (thrown) {
    assert.ok(thrown instanceof RowsRefused, String(thrown));
    return {
      sequences: thrown.rows.map(({ frame, row }) => frame.sequenceAt(row)).sort((a, b) => a - b),
      message: thrown.message,
    };
  }
  return { sequences: [], message: "" };
}

describe("influx sink at InfluxDB 1.x", function () {
  this.timeout(30_000);
  let influxd: DatabaseProcess;
  let databases = 0;
  let settings: InfluxSettings;

  before(async function () {
    needs(this, "influxd");
    influxd = await DatabaseProcess.influxd(["max-body-size = 60000"]);
  });
  after(() => influxd?.end());

  beforeEach(async () => {
    const database = `plant${databases++}`;
    await influxd.query(`CREATE DATABASE ${database}`);
    settings = checkedSettings({ version: 1, url: influxd.url, database, measurement: "rung" });
  });

  const sinkOf = (more: Partial<InfluxSettings> = {}): InfluxSink => {
    const its = { ...settings, ...more };
    return new InfluxSink("influx", new InfluxOne(its), its);
  };
  const rows = async (columns: string): Promise<unknown[][]> =>
    (await influxd.query(`SELECT ${columns} FROM rung`, settings.database))[0]!;

  it("stores one point a sample, with all that is known of it, however often it is handed over", async () => {
    const source = new TestSource(TAGS, "opcua:plant:source 1");
    const frame = source.frame([
      { index: 0, value: 180.25, timeUs: T0 + 1 },
      { index: 1, value: -0.1, timeUs: T0 + 2, quality: 0x40900000 },
      { index: 0, value: 1e-300, timeUs: T0 + 3 },
    ]);
    await sinkOf().store([frame], SIGNAL);
    const sink = sinkOf();
    await sink.store([frame], SIGNAL);
    await sink.store([frame], SIGNAL);
    assert.deepEqual(
      await rows("address, source, reality, unit, value, quality, received, epoch, sequence"),
      [
        ["2026-09-21T14:13:20.000001Z", TAGS[0]!.address, source.name, "virtual", "°C", 180.25, 0, T0, 1, 0],
        [
          "2026-09-21T14:13:20.000002Z",
          TAGS[1]!.address,
          source.name,
          "virtual",
          "°C",
          -0.1,
          0x40900000,
          T0,
          1,
          1,
        ],
        ["2026-09-21T14:13:20.000003Z", TAGS[0]!.address, source.name, "virtual", "°C", 1e-300, 0, T0, 1, 2],
      ],
    );
  });

  it("keeps samples of one tag and one microsecond apart, and finds each again after a restart", async () => {
    const source = new TestSource(TAGS);
    const frames = [
      source.frame([
        { index: 0, value: 1, timeUs: T0 },
        { index: 0, value: 2, timeUs: T0 },
        { index: 1, value: 3, timeUs: T0 },
      ]),
      source.frame([
        { index: 0, value: 4, timeUs: T0 },
        { index: 0, value: 5, timeUs: T0 + 1 },
        // Late: its time lies before the newest of its tag.
        { index: 0, value: 6, timeUs: T0 },
      ]),
    ];
    const first = sinkOf();
    for (const frame of frames) await first.store([frame], SIGNAL);
    // Each begins where another process was killed: at the second frame, and within what the first frame was cut to.
    await sinkOf().store([frames[1]!], SIGNAL);
    await sinkOf().store([frames[0]!.filter((row) => row > 0)], SIGNAL);
    await sinkOf().store([frames[1]!.filter((row) => row === 2)], SIGNAL);
    const found = (await rows("value, sequence, address")).filter(([, , , at]) => at === TAGS[0]!.address);
    assert.deepEqual(
      found.map(([time, value, sequence]) => [time, value, sequence]),
      [
        ["2026-09-21T14:13:20Z", 1, 0],
        ["2026-09-21T14:13:20.000000001Z", 2, 1],
        ["2026-09-21T14:13:20.000000002Z", 4, 3],
        ["2026-09-21T14:13:20.000000003Z", 6, 5],
        ["2026-09-21T14:13:20.000001Z", 5, 4],
      ],
    );
    assert.equal((await rows("value")).length, 6);
  });

  it("keeps a late sample apart from one of its own batch that the store does not have yet", async () => {
    const source = new TestSource(TAGS);
    const frame = source.frame([
      { index: 0, value: 1, timeUs: T0 },
      { index: 0, value: 2, timeUs: T0 + 1 },
      { index: 0, value: 3, timeUs: T0 },
    ]);
    for (let time = 0; time < 2; time++) await sinkOf().store([frame], SIGNAL);
    assert.deepEqual(await rows("value"), [
      ["2026-09-21T14:13:20Z", 1],
      ["2026-09-21T14:13:20.000000001Z", 3],
      ["2026-09-21T14:13:20.000001Z", 2],
    ]);
  });

  it("refuses the 1,001st sample of one microsecond and says so", async () => {
    const source = new TestSource(TAGS);
    const frame = source.frame(Array.from({ length: 1001 }, (_, i) => ({ index: 0, value: i, timeUs: T0 })));
    const { sequences, message } = await refusedBy(sinkOf().store([frame], SIGNAL));
    assert.deepEqual(sequences, [1000]);
    assert.match(message, /1 samples are not there: .*1,000 samples of one microsecond already/);
    assert.equal((await rows("value")).length, 1000);
  });

  it("keeps what is no finite number as text beside its kind, each type in a field of its own", async () => {
    const source = new TestSource(TAGS);
    const frame = source.frame([
      { index: 0, value: 1, timeUs: T0 },
      { index: 0, value: Number.NaN, timeUs: T0 + 1 },
      { index: 0, value: Number.NEGATIVE_INFINITY, timeUs: T0 + 2 },
      { index: 0, value: Number.NaN, timeUs: T0 + 3, other: 'say "hi\\"\nnew line, 1=2' },
      { index: 0, value: Number.NaN, timeUs: T0 + 4, other: 2n ** 60n },
      {
        index: 0,
        value: Number.NaN,
        timeUs: T0 + 5,
        other: { samples: Float64Array.of(1.5, Number.NaN, -0), sampleRateHz: 1000 },
      },
      { index: 0, value: Number.NaN, timeUs: T0 + 6, other: { a: [1, { b: "c" }] } },
      { index: 0, value: Number.NaN, timeUs: T0 + 7, other: "" },
    ]);
    await sinkOf().store([frame], SIGNAL);
    assert.deepEqual(
      (await rows("value, kind, text, quality")).map(([, ...fields]) => fields),
      [
        [1, null, null, GOOD],
        [null, "number", "NaN", BAD_OUT_OF_RANGE],
        [null, "number", "-Infinity", BAD_OUT_OF_RANGE],
        [null, "text", 'say "hi\\"\nnew line, 1=2', GOOD],
        [null, "integer", "1152921504606846976", GOOD],
        [null, "waveform", '{"sampleRateHz":1000,"samples":[1.5,"NaN","-0"]}', GOOD],
        [null, "structure", '{"a":[1,{"b":"c"}]}', GOOD],
        [null, "text", "", GOOD],
      ],
    );
  });

  it("puts a sample without a usable time at the time it came", async () => {
    const source = new TestSource(TAGS);
    const frame = source.frame([
      { index: 0, value: 1, timeUs: -5 },
      { index: 0, value: 2, timeUs: Number.NaN },
    ]);
    await sinkOf().store([frame], SIGNAL);
    assert.deepEqual(await rows("value, quality"), [
      ["2026-09-21T14:13:20Z", 1, BAD_INVALID_TIMESTAMP],
      ["2026-09-21T14:13:20.000000001Z", 2, BAD_INVALID_TIMESTAMP],
    ]);
  });

  it("refuses only the rows that cannot be stored, whether it knows so or the server says so", async () => {
    // Somebody made the field an integer in the shard of T0; a week later there is another shard.
    await influxd.query(`CREATE RETENTION POLICY short ON ${settings.database} DURATION 9w REPLICATION 1`);
    const WEEK = 7 * 86_400e6;
    const line = `rung value=1i ${T0}000`;
    await fetch(`${influxd.url}/write?db=${settings.database}`, { method: "POST", body: line });
    const source = new TestSource([...TAGS, property("back\\slash")]);
    const frame = source.frame([
      { index: 0, value: 1, timeUs: T0 },
      { index: 0, value: Number.NaN, timeUs: T0 + 1, other: "text is no conflict" },
      { index: 0, value: 2, timeUs: T0 + WEEK },
      { index: 0, value: Number.NaN, timeUs: T0 + 2, other: "x".repeat(65_536) },
      { index: 2, value: 3, timeUs: T0 + WEEK },
      { index: 1, value: 4, timeUs: T0 + 3 },
      { index: 1, value: Number.NaN, timeUs: T0 + WEEK, other: "ä".repeat(32_000) },
    ]);
    const { sequences, message } = await refusedBy(sinkOf().store([frame], SIGNAL));
    assert.deepEqual(sequences, [0, 3, 4, 5]);
    assert.match(message, /4 samples are not there/);
    assert.deepEqual(
      (await rows("sequence")).map(([, sequence]) => sequence).filter((sequence) => sequence !== null),
      [1, 2, 6],
    );
  });

  it("halves a batch that is too large for the server, and loses nothing", async () => {
    const source = new TestSource(TAGS);
    // What does not compress: some 200 kB after gzip, against the 60 kB this server takes.
    let seed = 1;
    const noise = (): string =>
      Array.from({ length: 2000 }, () => {
        seed = (seed * 48271) % 2147483647;
        return String.fromCharCode(33 + (seed % 90));
      }).join("");
    const frame = source.frame(
      Array.from({ length: 120 }, (_, i) => ({
        index: 0,
        value: Number.NaN,
        timeUs: T0 + i,
        other: noise(),
      })),
    );
    await sinkOf().store([frame], SIGNAL);
    const [[[, count]]] = (await influxd.query("SELECT count(text) FROM rung", settings.database)) as [
      [[string, number]],
    ];
    assert.equal(count, 120);
  });

  it("knows what it holds by tag, time and content", async () => {
    const source = new TestSource(TAGS);
    const sink = sinkOf();
    await sink.store(
      [
        source.frame([
          { index: 0, value: 1, timeUs: T0 },
          { index: 0, value: 2, timeUs: T0 },
          { index: 1, value: Number.NaN, timeUs: T0 + 1e9, other: [1, 2] },
        ]),
      ],
      SIGNAL,
    );
    const key = (index: number, sourceTimeUs: number, value: number, other?: unknown) => ({
      address: TAGS[index]!.address,
      sourceTimeUs,
      value,
      quality: GOOD,
      ...(other === undefined ? {} : { other }),
    });
    assert.deepEqual(
      await sink.holds!(source.name, [
        key(0, T0, 2),
        key(0, T0, 3),
        key(1, T0, 1),
        key(0, T0 + 1, 1),
        key(1, T0 + 1e9, Number.NaN, [1, 2]),
        key(1, T0 + 1e9, Number.NaN, [1, 3]),
        { ...key(0, T0, 2), quality: BAD },
      ]),
      [true, false, false, false, true, false, false],
    );
    assert.deepEqual(await sink.holds!("another", [key(0, T0, 1)]), [false]);
  });

  it("tells a missing database, a refused login and an absent server apart, each with what to do", async () => {
    const frame = new TestSource(TAGS).frame([{ index: 0, value: 1 }]);
    await assert.rejects(sinkOf({ database: "nobody" }).store([frame], SIGNAL), {
      code: "influx-no-database",
      message: /database nobody: answered 404: database not found: "?nobody"? \(make the database/,
    });
    await assert.rejects(sinkOf({ url: "http://127.0.0.1:9" }).store([frame], SIGNAL), {
      code: "influx-unreachable",
      message: /ECONNREFUSED.*nothing is lost/,
    });
    const found = await new InfluxOne(settings).probe();
    assert.match(found.product, /^InfluxDB 1\./);
    assert.deepEqual(found.database, { name: settings.database, found: true });
    const absent = await new InfluxOne({ ...settings, database: "nobody" }).probe();
    assert.deepEqual(absent.database, { name: "nobody", found: false });
  });
});

describe("influx settings", () => {
  const good: InfluxSettings = { version: 1, url: "http://h:8086", database: "plant", measurement: "rung" };

  it("refuses what cannot work, and says what to write", () => {
    const refused = (more: Partial<InfluxSettings>, message: RegExp): void => {
      assert.throws(() => checkedSettings({ ...good, ...more }), { code: "bad-influx-settings", message });
    };
    refused({ url: "influx.plant" }, /http:\/\/host:8086/);
    refused({ url: "http://me:secret@h" }, /holds a login/);
    refused({ database: "" }, /names no database/);
    refused({ version: 2 }, /no organisation/);
    refused({ measurement: "a\nb" }, /no name of a measurement/);
    const row = { address: "acme/x", measurement: "m", tags: {}, field: "f" };
    refused({ mapping: [row, row] }, /stands twice/);
    assert.deepEqual(checkedSettings({ ...good, mapping: [row] }).mapping, [row]);
    assert.deepEqual(checkedSettings({ ...good, version: 2, database: "", writeOnly: true }).writeOnly, true);
  });
});
