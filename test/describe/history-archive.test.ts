import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Frame } from "../../runtime/core/frame.ts";
import { BAD_SENSOR_FAILURE, GOOD, UNCERTAIN } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import { dayName, dayOf } from "../../runtime/describe/historian/archive/day.ts";
import type { Historian } from "../../runtime/describe/historian/historian.ts";
import { HistorianBench } from "./historian-fixture.ts";
import { OVEN, property, SECOND, TestSource } from "./twin-fixture.ts";

const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
/** Midnight, UTC. */
const DAY0 = Date.UTC(2026, 8, 21) * 1000;
const X = `${OVEN}/x`;
const Y = `${OVEN}/y`;
const Z = `${OVEN}/z`;

const partsIn = (bench: HistorianBench): string[] =>
  existsSync(`${bench.file}.parquet`)
    ? readdirSync(`${bench.file}.parquet`, { recursive: true, encoding: "utf8" })
        .filter((name) => !/^[\d-]{10}$/.test(name))
        .sort()
    : [];

/** Everything a history can be asked, over days that lie in the archive, across its edge and in the table. */
async function everything(historian: Historian, days: number, sources: readonly string[]): Promise<unknown> {
  const end = DAY0 + days * DAY;
  const windows = Array.from({ length: 12 }, (_, i) => ({
    fromUs: DAY0 + i * 7 * HOUR,
    toUs: DAY0 + i * 7 * HOUR + 30 * HOUR,
  }));
  const asked = [X, Y, Z].flatMap((address) =>
    [0, 5.5 * HOUR, DAY, 2.2 * DAY].map((from) => ({
      address,
      sourceTimeUs: DAY0 + from,
      value: 1,
      quality: GOOD,
    })),
  );
  const { samples, tags, oldestUs, newestUs } = await historian.facts();
  return {
    facts: { samples, tags, oldestUs, newestUs },
    last: await Promise.all([X, Y, Z].map((address) => historian.last(address))),
    ranges: await Promise.all([X, Y, Z].map((address) => historian.range(address, 0, end + DAY))),
    across: await historian.range(X, DAY0 + 20 * HOUR, DAY0 + 28 * HOUR),
    cut: await historian.range(X, DAY0 + 20 * HOUR, end, 7),
    buckets: await Promise.all(
      [X, Y, Z].map((address) => historian.buckets(address, DAY0 - HOUR, end + HOUR, 40)),
    ),
    ending: await historian.buckets(Z, end - 2 * HOUR, end, 4),
    at: await Promise.all(
      [0.5, 1.7, 3, days + 1].map((day) => historian.at([X, Y, Z, `${OVEN}/never`], DAY0 + day * DAY)),
    ),
    asof: await historian.asof(Z, [X, Y], DAY0 + 10 * HOUR, end),
    windows: await historian.windows([X, Y, Z], windows),
    totals: await Promise.all(sources.map((source) => historian.totals(source))),
    holds: await Promise.all(sources.map((source) => historian.holds(source, asked))),
  };
}

