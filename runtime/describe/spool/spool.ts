import { RungError } from "../../core/errors.ts";
import type { Frame } from "../../core/frame.ts";
import { decodeFrame, encodeFrame } from "../../core/frame-codec.ts";
import { Ledger } from "../ledger.ts";
import { RecentFrames, type SpooledFrame } from "./recent-frames.ts";
import { MOST_PAYLOAD_BYTES } from "./record.ts";
import type { LogBatch, Removal } from "./segment-log.ts";
import { connectWorker, type SpoolConnect, type SpoolConnection } from "./spool-connection.ts";
import type { Fault, SpoolRequest, SpoolSignal } from "./spool-protocol.ts";
import {
  type Cursor,
  type LossReason,
  SPOOL_DEFAULTS,
  type SpoolOptions,
  type SpoolReport,
} from "./spool-types.ts";
import { DecodedStreams, StreamNames } from "./stream-names.ts";

export type { SpooledFrame } from "./recent-frames.ts";

/** Samples in memory: those that may wait for the disk, and those kept for sinks that are close behind. */
const MOST_QUEUED_ROWS = 1_000_000;
const RECENT_ROWS = 100_000;
/** What a sink reads from disk at once. */
const READ_BYTES = 2 * 1024 * 1024;
const REOPEN_MS = 500;

export interface SpoolSettings extends Partial<SpoolOptions> {
  readonly folder: string;
  /** Samples that may wait for the disk in memory; a frame beyond them is dropped and counted. */
  readonly maxQueuedRows?: number;
  /** Told of what is wrong, and of a disk that takes frames again. */
  readonly told?: (news: SpoolNews) => void;
  readonly connect?: SpoolConnect;
}

export type SpoolNews =
  | { readonly kind: "stalled"; readonly error: RungError }
  | { readonly kind: "resumed" }
  | { readonly kind: "problem"; readonly error: RungError };

/** What a sink reads: frames in the order they were spooled, and where to read on. */
export interface SpoolBatch {
  readonly frames: readonly SpooledFrame[];
  readonly next: number;
}

interface Waiting extends SpooledFrame {
  /** The frame as bytes until it is sent to the worker. */
  payload: Uint8Array<ArrayBuffer> | undefined;
  readonly resolve: () => void;
  readonly reject: (error: RungError) => void;
}

type Request<T> = T extends { id: number } ? Omit<T, "id"> : never;

/**
 * Frames on disk before anybody works with them, in a folder that one worker thread of this process owns.
 *
 * `append` is kept once the frame is durable. While the disk is full or at its bound, frames wait in memory; beyond
 * `maxQueuedRows` they are dropped with the reason. Per source received = stored + queued + dropped.
 */
export class Spool {
  readonly #settings: SpoolSettings;
  readonly #options: SpoolOptions;
  readonly #maxQueuedRows: number;
  readonly #ledgers = new Map<string, Ledger>();
  readonly #recent = new RecentFrames<Waiting>();
  readonly #streams = new DecodedStreams();
  readonly #removals: Removal[] = [];
  readonly #attached = new Set<string>();
  #names = new StreamNames();
  #connection: SpoolConnection | undefined;
  #pending = new Map<number, { resolve: (result: never) => void; reject: (error: RungError) => void }>();
  #nextId = 1;
  #report!: SpoolReport;
  #opening: { resolve: (spool: Spool) => void; reject: (error: RungError) => void } | undefined;
  #next = 0;
  #committed = 0;
  #posted = 0;
  #queuedRows = 0;
  #isPosting = false;
  /** False until the worker has opened the log. */
  #isReady = false;
  /** Samples of every source since the spool began: accepted, and durable. */
  readonly #accepted = new Map<string, number>();
  readonly #durable = new Map<string, number>();
  #stalledBy: RungError | undefined;
  #bytes = 0;
  #waiters = new Set<() => void>();
  #roomWaiters: (() => void)[] = [];
  #isClosed = false;
  #reopening: NodeJS.Timeout | undefined;

