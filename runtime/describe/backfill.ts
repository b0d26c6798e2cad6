import { setImmediate as turn } from "node:timers/promises";
import type { Dictionary } from "../core/dictionary.ts";
import { messageOf, RungError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import { wallTimeUs } from "../core/time.ts";
import { BackfillReasons } from "./backfill-reasons.ts";
import type { Backfill as Backfilled, GapEntry, GapLedger, LedgerCause } from "./gap-ledger.ts";
import { type FilledGap, without } from "./missing-intervals.ts";
import type { GapFilling, PastAnswer, PastPart, PastReader, PastSample } from "./past-reader.ts";
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
  /** A gap that is still not whole then is left until there is another connection. */
  mostTries: 10,
};

/** What a sink refused once it refuses again. */
const NOT_TO_FILL: ReadonlySet<LedgerCause> = new Set(["refused"]);
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

/** A frame that was sent, until all its rows are durable where the gap stands. */
interface Sent {
  /** That another one has them fills in nothing here. */
  readonly keeper: GapKeeper;
  readonly epoch: number;
  /** Sequence -> part. */
  readonly waiting: Map<number, number>;
  readonly done: () => void;
}

interface Tries {
  /** Infinity for one that is left until there is another connection. */
  readonly count: number;
  /** On the monotonic clock. */
  readonly nextMs: number;
}

interface Keeper {
  readonly keeper: GapKeeper;
  readonly leave: () => void;
  /** By entry. */
  readonly tries: Map<number, Tries>;
}

