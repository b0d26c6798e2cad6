import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Dictionary } from "../../core/dictionary.ts";
import { messageOf, RungError } from "../../core/errors.ts";
import type { Frame } from "../../core/frame.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { TimeUs } from "../../core/time.ts";
import type { DecimatedSamples } from "../decimate/m4-columns.ts";
import type { SampleKey } from "../dedupe.ts";
import type { Buckets } from "./buckets.ts";
import type { HistorianLimits } from "./historian-limits.ts";
import type { HistorianNotice, HistorianReply, HistorianRequest } from "./historian-protocol.ts";
import type { History, HistorySpan } from "./history.ts";
import type { StoreOptions } from "./history-store.ts";
import type {
  AppendResult,
  ColumnTotal,
  FrameRows,
  HistorianCounts,
  HistoryAsof,
  HistoryAt,
  HistoryRange,
  HistorySample,
  HistoryWindows,
  Maintained,
  PrehistoryResult,
  StoreFacts,
  TagEntry,
  TimeWindow,
} from "./history-types.ts";
import { storeOther } from "./other-value.ts";
import { SampleLedger } from "./sample-ledger.ts";

export interface HistorianOptions extends Partial<StoreOptions> {
  /** The DuckDB file; made where it does not exist. */
  readonly file: string;
  /** Rows that may wait for the disk; an append beyond them is refused and counted. */
  readonly maxQueuedRows?: number;
}

/** DuckDB's memory in MB and threads, days kept (0 = all), hours until a day is closed, rows that may wait. */
export const HISTORIAN_DEFAULTS = {
  memoryLimitMb: 256,
  threads: 2,
  retentionDays: 0,
  archiveAfterHours: 6,
  maxQueuedRows: 1_000_000,
};

type Request<T> = T extends unknown ? Omit<T, "id"> : never;

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: RungError) => void;
}

/**
 * Samples on disk, in a DuckDB file that one worker thread of this process owns, and in a Parquet file beside it for
 * each closed day. The worker starts at first use.
 *
 * `append` acknowledges after the rows are committed, so that what was acknowledged survives a kill of the process.
 * Repetitions by (source, epoch, sequence, property) are stored once. The queue is bounded: beyond it an append is
 * refused and counted; who can wait calls `room` first. received = stored + queued + deduplicated + dropped.
 */
export class Historian implements History {
  readonly file: string;
  #options: StoreOptions;
  readonly #maxQueuedRows: number;
  #worker: Worker | undefined;
  #nextId = 1;
  readonly #pending = new Map<number, Pending>();
  readonly #refs = new Map<string, number>();
  #refsOf = new WeakMap<Dictionary, Uint32Array>();
  readonly #ledger = new SampleLedger();
  #waiters: (() => void)[] = [];
  #isClosed = false;
  #problem: RungError | undefined;
  #memoryBytes = 0;

