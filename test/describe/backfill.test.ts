import assert from "node:assert/strict";
import { join } from "node:path";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import type { Frame } from "../../runtime/core/frame.ts";
import { FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { Backfill, type BackfillOptions } from "../../runtime/describe/backfill.ts";
import type { GapEntry, NewGap } from "../../runtime/describe/gap-entry.ts";
import type { FilledGap } from "../../runtime/describe/missing-intervals.ts";
import type { PastAnswer, PastPart, PastReader, PastSample } from "../../runtime/describe/past-reader.ts";
import { Synchroniser } from "../../runtime/describe/synchroniser.ts";
import { until } from "./opcua-recorder.ts";
import { MemorySink } from "./sink-fixture.ts";
import { BEGIN_US, dictionaryOf, Folder } from "./spool/spool-fixture.ts";

const MS = 1000;
const SOURCE = "plant";
/** x and y every millisecond. */
const dictionary = dictionaryOf("x", "y");
const [X, Y] = dictionary.properties.map(({ address }) => address) as [string, string];
const at = (ms: number): number => BEGIN_US + ms * MS;

/** A source whose server keeps the values it is told to: value = milliseconds since the beginning. */
class Plant implements PastReader {
  readonly source = SOURCE;
  readonly dictionary: Dictionary = dictionary;
  isConnected = true;
  /** Milliseconds of which the server has a sample, by property. */
  kept = (_index: number, _ms: number): boolean => true;
  answer = (_index: number): PastAnswer => ({ kind: "read" });
  /** What was asked for. */
  readonly asked: PastPart[] = [];
  readonly #synchroniser: Synchroniser;
  /** False where nobody stores but the others. */
  isWired = true;
  /** Others that the source's frames come to. */
  readonly also: Synchroniser[] = [];
  pagesSent = 0;
  sequence = 0;

  constructor(synchroniser: Synchroniser) {
    this.#synchroniser = synchroniser;
  }

  /** Sends the samples of both properties of some milliseconds, as they come. */
  async live(fromMs: number, toMs: number): Promise<void> {
    const rows: PastSample[] = [];
    for (let ms = fromMs; ms < toMs; ms++) for (const index of [0, 1]) rows.push(sampleOf(index, ms, 0));
    const frame = this.#frame(rows, false);
    for (const each of [this.#synchroniser, ...this.also]) await each.accept(frame);
  }

  async readPast(
    parts: readonly PastPart[],
    take: (samples: readonly PastSample[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<PastAnswer[]> {
    this.asked.push(...parts);
    const answers = parts.map(({ index }) => this.answer(index));
    for (const [part, { index, fromUs, toUs }] of parts.entries()) {
      if (answers[part]!.kind !== "read") continue;
      const samples: PastSample[] = [];
      for (let ms = 0; ms <= 1000; ms++) {
        if (at(ms) > fromUs && at(ms) < toUs && this.kept(index, ms)) samples.push(sampleOf(index, ms, part));
      }
      // In pages of seven.
      for (let i = 0; i < samples.length && !signal.aborted; i += 7) await take(samples.slice(i, i + 7));
    }
    return answers;
  }

  async reachesBack(parts: readonly PastPart[]): Promise<boolean[]> {
    return parts.map(() => true);
  }

  sendPast(samples: readonly PastSample[]): Frame {
    this.pagesSent++;
    const frame = this.#frame(samples, true);
    const here = this.isWired ? [this.#synchroniser] : [];
    for (const each of [...here, ...this.also]) void each.accept(frame);
    return frame;
  }

  #frame(rows: readonly PastSample[], historical: boolean): Frame {
    const builder = new FrameBuilder(
      { source: SOURCE, reality: "live", dictionary: this.dictionary },
      rows.length,
    );
    for (const { index, value, sourceTimeUs } of rows) builder.add(index, value, sourceTimeUs, GOOD);
    const frame = builder.build({ epoch: 1, first: this.sequence, receiveTimeUs: BEGIN_US, historical });
    this.sequence += rows.length;
    return frame;
  }
}

/** The same tags, sent on change. */
class ChangingPlant extends Plant {
  override readonly dictionary = new Dictionary(
    dictionary.properties.map((property) => ({ ...property, update: { mode: "onChange" } })),
  );
}

const sampleOf = (index: number, ms: number, part: number): PastSample => ({
  part,
  index,
  value: ms,
  quality: GOOD,
  sourceTimeUs: at(ms),
});

describe("backfill", () => {
  let folder: Folder;
  let synchroniser: Synchroniser;
  let sink: MemorySink;
  let plant: Plant;
  let backfill: Backfill | undefined;
  let filled: FilledGap[];

  beforeEach(async () => {
    folder = new Folder();
    synchroniser = await Synchroniser.open({
      folder: folder.path,
      feeds: { idleMs: 20, windowUs: 10_000, firstPauseMs: 5 },
    });
    sink = new MemorySink("sink");
    await synchroniser.attach(sink);
    plant = new Plant(synchroniser);
    filled = [];
  });
  afterEach(async () => {
    await backfill?.stop();
    backfill = undefined;
    await synchroniser.close();
    folder.end();
  });

  function begin(options: Partial<BackfillOptions> = {}): Backfill {
    backfill = new Backfill({
      reader: plant,
      settleMs: 10,
      firstPauseMs: 10,
      longestPauseMs: 10,
      keptWithinMs: 10_000,
      mostTries: 3,
      filled: (gap) => filled.push(gap),
      ...options,
    });
    backfill.attach(synchroniser);
    return backfill;
  }

  const gap = (fromMs: number, toMs: number, more: Partial<NewGap> = {}): void =>
    synchroniser.noteGap({
      source: SOURCE,
      cause: "connection-lost",
      fromUs: at(fromMs),
      toUs: at(toMs),
      ...more,
    });

  const entries = (): GapEntry[] => synchroniser.gaps.query({ source: SOURCE });
  const toFill = () => synchroniser.gaps.toFill(SOURCE, 10_000);
  const closed = (): Promise<void> =>
    until(() => entries().every(({ state }) => state === "closed"), "the entries to close");
  const explained = (): Promise<void> =>
    until(() => entries().every(({ backfillProblem }) => backfillProblem !== undefined), "a reason");

  async function stored(address: string): Promise<number[]> {
    await until(
      () => synchroniser.conservation().every(({ sinks }) => sinks.every(({ queued }) => queued === 0)),
      "the sink",
    );
    return [...sink.samples.values()]
      .filter((sample) => sample.address === address)
      .map(({ value }) => value)
      .sort((a, b) => a - b);
  }

  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

  it("fills in a gap of all tags from end to end, once, and counts what it filled in", async () => {
    await plant.live(0, 100);
    await plant.live(150, 200);
    gap(99, 150);
    begin();
    await closed();
    const [entry] = entries();
    assert.deepEqual([entry!.addresses, entry!.expected, entry!.backfilled], [[X, Y], 100, 100]);
    assert.deepEqual(filled, [{ source: SOURCE, fromUs: at(99), toUs: at(150) }]);
    assert.deepEqual([await stored(X), await stored(Y)], [range(0, 200), range(0, 200)]);
    assert.equal(sink.samples.size, 400);
    assert.equal(synchroniser.gaps.openCounts.get(SOURCE), 0);
    assert.equal(synchroniser.gaps.backfilledSamples.get(SOURCE), 100);
    const [counts] = synchroniser.conservation();
    assert.equal(counts!.sinks[0]!.late, 0, "what is filled in is not late");
  });

  it("stores nothing twice, also where a slow sink gets the rows after the entry has closed", async () => {
    await plant.live(0, 200);
    await stored(X);
    const { promise, resolve } = Promise.withResolvers<void>();
    sink.gate = promise;
    // What comes next waits behind this one.
    await plant.live(200, 201);
    gap(50, 100);
    begin();
    await closed();
    resolve();
    assert.deepEqual([await stored(X), await stored(Y)], [range(0, 201), range(0, 201)]);
    assert.equal(sink.samples.size, 402);
    assert.equal(synchroniser.conservation()[0]!.sinks[0]!.deduplicated, 98);
  });

  it("leaves out a live sample that comes after it has been filled in", async () => {
    await plant.live(0, 100);
    gap(99, 150, { addresses: [X] });
    begin();
    await closed();
    await plant.live(120, 160);
    assert.deepEqual(
      [await stored(X), await stored(Y)],
      [range(0, 160), [...range(0, 100), ...range(120, 160)]],
    );
    assert.equal(sink.samples.size, 160 + 140);
  });

  it("fills in what was left from before, the newest first", async () => {
    await plant.live(0, 10);
    gap(20, 30, { addresses: [X] });
    gap(60, 70, { addresses: [X] });
    gap(40, 50, { addresses: [X] });
    begin();
    await closed();
    // Three periods on either side are read as well.
    assert.deepEqual(
      plant.asked.map(({ fromUs }) => Math.ceil((fromUs - BEGIN_US) / MS) + 3),
      [60, 40, 20],
    );
  });

  it("fills in older gaps though new ones keep coming", async () => {
    await plant.live(0, 10);
    for (let ms = 20; ms < 200; ms += 10) gap(ms, ms + 5, { addresses: [X] });
    const old = entries().map(({ id }) => id);
    let ms = 300;
    const flapping = setInterval(() => {
      ms += 10;
      gap(ms, ms + 5, { addresses: [X] });
    }, 10);
    try {
      begin();
      await until(
        () => old.every((id) => synchroniser.gaps.require(id).state === "closed"),
        "the older ones",
      );
    } finally {
      clearInterval(flapping);
    }
    assert.ok(entries().length > old.length, "new ones came meanwhile");
  });

  it("closes what the source itself never sampled, and leaves open what its history has lost", async () => {
    await plant.live(0, 10);
    // x was stopped in between; the history of y begins only at 60.
    plant.kept = (index, ms) => (index === 0 ? ms < 30 || ms > 40 : ms >= 60);
    gap(20, 70);
    begin();
    await explained();
    const [entry] = entries();
    assert.equal(entry!.state, "open");
    assert.equal(entry!.backfillProblem, `the server's history has not all samples of this time (${Y})`);
    assert.deepEqual(synchroniser.gaps.remaining(entry!.id), [{ address: Y, fromUs: at(20), toUs: at(60) }]);
    assert.equal(entry!.backfilled, 38 + 10);
    assert.equal(entry!.missing, 11, "of x at 30 to 40: its server has not these either");
  });

  it("tries again until the server has stored the rest", async () => {
    await plant.live(0, 10);
    plant.kept = (_index, ms) => ms < 40;
    gap(20, 60);
    begin({ mostTries: 1000 });
    await explained();
    plant.kept = () => true;
    await closed();
    assert.deepEqual([entries()[0]!.backfilled, entries()[0]!.backfillProblem], [2 * 39, undefined]);
    assert.deepEqual(await stored(X), [...range(0, 10), ...range(21, 60)]);
  });

  it("does not close what is sent on change while the server may still be writing its history", async () => {
    plant = new ChangingPlant(synchroniser);
    await plant.live(0, 10);
    plant.kept = (_index, ms) => ms < 25;
    gap(20, 30, { addresses: [X] });
    begin({ lagMs: 400, mostTries: 1000 });
    await explained();
    assert.deepEqual([entries()[0]!.state, entries()[0]!.backfilled], ["open", 4]);
    plant.kept = () => true;
    await closed();
    assert.equal(entries()[0]!.backfilled, 9);
  });

  it("asks once for a history that the server does not keep, whatever connections come", async () => {
    await plant.live(0, 10);
    const none: PastAnswer = {
      kind: "none",
      why: "the server keeps no history: BadHistoryOperationUnsupported",
    };
    plant.answer = (index) => (index === 1 ? none : { kind: "read" });
    gap(20, 30);
    const running = begin();
    await explained();
    assert.equal(
      entries()[0]!.backfillProblem,
      `the server keeps no history: BadHistoryOperationUnsupported (${Y})`,
    );
    running.connected();
    gap(40, 50);
    await until(() => entries().length === 2, "the second gap");
    await explained();
    assert.deepEqual(
      plant.asked.map(({ index }) => index),
      [0, 1, 0],
    );
    await until(() => toFill().length === 0, "both to be given up");
    assert.ok(entries().every(({ state }) => state === "open"));
    // As after a start of Rung, or a change of the binding.
    await running.stop();
    plant.answer = () => ({ kind: "read" });
    begin();
    await closed();
    assert.deepEqual(
      entries().map(({ backfilled }) => backfilled),
      [18, 18],
    );
  });

  it("asks no more for what the server answered often enough without having it", async () => {
    await plant.live(0, 10);
    plant.kept = () => false;
    gap(20, 30, { addresses: [X] });
    const running = begin({ mostTries: 3 });
    for (let tries = 1; tries <= 3; tries++) {
      await until(() => plant.asked.length >= tries, `try ${tries}`);
      running.connected();
    }
    await until(() => toFill().length === 0, "it to be given up");
    plant.kept = () => true;
    running.connected();
    gap(40, 50, { addresses: [X] });
    await until(() => entries().some(({ state }) => state === "closed"), "the second gap");
    assert.equal(plant.asked.length, 4);
    assert.deepEqual(
      entries().map(({ state }) => state),
      ["closed", "open"],
    );
  });

  it("works through thousands that the server keeps nothing of, and reads none of them again", async () => {
    await plant.live(0, 10);
    plant.answer = () => ({ kind: "none", why: "the server keeps no history" });
    for (let i = 0; i < 1200; i++) gap(20 + 10 * i, 25 + 10 * i, { addresses: [X] });
    const running = begin();
    await until(() => toFill().length === 0, "every entry to be tried");
    assert.equal(plant.asked.length, 1);
    let read = 0;
    const require = synchroniser.gaps.require.bind(synchroniser.gaps);
    synchroniser.gaps.require = (id) => {
      read++;
      return require(id);
    };
    running.connected();
    gap(20_000, 20_005, { addresses: [X] });
    await until(() => toFill().length === 0, "the newest");
    assert.ok(0 < read && read < 20, `${read} read`);
    assert.equal(plant.asked.length, 1);
    assert.equal(synchroniser.gaps.openCounts.get(SOURCE), 1201);
  });

  it("lets others have their turn between entries of which the server keeps nothing", async () => {
    await plant.live(0, 10);
    plant.answer = () => ({ kind: "none", why: "the server keeps no history" });
    for (let i = 0; i < 50; i++) gap(20 + 10 * i, 25 + 10 * i);
    let turns = 0;
    let isCounting = true;
    const count = (): void => {
      turns++;
      if (isCounting) setImmediate(count);
    };
    setImmediate(count);
    const turnsAtEntry: number[] = [];
    const explain = synchroniser.gaps.explain.bind(synchroniser.gaps);
    synchroniser.gaps.explain = (...entry) => {
      turnsAtEntry.push(turns);
      return explain(...entry);
    };
    begin();
    await until(() => turnsAtEntry.length >= 50, "every entry to be tried");
    isCounting = false;
    assert.ok(new Set(turnsAtEntry).size >= 45, `in ${new Set(turnsAtEntry).size} turns`);
  });

  it("does not say that it is filled in what nobody stored", async () => {
    await plant.live(0, 10);
    plant.isWired = false;
    gap(20, 30, { addresses: [X] });
    begin({ keptWithinMs: 200, mostTries: 1000 });
    await explained();
    assert.deepEqual(
      [entries()[0]!.state, entries()[0]!.backfilled, entries()[0]!.backfillProblem],
      ["open", 0, `what was read was not stored: is a history node behind the source? (${X})`],
    );
    assert.ok(plant.pagesSent <= plant.asked.length, "one page is enough to see that it is in vain");
    plant.isWired = true;
    backfill!.connected();
    await closed();
    assert.deepEqual([entries()[0]!.backfilled, entries()[0]!.backfillProblem], [9, undefined]);
  });

  it("fills in what comes here, and says which tags do not", async () => {
    await plant.live(0, 10);
    gap(20, 30, { addresses: [X, "acme/leipzig/paint/oven1/gone"] });
    begin();
    await explained();
    assert.equal(
      entries()[0]!.backfillProblem,
      "the source has no such tag any more (acme/leipzig/paint/oven1/gone)",
    );
    assert.deepEqual(synchroniser.gaps.remaining(entries()[0]!.id), [
      { address: "acme/leipzig/paint/oven1/gone", fromUs: at(20), toUs: at(30) },
    ]);
    assert.equal(entries()[0]!.backfilled, 9);
  });

  it("reads nothing for a history to which the tags do not come", async () => {
    gap(20, 30, { addresses: [X] });
    begin();
    await explained();
    assert.equal(entries()[0]!.backfillProblem, `it has not come to this history (${X})`);
    assert.deepEqual(plant.asked, []);
    await plant.live(0, 10);
    backfill!.connected();
    await closed();
    assert.equal(entries()[0]!.backfilled, 9);
  });

  it("fills in every ledger in which the gap stands, also one that comes later", async () => {
    const other = await Synchroniser.open({ folder: join(folder.path, "other"), feeds: { idleMs: 20 } });
    try {
      const otherSink = new MemorySink("other");
      await other.attach(otherSink);
      plant.also.push(other);
      await plant.live(0, 10);
      gap(9, 20);
      other.noteGap({ source: SOURCE, cause: "connection-lost", fromUs: at(9), toUs: at(20) });
      begin();
      await closed();
      backfill!.attach(other);
      await until(() => other.gaps.query({ state: "open" }).length === 0, "the other ledger");
      await plant.live(20, 30);
      await until(() => [sink, otherSink].every(({ samples }) => samples.size === 60), "both sinks");
      assert.deepEqual(
        [...synchroniser.gaps.query(), ...other.gaps.query()].map(({ backfilled }) => backfilled),
        [20, 20],
      );
    } finally {
      await backfill!.stop();
      await other.close();
    }
  });

  it("does not take for filled in here what only another history has kept", async () => {
    const other = await Synchroniser.open({ folder: join(folder.path, "other"), feeds: { idleMs: 20 } });
    try {
      plant.also.push(other);
      await plant.live(0, 10);
      gap(9, 20);
      plant.isWired = false;
      begin({ keptWithinMs: 40, mostTries: 1 });
      backfill!.attach(other);
      await explained();
      assert.ok(plant.pagesSent > 0);
      assert.deepEqual([entries()[0]!.state, entries()[0]!.backfilled], ["open", 0]);
    } finally {
      await backfill!.stop();
      await other.close();
    }
  });

  it("waits for a connection, and leaves alone what a sink refused", async () => {
    await plant.live(0, 10);
    plant.isConnected = false;
    gap(20, 30, { addresses: [X] });
    gap(40, 50, { cause: "refused", addresses: [X] });
    begin();
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.deepEqual(plant.asked, []);
    plant.isConnected = true;
    backfill!.connected();
    await until(() => entries().some(({ state }) => state === "closed"), "the first to close");
    assert.deepEqual(
      entries().map(({ cause, state }) => [cause, state]),
      [
        ["refused", "open"],
        ["connection-lost", "closed"],
      ],
    );
  });
});