describe("history archive", function () {
  this.timeout(60_000);
  let bench: HistorianBench;
  beforeEach(() => {
    bench = new HistorianBench();
  });
  afterEach(() => bench.end());

  const source = (name = "opcua:plant:source") =>
    new TestSource([property("x"), property("y"), property("z", { mode: "onChange" })], name);

  /** One sample of x an hour over some days. */
  const hourly = (of: TestSource, fromDay: number, days: number): Frame =>
    of.frame(
      Array.from({ length: 24 * days }, (_, i) => ({
        index: 0,
        value: fromDay * 24 + i,
        timeUs: DAY0 + fromDay * DAY + i * HOUR,
      })),
    );

  it("answers every question as a history without an archive does, late and repeated samples included: 2 seeds", async () => {
    const days = 4;
    for (let seed = 0; seed < 2; seed++) {
      const random = new Random(seed);
      const sources = [source(`a ${seed}`), source(`b ${seed}`)];
      const frames: Frame[] = [];
      for (let us = DAY0; us < DAY0 + days * DAY; us += 2 * HOUR) {
        const of = sources[random.integer(2)]!;
        frames.push(
          of.frame(
            Array.from({ length: 1 + random.integer(6) }, () => {
              // z seldom speaks, so that what stood is looked for days back.
              const index = random.uniform() < 0.05 ? 2 : random.integer(2);
              return {
                index,
                value: random.uniform() < 0.1 ? Number.NaN : random.integer(5),
                timeUs: us + random.integer(2 * HOUR),
                quality: [GOOD, GOOD, GOOD, UNCERTAIN, BAD_SENSOR_FAILURE][random.integer(5)]!,
                ...(random.uniform() < 0.2 ? { other: `text ${random.integer(9)}` } : {}),
              };
            }),
          ),
        );
      }
      const late = frames.filter(() => random.uniform() < 0.2);
      const inTime = frames.filter((frame) => !late.includes(frame));
      const plain = bench.historian({ file: join(bench.folder, `plain ${seed}`), archiveAfterHours: 1e6 });
      const archived = bench.historian({ file: join(bench.folder, `a'r[c]h* ${seed}`) });
      const appended = frames.map((frame) => plain.append(frame));
      for (const [i, frame] of inTime.entries()) {
        appended.push(archived.append(frame));
        if (i % 20 === 19) await archived.maintain();
      }
      await archived.maintain();
      await Promise.all([...appended, ...[...late, ...frames].map((frame) => archived.append(frame))]);
      const names = sources.map(({ name }) => name);
      const expected = await everything(plain, days, names);
      assert.deepEqual(await everything(archived, days, names), expected, `seed ${seed}, late in the table`);
      assert.ok((await archived.maintain()).archived > 0, "late samples were merged");
      assert.deepEqual(await everything(archived, days, names), expected, `seed ${seed}, merged`);
      assert.equal((await plain.facts()).archive!.samples, 0);
      assert.ok((await archived.facts()).archive!.samples > 50);
      await Promise.all([plain.close(), archived.close()]);
    }
  });

  it("makes one file for each closed day of a source, and none for a day that may still grow", async () => {
    const historian = bench.historian({ archiveAfterHours: 6 });
    const of = source();
    await historian.append(hourly(of, 0, 2));
    await historian.append(of.frame([{ index: 0, value: 48, timeUs: DAY0 + 2 * DAY + 5.99 * HOUR }]));
    assert.deepEqual(await historian.maintain(), { archived: 24, expired: [] });
    assert.deepEqual(partsIn(bench), ["2026-09-21/0-1.parquet"]);
    await historian.append(of.frame([{ index: 0, value: 49, timeUs: DAY0 + 2 * DAY + 6 * HOUR }]));
    assert.deepEqual(await historian.maintain(), { archived: 24, expired: [] });
    assert.deepEqual(partsIn(bench), ["2026-09-21/0-1.parquet", "2026-09-22/0-2.parquet"]);
    assert.deepEqual(await historian.maintain(), { archived: 0, expired: [] });
    const { samples, archive, bytes } = await historian.facts();
    const files = partsIn(bench).map((part) => statSync(join(`${bench.file}.parquet`, part)).size);
    assert.deepEqual([samples, archive], [50, { samples: 48, days: 2, bytes: files[0]! + files[1]! }]);
    assert.ok(bytes > archive!.bytes);
  });

  it("opens no file of a day that a question does not touch", async () => {
    const historian = bench.historian();
    const of = source();
    await historian.append(hourly(of, 0, 4));
    await historian.append(of.frame([{ index: 1, value: 7, timeUs: DAY0 + HOUR }]));
    const now = DAY0 + 4 * DAY;
    await historian.maintain();
    const old = ["2026-09-21", "2026-09-22"].map((day) => join(`${bench.file}.parquet`, day));
    for (const folder of old) renameSync(folder, `${folder} away`);
    assert.deepEqual([...(await historian.range(X, now - HOUR, now)).value], [95]);
    assert.deepEqual([...(await historian.buckets(X, now - HOUR, now, 2)).mean], [95, Number.NaN]);
    assert.equal((await historian.last(X))!.value, 95);
    assert.deepEqual([...(await historian.at([X], now)).value], [95]);
    assert.deepEqual([...(await historian.windows([X], [{ fromUs: now - HOUR, toUs: now }]))[0]!.count], [1]);
    assert.deepEqual((await historian.asof(X, [X], now - HOUR, now)).columns[0]!.value, Float64Array.of(95));
    const key = (hour: number) => ({
      address: X,
      sourceTimeUs: DAY0 + hour * HOUR,
      value: hour,
      quality: GOOD,
    });
    assert.deepEqual(await historian.holds(of.name, [key(95), key(96), key(49)]), [true, false, true]);
    // A repetition is told by its sequence, from the one part that holds such.
    of.sequence = 72;
    assert.deepEqual(await historian.append(of.frame([{ index: 0, value: 72, timeUs: DAY0 + 72 * HOUR }])), {
      stored: 0,
      deduplicated: 1,
    });
    await assert.rejects(historian.range(X, DAY0, now), {
      code: "history-part-missing",
      message: /2026-09-2[12]\/0-\d\.parquet: belongs to this history and is not there/,
    });
    for (const folder of old) renameSync(`${folder} away`, folder);
    assert.equal((await historian.range(X, DAY0, now)).value.length, 96);
  });

  it("stores a repetition of an archived sample once, over a restart too", async () => {
    const of = source();
    const text = of.frame([{ index: 2, value: Number.NaN, timeUs: DAY0, other: "on" }]);
    const frame = hourly(of, 0, 3);
    const first = bench.historian();
    await first.append(text);
    await first.append(frame);
    await first.maintain();
    assert.deepEqual(await first.append(frame), { stored: 0, deduplicated: 72 });
    await first.close();
    const second = bench.historian();
    assert.deepEqual(await second.append(text), { stored: 0, deduplicated: 1 });
    assert.deepEqual(await second.append(frame), { stored: 0, deduplicated: 72 });
    assert.equal((await second.range(Z, 0, DAY0 + DAY)).other.get(0), "on");
    assert.deepEqual(await second.maintain(), { archived: 0, expired: [] });
    assert.equal((await second.facts()).samples, 73);
  });

  it("drops old days whole and counts them: what was ever stored is there or expired", async () => {
    const of = source();
    let stored = 0;
    const keep = async (historian: Historian, frame: Frame) => {
      stored += (await historian.append(frame)).stored;
    };
    const first = bench.historian({ retentionDays: 2 });
    await keep(first, hourly(of, 0, 3));
    assert.deepEqual((await first.maintain()).expired, []);
    await keep(first, hourly(of, 3, 2));
    // The newest is 23:00 of the fifth day: what ended two days before that goes, whole days only.
    assert.deepEqual((await first.maintain()).expired, [[of.name, 48]]);
    assert.deepEqual(partsIn(bench), ["2026-09-23/0-1.parquet", "2026-09-24/0-2.parquet"]);
    // What comes late for a day that is gone goes too, and is counted.
    await keep(first, of.frame([{ index: 1, value: 1, timeUs: DAY0 + DAY, other: "late" }]));
    assert.deepEqual((await first.maintain()).expired, [[of.name, 1]]);
    assert.deepEqual([...first.expiredBySource()], [[of.name, 49]]);
    const { received, queued, deduplicated, dropped } = first.counts;
    assert.deepEqual(
      [received, first.counts.stored, queued, deduplicated, dropped],
      [stored, stored, 0, 0, {}],
    );
    await first.close();
    const { samples, expired, oldestUs } = await bench.historian().facts();
    assert.deepEqual([samples + expired!, expired, oldestUs], [stored, 49, DAY0 + 2 * DAY]);
  });

  it("does not let one time stamp of another century age a live history", async () => {
    const historian = bench.historian({ retentionDays: 1 });
    const live = new TestSource([property("x")], "live", "live");
    const row = (timeUs: number) => ({ index: 0, value: 1, timeUs });
    await historian.append(live.frame([row(DAY0), row(DAY0 + 7.2e15)], 0, DAY0));
    assert.deepEqual(await historian.maintain(), { archived: 0, expired: [] });
    await historian.close();
    const again = bench.historian({ retentionDays: 1 });
    assert.deepEqual(await again.maintain(), { archived: 0, expired: [] });
    // The time of receipt has gone on.
    await again.append(live.frame([row(DAY0 + 3 * DAY)], 2, DAY0 + 3 * DAY));
    assert.deepEqual(await again.maintain(), { archived: 0, expired: [["live", 1]] });
    assert.equal((await again.facts()).samples, 2);
  });

  it("keeps the database file small while the archive grows", async () => {
    const historian = bench.historian();
    const rows = 20_000;
    const of = source();
    const random = new Random(1);
    const sizes: number[] = [];
    for (let day = 0; day < 7; day++) {
      for (let part = 0; part < 4; part++) {
        const begin = DAY0 + (day + part / 4) * DAY;
        const step = Math.floor(DAY / rows);
        await historian.append(
          of.frame(
            Array.from({ length: rows / 4 }, (_, i) => ({
              index: i % 2,
              value: random.normal(),
              timeUs: begin + i * step,
              ...(i % 100 === 0 ? { other: `a text that is kept beside the number ${i}` } : {}),
            })),
          ),
        );
      }
      await historian.maintain();
      sizes.push(statSync(bench.file).size);
    }
    const { archive, samples } = await historian.facts();
    assert.deepEqual([archive!.days, archive!.samples, samples], [6, 6 * rows, 7 * rows]);
    // Two days of rows at most lie in the file: it may breathe, but not grow.
    const most = Math.max(...sizes.slice(1, 4));
    assert.ok(Math.max(...sizes.slice(4)) <= most * 1.1, `bytes day by day: ${sizes.join(", ")}`);
    assert.ok(archive!.bytes > 6 * rows * 5, `${archive!.bytes} bytes of random numbers`);
  });

  it("takes a file of a format without archive, for reading only and for good", async () => {
    const first = bench.historian();
    const of = source();
    await first.append(hourly(of, 0, 3));
    await first.append(of.frame([{ index: 2, value: Number.NaN, timeUs: DAY0, other: "on" }]));
    await first.close();
    const instance = await DuckDBInstance.create(bench.file);
    const connection = await instance.connect();
    for (const table of ["part", "part_tag", "stray", "expired"]) await connection.run(`DROP TABLE ${table}`);
    await connection.run("ALTER TABLE other DROP COLUMN time_us");
    await connection.run("UPDATE format SET version = 1");
    connection.closeSync();
    instance.closeSync();
    const reading = bench.historian({ readOnly: true });
    assert.equal((await reading.range(X, 0, DAY0 + 9 * DAY)).value.length, 72);
    assert.equal((await reading.last(Z))!.other, "on");
    assert.deepEqual(await reading.maintain(), { archived: 0, expired: [] });
    await reading.close();
    const writing = bench.historian();
    assert.deepEqual(await writing.maintain(), { archived: 49, expired: [] });
    assert.deepEqual(partsIn(bench), [
      "2026-09-21/0-1.other.parquet",
      "2026-09-21/0-1.parquet",
      "2026-09-22/0-2.parquet",
    ]);
    await writing.close();
    const again = bench.historian({ readOnly: true });
    assert.equal((await again.range(X, 0, DAY0 + 9 * DAY)).value.length, 72);
    assert.equal((await again.last(Z))!.other, "on");
  });

  it("stores on, loses nothing and says so where a day cannot be archived", async () => {
    // A file stands where the archive's folder should be.
    writeFileSync(`${bench.file}.parquet`, "in the way");
    const historian = bench.historian();
    const of = source();
    await historian.append(hourly(of, 0, 3));
    await assert.rejects(historian.maintain(), { code: "history-failed" });
    await historian.append(of.frame([{ index: 0, value: 72, timeUs: DAY0 + 3 * DAY }]));
    assert.equal((await historian.range(X, 0, DAY0 + 9 * DAY)).value.length, 73);
    renameSync(`${bench.file}.parquet`, `${bench.file}.away`);
    assert.equal((await historian.maintain()).archived, 48);
    assert.equal((await historian.range(X, 0, DAY0 + 9 * DAY)).value.length, 73);
    assert.equal(dayName(dayOf(DAY0)), "2026-09-21");
  });

  it("archives the other days where one cannot be", async () => {
    const historian = bench.historian();
    await historian.append(hourly(source(), 0, 4));
    mkdirSync(`${bench.file}.parquet`);
    writeFileSync(join(`${bench.file}.parquet`, "2026-09-22"), "in the way of a day");
    await assert.rejects(historian.maintain(), { code: "history-failed" });
    assert.deepEqual((await historian.facts()).archive!.days, 2);
    assert.equal((await historian.range(X, 0, DAY0 + 9 * DAY)).value.length, 96);
  });

  it("archives while others store and ask, and each row is seen once all the while", async () => {
    const historian = bench.historian({ archiveAfterHours: 0 });
    const of = source();
    await historian.append(hourly(of, 0, 20));
    const upkeep = historian.maintain();
    let next = 20;
    const seen: number[] = [];
    const busy = Array.from({ length: 15 }, async () => {
      await historian.append(hourly(of, next++, 1));
      seen.push((await historian.range(X, 0, DAY0 + 19 * DAY)).value.length);
    });
    await Promise.all([upkeep, ...busy]);
    assert.deepEqual(seen, new Array(15).fill(19 * 24));
    await historian.maintain();
    const { samples, archive } = await historian.facts();
    assert.deepEqual([samples, archive!.days], [35 * 24, 34]);
  });
});