  private constructor(settings: SpoolSettings) {
    this.#settings = settings;
    this.#maxQueuedRows = settings.maxQueuedRows ?? MOST_QUEUED_ROWS;
    const { folder } = settings;
    this.#options = {
      folder,
      segmentBytes: settings.segmentBytes ?? SPOOL_DEFAULTS.segmentBytes,
      maxBytes: settings.maxBytes ?? SPOOL_DEFAULTS.maxBytes,
      whenFull: settings.whenFull ?? SPOOL_DEFAULTS.whenFull,
    };
  }

  /** Opens the folder and makes it where it is missing. @throws RungError `spool-broken` */
  static open(settings: SpoolSettings): Promise<Spool> {
    const spool = new Spool(settings);
    return new Promise<Spool>((resolve, reject) => {
      spool.#opening = { resolve, reject };
      spool.#connect();
    });
  }

  /** What opening found. */
  get report(): SpoolReport {
    return this.#report;
  }

  /** Number of the first record that is not durable yet. */
  get committed(): number {
    return this.#committed;
  }

  get queuedRows(): number {
    return this.#queuedRows;
  }

  /** Bytes on disk at the last commit. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Why nothing is written now. */
  get stalledBy(): RungError | undefined {
    return this.#stalledBy;
  }

  /** Counters of every source since the spool was opened. */
  get ledgers(): ReadonlyMap<string, Ledger> {
    return this.#ledgers;
  }

  /** Durable samples of every source since the spool began. */
  get durableRows(): ReadonlyMap<string, number> {
    return this.#durable;
  }

  /**
   * Takes a frame in; kept once it is durable. A frame without rows is a sign of life and is not spooled.
   * @throws RungError with the reason it was dropped for: `queue-full`, `disk-full`, `disk-failed`, `spool-full`,
   * `frame-too-large`, `spool-closed`
   */
  append(frame: Frame): Promise<void> {
    const rows = frame.length;
    if (rows === 0) return Promise.resolve();
    const ledger = this.#ledgerOf(frame.source);
    ledger.received += rows;
    const payload = this.#isClosed ? undefined : encodeFrame(frame, this.#names.numberOf(frame));
    const refusal = this.#refusalOf(rows, payload);
    if (refusal !== undefined) {
      ledger.drop(refusal.code, rows);
      return Promise.reject(refusal);
    }
    const rowsBefore = this.#accepted.get(frame.source) ?? 0;
    this.#accepted.set(frame.source, rowsBefore + rows);
    this.#queuedRows += rows;
    return new Promise<void>((resolve, reject) => {
      this.#recent.push({ number: this.#next++, rowsBefore, frame, payload, resolve, reject });
      this.#postSoon();
    });
  }

  /** Waits until at most half the queue is taken: for sources that can be held up, such as a replay. */
  async room(): Promise<void> {
    if (this.#queuedRows <= this.#maxQueuedRows / 2) return;
    await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
  }

  /**
   * Durable frames from record `from` on, about `mostRows` samples, from memory where they are there.
   * @throws RungError `spool-closed`, `spool-died`
   */
  async read(from: number, mostRows: number): Promise<SpoolBatch> {
    if (from >= this.#committed) return { frames: [], next: from };
    const oldest = this.#recent.oldest;
    if (oldest === undefined || from < oldest) {
      return this.#decode(await this.#ask<LogBatch>({ op: "read", from, mostBytes: READ_BYTES }));
    }
    const frames: SpooledFrame[] = [];
    let rows = 0;
    for (const entry of this.#recent.from(from)) {
      if (entry.number >= this.#committed || rows >= mostRows) break;
      frames.push(entry);
      rows += entry.frame.length;
    }
    return { frames, next: from + frames.length };
  }

  /** Waits until record `number` is durable. @returns false where it took longer, or `wake` was called */
  async waitFor(number: number, mostMs: number): Promise<boolean> {
    if (number < this.#committed) return true;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, mostMs);
      timer.unref();
      this.#waiters.add(done);
    });
    return number < this.#committed;
  }

  /** Lets everybody who waits look again. */
  wake(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  /** Why record `number` is no longer there: a policy, or else damage. */
  whyGone(number: number): LossReason {
    return this.#removals.find(({ before }) => number < before)?.reason ?? "damaged";
  }

  /** A sink is there, and goes on where it was; see SegmentLog.attach. */
  attach(name: string): Promise<Cursor> {
    this.#attached.add(name);
    return this.#ask<Cursor>({ op: "attach", name });
  }

  detach(name: string): Promise<void> {
    this.#attached.delete(name);
    return this.#ask<void>({ op: "detach", name });
  }

  forget(name: string): Promise<void> {
    this.#attached.delete(name);
    return this.#ask<void>({ op: "forget", name });
  }

  setCursor(name: string, cursor: Cursor): Promise<void> {
    return this.#ask<void>({ op: "cursor", name, cursor });
  }

  /** Writes what waits where the disk takes it, and ends the worker. What it does not take is dropped and counted. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#post();
    this.#isClosed = true;
    clearTimeout(this.#reopening);
    this.wake();
    try {
      if (this.#connection !== undefined) await this.#send<void>({ op: "close" });
    } catch (thrown) {
      this.#settings.told?.({ kind: "problem", error: thrown as RungError });
    } finally {
      const error = this.#stalledBy ?? this.#error("spool-closed", "is closed", "");
      for (const { frame, reject } of this.#recent.from(this.#committed)) {
        this.#ledgerOf(frame.source).drop(error.code, frame.length);
        this.#queuedRows -= frame.length;
        reject(error);
      }
      this.#next = this.#committed;
      this.#rejectPending(error);
      await this.#connection?.end();
      for (const wake of this.#roomWaiters.splice(0)) wake();
    }
  }

  #ledgerOf(source: string): Ledger {
    let ledger = this.#ledgers.get(source);
    if (ledger === undefined) {
      ledger = new Ledger(() => this.#queuedOf(source));
      this.#ledgers.set(source, ledger);
    }
    return ledger;
  }

  #queuedOf(source: string): number {
    let rows = 0;
    for (const { number, frame } of this.#recent.from(this.#committed)) {
      if (number < this.#next && frame.source === source) rows += frame.length;
    }
    return rows;
  }

  #refusalOf(rows: number, payload: Uint8Array | undefined): RungError | undefined {
    if (payload === undefined) return this.#error("spool-closed", "is closed", "deploy again");
    if (payload.length > MOST_PAYLOAD_BYTES) {
      const what = `a frame of ${rows} samples takes ${payload.length} bytes, ${MOST_PAYLOAD_BYTES} are the most`;
      return this.#error("frame-too-large", what, "send smaller frames");
    }
    if (this.#queuedRows + rows <= this.#maxQueuedRows) return undefined;
    const what = `${this.#queuedRows} samples wait for the disk, ${rows} more were dropped`;
    if (this.#stalledBy === undefined) return this.#error("queue-full", what, "slow the sources down");
    return this.#error(this.#stalledBy.code, `${what}: ${this.#stalledBy.message}`, this.#stalledBy.advice);
  }

  #connect(): void {
    this.#isReady = false;
    this.#connection = (this.#settings.connect ?? connectWorker)(
      this.#options,
      (signal) => this.#heard(signal),
      (why) => this.#broke(why),
    );
  }

  #heard(signal: SpoolSignal): void {
    switch (signal.op) {
      case "opened":
        this.#opened(signal.report);
        break;
      case "failed":
        this.#failed(signal.fault);
        break;
      case "committed":
        this.#bytes = signal.bytes;
        if (this.#stalledBy !== undefined) this.#settings.told?.({ kind: "resumed" });
        this.#stalledBy = undefined;
        this.#confirm(signal.upTo);
        break;
      case "stalled":
        this.#stalledBy = new RungError(signal.fault);
        this.#settings.told?.({ kind: "stalled", error: this.#stalledBy });
        break;
      case "problem":
        this.#settings.told?.({ kind: "problem", error: new RungError(signal.fault) });
        break;
      case "removed":
        this.#removals.push(...signal.removals);
        break;
      case "answer": {
        const pending = this.#pending.get(signal.id);
        this.#pending.delete(signal.id);
        if (signal.fault === undefined) pending?.resolve(signal.result as never);
        else pending?.reject(new RungError(signal.fault));
      }
    }
  }

  #opened(report: SpoolReport): void {
    this.#bytes = report.bytes;
    this.#isReady = true;
    if (this.#opening !== undefined) {
      this.#report = report;
      this.#next = report.next;
      this.#committed = report.next;
      this.#posted = report.next;
      for (const [source, head] of Object.entries(report.sources)) {
        this.#durable.set(source, head.rows);
        this.#accepted.set(source, head.rows);
      }
      this.#opening.resolve(this);
      this.#opening = undefined;
      return;
    }
    // The worker died and is back: what it had made durable is confirmed, the rest is sent again.
    this.#confirm(Math.min(report.next, this.#next));
    this.#posted = this.#committed;
    this.#names = new StreamNames();
    for (const waiting of this.#recent.from(this.#committed)) waiting.payload = undefined;
    for (const name of this.#attached) {
      this.attach(name).catch((error: RungError) => this.#settings.told?.({ kind: "problem", error }));
    }
    this.#postSoon();
  }

  #failed(fault: Fault): void {
    const error = new RungError(fault);
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.end().catch(() => this.#rejectPending(error));
    if (this.#opening !== undefined) {
      this.#isClosed = true;
      this.#opening.reject(error);
      this.#opening = undefined;
    } else this.#broke(error.message);
  }

  #broke(why: string): void {
    this.#connection = undefined;
    const error = this.#error("spool-died", why, "it starts anew by itself; look at the log for the cause");
    this.#rejectPending(error);
    if (this.#opening !== undefined) {
      this.#isClosed = true;
      this.#opening.reject(error);
      this.#opening = undefined;
      return;
    }
    if (this.#isClosed) return;
    this.#stalledBy = error;
    this.#settings.told?.({ kind: "stalled", error });
    this.#reopening = setTimeout(() => this.#connect(), REOPEN_MS);
  }

  #rejectPending(error: RungError): void {
    const pending = this.#pending;
    this.#pending = new Map();
    for (const { reject } of pending.values()) reject(error);
  }

  #confirm(upTo: number): void {
    for (const { number, rowsBefore, frame, resolve } of this.#recent.from(this.#committed)) {
      if (number >= upTo) break;
      const rows = frame.length;
      this.#durable.set(frame.source, rowsBefore + rows);
      this.#ledgerOf(frame.source).stored += rows;
      this.#queuedRows -= rows;
      resolve();
    }
    this.#committed = Math.max(this.#committed, upTo);
    this.#recent.trim(this.#committed, RECENT_ROWS);
    this.wake();
    if (this.#queuedRows <= this.#maxQueuedRows / 2) for (const wake of this.#roomWaiters.splice(0)) wake();
  }

  #postSoon(): void {
    if (this.#isPosting) return;
    this.#isPosting = true;
    setImmediate(() => this.#post());
  }

  #post(): void {
    this.#isPosting = false;
    if (this.#connection === undefined || this.#isClosed || !this.#isReady) return;
    const frames: { number: number; payload: Uint8Array<ArrayBuffer> }[] = [];
    for (const waiting of this.#recent.from(this.#posted)) {
      const { number, frame } = waiting;
      const payload = waiting.payload ?? encodeFrame(frame, this.#names.numberOf(frame));
      waiting.payload = undefined;
      frames.push({ number, payload });
    }
    if (frames.length === 0) return;
    this.#posted = this.#next;
    const request = { op: "frames" as const, frames, ...this.#names.take() };
    this.#connection.send(
      request,
      frames.map(({ payload }) => payload.buffer),
    );
  }

  #decode({ frames, streams, next }: LogBatch): SpoolBatch {
    const known = new Map([...streams].map(([number, bytes]) => [number, this.#streams.decode(bytes)]));
    const decoded: SpooledFrame[] = [];
    for (const { head, payload } of frames) {
      // Without the description of its stream a frame is lost, which the next one of its source tells.
      if (!known.has(head.stream)) continue;
      const { number, rowsBefore } = head;
      decoded.push({ number, rowsBefore, frame: decodeFrame(payload, (stream) => known.get(stream)) });
    }
    return { frames: decoded, next };
  }

  #ask<T>(request: Request<SpoolRequest>): Promise<T> {
    if (this.#isClosed) return Promise.reject(this.#error("spool-closed", "is closed", "deploy again"));
    return this.#send(request);
  }

  #send<T>(request: Request<SpoolRequest>): Promise<T> {
    const connection = this.#connection;
    if (connection === undefined || !this.#isReady) {
      return Promise.reject(this.#stalledBy ?? this.#error("spool-died", "is not open", "wait"));
    }
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as (result: never) => void, reject });
      connection.send({ ...request, id } as SpoolRequest, []);
    });
  }

  #error(code: string, what: string, advice: string): RungError {
    return new RungError({ code, where: this.#settings.folder, what, advice });
  }
}
