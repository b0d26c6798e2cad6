import { setImmediate as turn } from "node:timers/promises";
import type { Dictionary } from "../core/dictionary.ts";
import { messageOf, RungError } from "../core/errors.ts";
import { wallTimeUs } from "../core/time.ts";
import { BackfillReasons } from "./backfill-reasons.ts";
import type { Backfill as Backfilled, GapEntry } from "./gap-entry.ts";
import type { GapLedger } from "./gap-ledger.ts";
import { type FilledGap, without } from "./missing-intervals.ts";
import type { GapFilling, PastAnswer, PastPart, PastReader } from "./past-reader.ts";
import { PastSending } from "./past-sending.ts";
import type { GapWatcher } from "./synchroniser.ts";
import { TagCoverage } from "./tag-coverage.ts";

export const BACKFILL_DEFAULTS = {
  /** ms after a gap was noted: what the server had queued comes first, and the end of the gap is known by then. */
  settleMs: 1000,
  /**
   * ms after which a server has written into its history what it sampled in a gap, where no cyclic sample from behind
   * the gap shows it: many write in batches.
   */
  lagMs: 30_000,
  /** Parts that are asked for together. */
  partsAtOnce: 50,
  /** ms within which what was sent must be in the spool. */
  keptWithinMs: 30_000,
  /** ms before what failed is tried again; it doubles from there. */
  firstPauseMs: 2000,
  longestPauseMs: 300_000,
  /**
   * A gap that is still not whole then is left: where the server answered but has no more, until Rung or the source is
   * started again, else until there is another connection.
   */
  mostTries: 10,
};

/** Entries whose places are read together, without what they say. */
const PAGE_ENTRIES = 500;
const NOT_KEPT = {
  kind: "failed",
  why: "what was read was not stored: is a history node behind the source?",
} as const;
const NO_TAG = "the source has no such tag any more";
const NOT_HERE = "it has not come to this history";
/** Where gaps stand and frames are kept: a synchroniser, as the backfill sees it. */
export interface GapKeeper {
  readonly gaps: GapLedger;
  /** Properties of a source that have come there. */
  addresses(source: string): string[];
  watchGaps(source: string, watcher: GapWatcher): () => void;
}

export interface BackfillOptions extends Partial<typeof BACKFILL_DEFAULTS> {
  readonly reader: PastReader;
  /** An entry has been filled in from end to end. */
  readonly filled?: (gap: FilledGap) => void;
  readonly problem?: (error: RungError) => void;
}

/**
 * What became of an entry: filled in, or the source has nothing more of it, or its server answered and may write the
 * rest yet, or something failed on the way.
 */
type Outcome = "whole" | "nothing-more" | "not-yet" | "failed";

interface Tries {
  readonly count: number;
  /** On the monotonic clock. */
  readonly nextMs: number;
  /** Something failed on the way: another connection begins at the first try. */
  readonly hasFailed: boolean;
}

interface Keeper {
  readonly keeper: GapKeeper;
  readonly leave: () => void;
  /** By entry: those that are tried again. */
  readonly tries: Map<number, Tries>;
  /** What was given up before this was made is tried once more. */
  isTakenUp: boolean;
}

/**
 * Fills in the gaps of one source from the history of its server, the newest first: reads what the server kept of
 * every property that a gap concerns, sends it as historical frames of the source, waits until these are durable
 * where the gap stands, and notes there what was filled in. What the server does not have stays open with the reason
 * in the entry. An entry of which the server has nothing more is marked so in the ledger, and a new connection does not
 * ask for it again: only another of these does, as there is after a start of Rung or a change of the binding.
 *
 * One request is under way at a time. Frames go the way of all frames of the source, so that whoever stores these
 * stores those; a row that was there already is left out by the sinks.
 */
export class Backfill implements GapFilling {
  readonly #reader: PastReader;
  readonly #filled: (gap: FilledGap) => void;
  readonly #problem: (error: RungError) => void;
  readonly #options: typeof BACKFILL_DEFAULTS;
  readonly #keepers = new Map<GapKeeper, Keeper>();
  /** Addresses whose history the server does not give, and why. */
  readonly #without = new Map<string, string>();
  readonly #sending: PastSending;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #pauseMs: number;
  /** A time has come while it ran: what was noted since has settled. */
  #isDue = false;
  #isRunning = false;
  #running: Promise<void> = Promise.resolve();

  constructor({ reader, filled, problem, ...options }: BackfillOptions) {
    this.#reader = reader;
    this.#filled = filled ?? (() => undefined);
    this.#problem = problem ?? (() => undefined);
    this.#options = { ...BACKFILL_DEFAULTS, ...options };
    this.#sending = new PastSending(reader, this.#options.keptWithinMs);
    this.#pauseMs = this.#options.firstPauseMs;
  }

  /** Fills in the gaps that stand there as well, those left from before too. */
  attach(keeper: GapKeeper): void {
    if (this.#keepers.has(keeper) || this.#stopping.signal.aborted) return;
    const leave = keeper.watchGaps(this.#reader.source, {
      noted: () => this.wake(),
      kept: (frame) => this.#sending.kept(keeper, frame),
    });
    this.#keepers.set(keeper, { keeper, leave, tries: new Map(), isTakenUp: false });
    this.wake();
  }