  constructor(options: HistorianOptions) {
    this.file = options.file;
    this.#maxQueuedRows = options.maxQueuedRows ?? HISTORIAN_DEFAULTS.maxQueuedRows;
    this.#options = {
      file: options.file,
      memoryLimitMb: options.memoryLimitMb ?? HISTORIAN_DEFAULTS.memoryLimitMb,
      threads: options.threads ?? HISTORIAN_DEFAULTS.threads,
      archiveAfterHours: options.archiveAfterHours ?? HISTORIAN_DEFAULTS.archiveAfterHours,
      retentionDays: options.retentionDays ?? HISTORIAN_DEFAULTS.retentionDays,
      ...(options.readOnly === undefined ? {} : { readOnly: options.readOnly }),
    };
  }

  get counts(): HistorianCounts {
    return this.#ledger.total();
  }

  /** The same of each source. */
  countsBySource(): ReadonlyMap<string, HistorianCounts> {
    return this.#ledger.bySource();
  }

  /** Samples that retention dropped since this historian was opened, by source. They were stored before. */
  expiredBySource(): ReadonlyMap<string, number> {
    return this.#ledger.expired;
  }

  /** What last went wrong without anybody asking, such as maintenance on a full disk. */
  get problem(): RungError | undefined {
    return this.#problem;
  }

  /** What DuckDB held in memory at the last upkeep, at most its limit; 0 before the first, a minute after the start. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** Changes what it keeps and uses while it runs; the retention is at work at the next upkeep. @throws RungError */
  async setLimits(limits: Partial<HistorianLimits>): Promise<void> {
    this.#options = { ...this.#options, ...limits };
    const { retentionDays, memoryLimitMb } = this.#options;
    // A worker that is still to start begins with them.
    if (this.#worker !== undefined)
      await this.#ask({ op: "limits", limits: { retentionDays, memoryLimitMb } });
  }

  /** Opens the file. @throws RungError `history-in-use`, `history-broken` */
  open(): Promise<void> {
    return this.#ask({ op: "open" });
  }

  /**
   * Stores a frame. Kept once its rows are on disk.
   * @throws RungError `queue-full`, `history-write`, `history-in-use`, `history-broken`, `historian-closed`
   */
  async append(frame: Frame): Promise<AppendResult> {
    const { source, length: rows } = frame;
    if (this.#isClosed) throw this.#refuse("closed", frame, "is closed", "deploy again");
    if (this.#ledger.queued + rows > this.#maxQueuedRows) {
      const what = `${this.#ledger.queued} samples wait for the disk, ${rows} more were refused`;
      throw this.#refuse("queue-full", frame, what, "slow the sources down, or use a faster disk");
    }
    this.#ledger.queue(source, rows);
    try {
      const newTags: TagEntry[] = [];
      const columns = this.#rowsOf(frame, newTags);
      const { tag, value, sourceTimeUs, quality, sequence } = columns;
      const transfer = [tag.buffer, value.buffer, sourceTimeUs.buffer, quality.buffer, sequence.buffer];
      const result = await this.#ask<AppendResult>({ op: "append", newTags, rows: columns }, transfer);
      this.#ledger.keep(source, result.stored, result.deduplicated);
      return result;
    } catch (error) {
      this.#ledger.lose(source, rows, error instanceof RungError ? error.code : "history-failed");
      throw error;
    } finally {
      if (this.#ledger.queued <= this.#maxQueuedRows / 2) for (const wake of this.#waiters.splice(0)) wake();
    }
  }

  /** Waits until at most half the queue is taken: for sources that can be held up, such as a replay. */
  async room(): Promise<void> {
    if (this.#ledger.queued <= this.#maxQueuedRows / 2) return;
    await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  /** Stores what waits now instead of within 100 ms. */
  flush(): Promise<void> {
    return this.#ask({ op: "flush" });
  }

  /** The newest sample; undefined where the address was never stored. */
  last(address: string): Promise<HistorySample | undefined> {
    return this.#ask({ op: "last", address });
  }

  /**
   * Samples with fromUs <= source time < toUs, at most `limit`.
   * @throws RungError `unknown-address`
   */
  range(address: string, fromUs: TimeUs, toUs: TimeUs, limit = 1_000_000): Promise<HistoryRange> {
    return this.#ask({ op: "range", address, fromUs, toUs, limit });
  }

  /**
   * n equal intervals over [fromUs, toUs): least, time-weighted mean, greatest, worst quality.
   * @throws RungError `unknown-address`, `bad-range`
   */
  buckets(address: string, fromUs: TimeUs, toUs: TimeUs, n: number): Promise<Buckets> {
    return this.#ask({ op: "buckets", address, fromUs, toUs, n });
  }

  /**
   * What draws the same line as all samples of [fromUs, toUs) where a pixel is `widthUs` wide, see M4Columns.
   * @throws RungError `unknown-address`, `bad-range`
   */
  decimated(address: string, fromUs: TimeUs, toUs: TimeUs, widthUs: number): Promise<DecimatedSamples> {
    return this.#ask({ op: "decimated", address, fromUs, toUs, widthUs });
  }

  /** What stood at one instant, for many properties at once. */
  at(addresses: readonly string[], timeUs: TimeUs): Promise<HistoryAt> {
    return this.#ask({ op: "at", addresses, timeUs });
  }

  /**
   * Every sample of `base` with fromUs <= source time < toUs, at most `limit`, and beside each what stood of the other
   * properties at its source time (ASOF join). What was never stored has no data.
   * @throws RungError `unknown-address` for the base
   */
  asof(
    base: string,
    addresses: readonly string[],
    fromUs: TimeUs,
    toUs: TimeUs,
    limit = 100_000,
  ): Promise<HistoryAsof> {
    return this.#ask({ op: "asof", base, addresses, fromUs, toUs, limit });
  }

  /**
   * What each property did in each window, [fromUs, toUs); windows may overlap. What was never stored has no data.
   * @throws RungError `bad-range` for a window that does not end after it starts, and for too many of them
   */
  windows(addresses: readonly string[], windows: readonly TimeWindow[]): Promise<HistoryWindows[]> {
    return this.#ask({ op: "windows", addresses, windows });
  }

  /** Count and sum per address of everything one source stored. */
  totals(source: string): Promise<ColumnTotal[]> {
    return this.#ask({ op: "totals", source });
  }

  /** Which of these samples of a source are stored, by tag, source time, value and whether they are good. */
  holds(source: string, samples: readonly SampleKey[]): Promise<boolean[]> {
    const asked = samples.map(({ address, sourceTimeUs, value, other, quality }) => ({
      address,
      sourceTimeUs,
      value,
      quality,
      ...(other === undefined ? {} : { text: storeOther(other).text }),
    }));
    return this.#ask({ op: "holds", source, samples: asked });
  }

  /** Every address ever stored. */
  addresses(): Promise<string[]> {
    return this.#ask({ op: "addresses" });
  }

  /** Source times of the oldest and the newest sample. */
  async span(): Promise<HistorySpan> {
    const { oldestUs, newestUs } = await this.facts();
    return { oldestUs, newestUs };
  }

  facts(): Promise<StoreFacts> {
    return this.#ask({ op: "facts" });
  }

  /**
   * Does at once what the historian does of itself every minute: drops days older than the retention, moves closed
   * days into Parquet files and merges late samples into them, and moves the log into the file.
   * @throws RungError `history-failed`, such as on a full disk; nothing is lost then, and it is tried again
   */
  maintain(): Promise<Maintained> {
    return this.#ask({ op: "maintain" });
  }

  /** See historian/prehistory.ts. */
  importPrehistory(file: string, prefix: string): Promise<PrehistoryResult> {
    return this.#ask({ op: "prehistory", file, prefix });
  }

  /** Stores what waits, moves the log into the file, and ends the worker. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    try {
      await this.#post({ op: "close" });
    } finally {
      this.#worker = undefined;
      await worker.terminate();
    }
  }

  #ask<T>(request: Request<HistorianRequest>, transfer: ArrayBuffer[] = []): Promise<T> {
    if (this.#isClosed) {
      return Promise.reject(
        new RungError({
          code: "historian-closed",
          where: this.file,
          what: "is closed",
          advice: "deploy again",
        }),
      );
    }
    return this.#post(request, transfer);
  }

  #post<T>(request: Request<HistorianRequest>, transfer: ArrayBuffer[] = []): Promise<T> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending["resolve"], reject });
      // An idle historian keeps no process alive, one that owes an answer does.
      worker.ref();
      worker.postMessage({ ...request, id } as HistorianRequest, transfer);
    });
  }

  #start(): Worker {
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    const worker = new Worker(siblingModule(import.meta.url, "./historian-worker"), {
      workerData: this.#options,
      name: "historian",
    });
    worker.unref();
    worker.on("message", (reply: HistorianReply | HistorianNotice) => this.#take(worker, reply));
    worker.on("error", (cause) => this.#ended(worker, messageOf(cause)));
    worker.on("exit", (code) => this.#ended(worker, `its worker ended with code ${code}`));
    return worker;
  }

  #take(worker: Worker, reply: HistorianReply | HistorianNotice): void {
    if ("problem" in reply) {
      this.#problem = errorOf(reply.problem);
      return;
    }
    if ("maintained" in reply) {
      this.#problem = undefined;
      for (const [source, rows] of reply.maintained.expired) this.#ledger.expire(source, rows);
      return;
    }
    if ("memoryBytes" in reply) {
      this.#memoryBytes = reply.memoryBytes;
      return;
    }
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) worker.unref();
    if (reply.error === undefined) pending?.resolve(reply.result as never);
    else {
      // A file that cannot be opened is tried anew at the next use.
      if (OPEN_FAULTS.has(reply.error.code)) this.#forget(worker);
      pending?.reject(errorOf(reply.error));
    }
  }

  #forget(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#refs.clear();
    this.#refsOf = new WeakMap();
    if (this.#pending.size === 0) void worker.terminate();
  }

  #ended(worker: Worker, what: string): void {
    if (this.#worker !== worker && this.#worker !== undefined) return;
    this.#forget(worker);
    const error = new RungError({
      code: "historian-died",
      where: this.file,
      what,
      advice: "it starts anew at the next sample; look at the log for the cause",
    });
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }

  #refuse(reason: string, frame: Frame, what: string, advice: string): RungError {
    this.#ledger.refuse(frame.source, frame.length, reason);
    return new RungError({ code: reason, where: this.file, what, advice });
  }

  #rowsOf(frame: Frame, newTags: TagEntry[]): FrameRows {
    const refs = this.#refsFor(frame.dictionary, newTags);
    const n = frame.length;
    const rows: FrameRows & { other: [number, string, string][] } = {
      source: frame.source,
      reality: frame.reality,
      epoch: frame.epoch,
      receiveTimeUs: Math.trunc(frame.receiveTimeUs),
      tag: new Uint32Array(n),
      value: new Float64Array(n),
      sourceTimeUs: new Float64Array(n),
      quality: new Uint32Array(n),
      sequence: new Float64Array(n),
      other: [],
    };
    for (let row = 0; row < n; row++) {
      rows.tag[row] = refs[frame.indexAt(row)]!;
      rows.value[row] = frame.valueAt(row);
      rows.sourceTimeUs[row] = frame.sourceTimeUsAt(row);
      rows.quality[row] = frame.qualityAt(row);
      rows.sequence[row] = frame.sequenceAt(row);
      const other = frame.otherAt(row);
      if (other !== undefined) {
        const { kind, text } = storeOther(other);
        rows.other.push([row, kind, text]);
      }
    }
    return rows;
  }

  /** The worker's numbers of a dictionary's properties; new ones are listed for it. */
  #refsFor(dictionary: Dictionary, newTags: TagEntry[]): Uint32Array {
    const known = this.#refsOf.get(dictionary);
    if (known !== undefined) return known;
    const refs = Uint32Array.from(dictionary.properties, ({ address, unit, type, kind }) => {
      const key = `${unit ?? ""}\n${address}`;
      let ref = this.#refs.get(key);
      if (ref === undefined) {
        ref = this.#refs.size;
        this.#refs.set(key, ref);
        newTags.push({ ref, address, unit, type, kind });
      }
      return ref;
    });
    this.#refsOf.set(dictionary, refs);
    return refs;
  }
}

const OPEN_FAULTS: ReadonlySet<string> = new Set(["history-in-use", "history-broken"]);

/** An error as the worker told it: its message is whole already. */
function errorOf(fault: NonNullable<HistorianReply["error"]>): RungError {
  const what = fault.message.startsWith(`${fault.where}: `)
    ? fault.message.slice(fault.where.length + 2)
    : fault.message;
  return new RungError({ code: fault.code, where: fault.where, what });
}
