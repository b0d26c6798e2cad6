import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RungError } from "../../runtime/core/errors.ts";
import { type Frame, FrameBuilder, type Reality } from "../../runtime/core/frame.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { wallTimeUs } from "../../runtime/core/time.ts";
import type { LedgerCause, NewGap } from "../../runtime/describe/gap-entry.ts";
import { unaccounted } from "../../runtime/describe/ledger.ts";
import { RowsRefused } from "../../runtime/describe/sink.ts";
import {
  Synchroniser,
  type SynchroniserNews,
  type SynchroniserOptions,
} from "../../runtime/describe/synchroniser.ts";
import { spanning } from "../../runtime/describe/unnoted-gaps.ts";
import { MemorySink } from "./sink-fixture.ts";
import { BEGIN_US, dictionaryOf, Folder, frameFrom } from "./spool/spool-fixture.ts";

const upTo = (n: number, from = 0): number[] => Array.from({ length: n - from }, (_, i) => from + i);
const dictionary = dictionaryOf("x", "y");

/** Samples of tag x: `[milliseconds, value]`. */
function frameOf(
  head: { epoch: number; first: number; source?: string; reality?: Reality; historical?: boolean },
  ...samples: [ms: number, value: number][]
): Frame {
  const { source = "s", reality = "live", epoch, first, historical = false } = head;
  const builder = new FrameBuilder({ source, reality, dictionary });
  for (const [ms, value] of samples) builder.add(0, value, BEGIN_US + ms * 1000, GOOD);
  return builder.build({ epoch, first, receiveTimeUs: 0, historical });
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("synchroniser", () => {
  let folder: Folder;
  let news: SynchroniserNews[];
  const running: Synchroniser[] = [];
  beforeEach(() => {
    folder = new Folder();
    news = [];
  });
  afterEach(async () => {
    for (const synchroniser of running.splice(0)) await synchroniser.close();
    folder.end();
  });

  async function open(options: Partial<SynchroniserOptions> = {}): Promise<Synchroniser> {
    const synchroniser = await Synchroniser.open({
      folder: folder.path,
      told: (one) => news.push(one),
      ...options,
      feeds: { windowUs: 10_000, idleMs: 20, cursorMs: 0, firstPauseMs: 5, ...options.feeds },
    });
    running.push(synchroniser);
    return synchroniser;
  }

  /** Every counter adds up, up to the disk and to every sink. */
  function assertExact(synchroniser: Synchroniser): void {
    for (const { source, spool, sinks } of synchroniser.conservation()) {
      assert.equal(unaccounted(spool), 0, `${source} up to the disk: ${JSON.stringify(spool)}`);
      for (const sink of sinks) assert.equal(unaccounted(sink), 0, `${source} to ${JSON.stringify(sink)}`);
    }
  }

  const gapsOf = (synchroniser: Synchroniser): [string, number, number][] =>
    synchroniser.gaps
      .query()
      .map(({ cause, fromUs, toUs }) => [cause, (fromUs - BEGIN_US) / 1000, (toUs - BEGIN_US) / 1000]);

  it("feeds two sinks of different speed, each sample once and in order", async () => {
    const synchroniser = await open();
    const fast = new MemorySink("fast");
    const slow = new MemorySink("slow");
    let letGo: () => void = () => assert.fail("the gate was made before");
    slow.gate = new Promise((resolve) => {
      letGo = resolve;
    });
    await synchroniser.attach(fast);
    await synchroniser.attach(slow);
    for (let i = 0; i < 20; i++) {
      await Promise.all([
        synchroniser.accept(frameFrom("a", 50 * i, 50)),
        synchroniser.accept(frameFrom("b", 7 * i, 7)),
      ]);
    }
    await until(() => fast.samples.size === 20 * 57);
    assert.equal(slow.samples.size, 0);
    assertExact(synchroniser);
    const behind = synchroniser.conservation()[0]!.sinks;
    assert.deepEqual(
      behind.map(({ sink, received, stored, queued }) => [sink, received, stored, queued]),
      [
        ["fast", 1000, 1000, 0],
        ["slow", 1000, 0, 1000],
      ],
    );
    letGo();
    await until(() => slow.samples.size === 20 * 57);
    await until(() =>
      synchroniser.conservation().every(({ sinks }) => sinks.every(({ queued }) => queued === 0)),
    );
    for (const sink of [fast, slow]) {
      assert.equal(sink.handed, 20 * 57);
      const ofA = [...sink.samples].filter(([key]) => key.startsWith("a ")).map(([, { value }]) => value);
      assert.deepEqual(ofA, upTo(1000));
    }
    assertExact(synchroniser);
    assert.deepEqual(gapsOf(synchroniser), []);
  });

  it("goes on after a restart where each sink was", async () => {
    const first = await open();
    const sink = new MemorySink("sink");
    await first.attach(sink);
    for (let i = 0; i < 5; i++) await first.accept(frameFrom("s", 10 * i, 10));
    await until(() => sink.samples.size === 50);
    await first.detach("sink");
    for (let i = 5; i < 9; i++) await first.accept(frameFrom("s", 10 * i, 10));
    await first.close();
    const second = await open();
    const again = new MemorySink("sink");
    await second.attach(again);
    assert.deepEqual(
      second.conservation().map(({ sinks }) => sinks.map(({ received, queued }) => [received, queued])),
      [[[40, 40]]],
    );
    await until(() => again.samples.size === 40);
    assert.deepEqual(again.values, upTo(90, 50));
    assertExact(second);
  });

  it("tries again with growing pauses, says that a sink fails and that it works again", async () => {
    const synchroniser = await open();
    const sink = new MemorySink("sink");
    for (let i = 0; i < 4; i++) sink.faults.push(new Error("no route to host"));
    const feed = await synchroniser.attach(sink);
    await synchroniser.accept(frameFrom("s", 0, 30));
    await until(() => sink.samples.size === 30);
    assert.equal(feed.failures, 4);
    assert.equal(feed.failing, undefined);
    assert.deepEqual(
      news.map((one) => (one.kind === "failing" ? one.error.message : one.kind)),
      ["sink: no route to host", "recovered"],
    );
    await until(() => synchroniser.conservation()[0]!.sinks[0]!.stored === 30);
    assertExact(synchroniser);
  });

  it("drops only the frames that a sink refuses for good, counted and in the ledger", async () => {
    const synchroniser = await open();
    const sink = new MemorySink("sink");
    sink.refused.add(37);
    for (let i = 0; i < 8; i++) await synchroniser.accept(frameFrom("s", 10 * i, 10));
    await synchroniser.attach(sink);
    await until(() => sink.samples.size === 70);
    await until(() => synchroniser.conservation()[0]!.sinks[0]!.queued === 0);
    const [counts] = synchroniser.conservation()[0]!.sinks;
    assert.deepEqual([counts!.stored, counts!.dropped], [70, { refused: 10 }]);
    assertExact(synchroniser);
    assert.deepEqual(gapsOf(synchroniser), [["refused", 29.999, 39.001]]);
  });

  it("drops only the rows that a sink says it lacks, each for its reason, and keeps what it said", async () => {
    const synchroniser = await open();
    const sink = new MemorySink("sink");
    const store = sink.store.bind(sink);
    sink.store = async (frames) => {
      await store(frames);
      const rows = frames.flatMap((frame) =>
        Array.from({ length: frame.length }, (_, row) => ({ frame, row, value: frame.valueAt(row) }))
          .filter(({ value }) => [12, 37, 38].includes(value))
          .map(
            ({ row, value }) => ({ frame, row, reason: value === 12 ? "overwritten" : "refused" }) as const,
          ),
      );
      if (rows.length > 0) throw new RowsRefused("sink", rows, "some are not there", "look");
    };
    for (let i = 0; i < 8; i++) await synchroniser.accept(frameFrom("s", 10 * i, 10));
    await synchroniser.attach(sink);
    await until(() => sink.samples.size === 80);
    await until(() => synchroniser.conservation()[0]!.sinks[0]!.queued === 0);
    const [counts] = synchroniser.conservation()[0]!.sinks;
    assert.deepEqual([counts!.stored, counts!.dropped], [77, { refused: 2, overwritten: 1 }]);
    assertExact(synchroniser);
    assert.deepEqual(gapsOf(synchroniser), [["refused", 36.999, 38.001]]);
    assert.equal(synchroniser.refusalOf("sink")?.message, "sink: some are not there (look)");
    assert.equal(synchroniser.troubleOf("sink"), undefined);
  });

  it("does not hold back the last sample of a quiet source while another one goes on", async () => {
    const synchroniser = await open({ feeds: { windowUs: 500_000 } });
    const sink = new MemorySink("sink");
    await synchroniser.attach(sink);
    await synchroniser.accept(frameOf({ epoch: 1, first: 0, source: "quiet" }, [0, -7]));
    let first = 0;
    while (!sink.values.includes(-7)) {
      await synchroniser.accept(frameFrom("busy", first++, 1));
      assert.ok(first < 2000, "it is still held back");
    }
  });

  it("leaves out what comes twice, and keeps what comes late", async () => {
    // On a busy machine 20 ms pass between two frames, and what was held back would be on its way.
    const synchroniser = await open({ feeds: { idleMs: 500 } });
    const sink = new MemorySink("sink");
    await synchroniser.attach(sink);
    const frame = frameOf({ epoch: 1, first: 0 }, [0, 1], [1, 2], [2, 3]);
    await synchroniser.accept(frame);
    await synchroniser.accept(frame);
    await synchroniser.accept(frameOf({ epoch: 1, first: 3 }, [100, 4]));
    await synchroniser.accept(frameOf({ epoch: 1, first: 4 }, [200, 5]));
    await synchroniser.accept(frameOf({ epoch: 1, first: 5 }, [50, 6]));
    await until(() => sink.samples.size === 6);
    await until(() => synchroniser.conservation()[0]!.sinks[0]!.queued === 0);
    const [counts] = synchroniser.conservation()[0]!.sinks;
    assert.deepEqual([counts!.received, counts!.stored, counts!.deduplicated, counts!.late], [9, 6, 3, 1]);
    assertExact(synchroniser);
  });

  it("fills a gap from history without storing its edges twice", async () => {
    const synchroniser = await open();
    const sink = new MemorySink("sink");
    await synchroniser.attach(sink);
    await synchroniser.accept(frameOf({ epoch: 1, first: 0 }, [0, 0], [10, 1]));
    // The connection broke after 10 ms; the server starts over with its last value, which was seen.
    await synchroniser.accept(frameOf({ epoch: 2, first: 0 }, [10, 1], [50, 5], [60, 6]));
    synchroniser.noteGap({
      source: "s",
      cause: "subscription-recreated",
      fromUs: BEGIN_US + 10_000,
      toUs: BEGIN_US + 50_000,
    });
    await until(() => sink.samples.size === 4);
    const [gap] = synchroniser.gaps.query();
    assert.deepEqual(gapsOf(synchroniser), [["subscription-recreated", 10, 50]]);
    const history = frameOf({ epoch: 2, first: 3 }, [10, 1], [20, 2], [30, 3], [40, 4], [50, 5]);
    await synchroniser.accept(history);
    await until(() => sink.samples.size === 7);
    synchroniser.gaps.backfill(gap!.id, { fromUs: gap!.fromUs, toUs: gap!.toUs, samples: 3 });
    await until(() => synchroniser.conservation()[0]!.sinks[0]!.queued === 0);
    assert.deepEqual(sink.values.sort(), [0, 1, 2, 3, 4, 5, 6]);
    const [counts] = synchroniser.conservation()[0]!.sinks;
    assert.deepEqual([counts!.received, counts!.stored, counts!.deduplicated], [10, 7, 3]);
    assert.equal(synchroniser.conservation()[0]!.openGaps, 0);
    assertExact(synchroniser);
  });

  it("notes up to where a property comes later than its source", async () => {
    const first = await open();
    await first.accept(frameOf({ epoch: 1, first: 0 }, [10, 1]));
    await first.close();
    const second = await open();
    const frame = (firstSequence: number, ...samples: [tag: number, ms: number][]): Frame => {
      const builder = new FrameBuilder({ source: "s", reality: "live", dictionary });
      for (const [tag, ms] of samples) builder.add(tag, ms, BEGIN_US + ms * 1000, GOOD);
      return builder.build({ epoch: 2, first: firstSequence, receiveTimeUs: 0 });
    };
    await second.accept(frame(0, [0, 20]));
    await second.accept(frame(1, [0, 30], [1, 30]));
    await second.accept(frame(3, [1, 90]));
    const [late, restart] = second.gaps.query();
    assert.deepEqual(gapsOf(second), [
      ["restart", 20, 30],
      ["restart", 10, 20],
    ]);
    assert.deepEqual([late!.addresses, restart!.addresses], [["acme/leipzig/paint/oven1/y"], undefined]);
  });

  it("ends no gap with what was filled in later, and tells who fills it in", async () => {
    const first = await open();
    await first.accept(frameOf({ epoch: 1, first: 0 }, [0, 0], [10, 1]));
    await first.close();
    const second = await open();
    let noted = 0;
    const kept: number[] = [];
    const leave = second.watchGaps("s", {
      noted: () => noted++,
      kept: (frame) => kept.push(frame.sequenceAt(0)),
    });
    assert.deepEqual(second.addresses("s"), []);
    await second.accept(frameOf({ epoch: 2, first: 0, historical: true }, [20, 2]));
    assert.deepEqual([gapsOf(second), noted, kept], [[], 0, [0]]);
    await second.accept(frameOf({ epoch: 2, first: 1 }, [80, 8]));
    await second.accept(frameOf({ epoch: 2, first: 2, historical: true }, [30, 3]));
    await second.accept(frameOf({ epoch: 2, first: 3 }, [90, 9]));
    assert.deepEqual(gapsOf(second), [["restart", 10, 80]]);
    second.noteGap({ source: "other", cause: "silent", fromUs: 1, toUs: 2 });
    assert.deepEqual([noted, kept], [1, [0, 2]]);
    assert.deepEqual(second.addresses("s"), ["acme/leipzig/paint/oven1/x"]);
    leave();
    await second.accept(frameOf({ epoch: 2, first: 4, historical: true }, [40, 4]));
    assert.deepEqual(kept, [0, 2]);
  });

  it("notes as gaps what a restart, a new epoch and missing numbers leave out", async () => {
    const first = await open();
    await first.accept(frameOf({ epoch: 1, first: 0 }, [0, 0], [10, 1]));
    await first.accept(frameOf({ epoch: 1, first: 4 }, [50, 5]));
    await first.close();
    const second = await open();
    assert.deepEqual(gapsOf(second), [["missing-samples", 10, 50]]);
    // Values that were there before come first; the gap ends with the first new one.
    await second.accept(frameOf({ epoch: 2, first: 0 }, [50, 5]));
    await second.accept(frameOf({ epoch: 2, first: 1 }, [80, 8], [90, 9]));
    await second.accept(frameOf({ epoch: 3, first: 0 }, [120, 12]));
    await second.accept(frameOf({ epoch: 1, first: 0, source: "r", reality: "recorded" }, [0, 1]));
    await second.accept(frameOf({ epoch: 2, first: 0, source: "r", reality: "recorded" }, [100, 1]));
    await second.accept(frameOf({ epoch: 1, first: 0, source: "new" }, [500, 1]));
    assert.deepEqual(gapsOf(second), [
      ["source-restarted", 90, 120],
      ["restart", 50, 80],
      ["missing-samples", 10, 50],
    ]);
  });

  it("notes a gap around frames that the spool did not take", async () => {
    const synchroniser = await open({ spool: { maxQueuedRows: 4 } });
    await synchroniser.accept(frameOf({ epoch: 1, first: 0 }, [0, 0], [10, 1]));
    const held = synchroniser.accept(frameOf({ epoch: 1, first: 2 }, [20, 2], [30, 3], [40, 4]));
    await assert.rejects(synchroniser.accept(frameOf({ epoch: 1, first: 5 }, [50, 5], [60, 6])), {
      code: "queue-full",
    });
    await held;
    await synchroniser.accept(frameOf({ epoch: 1, first: 7 }, [70, 7]));
    assert.deepEqual(gapsOf(synchroniser), [["not-spooled", 40, 70]]);
    const { spool } = synchroniser.conservation()[0]!;
    assert.deepEqual([spool.received, spool.stored, spool.dropped], [8, 6, { "queue-full": 2 }]);
    assertExact(synchroniser);
  });

  it("keeps as one of each source what is too much to wait for the ledger, and says so once", async () => {
    const synchroniser = await open();
    const note = synchroniser.gaps.note.bind(synchroniser.gaps);
    synchroniser.gaps.note = () => {
      throw new RungError({ code: "gap-ledger-failed", where: "gaps.sqlite", what: "disk is full" });
    };
    const at = (ms: number): number => BEGIN_US + ms * 1000;
    // Many gaps of two sources at once, as they come with the first frame after a long time away.
    for (let i = 0; i < 10_050; i++) {
      const interval = { fromUs: at(2 * i), toUs: at(2 * i + 1) };
      if (i % 3 === 0) synchroniser.noteGap({ source: "t", cause: "silent", ...interval });
      else synchroniser.noteGap({ source: "s", cause: "connection-lost", ...interval, addresses: [`x${i}`] });
    }
    synchroniser.noteGap({ source: "s", cause: "refused", fromUs: at(5), toUs: at(6) });
    synchroniser.noteGap({ source: "s", cause: "silent", fromUs: at(90_000), toUs: at(90_001) });
    const told = news.flatMap((one) => (one.kind === "problem" ? [one.error.code] : []));
    assert.equal(told.filter((code) => code === "gaps-joined").length, 1);
    synchroniser.gaps.note = note;
    synchroniser.noteGap({ source: "u", cause: "silent", fromUs: at(1), toUs: at(2) });
    for (let i = 0; i < 10_050; i++) {
      const [source, tag] = i % 3 === 0 ? ["t", "x"] : ["s", `x${i}`];
      assert.deepEqual(
        synchroniser.gaps.unexplained(source!, tag!, { fromUs: at(2 * i), toUs: at(2 * i + 1) }),
        [],
      );
    }
    assert.ok(synchroniser.gaps.query().length < 200);
    assert.ok(gapsOf(synchroniser).some(([cause, fromMs]) => cause === "refused" && fromMs === 5));
  });

  it("gives one gap of each source that spans them, and keeps apart what was refused", () => {
    const of = (source: string, cause: LedgerCause, fromUs: number, toUs: number): NewGap => ({
      source,
      cause,
      fromUs,
      toUs,
      addresses: ["x"],
    });
    assert.deepEqual(
      spanning([
        of("s", "silent", 5, 9),
        of("t", "silent", 50, 60),
        of("s", "connection-lost", 2, 4),
        of("s", "refused", 1, 100),
        of("t", "silent", 20, 30),
        of("t", "silent", 900, 800),
      ]),
      [
        { source: "s", cause: "missing-samples", fromUs: 2, toUs: 9 },
        { source: "t", cause: "silent", fromUs: 20, toUs: 60 },
        { source: "s", cause: "refused", fromUs: 1, toUs: 100 },
      ],
    );
  });

  it("accounts for a damaged record: counted for the sink, with its interval in the ledger", async () => {
    const first = await open();
    for (let i = 0; i < 6; i++) await first.accept(frameFrom("s", 10 * i, 10));
    await first.attach(new MemorySink("other"));
    await first.close();
    const spool = join(folder.path, "spool");
    const file = join(spool, readdirSync(spool).find((name) => name.endsWith(".seg"))!);
    const bytes = readFileSync(file);
    // The value 35 stands in the fourth frame.
    const at = bytes.indexOf(Buffer.from(Float64Array.of(35).buffer));
    bytes[at]! ^= 1;
    writeFileSync(file, bytes);
    const second = await open();
    const sink = new MemorySink("sink");
    await second.attach(sink);
    await until(() => sink.samples.size === 50);
    await until(() => second.conservation()[0]!.sinks[0]!.queued === 0);
    const [counts] = second.conservation()[0]!.sinks;
    assert.deepEqual([counts!.received, counts!.stored, counts!.dropped], [60, 50, { damaged: 10 }]);
    assertExact(second);
    assert.deepEqual(gapsOf(second), [["spool-damaged", 29, 40]]);
    const [gap] = second.gaps.query();
    second.gaps.backfill(gap!.id, { fromUs: gap!.fromUs, toUs: gap!.toUs, samples: 10 });
    assert.deepEqual(
      second.gaps.unexplained("s", "acme/leipzig/paint/oven1/x", {
        fromUs: BEGIN_US + 29_000,
        toUs: BEGIN_US + 40_000,
      }),
      [],
    );
    await second.close();
    const third = await open();
    assert.equal(third.report.losses.length, 1, "the sink that is away still needs the segment");
    assert.deepEqual(third.gaps.query({ state: "open" }), []);
  });

  it("notes what was damaged before a sample that was filled in", async () => {
    const first = await open();
    await first.accept(frameOf({ epoch: 1, first: 0 }, [10, 10]));
    await first.accept(frameOf({ epoch: 1, first: 1 }, [20, 20]));
    await first.accept(frameOf({ epoch: 1, first: 2, historical: true }, [5, 5]));
    await first.accept(frameOf({ epoch: 1, first: 3 }, [30, 30]));
    await first.close();
    const spool = join(folder.path, "spool");
    const file = join(spool, readdirSync(spool).find((name) => name.endsWith(".seg"))!);
    const bytes = readFileSync(file);
    // Without a head a record is known by its neighbours alone.
    const value = bytes.indexOf(Buffer.from(Float64Array.of(20).buffer));
    bytes.fill(0xff, bytes.lastIndexOf("RuS1", value, "latin1"), value + 8);
    writeFileSync(file, bytes);
    const second = await open();
    assert.deepEqual(
      second.gaps.unexplained("s", "acme/leipzig/paint/oven1/x", {
        fromUs: BEGIN_US + 10_000,
        toUs: BEGIN_US + 30_000,
      }),
      [],
    );
    const sink = new MemorySink("sink");
    await second.attach(sink);
    await until(() => sink.samples.size === 3);
    const losses = news.flatMap((one) => (one.kind === "loss" ? [one.loss] : []));
    assert.deepEqual(
      losses.map(({ samples, reason, fromUs, toUs }) => [
        samples,
        reason,
        fromUs - BEGIN_US,
        toUs - BEGIN_US,
      ]),
      [[1, "damaged", 10_000, 30_000]],
    );
    assertExact(second);
  });

  it("notes what a restart leaves out of every tag where the clock of one is ahead", async () => {
    const ahead = (first: number, ...samples: [tag: number, s: number, atS: number][]): Frame => {
      const builder = new FrameBuilder({ source: "s", reality: "live", dictionary });
      for (const [tag, s] of samples) builder.add(tag, s, BEGIN_US + s * 1e6, GOOD);
      return builder.build({ epoch: 1, first, receiveTimeUs: BEGIN_US + samples[0]![2] * 1e6 });
    };
    const first = await open();
    await first.accept(ahead(0, [0, 0, 0]));
    await first.accept(ahead(1, [1, 7200, 0]));
    await first.close();
    const second = await open();
    await second.accept(ahead(2, [0, 600, 600]));
    await second.accept(ahead(3, [1, 7800, 600]));
    for (const [tag, fromS, toS] of [
      ["x", 0, 600],
      ["y", 7200, 7800],
    ] as const) {
      const missing = { fromUs: BEGIN_US + fromS * 1e6, toUs: BEGIN_US + toS * 1e6 };
      assert.deepEqual(second.gaps.unexplained("s", `acme/leipzig/paint/oven1/${tag}`, missing), [], tag);
    }
  });

  it("notes what was damaged of every tag where the clock of one is ahead", async () => {
    const tagAt = (first: number, tag: number, s: number, atS: number): Frame => {
      const builder = new FrameBuilder({ source: "s", reality: "live", dictionary });
      builder.add(tag, s, BEGIN_US + s * 1e6, GOOD);
      return builder.build({ epoch: 1, first, receiveTimeUs: BEGIN_US + atS * 1e6 });
    };
    const first = await open();
    const samples = [
      [0, 0, 0],
      [1, 7200, 0],
      [0, 100, 100],
      [1, 7300, 100],
      [0, 200, 200],
      [1, 7400, 200],
    ] as const;
    for (const [i, [tag, s, atS]] of samples.entries()) await first.accept(tagAt(i, tag, s, atS));
    await first.close();
    const spool = join(folder.path, "spool");
    const file = join(spool, readdirSync(spool).find((name) => name.endsWith(".seg"))!);
    const bytes = readFileSync(file);
    const begin = bytes.indexOf(Buffer.from(Float64Array.of(100).buffer));
    const end = bytes.indexOf(Buffer.from(Float64Array.of(7300).buffer));
    bytes.fill(0xff, bytes.lastIndexOf("RuS1", begin, "latin1"), end + 8);
    writeFileSync(file, bytes);
    const second = await open();
    const damaged = (): number[][] =>
      second.gaps
        .query()
        .map(({ fromUs, toUs }) => [(fromUs + 1 - BEGIN_US) / 1e6, (toUs - 1 - BEGIN_US) / 1e6]);
    assert.deepEqual(damaged(), [[0, 7400]]);
    const sink = new MemorySink("sink");
    await second.attach(sink);
    await until(() => sink.samples.size === 4);
    assert.deepEqual(damaged(), [[0, 7400]]);
    assertExact(second);
  });

  it("notes anew what was filled in where nobody knows whether a damaged record was of the past", async () => {
    const first = await open();
    const address = "acme/leipzig/paint/oven1/x";
    const at = (ms: number): number => BEGIN_US + ms * 1000;
    const other = first.gaps.note({ source: "s", cause: "silent", fromUs: at(-90), toUs: at(-80) });
    first.gaps.backfill(other.id, { fromUs: at(-90), toUs: at(-80), samples: 5 });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const now = { epoch: 1, receiveTimeUs: wallTimeUs() };
    const frame = (first: number, ms: number, historical = false): Frame => {
      const builder = new FrameBuilder({ source: "s", reality: "live", dictionary });
      builder.add(0, ms, at(ms), GOOD);
      return builder.build({ ...now, first, historical });
    };
    const gap = first.gaps.note({
      source: "s",
      cause: "silent",
      fromUs: at(-50),
      toUs: at(-40),
      addresses: [address],
    });
    await first.accept(frame(0, 10));
    await first.accept(frame(1, -45, true));
    first.gaps.backfill(gap.id, { address, fromUs: at(-50), toUs: at(-40), samples: 1 });
    await first.accept(frame(2, 20));
    await first.close();
    const spool = join(folder.path, "spool");
    const file = join(spool, readdirSync(spool).find((name) => name.endsWith(".seg"))!);
    const bytes = readFileSync(file);
    const value = bytes.indexOf(Buffer.from(Float64Array.of(-45).buffer));
    bytes.fill(0xff, bytes.lastIndexOf("RuS1", value, "latin1"), value + 8);
    writeFileSync(file, bytes);
    const second = await open();
    const openOf = (synchroniser: Synchroniser) =>
      synchroniser.gaps
        .query({ state: "open" })
        .map(({ cause, fromUs, toUs, addresses }) => [
          cause,
          (fromUs - BEGIN_US) / 1000,
          (toUs - BEGIN_US) / 1000,
          addresses,
        ]);
    assert.deepEqual(
      openOf(second).filter(([, , toMs]) => Number(toMs) < 0),
      [["spool-damaged", -50, -40, [address]]],
    );
    const anew = second.gaps.query({ state: "open" }).find(({ fromUs }) => fromUs === at(-50))!;
    second.gaps.backfill(anew.id, { address, fromUs: at(-50), toUs: at(-40), samples: 1 });
    await second.close();
    const third = await open();
    assert.equal(third.report.losses.length, 1, "the damage is found again");
    assert.deepEqual(
      openOf(third).filter(([, , toMs]) => Number(toMs) < 0),
      [],
      "filled in again it stays closed",
    );
    const sink = new MemorySink("sink");
    await third.attach(sink);
    await until(() => sink.samples.size === 2);
    assertExact(third);
  });

  it("counts for a slow sink what the bound of the spool let go", async () => {
    const synchroniser = await open({
      spool: { maxBytes: 40_000, segmentBytes: 8000, whenFull: "drop-oldest" },
      feeds: { batchRows: 10 },
    });
    const sink = new MemorySink("slow");
    let letGo: () => void = () => assert.fail("the gate was made before");
    sink.gate = new Promise((resolve) => {
      letGo = resolve;
    });
    await synchroniser.attach(sink);
    // Too many to be kept in memory.
    for (let i = 0; i < 130; i++) await synchroniser.accept(frameFrom("s", 1000 * i, 1000));
    letGo();
    await until(() => synchroniser.conservation()[0]!.sinks[0]!.queued === 0);
    const [counts] = synchroniser.conservation()[0]!.sinks;
    assert.equal(counts!.received, 130_000);
    assert.ok(counts!.dropped["spool-full"]! > 0);
    assert.deepEqual(Object.keys(counts!.dropped), ["spool-full"]);
    assert.equal(sink.samples.size, counts!.stored);
    assertExact(synchroniser);
    assert.ok(synchroniser.gaps.query({ source: "s" }).every(({ cause }) => cause === "spool-full"));
  });

  it("lets go what waits for a mirror that is away, and keeps nothing from the store", async () => {
    const synchroniser = await open({
      spool: { maxBytes: 40_000, segmentBytes: 8000, whenFull: "block" },
      feeds: { batchRows: 10, cursorMs: 5 },
    });
    const [store, mirror] = [new MemorySink("store"), new MemorySink("mirror")];
    let letGo: () => void = () => assert.fail("the gate was made before");
    mirror.gate = new Promise((resolve) => {
      letGo = resolve;
    });
    await synchroniser.attach(store);
    await synchroniser.attach(Object.assign(mirror, { yields: true }));
    for (let i = 0; i < 130; i++) await synchroniser.accept(frameFrom("s", 1000 * i, 1000));
    await until(() => store.samples.size === 130_000);
    letGo();
    await until(() => synchroniser.conservation()[0]!.sinks.every(({ queued }) => queued === 0));
    const [ofStore, ofMirror] = synchroniser.conservation()[0]!.sinks;
    assert.deepEqual([ofStore!.stored, ofStore!.dropped], [130_000, {}]);
    assert.ok(ofMirror!.dropped["sink-gone"]! > 0);
    assert.equal(mirror.samples.size, ofMirror!.stored);
    assertExact(synchroniser);
  });

  it("keeps a second owner away from its folder", async () => {
    const synchroniser = await open();
    await assert.rejects(Synchroniser.open({ folder: folder.path }), {
      code: "folder-in-use",
      message: /is in use by another process/,
    });
    await synchroniser.accept(frameFrom("s", 0, 10));
    await synchroniser.close();
    assert.equal((await open()).report.sources.s!.rows, 10);
  });

  it("names a sink that is there twice", async () => {
    const synchroniser = await open();
    await synchroniser.attach(new MemorySink("sink"));
    await assert.rejects(synchroniser.attach(new MemorySink("sink")), { code: "duplicate-sink" });
    await synchroniser.forget("sink");
    await synchroniser.attach(new MemorySink("sink"));
  });
});
