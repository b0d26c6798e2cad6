import { join } from "node:path";
import { messageOf, RungError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import { FolderClaim } from "./folder-claim.ts";
import type { LedgerCause, NewGap } from "./gap-entry.ts";
import { GapFinder } from "./gap-finder.ts";
import { GapLedger } from "./gap-ledger.ts";
import type { Conservation } from "./ledger.ts";
import type { Sink, SinkNews } from "./sink.ts";
import { SinkFeed, type SinkFeedOptions } from "./sink-feed.ts";
import { Spool, type SpoolNews, type SpoolSettings } from "./spool/spool.ts";
import type { SpoolLoss, SpoolReport } from "./spool/spool-types.ts";
import { spanning } from "./unnoted-gaps.ts";

/** Gaps that wait for a ledger that cannot be written; more are kept as one of each source. */
const MOST_UNNOTED = 10_000;

export type SynchroniserNews = SpoolNews | SinkNews;

export interface SynchroniserOptions {
  /** Holds `spool/` and `gaps.sqlite`. */
  readonly folder: string;
  readonly spool?: Partial<Omit<SpoolSettings, "folder" | "told">>;
  /** Reorder window, batches and pauses of the feeds. */
  readonly feeds?: Partial<
    Pick<SinkFeedOptions, "windowUs" | "idleMs" | "batchRows" | "cursorMs" | "firstPauseMs">
  >;
  /** Told of what is wrong and of what works again. */
  readonly told?: (news: SynchroniserNews) => void;
}

/** Told to who fills in the gaps of a source. */
export interface GapWatcher {
  /** A gap of the source was noted, or made longer. */
  noted(): void;
  /** A frame that was sent to fill one in is durable. */
  kept(frame: Frame): void;
}

/** Counters of one source. */
export interface SourceConservation {
  readonly source: string;
  /** Up to the disk. */
  readonly spool: Conservation;
  /** From the disk to each sink. */
  readonly sinks: readonly (Conservation & { readonly sink: string; readonly late: number })[];
  /** Gaps that have not been filled in. */
  readonly openGaps: number;
}

/**
 * Takes frames from sources and loses none: every frame goes to the crash-safe spool first, and from there to every
 * sink at its own pace, in order and once per sample. What cannot be kept is counted with its reason, and every
 * interval in which samples may be missing stands in the gap ledger.
 *
 * Frames pass as they come, before any twin's state has sorted them out.
 */
export class Synchroniser {
  readonly gaps: GapLedger;
  readonly #claim: FolderClaim;
  readonly #spool: Spool;
  readonly #finder: GapFinder;
  readonly #feeds = new Map<string, SinkFeed>();
  readonly #options: SynchroniserOptions;
  /** Of the newest frame of each source. */
  readonly #tags = new Map<string, number>();
  readonly #refusals = new Map<string, RungError>();
  #unnoted: NewGap[] = [];
  /** It was told that gaps were made one since the ledger could last be written. */
  #isSpanningTold = false;
  readonly #watchers = new Map<string, Set<GapWatcher>>();

  private constructor(options: SynchroniserOptions, claim: FolderClaim, spool: Spool, gaps: GapLedger) {
    this.#options = options;
    this.#claim = claim;
    this.#spool = spool;
    this.gaps = gaps;
    this.#finder = new GapFinder(spool.report.sources);
    for (const loss of spool.report.losses) this.#noteSpoolLoss(loss);
  }

  /**
   * Opens the folder and makes it where it is missing.
   * @throws RungError `folder-in-use`, `folder-not-usable`, `spool-broken`, `gap-ledger-broken`
   */
  static async open(options: SynchroniserOptions): Promise<Synchroniser> {
    const claim = new FolderClaim(options.folder);
    let gaps: GapLedger | undefined;
    let self: Synchroniser | undefined;
    try {
      gaps = new GapLedger(join(options.folder, "gaps.sqlite"));
      const spool = await Spool.open({
        ...options.spool,
        folder: join(options.folder, "spool"),
        told: (news) => {
          if (self !== undefined) self.#heard(news);
        },
      });
      self = new Synchroniser(options, claim, spool, gaps);
      return self;
    } catch (thrown) {
      gaps?.close();
      claim.release();
      throw thrown;
    }
  }

  /** What opening found: how far every source had got, what was damaged or torn. */
  get report(): SpoolReport {
    return this.#spool.report;
  }

  /** Why nothing is written now; undefined while it is. */
  get stalledBy(): RungError | undefined {
    return this.#spool.stalledBy;
  }

  /** Bytes of the spool on disk. */
  get bytes(): number {
    return this.#spool.bytes;
  }

  /**
   * Takes a frame in; kept once it is durable in the spool.
   * @throws RungError with the reason it was dropped for, which is counted and stands in the gap ledger; see Spool
   */
  async accept(frame: Frame): Promise<void> {
    const reached = this.#finder.reached(frame.source);
    const stored = this.#spool.append(frame);
    this.#tags.set(frame.source, frame.dictionary.size);
    const gaps = this.#finder.arrived(frame);
    if (gaps.length > 0) this.#note(...gaps);
    try {
      await stored;
    } catch (thrown) {
      this.#finder.notTaken(frame.source, reached);
      throw thrown;
    }
    if (frame.historical) for (const watcher of this.#watchersOf(frame.source)) watcher.kept(frame);
  }

  /** Tells of gaps and of filling them in. @returns a function that ends it */
  watchGaps(source: string, watcher: GapWatcher): () => void {
    const watchers = this.#watchersOf(source);
    watchers.add(watcher);
    this.#watchers.set(source, watchers);
    return () => {
      watchers.delete(watcher);
    };
  }

  /** Properties of a source that have come here since this was opened. */
  addresses(source: string): string[] {
    return this.#finder.addresses(source);
  }

  /** How many tags a source has; undefined before its first frame since the start. */
  tagsOf(source: string): number | undefined {
    return this.#tags.get(source);
  }

  /** Names of the sinks that are fed. */
  get sinks(): string[] {
    return [...this.#feeds.keys()];
  }

  /** Waits until at most half the queue in memory is taken: for sources that can be held up, such as a replay. */
  room(): Promise<void> {
    return this.#spool.room();
  }

  /** A source tells of a gap. */
  noteGap(gap: NewGap): void {
    this.#note(gap);
  }

  /**
   * Feeds a sink from where it was, a new one from the oldest frame that is kept.
   * @throws RungError `duplicate-sink`, `spool-closed`, `spool-died`
   */
  async attach(sink: Sink): Promise<SinkFeed> {
    if (this.#feeds.has(sink.name)) {
      throw new RungError({
        code: "duplicate-sink",
        where: sink.name,
        what: "is fed already",
        advice: "give every sink a name of its own",
      });
    }
    const feed = new SinkFeed({
      ...this.#options.feeds,
      spool: this.#spool,
      sink,
      isInGap: (source, address, timeUs) => this.gaps.isOpen(source, address, timeUs),
      told: (news) => this.#heard(news),
    });
    this.#feeds.set(sink.name, feed);
    try {
      await feed.start();
    } catch (thrown) {
      this.#feeds.delete(sink.name);
      throw thrown;
    }
    return feed;
  }

  /** Stops feeding a sink. What it has not stored waits in the spool while there is room. */
  async detach(name: string): Promise<void> {
    const feed = this.#feeds.get(name);
    this.#feeds.delete(name);
    await feed?.stop();
  }

  /** Stops feeding a sink for good, and lets go what waits for it. */
  async forget(name: string): Promise<void> {
    await this.detach(name);
    await this.#spool.forget(name);
  }

  /** Counters of every source: received = stored + queued + deduplicated + dropped, up to the disk and to each sink. */
  conservation(): SourceConservation[] {
    const feeds = [...this.#feeds.values()];
    const open = this.gaps.openCounts;
    const sources = new Set([...this.#spool.ledgers.keys(), ...feeds.flatMap((feed) => feed.sources)]);
    const nothing: Conservation = { received: 0, stored: 0, queued: 0, deduplicated: 0, dropped: {} };
    return [...sources].sort().map((source) => ({
      source,
      spool: this.#spool.ledgers.get(source)?.toJSON() ?? nothing,
      sinks: feeds.map((feed) => ({
        sink: feed.name,
        ...feed.ledger(source).toJSON(),
        late: feed.late(source),
      })),
      openGaps: open.get(source) ?? 0,
    }));
  }

  /** From the spool's door to one sink, all sources together; received counts what waited when it was opened too. */
  totals(sink: string): Conservation {
    const dropped: Record<string, number> = {};
    const total = { received: 0, stored: 0, queued: 0, deduplicated: 0, dropped };
    for (const { spool, sinks } of this.conservation()) {
      const feed = sinks.find((one) => one.sink === sink);
      if (feed === undefined) continue;
      total.received += spool.received - spool.stored + feed.received;
      total.stored += feed.stored;
      total.queued += spool.queued + feed.queued;
      total.deduplicated += feed.deduplicated;
      for (const [reason, samples] of [...Object.entries(spool.dropped), ...Object.entries(feed.dropped)]) {
        dropped[reason] = (dropped[reason] ?? 0) + samples;
      }
    }
    return total;
  }

  /** Why samples wait now: the disk takes nothing, or a sink does not; undefined while all goes on. */
  get trouble(): RungError | undefined {
    if (this.#spool.stalledBy !== undefined) return this.#spool.stalledBy;
    for (const { failing } of this.#feeds.values()) if (failing !== undefined) return failing;
    return undefined;
  }

  /** Why samples wait for one sink; undefined while they do not. */
  troubleOf(sink: string): RungError | undefined {
    return this.#spool.stalledBy ?? this.#feeds.get(sink)?.failing;
  }

  /** What a sink last said of rows that it will never take. */
  refusalOf(sink: string): RungError | undefined {
    return this.#refusals.get(sink);
  }

  /** Stops the feeds, writes what waits, and closes. Frames that a sink has not stored are there at the next start. */
  async close(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.stop()));
    this.#feeds.clear();
    await this.#spool.close();
    this.#note();
    this.gaps.close();
    this.#claim.release();
  }

  #watchersOf(source: string): Set<GapWatcher> {
    return this.#watchers.get(source) ?? new Set();
  }

  #heard(news: SynchroniserNews): void {
    if (news.kind === "loss") {
      const { source, reason, fromUs, aheadUs = 0 } = news.loss;
      const newestUs = this.#finder.reached(source)?.newestUs ?? Number.NEGATIVE_INFINITY;
      const toUs = Math.max(news.loss.toUs, Math.min(news.loss.toUs + aheadUs, newestUs));
      // What is overwritten at a sink has its time there all the same: no interval is without data.
      if (fromUs < toUs && reason !== "overwritten")
        this.#note({ source, cause: CAUSES[reason], fromUs, toUs });
      if (reason !== "overwritten") this.#noteFilled(news.loss, CAUSES[reason]);
    }
    if (news.kind === "resumed") this.#note();
    if (news.kind === "rows-refused") this.#refusals.set(news.sink, news.error);
    this.#options.told?.(news);
  }

  #noteSpoolLoss(loss: SpoolLoss): void {
    const { source, reason, from, to } = loss;
    // The times may be those of the lost samples themselves; a gap lies between samples that are there.
    // What was filled in later has no place among those of now: then it may be anything up to the newest.
    const { newestUs } = this.report.sources[source]!;
    const lastUs = to.timeUs < from.timeUs ? newestUs : Math.min(to.timeUs, newestUs);
    const fromUs = Math.min(from.timeUs, to.timeUs) - 1;
    this.#noteOnce({ source, cause: CAUSES[reason], fromUs, toUs: lastUs + 1 });
    this.#noteFilled(loss, CAUSES[reason]);
  }

  /** What was lost may have been filled in: then it is missing in an interval that is no longer open. */
  #noteFilled(loss: { source: string; filledSinceUs?: TimeUs }, cause: LedgerCause): void {
    if (loss.filledSinceUs === undefined) return;
    try {
      for (const filled of this.gaps.filledSince(loss.source, loss.filledSinceUs)) {
        this.#noteOnce({ ...filled, cause });
      }
    } catch (thrown) {
      if (!(thrown instanceof RungError)) throw thrown;
      this.#options.told?.({ kind: "problem", error: thrown });
    }
  }

  #noteOnce(gap: NewGap): void {
    const { source } = gap;
    // A damaged segment that is still needed is found again at every start, filled in or not.
    const isKnown = this.gaps
      .query({ source, fromUs: gap.fromUs, toUs: gap.toUs })
      .some(
        ({ cause, fromUs, toUs, addresses }) =>
          cause === gap.cause &&
          fromUs <= gap.fromUs &&
          toUs >= gap.toUs &&
          (addresses === undefined || (gap.addresses?.every((one) => addresses.includes(one)) ?? false)),
      );
    if (!isKnown) this.#note(gap);
  }

  /** Notes a gap, and those that could not be noted before. A ledger that cannot be written stops nothing. */
  #note(...gaps: NewGap[]): void {
    const waiting = [...this.#unnoted, ...gaps];
    this.#unnoted = [];
    for (const [i, gap] of waiting.entries()) {
      try {
        this.gaps.note(gap);
        for (const watcher of this.#watchersOf(gap.source)) watcher.noted();
      } catch (thrown) {
        const error =
          thrown instanceof RungError
            ? thrown
            : new RungError({ code: "gap-not-noted", where: gap.source, what: messageOf(thrown) });
        this.#options.told?.({ kind: "problem", error });
        if (error.code === "bad-gap") continue;
        this.#unnoted = waiting.slice(i);
        if (this.#unnoted.length > MOST_UNNOTED) this.#spanUnnoted();
        return;
      }
    }
    this.#isSpanningTold = false;
  }

  #spanUnnoted(): void {
    const count = this.#unnoted.length;
    this.#unnoted = spanning(this.#unnoted);
    if (this.#isSpanningTold) return;
    this.#isSpanningTold = true;
    const error = new RungError({
      code: "gaps-joined",
      where: this.#options.folder,
      what: `${count} gaps wait for a ledger that cannot be written, and are kept as one of each source that spans them all`,
      advice:
        "look at the disk and at the permissions of gaps.sqlite; until then tags and times between are not known",
    });
    this.#options.told?.({ kind: "problem", error });
  }
}

const CAUSES = {
  damaged: "spool-damaged",
  "spool-full": "spool-full",
  "sink-gone": "spool-full",
  refused: "refused",
} as const;
