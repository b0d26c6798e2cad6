import { messageOf, RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import type { Buckets } from "./buckets.ts";
import { Catalogue } from "./catalogue.ts";
import { bytesOf, type Database, openDatabase, rowsOf } from "./database.ts";
import * as joins from "./history-joins.ts";
import * as queries from "./history-queries.ts";
import type {
  AppendResult,
  ColumnTotal,
  FrameRows,
  HistoryAsof,
  HistoryAt,
  HistoryRange,
  HistorySample,
  HistoryWindows,
  PrehistoryResult,
  StoredSample,
  StoreFacts,
  TagEntry,
  TimeWindow,
} from "./history-types.ts";
import { importWideCsv } from "./prehistory-import.ts";
import { SampleAppender } from "./sample-appender.ts";
import { Watermarks } from "./watermarks.ts";

export interface StoreOptions {
  readonly file: string;
  readonly memoryLimitMb: number;
  /** 0 keeps everything. */
  readonly retentionDays: number;
  /** For questions only: nothing is written to the file. */
  readonly readOnly?: boolean;
}

interface Waiting {
  readonly rows: FrameRows;
  readonly resolve: (result: AppendResult) => void;
  readonly reject: (error: unknown) => void;
}

/** A row that may repeat what is stored: its batch, its place there, and its tag. */
interface Suspect {
  readonly batch: number;
  readonly row: number;
  readonly tag: number;
}

/**
 * The history file and its one owner. Appends gather until `flush`, which stores them in one transaction and only
 * then acknowledges them. Runs in the historian's worker.
 */
export class HistoryStore {
  readonly #options: StoreOptions;
  readonly #database: Database;
  readonly #catalogue: Catalogue;
  #watermarks: Watermarks;
  #appender: SampleAppender | undefined;
  /** Tag id by the caller's ref. */
  #tagOfRef = new Int32Array(64).fill(-1);
  #waiting: Waiting[] = [];
  #isDirty = false;

  private constructor(
    options: StoreOptions,
    database: Database,
    catalogue: Catalogue,
    watermarks: Watermarks,
  ) {
    this.#options = options;
    this.#database = database;
    this.#catalogue = catalogue;
    this.#watermarks = watermarks;
  }

  /** @throws RungError `history-in-use`, `history-broken` */
  static async open(options: StoreOptions): Promise<HistoryStore> {
    const database = await openDatabase(options.file, options.memoryLimitMb, options.readOnly);
    const catalogue = await Catalogue.load(database.writer);
    const watermarks = await Watermarks.load(database.writer);
    return new HistoryStore(options, database, catalogue, watermarks);
  }

  get waitingRows(): number {
    return this.#waiting.reduce((sum, { rows }) => sum + rows.tag.length, 0);
  }

  async register(entries: readonly TagEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const ids = await this.#catalogue.tags(entries);
    const refs = 1 + entries.reduce((most, { ref }) => Math.max(most, ref), 0);
    if (refs > this.#tagOfRef.length) {
      const larger = new Int32Array(2 ** Math.ceil(Math.log2(refs))).fill(-1);
      larger.set(this.#tagOfRef);
      this.#tagOfRef = larger;
    }
    for (const [i, { ref }] of entries.entries()) this.#tagOfRef[ref] = ids[i]!;
  }

  /** Queues rows; the promise is kept once they are on disk. */
  append(rows: FrameRows): Promise<AppendResult> {
    return new Promise((resolve, reject) => this.#waiting.push({ rows, resolve, reject }));
  }

  /** Stores what waits, in one transaction, and acknowledges it. A failure is told to every append it concerns. */
  async flush(): Promise<void> {
    const batches = this.#waiting;
    if (batches.length === 0) return;
    this.#waiting = [];
    try {
      const results = await this.#store(batches.map(({ rows }) => rows));
      for (const [i, batch] of batches.entries()) batch.resolve(results[i]!);
    } catch (cause) {
      const error = new RungError({
        code: "history-write",
        where: this.#options.file,
        what: `${batches.length} frames were not stored: ${messageOf(cause).split("\n")[0]}`,
        advice: "free disk space, or look at the file's permissions",
        cause,
      });
      for (const batch of batches) batch.reject(error);
    }
  }

  async #store(batches: readonly FrameRows[]): Promise<AppendResult[]> {
    const { writer } = this.#database;
    const sources: number[] = [];
    for (const { source, reality } of batches) sources.push(await this.#catalogue.source(source, reality));
    await writer.run("BEGIN TRANSACTION");
    try {
      this.#appender ??= await SampleAppender.open(writer);
      const results = batches.map(() => ({ stored: 0, deduplicated: 0 }));
      const suspects: Suspect[] = [];
      const others: unknown[][] = [];
      for (const [index, batch] of batches.entries()) {
        const fresh = this.#appendAboveMarks(batch, index, sources[index]!, suspects);
        results[index]!.stored += fresh;
        for (const [row, kind, text] of batch.other) {
          const tag = this.#tagOfRef[batch.tag[row]!]!;
          others.push([tag, sources[index]!, batch.epoch, batch.sequence[row]!, kind, text]);
        }
      }
      this.#appender.flush();
      if (suspects.length > 0) {
        const late = await this.#notStored(batches, sources, suspects);
        for (const suspect of suspects) {
          if (!late.has(suspect)) results[suspect.batch]!.deduplicated++;
        }
        for (const { batch, row, tag } of late) {
          this.#put(batches[batch]!, row, tag, sources[batch]!);
          results[batch]!.stored++;
        }
        this.#appender.flush();
      }
      await this.#storeOthers(others);
      await writer.run("COMMIT");
      this.#isDirty = true;
      return results;
    } catch (error) {
      await this.#undo();
      throw error;
    }
  }

  /** Appends the rows above their tag's watermark, lists the rest, and says how many it appended. */
  #appendAboveMarks(batch: FrameRows, index: number, source: number, suspects: Suspect[]): number {
    const marks = this.#watermarks.marksOf(source, batch.epoch, this.#catalogue.tagCount);
    let fresh = 0;
    for (let row = 0; row < batch.tag.length; row++) {
      const tag = this.#tagOfRef[batch.tag[row]!]!;
      const sequence = batch.sequence[row]!;
      if (sequence > marks[tag]!) {
        marks[tag] = sequence;
        this.#put(batch, row, tag, source);
        fresh++;
      } else {
        suspects.push({ batch: index, row, tag });
      }
    }
    return fresh;
  }

  #put(batch: FrameRows, row: number, tag: number, source: number): void {
    const { buffer } = this.#appender!;
    const at = buffer.length++;
    buffer.tag[at] = tag;
    buffer.timeUs[at] = batch.sourceTimeUs[row]!;
    buffer.value[at] = batch.value[row]!;
    buffer.quality[at] = batch.quality[row]!;
    buffer.source[at] = source;
    buffer.epoch[at] = batch.epoch;
    buffer.sequence[at] = batch.sequence[row]!;
    buffer.receiveUs[at] = batch.receiveTimeUs;
    if (buffer.isFull) this.#appender!.write();
  }

  /** Those suspects that are neither stored nor twice among themselves: they came late, they are no repetition. */
  async #notStored(
    batches: readonly FrameRows[],
    sources: readonly number[],
    suspects: readonly Suspect[],
  ): Promise<Set<Suspect>> {
    const groups = new Map<string, { source: number; epoch: number; suspects: Map<string, Suspect> }>();
    for (const suspect of suspects) {
      const { epoch, sequence } = batches[suspect.batch]!;
      const source = sources[suspect.batch]!;
      const key = `${source} ${epoch}`;
      const group = groups.get(key) ?? { source, epoch, suspects: new Map<string, Suspect>() };
      groups.set(key, group);
      const own = `${suspect.tag} ${sequence[suspect.row]!}`;
      if (!group.suspects.has(own)) group.suspects.set(own, suspect);
    }
    const late = new Set<Suspect>();
    for (const group of groups.values()) {
      const sequences = [...group.suspects.keys()].map((key) => Number(key.split(" ")[1]));
      const stored = await rowsOf(
        this.#database.writer,
        `SELECT tag, sequence::DOUBLE FROM sample
         WHERE source = ${group.source} AND epoch = ${group.epoch}
         AND sequence BETWEEN ${sequences.reduce((a, b) => Math.min(a, b))} AND ${sequences.reduce((a, b) => Math.max(a, b))}`,
      );
      for (const [tag, sequence] of stored) group.suspects.delete(`${tag} ${sequence}`);
      for (const suspect of group.suspects.values()) late.add(suspect);
    }
    return late;
  }

  async #storeOthers(rows: readonly unknown[][]): Promise<void> {
    if (rows.length === 0) return;
    const insert = await this.#database.writer.prepare(
      `INSERT INTO other SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (
         SELECT 1 FROM other WHERE tag = $1 AND source = $2 AND epoch = $3 AND sequence = $4)`,
    );
    for (const [tag, source, epoch, sequence, kind, text] of rows as [
      number,
      number,
      number,
      number,
      string,
      string,
    ][]) {
      insert.bindInteger(1, tag);
      insert.bindInteger(2, source);
      insert.bindBigInt(3, BigInt(epoch));
      insert.bindBigInt(4, BigInt(sequence));
      insert.bindVarchar(5, kind);
      insert.bindVarchar(6, text);
      await insert.run();
    }
    insert.destroySync();
  }

  /** After a failed transaction: nothing of it is stored, and the watermarks are read anew. */
  async #undo(): Promise<void> {
    this.#appender?.discard();
    this.#appender = undefined;
    await this.#database.writer.run("ROLLBACK");
    this.#watermarks = await Watermarks.load(this.#database.writer);
  }

  last(address: string): Promise<HistorySample | undefined> {
    return queries.last(this.#database.reader, this.#catalogue, address);
  }

  range(address: string, fromUs: TimeUs, toUs: TimeUs, limit: number): Promise<HistoryRange> {
    return queries.range(this.#database.reader, this.#catalogue, address, fromUs, toUs, limit);
  }

  buckets(address: string, fromUs: TimeUs, toUs: TimeUs, n: number): Promise<Buckets> {
    return queries.buckets(this.#database.reader, this.#catalogue, address, fromUs, toUs, n);
  }

  at(addresses: readonly string[], timeUs: TimeUs): Promise<HistoryAt> {
    return queries.at(this.#database.reader, this.#catalogue, addresses, timeUs);
  }

  asof(
    base: string,
    addresses: readonly string[],
    fromUs: TimeUs,
    toUs: TimeUs,
    limit: number,
  ): Promise<HistoryAsof> {
    return joins.asof(this.#database.reader, this.#catalogue, base, addresses, fromUs, toUs, limit);
  }

  windows(addresses: readonly string[], windows: readonly TimeWindow[]): Promise<HistoryWindows[]> {
    return joins.windows(this.#database.reader, this.#catalogue, addresses, windows);
  }

  totals(source: string): Promise<ColumnTotal[]> {
    return queries.totals(this.#database.reader, this.#catalogue, source);
  }

  holds(source: string, samples: readonly StoredSample[]): Promise<boolean[]> {
    return queries.holds(this.#database.reader, this.#catalogue, source, samples);
  }

  addresses(): string[] {
    return this.#catalogue.addresses;
  }

  async facts(): Promise<StoreFacts> {
    const [row] = await rowsOf(
      this.#database.reader,
      "SELECT count(*)::DOUBLE, min(time_us)::DOUBLE, max(time_us)::DOUBLE FROM sample",
    );
    const [samples, oldest, newest] = row as [number, number | null, number | null];
    return {
      samples,
      tags: this.#catalogue.addresses.length,
      bytes: bytesOf(this.#options.file),
      oldestUs: oldest ?? undefined,
      newestUs: newest ?? undefined,
    };
  }

  /** Imports a wide CSV, marked virtual. @throws RungError `bad-prehistory` */
  async importPrehistory(file: string, prefix: string): Promise<PrehistoryResult> {
    this.#isDirty = true;
    const result = await importWideCsv(this.#database.writer, this.#catalogue, file, prefix);
    this.#watermarks = await Watermarks.load(this.#database.writer);
    return result;
  }

  /** Moves the write-ahead log into the file and forgets what is older than the retention. Call it on a timer. */
  async maintain(): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const { writer } = this.#database;
    if (this.#options.retentionDays > 0) {
      const keepUs = Math.round(this.#options.retentionDays * 86_400e6);
      // Every source has its own time, so its own newest sample counts.
      await writer.run(
        `DELETE FROM sample USING (SELECT source, max(time_us) - ${keepUs} AS before FROM sample GROUP BY source) AS old
         WHERE sample.source = old.source AND sample.time_us < old.before`,
      );
    }
    await writer.run("CHECKPOINT");
  }

  async close(): Promise<void> {
    await this.flush();
    this.#isDirty = this.#options.readOnly !== true;
    await this.maintain();
    this.#appender?.close();
    this.#database.reader.closeSync();
    this.#database.writer.closeSync();
    this.#database.instance.closeSync();
  }
}
