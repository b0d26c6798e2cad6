/**
 * What a heavy question to the history does to the thread that sources and nodes run in: samples flow through spool,
 * order and historian while 1-minute buckets over more than a million rows are asked for every second. And what the
 * archive of closed days takes on disk and in time. Usage: node bench/history-load.ts [seconds] [rounds]
 *
 * Loop delay is that of perf_hooks' monitorEventLoopDelay with a resolution of 1 ms, which every reading includes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Dictionary } from "../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../runtime/core/frame.ts";
import { GOOD } from "../runtime/core/quality.ts";
import { Random } from "../runtime/core/random.ts";
import { Historian } from "../runtime/describe/historian/historian.ts";
import { HISTORIAN_SINK, HistorianSink } from "../runtime/describe/historian/historian-sink.ts";
import { Synchroniser } from "../runtime/describe/synchroniser.ts";

const [seconds = 10, rounds = 2] = process.argv.slice(2).map(Number);
const loadBefore = loadavg()[0]!;
const TAGS = 1000;
const FRAMES_PER_S = 50;
const BAR_P99_MS = 20;
const QUERY_MS = 1000;
/** The tag that is asked about: a sample every 50 ms over 17 hours. */
const HEAVY_ROWS = 1_224_000;
const HEAVY_STEP_US = 50_000;
const MINUTE_US = 60e6;
const DAY_US = 86_400e6;
const DAY0 = Date.UTC(2026, 8, 1) * 1000;
const ARCHIVED_DAYS = 30;
const ROWS_PER_DAY = 100_000;

const addressOf = (tag: number): string => `acme/leipzig/paint/oven1/tag${tag}`;
const dictionary = new Dictionary(
  Array.from({ length: TAGS }, (_, i) => ({
    address: addressOf(i),
    kind: "measurement" as const,
    type: "number" as const,
    update: { mode: "cyclic" as const, periodMs: 20 },
  })),
);
const random = new Random(1);

/** Frames of a source that counts its samples. */
class Feed {
  readonly #source: string;
  #sequence = 0;

  constructor(source: string) {
    this.#source = source;
  }

