import assert from "node:assert/strict";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { BAD_DECODING, BAD_NO_DATA, BAD_SENSOR_FAILURE, GOOD } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import { LimitClaims } from "../../runtime/describe/historian/historian-limits.ts";
import { Watermarks } from "../../runtime/describe/historian/watermarks.ts";
import { HistorianBench } from "./historian-fixture.ts";
import { OVEN, property, SECOND, T0, TestSource } from "./twin-fixture.ts";

const X = `${OVEN}/x`;
const Y = `${OVEN}/y`;

describe("historian", () => {
  let bench: HistorianBench;
  beforeEach(() => {
    bench = new HistorianBench();
  });
  afterEach(() => bench.end());

  it("gives back what was stored, with unit, quality, times and reality", async () => {
    const historian = bench.historian();
    const source = new TestSource([property("x"), property("y")], "s", "virtual");
    const result = await historian.append(
      source.frame([
        { index: 0, value: 1.5, timeUs: T0 },
        { index: 0, value: Number.NaN, timeUs: T0 + SECOND, quality: BAD_SENSOR_FAILURE },
        { index: 1, value: -0.1, timeUs: T0 },
        { index: 0, value: 9007199254740991, timeUs: T0 + 2 * SECOND },
      ]),
    );
    assert.deepEqual(result, { stored: 4, deduplicated: 0 });
    const range = await historian.range(X, T0, T0 + 2 * SECOND + 1);
    assert.deepEqual(range, {
      address: X,
      unit: "°C",
      sourceTimeUs: Float64Array.of(T0, T0 + SECOND, T0 + 2 * SECOND),
      value: Float64Array.of(1.5, Number.NaN, 9007199254740991),
      quality: Uint32Array.of(GOOD, BAD_SENSOR_FAILURE, GOOD),
      other: new Map(),
      realities: ["virtual"],
      complete: true,
    });
    assert.deepEqual(await historian.last(Y), {
      address: Y,
      unit: "°C",
      value: -0.1,
      quality: GOOD,
      sourceTimeUs: T0,
      receiveTimeUs: T0,
      reality: "virtual",
    });
    assert.equal((await historian.range(X, T0 + 1, T0 + 2 * SECOND)).value.length, 1);
    assert.equal((await historian.range(X, T0, T0 + 9 * SECOND, 2)).complete, false);
    assert.equal(await historian.last("never/stored/at/all"), undefined);
    await assert.rejects(historian.range("never/stored/at/all", 0, 1), { code: "unknown-address" });
    assert.deepEqual(await historian.addresses(), [X, Y]);
  });

  it("keeps strings, large integers, arrays, structures and times beside the numbers", async () => {
    const historian = bench.historian();
    const source = new TestSource([property("x")]);
    const loop: { self?: unknown } = {};
    loop.self = loop;
    const others = [
      "hot ' quoted",
      2n ** 70n,
      Float32Array.of(1.5, -2),
      { recipe: "two-tone", steps: [1, 2] },
      new Date(1_790_000_000_123),
      loop,
    ];
    await historian.append(
      source.frame(others.map((other, i) => ({ index: 0, value: Number.NaN, timeUs: T0 + i, other }))),
    );
    const { other, quality } = await historian.range(X, T0, T0 + 100);
    assert.deepEqual([...other.values()].slice(0, 5), others.slice(0, 5));
    assert.match(String(other.get(5)), /^object: .*circular/);
    assert.deepEqual([...quality], [0, 0, 0, 0, 0, 0]);
    assert.match(String((await historian.last(X))?.other), /circular/);
  });

  it("stores repetitions once, late samples always: shuffled and sent twice, 5 seeds", async () => {
    const historian = bench.historian();
    for (let seed = 0; seed < 5; seed++) {
      const random = new Random(seed);
      const source = new TestSource([property("x"), property("y")], `source ${seed}`);
      const frames: Frame[] = Array.from({ length: 40 }, (_, i) =>
        source.frame(
          Array.from({ length: 1 + random.integer(9) }, (_, j) => ({
            index: random.integer(2),
            value: random.uniform(),
            timeUs: T0 + i * SECOND + j,
          })),
        ),
      );
      const rows = frames.reduce((sum, frame) => sum + frame.length, 0);
      const sent = [...frames, ...frames].sort(() => random.uniform() - 0.5);
      const results = [];
      for (const [i, frame] of sent.entries()) {
        results.push(historian.append(frame));
        if (i % 17 === 0) await historian.flush();
      }
      const totals = (await Promise.all(results)).reduce(
        (sum, { stored, deduplicated }) => ({ stored: sum.stored + stored, twice: sum.twice + deduplicated }),
        { stored: 0, twice: 0 },
      );
      assert.deepEqual(totals, { stored: rows, twice: rows });
      const stored = await historian.totals(source.name);
      for (const [index, address] of [X, Y].entries()) {
        const values = frames.flatMap((f) => [...f].filter((s) => s.address === address).map((s) => s.value));
        const total = stored.find((column) => column.address === address)!;
        assert.equal(total.count, values.length, `seed ${seed}, column ${index}`);
        assert.equal(
          total.sumInOrder,
          values.reduce((a, b) => a + b, 0),
        );
      }
    }
    const { counts } = historian;
    assert.equal(counts.received, counts.stored + counts.deduplicated);
    assert.equal(counts.queued, 0);
  });

  it("remembers over a restart what it has stored", async () => {
    const source = new TestSource([property("x")]);
    const frame = source.frame(
      Array.from({ length: 5000 }, (_, i) => ({ index: 0, value: i, timeUs: T0 + i })),
    );
    const first = bench.historian();
    assert.deepEqual(await first.append(frame), { stored: 5000, deduplicated: 0 });
    await first.close();
    const second = bench.historian();
    assert.deepEqual(await second.append(frame), { stored: 0, deduplicated: 5000 });
    source.epoch = 2;
    const reborn = source.frame([{ index: 0, value: 7, timeUs: T0 + 6000 }], 0);
    assert.deepEqual(await second.append(reborn), { stored: 1, deduplicated: 0 });
    const facts = await second.facts();
    assert.deepEqual([facts.samples, facts.tags, facts.oldestUs, facts.newestUs], [5001, 1, T0, T0 + 6000]);
    assert.ok(facts.bytes > 0);
  });

  it("stores nothing twice of more epochs than it keeps marks of, also after a restart", async () => {
    const source = new TestSource([property("x")]);
    const frames = Array.from({ length: 40 }, (_, i) => {
      source.epoch = i + 1;
      return source.frame([{ index: 0, value: i, timeUs: T0 + i }], 0);
    });
    const sums = async (historian: ReturnType<typeof bench.historian>) => {
      const results = await Promise.all(frames.map((frame) => historian.append(frame)));
      return results.reduce((sum, { stored }) => sum + stored, 0);
    };
    const first = bench.historian();
    assert.equal(await sums(first), 40);
    assert.equal(await sums(first), 0);
    await first.close();
    const second = bench.historian();
    assert.equal(await sums(second), 0);
    source.epoch = 1;
    const late = source.frame([{ index: 0, value: 99, timeUs: T0 + 99 }], 1);
    assert.deepEqual(await second.append(late), { stored: 1, deduplicated: 0 });
    assert.equal((await second.facts()).samples, 41);
    const marks = new Watermarks();
    for (let epoch = 1; epoch <= 40; epoch++) marks.marksOf(1, epoch, 1)[0] = epoch;
    const known = Array.from({ length: 40 }, (_, i) => marks.marksOf(1, i + 1, 1)[0]);
    assert.equal(known.filter(Number.isFinite).length, 16, "marks must not grow with every reconnect");
  });

  it("does not take two states' halves of one frame for repetitions", async () => {
    const historian = bench.historian();
    const source = new TestSource([property("x"), property("y")]);
    const frame = source.frame([0, 1, 0, 1].map((index, i) => ({ index, value: i, timeUs: T0 + i })));
    await historian.append(frame.filter((row) => row % 2 === 0));
    await historian.append(frame.filter((row) => row % 2 === 1));
    assert.deepEqual([...(await historian.range(X, 0, Number.POSITIVE_INFINITY)).value], [0, 2]);
    assert.deepEqual([...(await historian.range(Y, 0, Number.POSITIVE_INFINITY)).value], [1, 3]);
  });

  it("makes time-weighted buckets, carries a value in, and leaves the future empty", async () => {
    const historian = bench.historian();
    const source = new TestSource([property("x", { mode: "onChange" }), property("y")]);
    await historian.append(
      source.frame([
        { index: 0, value: 10, timeUs: T0 - 50 * SECOND },
        { index: 0, value: 20, timeUs: T0 + 15 * SECOND },
        { index: 0, value: 99, timeUs: T0 + 20 * SECOND, quality: BAD_DECODING },
        { index: 0, value: 40, timeUs: T0 + 25 * SECOND },
        { index: 1, value: 0, timeUs: T0 + 35 * SECOND },
      ]),
    );
    const buckets = await historian.buckets(X, T0, T0 + 50 * SECOND, 5);
    assert.deepEqual(buckets, {
      fromUs: Float64Array.of(0, 10, 20, 30, 40).map((s) => T0 + s * SECOND),
      min: Float64Array.of(10, 10, 40, 40, Number.NaN),
      mean: Float64Array.of(10, 15, 40, 40, Number.NaN),
      goodMean: Float64Array.of(10, 15, 40, 40, Number.NaN),
      sampleMean: Float64Array.of(Number.NaN, 20, 40, Number.NaN, Number.NaN),
      max: Float64Array.of(10, 20, 40, 40, Number.NaN),
      count: Uint32Array.of(0, 1, 2, 0, 0),
      quality: Uint32Array.of(GOOD, GOOD, BAD_DECODING, GOOD, BAD_NO_DATA),
      covered: Float64Array.of(1, 1, 0.5, 0.5, 0),
      goodCovered: Float64Array.of(1, 1, 0.5, 0.5, 0),
    });
    await assert.rejects(historian.buckets(X, T0, T0, 5), { code: "bad-range" });
    await assert.rejects(historian.buckets(X, T0, T0 + 1, 0), { code: "bad-range" });
  });

  it("says what stood at an instant, for many properties at once", async () => {
    const historian = bench.historian();
    const source = new TestSource([property("x"), property("y")]);
    await historian.append(
      source.frame([
        { index: 0, value: 1, timeUs: T0 },
        { index: 0, value: 2, timeUs: T0 + SECOND },
        { index: 1, value: 3, timeUs: T0 + 5 * SECOND },
      ]),
    );
    assert.deepEqual(await historian.at([Y, X, "no/such/thing/at/all"], T0 + 2 * SECOND), {
      addresses: [Y, X, "no/such/thing/at/all"],
      value: Float64Array.of(Number.NaN, 2, Number.NaN),
      sourceTimeUs: Float64Array.of(Number.NaN, T0 + SECOND, Number.NaN),
      quality: Uint32Array.of(BAD_NO_DATA, GOOD, BAD_NO_DATA),
    });
  });

  it("keeps a property's old unit apart when it is bound in another", async () => {
    const historian = bench.historian();
    const celsius = new TestSource([property("x")], "s1");
    const kelvin = new TestSource([{ ...property("x"), unit: "K" }], "s2");
    await historian.append(celsius.frame([{ index: 0, value: 20, timeUs: T0 }]));
    await historian.append(kelvin.frame([{ index: 0, value: 293.15, timeUs: T0 + 1 }]));
    const range = await historian.range(X, 0, Number.POSITIVE_INFINITY);
    assert.deepEqual([range.unit, ...range.value], ["K", 293.15]);
  });

  it("answers each of many questions at once whole", async () => {
    const historian = bench.historian();
    const rows = 9_000;
    const dictionary = new Dictionary(["a", "b", "c"].map((name) => property(name)));
    const builder = new FrameBuilder({ source: "many", reality: "virtual", dictionary }, rows * 3);
    for (let i = 0; i < rows; i++) for (const tag of [0, 1, 2]) builder.add(tag, tag, 1e15 + i * 5e6, GOOD);
    await historian.append(builder.build({ epoch: 1, first: 0, receiveTimeUs: 1e15 }));
    const asked = ["a", "b", "c", "a", "b", "c"];
    const answers = await Promise.all(asked.map((name) => historian.range(property(name).address, 0, 2e15)));
    assert.deepEqual(
      answers.map(({ value }) => [value.length, new Set(value).size, value[0]]),
      asked.map((name) => [rows, 1, "abc".indexOf(name)]),
    );
  });

  it("refuses more than its queue holds, counts it, and goes on", async () => {
    const historian = bench.historian({ maxQueuedRows: 100 });
    const source = new TestSource([property("x")]);
    const frame = (): Frame =>
      source.frame(Array.from({ length: 60 }, (_, i) => ({ index: 0, value: i, timeUs: T0 + i })));
    const first = historian.append(frame());
    await assert.rejects(historian.append(frame()), {
      code: "queue-full",
      message: /60 samples wait.*60 more/,
    });
    assert.deepEqual(historian.counts, {
      received: 120,
      stored: 0,
      queued: 60,
      deduplicated: 0,
      dropped: { "queue-full": 60 },
    });
    await historian.room();
    await first;
    await historian.append(frame());
    assert.deepEqual(historian.counts, {
      received: 180,
      stored: 120,
      queued: 0,
      deduplicated: 0,
      dropped: { "queue-full": 60 },
    });
  });

  it("flushes on close and refuses afterwards", async () => {
    const historian = bench.historian();
    const source = new TestSource([property("x")]);
    const appended = historian.append(source.frame([{ index: 0, value: 1, timeUs: T0 }]));
    await historian.close();
    assert.deepEqual(await appended, { stored: 1, deduplicated: 0 });
    await assert.rejects(historian.append(source.frame([{ index: 0, value: 1 }])), { code: "closed" });
    await assert.rejects(historian.last(X), { code: "historian-closed" });
    assert.equal((await bench.historian().last(X))?.value, 1);
  });

  it("names a file that is no history and does not touch it", async () => {
    const file = join(bench.folder, "notes.txt");
    writeFileSync(file, "not a database at all, but long enough to look like one to a careless reader");
    const historian = bench.historian({ file });
    await assert.rejects(historian.open(), {
      code: "history-broken",
      message: /notes\.txt: cannot be opened/,
    });
    const source = new TestSource([property("x")]);
    await assert.rejects(historian.append(source.frame([{ index: 0, value: 1 }])), {
      code: "history-broken",
    });
    assert.deepEqual(historian.counts.dropped, { "history-broken": 1 });
  });

  it("leaves nothing of a file that it could not make, so that the next attempt can", async () => {
    const file = join(bench.folder, "full.duckdb");
    // As on a full disk, the file can be made and its log cannot.
    mkdirSync(`${file}.wal`);
    const historian = bench.historian({ file });
    await assert.rejects(historian.open(), { code: "history-broken" });
    assert.equal(existsSync(file), false);
    assert.equal(existsSync(`${file}.wal`), true, "what was there before is not touched");
    rmSync(`${file}.wal`, { recursive: true });
    const source = new TestSource([property("x")]);
    await historian.append(source.frame([{ index: 0, value: 1 }]));
    assert.equal((await historian.last(X))?.value, 1);
  });

  it("forgets what is older than its retention, per source", async () => {
    const day = 86_400 * SECOND;
    const historian = bench.historian({ retentionDays: 2 });
    const live = new TestSource([property("x")], "live");
    const slow = new TestSource([property("y")], "slow");
    await historian.append(
      live.frame([0, 1, 2, 3].map((d) => ({ index: 0, value: d, timeUs: T0 + d * day }))),
    );
    await historian.append(slow.frame([{ index: 0, value: 5, timeUs: T0 - 100 * day }]));
    await historian.maintain();
    await historian.close();
    const again = bench.historian();
    assert.deepEqual([...(await again.range(X, 0, Number.POSITIVE_INFINITY)).value], [1, 2, 3]);
    assert.deepEqual([...(await again.range(Y, 0, Number.POSITIVE_INFINITY)).value], [5]);
  });

  it("tells after upkeep what its database holds in memory, within its limit", async () => {
    const historian = bench.historian({ memoryLimitMb: 64 });
    assert.equal(historian.memoryBytes, 0, "not asked yet");
    const source = new TestSource([property("x")]);
    await historian.append(
      source.frame(Array.from({ length: 10_000 }, (_, i) => ({ index: 0, value: i, timeUs: T0 + i }))),
    );
    await historian.maintain();
    assert.ok(historian.memoryBytes > 0 && historian.memoryBytes <= 64e6, `${historian.memoryBytes} bytes`);
  });

  it("keeps what its settings say from the moment they change, and takes a new memory limit", async () => {
    const day = 86_400 * SECOND;
    const historian = bench.historian({ retentionDays: 0 });
    const source = new TestSource([property("x")]);
    await historian.append(
      source.frame([0, 1, 2, 3].map((d) => ({ index: 0, value: d, timeUs: T0 + d * day }))),
    );
    const values = async () => [...(await historian.range(X, 0, Number.POSITIVE_INFINITY)).value];
    const claims = new LimitClaims(historian);
    await claims.claim("a", "first", { retentionDays: 2, memoryLimitMb: 128 });
    await assert.rejects(claims.claim("b", "second", { retentionDays: 3, memoryLimitMb: 64 }), {
      code: "different-limits",
      message:
        /second: keeps 3 days with 64 MB, and first keeps 2 days with 128 MB .*; 3 days and 128 MB count/,
    });
    await historian.maintain();
    assert.deepEqual(await values(), [0, 1, 2, 3], "the longer of the two");
    await claims.release("b");
    await historian.maintain();
    assert.deepEqual(await values(), [1, 2, 3]);
    await claims.claim("a", "first", { retentionDays: 1, memoryLimitMb: 128 });
    await claims.release("a");
    await historian.maintain();
    assert.deepEqual(await values(), [1, 2, 3], "without a claim all is kept");
    await assert.rejects(claims.claim("a", "first", { retentionDays: 0, memoryLimitMb: 0.0001 }), {
      code: "history-limits",
      message: /^first: allows its database 0\.0001 MB, .* 64 MB count \(enter 64 MB or more\)/,
    });
    assert.deepEqual(await values(), [1, 2, 3], "it works on with the least");
  });

  it("says so where the database does not take its new limits", async () => {
    const claims = new LimitClaims({
      file: "/history/rung.duckdb",
      setLimits: () => Promise.reject(new Error("it uses more than that")),
    });
    await assert.rejects(claims.claim("a", "first", { retentionDays: 0, memoryLimitMb: 64 }), {
      code: "history-limits",
      message: /^\/history\/rung\.duckdb: does not take its new limits now: it uses more than that/,
    });
  });
});
