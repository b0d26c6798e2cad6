import { setTimeout as pause } from "node:timers/promises";
import { messageOf, RungError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import { Dedupe, type Suspect } from "./dedupe.ts";
import { presentAfterFrame } from "./frame-present.ts";
import { Ledger } from "./ledger.ts";
import { RecordProgress } from "./record-progress.ts";
import { type Piece, REORDER_DEFAULTS, SourceReorder } from "./reorder.ts";
import {
  FRAME_REFUSED,
  type RefusedRow,
  RowsRefused,
  type Sink,
  type SinkLoss,
  type SinkNews,
} from "./sink.ts";
import type { Spool, SpooledFrame } from "./spool/spool.ts";
import { aheadOf } from "./spool/spool-scan.ts";
import type { Cursor, SourceHead } from "./spool/spool-types.ts";

/**
 * Samples read and stored at once; wall time after which nothing more is expected to come out of order; how often
 * the cursor is made durable; pauses after a failure.
 */
export const FEED_DEFAULTS = {
  batchRows: 20_000,
  idleMs: 500,
  cursorMs: 200,
  firstPauseMs: 100,
  longestPauseMs: 30_000,
  windowUs: REORDER_DEFAULTS.windowUs,
  maxHeldRows: REORDER_DEFAULTS.maxRows,
};

export interface SinkFeedOptions extends Partial<typeof FEED_DEFAULTS> {
  readonly spool: Spool;
  readonly sink: Sink;
  readonly isInGap: (source: string, address: string, timeUs: TimeUs) => boolean;
  readonly told: (news: SinkNews) => void;
}

/** One source on its way to one sink. */
interface Lane {
  readonly reorder: SourceReorder;
  readonly dedupe: Dedupe;
  readonly ledger: Ledger;
  /** Samples of the source before the first record this feed was to read. */
  readonly startRows: number;
  /** How far the source is with the last record that was read. */
  head: SourceHead;
  /** What did not come, until a sample of now shows how far that reaches. */
  lost: Omit<SinkLoss, "sink" | "source" | "toUs"> | undefined;
  /** When its last frame was read, on the monotonic clock. */
  arrivedMs: number;
  /** Samples between the reorder window and the sink. */
  inFlight: number;
}

const NOTHING: SourceHead = { rows: 0, newestUs: 0, epoch: 0, last: -1 };

/**
 * Feeds one sink from the spool: reads on from its cursor, puts samples in order, leaves repetitions out, stores, and
 * moves the cursor. Per source received = stored + queued + deduplicated + dropped, where received counts what is
 * durable in the spool and was not stored when the feed began.
 */
export class SinkFeed {
  readonly name: string;
  readonly #spool: Spool;
  readonly #sink: Sink;
  readonly #options: typeof FEED_DEFAULTS;
  readonly #isInGap: SinkFeedOptions["isInGap"];
  readonly #told: (news: SinkNews) => void;
  readonly #lanes = new Map<string, Lane>();
  readonly #stopping = new AbortController();
  #begun: Cursor = { next: 0, sources: {} };
  #progress = new RecordProgress(this.#begun);
  #position = 0;
  #saved = -1;
  #savedAtMs = 0;
  #failures = 0;
  #failing: RungError | undefined;
  #running: Promise<void> | undefined;

  constructor({ spool, sink, isInGap, told, ...options }: SinkFeedOptions) {
    this.name = sink.name;
    this.#spool = spool;
    this.#sink = sink;
    this.#isInGap = isInGap;
    this.#told = told;
    this.#options = { ...FEED_DEFAULTS, ...options };
  }

  /** Begins at the sink's cursor. @throws RungError `spool-closed`, `spool-died` */
  async start(): Promise<void> {
    this.#begun = await this.#spool.attach(this.name);
    // To the spool one that yields is as one that is away: kept for while there is room.
    if (this.#sink.yields) await this.#spool.detach(this.name);
    this.#progress = new RecordProgress(this.#begun);
    this.#position = this.#begun.next;
    this.#running = this.#run();
  }

  /** Ends after what is being stored now. What waits stays in the spool for the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#spool.wake();
    await this.#running;
    await this.#saveCursor();
    await this.#spool.detach(this.name);
  }

  /** Why storing fails now; undefined while it works. */
  get failing(): RungError | undefined {
    return this.#failing;
  }

  /** Attempts to store that failed. */
  get failures(): number {
    return this.#failures;
  }

  /** Sources whose samples are on their way or were. */
  get sources(): string[] {
    return [...new Set([...this.#lanes.keys(), ...this.#spool.durableRows.keys()])];
  }

  /** Counters of one source on its way to this sink. */
  ledger(source: string): Ledger {
    const { ledger, startRows } = this.#laneOf(source);
    ledger.received = this.#durable(source) - startRows;
    return ledger;
  }

  /** Samples of a source that came after a newer one of their tag. */
  late(source: string): number {
    return this.#lanes.get(source)?.reorder.late ?? 0;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#step();
      } catch (thrown) {
        if (this.#stopping.signal.aborted) return;
        this.#fail(thrown);
        await this.#pause(this.#options.firstPauseMs);
      }
    }
  }

  async #step(): Promise<void> {
    if (this.#position >= this.#spool.committed) {
      const isThere = await this.#spool.waitFor(this.#position, this.#options.idleMs);
      if (this.#stopping.signal.aborted) return;
      if (!isThere) {
        await this.#deliver(this.#quiet());
        await this.#saveCursor();
        return;
      }
    }
    const { frames, next } = await this.#spool.read(this.#position, this.#options.batchRows);
    const due = frames.flatMap((spooled) => this.#take(spooled));
    this.#position = next;
    this.#progress.reach(next);
    if (next >= this.#spool.committed) this.#noteLostEnds();
    due.push(...this.#quiet());
    await this.#deliver(due);
    if (performance.now() - this.#savedAtMs > this.#options.cursorMs) await this.#saveCursor();
  }

  /** What waits of sources that have sent nothing for a while: nothing is expected to come before it any more. */
  #quiet(): Piece[] {
    const due: Piece[] = [];
    const beforeMs = performance.now() - this.#options.idleMs;
    for (const { reorder, arrivedMs } of this.#lanes.values()) {
      if (reorder.heldRows > 0 && arrivedMs <= beforeMs) due.push(...reorder.flush());
    }
    return due;
  }

  #take({ number, rowsBefore, frame }: SpooledFrame): Piece[] {
    const { source } = frame;
    const lane = this.#laneOf(source);
    lane.arrivedMs = performance.now();
    this.#noteLoss(lane, rowsBefore - lane.head.rows);
    const lostFromUs = lane.lost?.fromUs ?? Number.NaN;
    let newestUs = lane.head.newestUs;
    const presentUs = presentAfterFrame(lane.head.presentUs, frame);
    let lostToUs = Number.POSITIVE_INFINITY;
    for (let row = 0; row < frame.length; row++) {
      const timeUs = frame.sourceTimeUsAt(row);
      if (timeUs > newestUs) newestUs = timeUs;
      if (timeUs < lostToUs && !(timeUs <= lostFromUs)) lostToUs = timeUs;
    }
    // Behind samples of the past lies no end of what is missing now.
    if (!frame.historical && Number.isFinite(lostToUs)) this.#tellLoss(source, lane, lostToUs);
    lane.head = {
      rows: rowsBefore + frame.length,
      newestUs,
      ...(presentUs === undefined ? {} : { presentUs }),
      receivedUs: frame.receiveTimeUs,
      epoch: frame.epoch,
      last: frame.sequenceAt(frame.length - 1),
    };
    this.#progress.begin(number, source, frame.length, lane.head);
    return lane.reorder.push(number, frame);
  }

  #noteLoss(lane: Lane, samples: number): void {
    if (samples <= 0) return;
    const reason = this.#spool.whyGone(this.#position);
    lane.ledger.drop(reason, samples);
    const { head } = lane;
    const aheadUs = aheadOf(head);
    lane.lost ??= {
      samples: 0,
      reason,
      fromUs: head.rows === 0 ? Number.NaN : head.newestUs - aheadUs,
      filledSinceUs: head.receivedUs ?? 0,
      aheadUs,
    };
    lane.lost = { ...lane.lost, samples: lane.lost.samples + samples, reason };
  }

  #tellLoss(source: string, lane: Lane, toUs: TimeUs): void {
    if (lane.lost === undefined) return;
    this.#told({ kind: "loss", loss: { sink: this.name, source, ...lane.lost, toUs } });
    lane.lost = undefined;
  }

  /** Everything durable has been read: what did not come is lost, though nothing came after it. */
  #noteLostEnds(): void {
    for (const [source, rows] of this.#spool.durableRows) {
      const lane = this.#laneOf(source);
      if (lane.head.rows >= rows) continue;
      this.#noteLoss(lane, rows - lane.head.rows);
      this.#tellLoss(source, lane, Number.NaN);
      lane.head = { ...lane.head, rows };
    }
  }

  async #deliver(pieces: readonly Piece[]): Promise<void> {
    for (const { frame } of pieces) this.#laneOf(frame.source).inFlight += frame.length;
    let ready: Piece[] = [];
    for (const { number, frame } of pieces) {
      const lane = this.#laneOf(frame.source);
      const { repeated, suspects } = lane.dedupe.judge(frame);
      if (suspects.length > 0 && this.#sink.holds !== undefined) {
        // What came before must be stored, or the store would not know it.
        await this.#store(ready);
        ready = [];
      }
      const left = await this.#leftOut(frame.source, repeated, suspects, frame.length);
      const kept = left === undefined ? frame : frame.filter((row) => left[row] === 0);
      const repetitions = frame.length - kept.length;
      if (repetitions > 0) {
        lane.ledger.deduplicated += repetitions;
        this.#finish(lane, number, repetitions);
      }
      if (kept.length > 0) ready.push({ number, frame: kept });
    }
    await this.#store(ready);
  }

  /** Marks the rows that are not to be stored: repetitions, and suspects that the sink has; undefined for none. */
  async #leftOut(
    source: string,
    repeated: Uint8Array | undefined,
    suspects: readonly Suspect[],
    rows: number,
  ): Promise<Uint8Array | undefined> {
    if (suspects.length === 0 || this.#sink.holds === undefined) return repeated;
    const keys = suspects.map(({ key }) => key);
    const held = await this.#untilDone(() => this.#sink.holds!(source, keys));
    const left = repeated ?? new Uint8Array(rows);
    const asked = new Set<string>();
    for (const [i, { row, key }] of suspects.entries()) {
      const name = `${key.address} ${key.sourceTimeUs} ${key.value} ${key.quality >>> 30}`;
      if (held[i] || (key.other === undefined && asked.has(name))) left[row] = 1;
      asked.add(name);
    }
    return left;
  }

  async #store(pieces: readonly Piece[]): Promise<void> {
    if (pieces.length === 0) return;
    const frames: Frame[] = pieces.map(({ frame }) => frame);
    let refused: readonly RefusedRow[] = [];
    const isTaken = await this.#untilDone(async () => {
      try {
        await this.#sink.store(frames, this.#stopping.signal);
        return true;
      } catch (thrown) {
        if (thrown instanceof RowsRefused) {
          refused = thrown.rows;
          this.#told({ kind: "rows-refused", sink: this.name, error: thrown });
          return true;
        }
        if (thrown instanceof RungError && thrown.code === FRAME_REFUSED) return false;
        throw thrown;
      }
    });
    if (!isTaken && pieces.length > 1) {
      // Only the frames it refuses are to be dropped, not their neighbours.
      const half = pieces.length >> 1;
      await this.#store(pieces.slice(0, half));
      await this.#store(pieces.slice(half));
      return;
    }
    const refusedOf = Map.groupBy(refused, ({ frame }) => frame);
    for (const { number, frame } of pieces) {
      const lane = this.#laneOf(frame.source);
      if (isTaken) {
        const missing = refusedOf.get(frame) ?? [];
        lane.ledger.stored += frame.length - missing.length;
        this.#noteMissing(lane, frame, missing);
      } else {
        this.#noteMissing(
          lane,
          frame,
          Array.from({ length: frame.length }, (_, row) => ({ frame, row, reason: "refused" })),
        );
      }
      this.#finish(lane, number, frame.length);
    }
  }

  #noteMissing(lane: Lane, frame: Frame, missing: readonly RefusedRow[]): void {
    for (const reason of ["refused", "overwritten"] as const) {
      const rows = missing.filter((one) => one.reason === reason);
      if (rows.length === 0) continue;
      lane.ledger.drop(reason, rows.length);
      let fromUs = Number.POSITIVE_INFINITY;
      let toUs = Number.NEGATIVE_INFINITY;
      for (const { row } of rows) {
        fromUs = Math.min(fromUs, frame.sourceTimeUsAt(row));
        toUs = Math.max(toUs, frame.sourceTimeUsAt(row));
      }
      const loss: SinkLoss = {
        sink: this.name,
        source: frame.source,
        samples: rows.length,
        reason,
        fromUs: fromUs - 1,
        toUs: toUs + 1,
      };
      this.#told({ kind: "loss", loss });
    }
  }

  #finish(lane: Lane, number: number, rows: number): void {
    lane.inFlight -= rows;
    this.#progress.finish(number, rows);
  }

  /** Tries until it works, with growing pauses. @throws the last error when the feed is stopped meanwhile */
  async #untilDone<T>(work: () => Promise<T>): Promise<T> {
    for (let pauseMs = this.#options.firstPauseMs; ; pauseMs *= 2) {
      try {
        const result = await work();
        if (this.#failing !== undefined) {
          this.#failing = undefined;
          this.#told({ kind: "recovered", sink: this.name, failures: this.#failures });
        }
        return result;
      } catch (thrown) {
        if (this.#stopping.signal.aborted) throw thrown;
        this.#fail(thrown);
        await this.#pause(Math.min(pauseMs, this.#options.longestPauseMs));
        if (this.#stopping.signal.aborted) throw thrown;
      }
    }
  }

  #fail(thrown: unknown): void {
    this.#failures++;
    const isNew = this.#failing === undefined;
    this.#failing =
      thrown instanceof RungError
        ? thrown
        : new RungError({ code: "sink-failed", where: this.name, what: messageOf(thrown), cause: thrown });
    if (isNew) this.#told({ kind: "failing", sink: this.name, error: this.#failing });
  }

  /** Waits, or until the feed is stopped. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await pause(ms, undefined, { signal, ref: false });
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    }
  }

  async #saveCursor(): Promise<void> {
    const { cursor } = this.#progress;
    this.#savedAtMs = performance.now();
    if (cursor.next === this.#saved) return;
    try {
      await this.#spool.setCursor(this.name, cursor);
      this.#saved = cursor.next;
    } catch (thrown) {
      // Without it the sink gets some frames again after a restart; storing goes on.
      this.#fail(thrown);
    }
  }

  #laneOf(source: string): Lane {
    let lane = this.#lanes.get(source);
    if (lane === undefined) {
      const head = this.#begun.sources[source] ?? NOTHING;
      const floor = head.rows === 0 ? undefined : { timeUs: head.newestUs, epoch: head.epoch };
      const isInGap = (address: string, timeUs: TimeUs): boolean => this.#isInGap(source, address, timeUs);
      const reorder = new SourceReorder({
        windowUs: this.#options.windowUs,
        maxRows: this.#options.maxHeldRows,
      });
      const made: Lane = {
        reorder,
        dedupe: new Dedupe(isInGap, floor),
        ledger: new Ledger(
          () => this.#durable(source) - made.head.rows + made.reorder.heldRows + made.inFlight,
        ),
        startRows: head.rows,
        head,
        lost: undefined,
        arrivedMs: 0,
        inFlight: 0,
      };
      lane = made;
      this.#lanes.set(source, lane);
    }
    return lane;
  }

  /** Durable samples of a source; what was found damaged at the end of the spool stays counted. */
  #durable(source: string): number {
    return Math.max(this.#spool.durableRows.get(source) ?? 0, this.#begun.sources[source]?.rows ?? 0);
  }
}