  frame(rows: number, row: (i: number) => { tag: number; value: number; timeUs: number }): Frame {
    const builder = new FrameBuilder({ source: this.#source, reality: "virtual", dictionary }, rows);
    for (let i = 0; i < rows; i++) {
      const { tag, value, timeUs } = row(i);
      builder.add(tag, value, timeUs, GOOD);
    }
    const first = this.#sequence;
    this.#sequence += rows;
    return builder.build({ epoch: 1, first, receiveTimeUs: DAY0 });
  }
}

/** A sensor with a resolution of 0.1 that wanders. */
class Sensor {
  #value = 180;
  next(): number {
    this.#value += random.normal() * 0.2;
    return Math.round(this.#value * 10) / 10;
  }
}

const sensors = Array.from({ length: TAGS }, () => new Sensor());
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1]!;
const shown = (number: number, digits = 1): string =>
  number.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "rung-bench-history-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Load {
  readonly valuesPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How long each heavy question took. */
  readonly queriesMs: readonly number[];
}

/** @param isAsked whether the heavy question is asked every second meanwhile */
async function load(
  historian: Historian,
  synchroniser: Synchroniser,
  feed: Feed,
  isAsked: boolean,
): Promise<Load> {
  const heavyUs = DAY0 + HEAVY_ROWS * HEAVY_STEP_US;
  const minutes = (HEAVY_ROWS * HEAVY_STEP_US) / MINUTE_US;
  const queriesMs: number[] = [];
  const underWay = new Set<Promise<void>>();
  let asked: Promise<void> | undefined;
  let failure: unknown;
  const ask = async (): Promise<void> => {
    const begin = performance.now();
    const { count } = await historian.buckets(addressOf(0), DAY0, heavyUs, minutes);
    queriesMs.push(performance.now() - begin);
    const rows = count.reduce((sum, each) => sum + each, 0);
    if (rows !== HEAVY_ROWS) throw new Error(`the heavy question saw ${rows} rows`);
  };
  const askUnlessAsking = (): void => {
    asked ??= ask()
      .catch((error: unknown) => {
        failure = error;
      })
      .finally(() => {
        asked = undefined;
      });
  };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const asking = isAsked ? setInterval(askUnlessAsking, QUERY_MS) : undefined;
  delay.enable();
  const begin = performance.now();
  let frames = 0;
  while (performance.now() - begin < seconds * 1000) {
    const due = Math.floor(((performance.now() - begin) / 1000) * FRAMES_PER_S);
    for (; frames < due; frames++) {
      const timeUs = heavyUs + number++ * 20_000;
      const frame = feed.frame(TAGS, (tag) => ({ tag, value: sensors[tag]!.next(), timeUs: timeUs + tag }));
      const kept = synchroniser.accept(frame).finally(() => underWay.delete(kept));
      underWay.add(kept);
    }
    await wait(5);
  }
  const tookS = (performance.now() - begin) / 1000;
  delay.disable();
  clearInterval(asking);
  await Promise.all(underWay);
  await asked;
  if (failure !== undefined) throw failure;
  while (synchroniser.totals(HISTORIAN_SINK).queued > 0) await wait(20);
  return {
    valuesPerS: (frames * TAGS) / tookS,
    p50Ms: delay.percentile(50) / 1e6,
    p99Ms: delay.percentile(99) / 1e6,
    maxMs: delay.max / 1e6,
    queriesMs,
  };
}

let number = 0;

async function underLoad(): Promise<string[]> {
  return inFolder(async (folder) => {
    const historian = new Historian({ file: join(folder, "history.duckdb") });
    const heavy = new Feed("heavy");
    for (let at = 0; at < HEAVY_ROWS; at += 50_000) {
      const rows = Math.min(50_000, HEAVY_ROWS - at);
      await historian.append(
        heavy.frame(rows, (i) => ({
          tag: 0,
          value: sensors[0]!.next(),
          timeUs: DAY0 + (at + i) * HEAVY_STEP_US,
        })),
      );
    }
    const synchroniser = await Synchroniser.open({ folder: join(folder, "sync") });
    await synchroniser.attach(new HistorianSink(historian));
    const feed = new Feed("flowing");
    const results = new Map<boolean, Load[]>([
      [false, []],
      [true, []],
    ]);
    // Interleaved, so that a busy machine is no one's alone.
    for (let round = 0; round < rounds; round++)
      for (const isAsked of [false, true])
        results.get(isAsked)!.push(await load(historian, synchroniser, feed, isAsked));
    const { dropped } = synchroniser.totals(HISTORIAN_SINK);
    if (Object.keys(dropped).length > 0) throw new Error(`samples were dropped: ${JSON.stringify(dropped)}`);
    await synchroniser.close();
    const stored = (await historian.facts()).samples - HEAVY_ROWS;
    if (stored !== number * TAGS) throw new Error(`${stored} of ${number * TAGS} samples are stored`);
    await historian.close();
    return [...results].map(([isAsked, of]) => {
      const mid = (key: "valuesPerS" | "p50Ms" | "p99Ms"): number => median(of.map((each) => each[key]));
      const queries = of.flatMap(({ queriesMs }) => queriesMs);
      const p99 = mid("p99Ms");
      return `| ${[
        isAsked ? "every second" : "none",
        shown(mid("valuesPerS"), 0),
        isAsked ? `${queries.length}` : "",
        isAsked ? shown(median(queries), 0) : "",
        shown(mid("p50Ms")),
        shown(p99),
        shown(Math.max(...of.map(({ maxMs }) => maxMs))),
        `${p99 < BAR_P99_MS ? "holds" : "fails"}`,
      ].join(" | ")} |`;
    });
  });
}

async function archive(): Promise<string[]> {
  return inFolder(async (folder) => {
    const historian = new Historian({ file: join(folder, "history.duckdb") });
    const feed = new Feed("days");
    const step = DAY_US / (ROWS_PER_DAY / TAGS);
    let archivingMs = 0;
    for (let day = 0; day <= ARCHIVED_DAYS; day++) {
      await historian.append(
        feed.frame(ROWS_PER_DAY, (i) => ({
          tag: i % TAGS,
          value: sensors[i % TAGS]!.next(),
          timeUs: DAY0 + day * DAY_US + Math.floor(i / TAGS) * step + (i % TAGS),
        })),
      );
      const begin = performance.now();
      const { archived } = await historian.maintain();
      if (archived > 0) archivingMs += performance.now() - begin;
    }
    const facts = await historian.facts();
    const { samples, days, bytes } = facts.archive!;
    if (days !== ARCHIVED_DAYS || samples !== ARCHIVED_DAYS * ROWS_PER_DAY)
      throw new Error(`${samples} samples of ${days} days are archived`);
    const asked = async (question: () => Promise<unknown>): Promise<number> => {
      const tookMs: number[] = [];
      for (let i = 0; i < 9; i++) {
        const begin = performance.now();
        await question();
        tookMs.push(performance.now() - begin);
      }
      return median(tookMs);
    };
    const toUs = DAY0 + ARCHIVED_DAYS * DAY_US;
    const monthMs = await asked(() => historian.buckets(addressOf(7), DAY0, toUs, ARCHIVED_DAYS * 24));
    const hourMs = await asked(() =>
      historian.buckets(addressOf(7), toUs + DAY_US - 3600e6, toUs + DAY_US, 60),
    );
    await historian.close();
    const perMillion = 1e6 / samples;
    return [
      `| bytes on disk per million rows | ${shown((bytes * perMillion) / 1e6)} MB |`,
      `| bytes of the database file with one open day | ${shown((facts.bytes - bytes) / 1e6)} MB |`,
      `| archiving a million rows, sorted and synced | ${shown((archivingMs * perMillion) / 1000)} s |`,
      `| hourly buckets of one tag over ${ARCHIVED_DAYS} archived days | ${shown(monthMs, 0)} ms |`,
      `| minute buckets of one tag over the last hour, which opens none of them | ${shown(hourMs, 0)} ms |`,
    ];
  });
}

const loaded = await underLoad();
const archived = await archive();
console.log(`# history-load

${shown(FRAMES_PER_S * TAGS, 0)} values/s of ${shown(TAGS, 0)} tags are made, spooled, put in order and stored in one process, while 1-minute buckets over
${shown(HEAVY_ROWS, 0)} rows of one tag are asked for every second. Loop delay of the main thread, in which sources and nodes
run, by monitorEventLoopDelay; each reading includes its resolution of 1 ms. Bar: p99 < ${BAR_P99_MS} ms. Nothing may be dropped
or missing in the end, or there is no table. Median of ${rounds} rounds of ${seconds} s (max: of all); ${cpus().length} cores, Node ${process.version}.${
  loadBefore > 1
    ? `\n**The machine was busy with other work: load average ${shown(loadBefore)} at the start.**`
    : ""
}

| heavy question | values/s | asked | took, ms | loop p50, ms | p99, ms | max, ms | bar |
|---|---|---|---|---|---|---|---|
${loaded.join("\n")}

The archive of closed days: ${ARCHIVED_DAYS} days of ${shown(ROWS_PER_DAY, 0)} rows of ${shown(TAGS, 0)} tags that wander with a resolution of 0.1.

| | |
|---|---|
${archived.join("\n")}`);