/**
 * Fills in the gaps of one source from the history of its server, the newest first: reads what the server kept of
 * every property that a gap concerns, sends it as historical frames of the source, waits until these are durable
 * where the gap stands, and notes there what was filled in. What the server does not have stays open with the reason
 * in the entry.
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
  /** Properties whose history the server does not give, and why, until there is another connection. */
  readonly #without = new Map<number, string>();
  readonly #stopping = new AbortController();
  #sent: Sent | undefined;
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
    this.#pauseMs = this.#options.firstPauseMs;
  }

  /** Fills in the gaps that stand there as well, those left from before too. */
  attach(keeper: GapKeeper): void {
    if (this.#keepers.has(keeper) || this.#stopping.signal.aborted) return;
    const leave = keeper.watchGaps(this.#reader.source, {
      noted: () => this.wake(),
      kept: (frame) => this.#kept(keeper, frame),
    });
    this.#keepers.set(keeper, { keeper, leave, tries: new Map() });
    this.wake();
  }

  /** There is a new connection: what was given up is tried again. */
  connected(): void {
    this.#without.clear();
    for (const { tries } of this.#keepers.values()) tries.clear();
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
    this.#sent?.done();
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
  async #pass({ keeper, tries }: Keeper): Promise<boolean> {
    const { source } = this.#reader;
    let isWhole = true;
    const seen = new Set<number>();
    const list = (): GapEntry[] =>
      keeper.gaps
        .query({ source, state: "open", limit: Number.MAX_SAFE_INTEGER })
        .filter(({ id }) => !seen.has(id));
    let open = list();
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      const { id, cause } = next;
      seen.add(id);
      const { count, nextMs } = tries.get(id) ?? { count: 0, nextMs: 0 };
      if (NOT_TO_FILL.has(cause) || count >= this.#options.mostTries) continue;
      if (!this.#canGoOn) return false;
      if (performance.now() < nextMs || !this.#isOlder(next, this.#options.settleMs)) {
        isWhole = false;
        continue;
      }
      // An entry of which nothing can be read would keep the event loop to itself, and so would all after it.
      await turn();
      if (!this.#canGoOn) return false;
      const outcome = await this.#fill(keeper, id);
      if (outcome === "whole") tries.delete(id);
      else tries.set(id, this.#after(outcome === "nothing-more" ? Number.POSITIVE_INFINITY : count + 1));
      if (outcome === "again") isWhole = false;
      if (!this.#isDue) continue;
      // A newer gap is more urgent than an older one, but those have their turn however many there are.
      this.#isDue = false;
      open = list();
    }
    return isWhole;
  }

  #after(count: number): Tries {
    const { firstPauseMs, longestPauseMs } = this.#options;
    const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(count - 1, 30), longestPauseMs);
    return { count, nextMs: performance.now() + pauseMs };
  }

  #isOlder({ notedUs }: GapEntry, ms: number): boolean {
    const agoUs = wallTimeUs() - notedUs;
    // A clock that was set back since says nothing.
    return agoUs < 0 || agoUs >= ms * 1000;
  }

  async #fill(keeper: GapKeeper, id: number): Promise<"whole" | "nothing-more" | "again"> {
    const { gaps } = keeper;
    const { dictionary } = this.#reader;
    if (!this.#specify(keeper, gaps.require(id))) return "again";
    const reasons = new BackfillReasons();
    const come = new Set(keeper.addresses(this.#reader.source));
    const parts: PastPart[] = [];
    for (const { address, fromUs, toUs } of gaps.remaining(id)) {
      const index = dictionary.indexOf(address!);
      const why = index < 0 ? NO_TAG : come.has(address!) ? this.#without.get(index) : NOT_HERE;
      if (why === undefined) parts.push({ index, fromUs, toUs });
      else reasons.add(why, address!);
    }
    let isWorthMore = reasons.has(NOT_HERE);
    for (let at = 0; at < parts.length; at += this.#options.partsAtOnce) {
      if (!this.#canGoOn) return "again";
      if (await this.#read(keeper, id, parts.slice(at, at + this.#options.partsAtOnce), reasons)) {
        isWorthMore = true;
      }
      if (reasons.has(NOT_KEPT.why)) break;
    }
    if (gaps.require(id).state === "closed") return "whole";
    gaps.explain(id, reasons.text);
    return isWorthMore ? "again" : "nothing-more";
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

  /** Reads some parts of an entry and notes what was filled in. @returns true where more may come another time */
  async #read(
    keeper: GapKeeper,
    id: number,
    parts: readonly PastPart[],
    reasons: BackfillReasons,
  ): Promise<boolean> {
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
        for (const part of await this.#send(keeper, samples)) notKept.add(part);
        if (notKept.size > 0) inVain.abort();
      },
      AbortSignal.any([this.#stopping.signal, inVain.signal]),
    );
    const reachesBack = await this.#reachBack(parts, answers);
    const reachesOn =
      coverage.some((each) => each.reachesOn) || this.#isOlder(keeper.gaps.require(id), this.#options.lagMs);
    if (this.#stopping.signal.aborted) return true;
    const filled: Backfilled[] = [];
    let isWorthMore = false;
    for (const [i, part] of parts.entries()) {
      const answer: PastAnswer = notKept.has(i) ? NOT_KEPT : answers[i]!;
      if (answer.kind === "read") {
        const got = coverage[i]!.parts(reachesBack.has(i), reachesOn);
        filled.push(...got);
        if (without(part, got).length === 0) continue;
        isWorthMore = true;
        reasons.add("the server's history has not all samples of this time", addressOf(part));
        continue;
      }
      reasons.add(answer.why, addressOf(part));
      if (answer.kind === "none") this.#without.set(part.index, answer.why);
      else isWorthMore = true;
    }
    if (filled.length === 0) return isWorthMore;
    const { state, source, fromUs, toUs } = keeper.gaps.backfill(id, ...filled);
    if (state === "closed") this.#filled({ source, fromUs, toUs });
    return isWorthMore;
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

  /** Sends samples and waits until they are durable. @returns parts of which some are not, in good time */
  async #send(keeper: GapKeeper, samples: readonly PastSample[]): Promise<Iterable<number>> {
    const frame = this.#reader.sendPast(samples);
    const waiting = new Map(samples.map(({ part }, row) => [frame.sequenceAt(row), part]));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#options.keptWithinMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#sent = { keeper, epoch: frame.epoch, waiting, done };
      if (this.#stopping.signal.aborted) done();
    });
    this.#sent = undefined;
    return waiting.values();
  }

  #kept(keeper: GapKeeper, frame: Frame): void {
    const sent = this.#sent;
    if (sent === undefined || keeper !== sent.keeper || frame.epoch !== sent.epoch) return;
    for (let row = 0; row < frame.length; row++) sent.waiting.delete(frame.sequenceAt(row));
    if (sent.waiting.size === 0) sent.done();
  }
}

/** 0 for a property that is sent on change, or that is not known. */
function periodUsOf(dictionary: Dictionary, index: number): number {
  const update = dictionary.properties[index]?.update;
  return update?.mode === "cyclic" ? update.periodMs * 1000 : 0;
}