  /** There is a new connection: what failed is tried again. */
  connected(): void {
    for (const { tries } of this.#keepers.values()) {
      for (const [id, { hasFailed }] of tries) if (hasFailed) tries.delete(id);
    }
    this.wake();
  }

  /** There may be something to do. */
  wake(): void {
    this.#pauseMs = this.#options.firstPauseMs;
    this.#schedule(this.#options.settleMs);
  }

  /** Ends; what is under way is given up, and read again another time. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    this.#sending.stop();
    for (const { leave } of this.#keepers.values()) leave();
    this.#keepers.clear();
    await this.#running;
  }

  #schedule(ms: number): void {
    const dueMs = performance.now() + ms;
    if (this.#stopping.signal.aborted || dueMs >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => {
      this.#dueMs = Number.POSITIVE_INFINITY;
      if (this.#isRunning) this.#isDue = true;
      else this.#running = this.#run();
    }, ms);
    this.#timer.unref();
  }

  async #run(): Promise<void> {
    let isWhole = true;
    this.#isRunning = true;
    try {
      do {
        this.#isDue = false;
        isWhole = true;
        for (const keeper of [...this.#keepers.values()]) isWhole = (await this.#pass(keeper)) && isWhole;
      } while (this.#isDue && this.#canGoOn);
    } catch (thrown) {
      if (this.#stopping.signal.aborted) return;
      isWhole = false;
      this.#problem(
        thrown instanceof RungError
          ? thrown
          : new RungError({
              code: "backfill-failed",
              where: this.#reader.source,
              what: messageOf(thrown),
              advice: "it is tried again",
              cause: thrown,
            }),
      );
    } finally {
      this.#isRunning = false;
    }
    if (isWhole) return;
    // Each entry has its own pauses; this one is for all that is left.
    this.#schedule(this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, this.#options.longestPauseMs);
  }

  get #canGoOn(): boolean {
    return this.#reader.isConnected && !this.#stopping.signal.aborted;
  }

  /** Goes through the open entries of one ledger. @returns false where something is worth another attempt */
  async #pass(of: Keeper): Promise<boolean> {
    const { tries, keeper } = of;
    const { gaps } = keeper;
    const { source } = this.#reader;
    const { mostTries, settleMs } = this.#options;
    if (!of.isTakenUp) gaps.takeUp(source);
    of.isTakenUp = true;
    let isWhole = true;
    const seen = new Set<number>();
    let page = gaps.toFill(source, PAGE_ENTRIES);
    while (page.length > 0) {
      const last = page.at(-1)!;
      for (const { id } of page) {
        const { count, nextMs } = tries.get(id) ?? { count: 0, nextMs: 0 };
        if (seen.has(id) || count >= mostTries) continue;
        seen.add(id);
        if (!this.#canGoOn) return false;
        if (performance.now() < nextMs || !this.#isOlder(gaps.require(id), settleMs)) {
          isWhole = false;
          continue;
        }
        // An entry of which nothing can be read would keep the event loop to itself, and so would all after it.
        await turn();
        if (!this.#canGoOn) return false;
        if (!this.#settle(of, id, count + 1, await this.#fill(keeper, id))) isWhole = false;
        if (this.#isDue) break;
      }
      // A newer gap is more urgent than an older one, but those have their turn however many there are.
      page = gaps.toFill(source, PAGE_ENTRIES, this.#isDue ? undefined : last);
      this.#isDue = false;
    }
    return isWhole;
  }

  /** @returns false where an entry is worth another attempt */
  #settle({ keeper, tries }: Keeper, id: number, count: number, outcome: Outcome): boolean {
    const isSpent = outcome === "nothing-more" || (outcome === "not-yet" && count >= this.#options.mostTries);
    if (isSpent) keeper.gaps.giveUp(id);
    if (isSpent || outcome === "whole") {
      tries.delete(id);
      return true;
    }
    tries.set(id, this.#after(count, outcome === "failed"));
    return false;
  }

  #after(count: number, hasFailed: boolean): Tries {
    const { firstPauseMs, longestPauseMs } = this.#options;
    const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(count - 1, 30), longestPauseMs);
    return { count, nextMs: performance.now() + pauseMs, hasFailed };
  }

  #isOlder({ notedUs }: GapEntry, ms: number): boolean {
    const agoUs = wallTimeUs() - notedUs;
    // A clock that was set back since says nothing.
    return agoUs < 0 || agoUs >= ms * 1000;
  }

  async #fill(keeper: GapKeeper, id: number): Promise<Outcome> {
    const { gaps } = keeper;
    const { dictionary } = this.#reader;
    if (!this.#specify(keeper, gaps.require(id))) return "failed";
    const reasons = new BackfillReasons();
    const come = new Set(keeper.addresses(this.#reader.source));
    const parts: PastPart[] = [];
    for (const { address, fromUs, toUs } of gaps.remaining(id)) {
      const index = dictionary.indexOf(address!);
      const why = index < 0 ? NO_TAG : come.has(address!) ? this.#without.get(address!) : NOT_HERE;
      if (why === undefined) parts.push({ index, fromUs, toUs });
      else reasons.add(why, address!);
    }
    let outcome: Outcome = reasons.has(NOT_HERE) ? "failed" : "nothing-more";
    for (let at = 0; at < parts.length; at += this.#options.partsAtOnce) {
      if (!this.#canGoOn) return "failed";
      const left = await this.#read(keeper, id, parts.slice(at, at + this.#options.partsAtOnce), reasons);
      if (left === "failed" || outcome === "nothing-more") outcome = left;
      if (reasons.has(NOT_KEPT.why)) break;
    }
    if (gaps.require(id).state === "closed") return "whole";
    gaps.explain(id, reasons.text);
    return outcome;
  }

  /** Names the tags of an entry about all of its source, and how many samples it misses. */
  #specify(keeper: GapKeeper, entry: GapEntry): boolean {
    if (entry.addresses !== undefined && entry.expected !== undefined) return true;
    const { dictionary, source } = this.#reader;
    const addresses = entry.addresses ?? keeper.addresses(source);
    if (addresses.length === 0) return false;
    let expected: number | undefined;
    for (const address of addresses) {
      const periodUs = periodUsOf(dictionary, dictionary.indexOf(address));
      if (periodUs === 0) continue;
      expected = (expected ?? 0) + Math.max(0, Math.round((entry.toUs - entry.fromUs) / periodUs) - 1);
    }
    keeper.gaps.specify(entry.id, addresses, expected);
    return true;
  }

  /** Reads some parts of an entry and notes what was filled in. @returns what is to be expected of what is left */
  async #read(
    keeper: GapKeeper,
    id: number,
    parts: readonly PastPart[],
    reasons: BackfillReasons,
  ): Promise<Exclude<Outcome, "whole">> {
    const { dictionary } = this.#reader;
    const addressOf = (part: PastPart): string => dictionary.properties[part.index]!.address;
    const coverage = parts.map(
      (part) =>
        new TagCoverage(
          addressOf(part),
          { fromUs: part.fromUs, toUs: part.toUs },
          periodUsOf(dictionary, part.index),
        ),
    );
    const notKept = new Set<number>();
    // What nobody stores is not read on for.
    const inVain = new AbortController();
    const answers = await this.#reader.readPast(
      parts.map(({ index }, part) => ({ index, ...coverage[part]!.asked })),
      async (page) => {
        const samples = page.filter(({ part, sourceTimeUs }) => coverage[part]!.add(sourceTimeUs));
        if (samples.length === 0) return;
        for (const part of await this.#sending.send(keeper, samples)) notKept.add(part);
        if (notKept.size > 0) inVain.abort();
      },
      AbortSignal.any([this.#stopping.signal, inVain.signal]),
    );
    const reachesBack = await this.#reachBack(parts, answers);
    const reachesOn =
      coverage.some((each) => each.reachesOn) || this.#isOlder(keeper.gaps.require(id), this.#options.lagMs);
    if (this.#stopping.signal.aborted) return "failed";
    const filled: Backfilled[] = [];
    let left: Exclude<Outcome, "whole"> = "nothing-more";
    for (const [i, part] of parts.entries()) {
      const answer: PastAnswer = notKept.has(i) ? NOT_KEPT : answers[i]!;
      if (answer.kind === "read") {
        const got = coverage[i]!.parts(reachesBack.has(i), reachesOn);
        filled.push(...got);
        if (without(part, got).length === 0) continue;
        if (left === "nothing-more") left = "not-yet";
        reasons.add("the server's history has not all samples of this time", addressOf(part));
        continue;
      }
      reasons.add(answer.why, addressOf(part));
      if (answer.kind === "none") this.#without.set(addressOf(part), answer.why);
      else left = "failed";
    }
    if (filled.length === 0) return left;
    const { state, source, fromUs, toUs } = keeper.gaps.backfill(id, ...filled);
    if (state === "closed") this.#filled({ source, fromUs, toUs });
    return left;
  }

  /** Those of the parts, sent on change, of which the history shows what was there before. */
  async #reachBack(parts: readonly PastPart[], answers: readonly PastAnswer[]): Promise<ReadonlySet<number>> {
    const { dictionary } = this.#reader;
    const places = [...parts.keys()].filter(
      (i) => answers[i]!.kind === "read" && periodUsOf(dictionary, parts[i]!.index) === 0,
    );
    if (places.length === 0) return new Set();
    const asked = places.map((i) => parts[i]!);
    const reaches = await this.#reader.reachesBack(asked, this.#stopping.signal);
    return new Set(places.filter((_, i) => reaches[i]));
  }
}

/** 0 for a property that is sent on change, or that is not known. */
function periodUsOf(dictionary: Dictionary, index: number): number {
  const update = dictionary.properties[index]?.update;
  return update?.mode === "cyclic" ? update.periodMs * 1000 : 0;
}
