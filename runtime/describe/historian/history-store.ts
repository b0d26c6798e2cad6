import { messageOf, RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import type { DecimatedSamples } from "../decimate/m4-columns.ts";
import { type ArchiveStep, Archivist } from "./archive/archivist.ts";
import { HistoryReader } from "./archive/history-reader.ts";
import { archiveFolder } from "./archive/part.ts";
import { credibleUs, TableDays } from "./archive/table-days.ts";
import { Upkeep, type UpkeepOptions } from "./archive/upkeep.ts";
import type { Buckets } from "./buckets.ts";
import { Catalogue } from "./catalogue.ts";
import { bytesOf, type Database, type DatabaseLimits, openDatabase, rowsOf } from "./database.ts";
import type { HistorianLimits } from "./historian-limits.ts";
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
  Maintained,
  PrehistoryResult,
  StoredSample,
  StoreFacts,
  TagEntry,
  TimeWindow,
} from "./history-types.ts";
import { importWideCsv } from "./prehistory-import.ts";
import { OtherAppender, SampleAppender } from "./sample-appender.ts";
import { Watermarks } from "./watermarks.ts";

export interface StoreOptions extends DatabaseLimits, UpkeepOptions {
  readonly file: string;
  /** For questions only: nothing is written to the file. */
  readonly readOnly?: boolean;
}

/** Rows with the values that are no number by their row. */
type Batch = FrameRows & { readonly others: ReadonlyMap<number, readonly [kind: string, text: string]> };

interface Waiting {
  readonly rows: Batch;
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
  readonly #archivist: Archivist;
  readonly #upkeep: Upkeep;
  readonly #reader: HistoryReader;
  /** What stands in the transaction that stores. */
  readonly #storing: HistoryReader;
  #watermarks: Watermarks;
  readonly #days: TableDays;
  #appender: SampleAppender | undefined;
  #otherAppender: OtherAppender | undefined;
  /** Tag id by the caller's ref. */
  #tagOfRef = new Int32Array(64).fill(-1);
  #waiting: Waiting[] = [];
  #isDirty = false;

  private constructor(
    options: StoreOptions,
    database: Database,
    catalogue: Catalogue,
    watermarks: Watermarks,
    days: TableDays,
    archivist: Archivist,
  ) {
    this.#options = options;
    this.#database = database;
    this.#catalogue = catalogue;
    this.#watermarks = watermarks;
    this.#days = days;
    this.#archivist = archivist;
    this.#upkeep = new Upkeep(archivist, options);
    const folder = archiveFolder(options.file);
    this.#reader = new HistoryReader(database.reader, folder);
    this.#storing = new HistoryReader(database.writer, folder);
  }

  /**
   * @param reached told of each step of archiving
   * @throws RungError `history-in-use`, `history-broken`
   */
  static async open(options: StoreOptions, reached?: (step: ArchiveStep) => void): Promise<HistoryStore> {
    const database = await openDatabase(options.file, options, options.readOnly);
    const { writer, keeper } = database;
    const archivist = new Archivist(keeper, archiveFolder(options.file), reached);
    // A process that was killed may have left files that nobody reads. What cannot be removed is tried again, and
    // told, by `tidy`.
    if (options.readOnly !== true) await archivist.removeStrays();
    const catalogue = await Catalogue.load(writer);
    const [watermarks, days] = [await Watermarks.load(writer), await TableDays.load(writer)];
    return new HistoryStore(options, database, catalogue, watermarks, days, archivist);
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
    const others = new Map(rows.other.map(([row, kind, text]) => [row, [kind, text] as const]));
    const batch = { ...rows, others };
    return new Promise((resolve, reject) => this.#waiting.push({ rows: batch, resolve, reject }));
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

  async #store(batches: readonly Batch[]): Promise<AppendResult[]> {
    const { writer } = this.#database;
    const sources: number[] = [];
    for (const { source, reality } of batches) sources.push(await this.#catalogue.source(source, reality));
    await writer.run("BEGIN TRANSACTION");
    try {
      this.#appender ??= await SampleAppender.open(writer);
      const results = batches.map(() => ({ stored: 0, deduplicated: 0 }));
      this.#otherAppender ??= await OtherAppender.open(writer);
      const suspects: Suspect[] = [];
      for (const [index, batch] of batches.entries()) {
        results[index]!.stored += this.#appendAboveMarks(batch, index, sources[index]!, suspects);
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
      this.#otherAppender.flush();
      await writer.run("COMMIT");
      this.#isDirty = true;
      return results;
    } catch (error) {
      await this.#undo();
      throw error;
    }
  }

  /** Appends the rows above their tag's watermark, lists the rest, and says how many it appended. */
  #appendAboveMarks(batch: Batch, index: number, source: number, suspects: Suspect[]): number {
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

  #put(batch: Batch, row: number, tag: number, source: number): void {
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
    const timeUs = batch.sourceTimeUs[row]!;
    this.#days.add(source, timeUs, credibleUs(batch.reality, batch.receiveTimeUs));
    const other = batch.others.get(row);
    if (other === undefined) return;
    const [kind, text] = other;
    const { epoch } = batch;
    this.#otherAppender!.add({ tag, source, epoch, sequence: batch.sequence[row]!, kind, text, timeUs });
  }

  /** Those suspects that are neither stored nor twice among themselves: they came late, they are no repetition. */
  async #notStored(
    batches: readonly Batch[],
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
      const reach = {
        sources: [group.source],
        epoch: group.epoch,
        tags: [...new Set([...group.suspects.values()].map(({ tag }) => tag))],
        fromSequence: sequences.reduce((a, b) => Math.min(a, b)),
        toSequence: sequences.reduce((a, b) => Math.max(a, b)),
      };
      const { samples } = await this.#storing.within(reach);
      const stored = await this.#storing.rows(
        `SELECT tag, sequence::DOUBLE FROM ${samples}
         WHERE source = ${group.source} AND epoch = ${group.epoch} AND tag IN (${reach.tags.join(", ")})
         AND sequence BETWEEN ${reach.fromSequence} AND ${reach.toSequence}`,
      );
      for (const [tag, sequence] of stored) group.suspects.delete(`${tag} ${sequence}`);
      for (const suspect of group.suspects.values()) late.add(suspect);
    }
    return late;
  }

  /** After a failed transaction: nothing of it is stored, and what is known of the stored rows is read anew. */
  async #undo(): Promise<void> {
    this.#appender?.discard();
    this.#otherAppender?.discard();
    this.#appender = undefined;
    this.#otherAppender = undefined;
    await this.#database.writer.run("ROLLBACK");
    await this.#recount();
  }

  async #recount(): Promise<void> {
    this.#watermarks = await Watermarks.load(this.#database.writer);
    await this.#days.recount(this.#database.writer);
  }

  last(address: string): Promise<HistorySample | undefined> {
    return this.#ask((reader) => queries.last(reader, this.#catalogue, address));
  }

  range(address: string, fromUs: TimeUs, toUs: TimeUs, limit: number): Promise<HistoryRange> {
    return this.#ask((reader) => queries.range(reader, this.#catalogue, address, fromUs, toUs, limit));
  }

  buckets(address: string, fromUs: TimeUs, toUs: TimeUs, n: number): Promise<Buckets> {
    return this.#ask((reader) => queries.buckets(reader, this.#catalogue, address, fromUs, toUs, n));
  }

  decimated(address: string, fromUs: TimeUs, toUs: TimeUs, widthUs: number): Promise<DecimatedSamples> {
    return this.#ask((reader) =>
      queries.decimated(reader, this.#catalogue, address, { fromUs, toUs, widthUs }),
    );
  }

  at(addresses: readonly string[], timeUs: TimeUs): Promise<HistoryAt> {
    return this.#ask((reader) => queries.at(reader, this.#catalogue, addresses, timeUs));
  }

  asof(
    base: string,
    addresses: readonly string[],
    fromUs: TimeUs,
    toUs: TimeUs,
    limit: number,
  ): Promise<HistoryAsof> {
    return this.#ask((reader) => joins.asof(reader, this.#catalogue, base, addresses, fromUs, toUs, limit));
  }

  windows(addresses: readonly string[], windows: readonly TimeWindow[]): Promise<HistoryWindows[]> {
    return this.#ask((reader) => joins.windows(reader, this.#catalogue, addresses, windows));
  }

  totals(source: string): Promise<ColumnTotal[]> {
    return this.#ask((reader) => queries.totals(reader, this.#catalogue, source));
  }

  holds(source: string, samples: readonly StoredSample[]): Promise<boolean[]> {
    return this.#ask((reader) => queries.holds(reader, this.#catalogue, source, samples));
  }

  addresses(): string[] {
    return this.#catalogue.addresses;
  }

  #ask<T>(question: (reader: HistoryReader) => Promise<T>): Promise<T> {
    return this.#reader.onOneState(() => question(this.#reader));
  }

  facts(): Promise<StoreFacts> {
    return this.#ask(async (reader) => {
      const [row] = await reader.rows(
        `SELECT t.n + p.n, p.n, p.days, p.bytes, e.n, least(t.first, p.first), greatest(t.last, p.last) FROM
         (SELECT count(*)::DOUBLE AS n, min(time_us)::DOUBLE AS first, max(time_us)::DOUBLE AS last FROM sample) AS t,
         (SELECT coalesce(sum(row_count), 0)::DOUBLE AS n, count(DISTINCT day)::DOUBLE AS days,
           coalesce(sum(bytes), 0)::DOUBLE AS bytes, min(first_us)::DOUBLE AS first, max(last_us)::DOUBLE AS last
          FROM part) AS p,
         (SELECT coalesce(sum(row_count), 0)::DOUBLE AS n FROM expired) AS e`,
      );
      const [samples, archived, days, bytes, expired, oldest, newest] = row as number[];
      return {
        samples: samples!,
        tags: this.#catalogue.addresses.length,
        bytes: bytesOf(this.#options.file) + bytes!,
        oldestUs: oldest ?? undefined,
        newestUs: newest ?? undefined,
        archive: { samples: archived!, days: days!, bytes: bytes! },
        expired: expired!,
      };
    });
  }

  /** Imports a wide CSV, marked virtual. @throws RungError `bad-prehistory` */
  async importPrehistory(file: string, prefix: string): Promise<PrehistoryResult> {
    this.#isDirty = true;
    const result = await importWideCsv(this.#database.writer, this.#catalogue, file, prefix);
    await this.#recount();
    return result;
  }

  /**
   * Drops the days older than the retention, and archives those that have closed. It works on a connection of its
   * own, so that others may store and ask meanwhile.
   * @param isNow late samples are merged at once
   */
  async archive(isNow: boolean): Promise<Maintained> {
    if (this.#options.readOnly === true) return { archived: 0, expired: [] };
    // Also where it fails: what a full disk cut short must be removed.
    this.#isDirty = true;
    const expired = await this.#upkeep.expire(this.#days);
    const archived = await this.#upkeep.archive(this.#days, isNow);
    return {
      archived,
      expired: [...expired].map(([source, rows]) => [this.#catalogue.sourceName(source), rows]),
    };
  }

  /** What DuckDB holds in memory, which its limit bounds; in the turn of upkeep. */
  async memoryBytes(): Promise<number> {
    const sum = "SELECT coalesce(sum(memory_usage_bytes), 0)::DOUBLE FROM duckdb_memory()";
    const [row] = await rowsOf(this.#database.keeper, sum);
    return row![0] as number;
  }

  /**
   * Moves the write-ahead log into the file, and removes files that are no longer read. Call it on a timer, while
   * nobody stores or asks.
   * @throws where a file cannot be removed; it is tried again
   */
  async tidy(): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const failures = await this.#archivist.removeStrays();
    await this.#database.writer.run("CHECKPOINT");
    if (failures.length === 0) return;
    this.#isDirty = true;
    throw failures[0];
  }

  /** Changes what is kept and used from now on. @throws what DuckDB says where it uses more memory than that */
  async setLimits({ retentionDays, memoryLimitMb }: HistorianLimits): Promise<void> {
    this.#upkeep.retentionDays = retentionDays;
    await this.#database.writer.run(`SET memory_limit = '${Number(memoryLimitMb)}MB'`);
  }

  /** Lets upkeep end early; what it was doing is undone. */
  stop(): void {
    this.#upkeep.stop();
  }

  async close(): Promise<void> {
    await this.flush();
    if (this.#options.readOnly !== true) {
      await this.#archivist.removeStrays();
      await this.#database.writer.run("CHECKPOINT");
    }
    this.#appender?.close();
    this.#otherAppender?.close();
    const { reader, writer, keeper, instance } = this.#database;
    for (const connection of [reader, writer, keeper]) connection.closeSync();
    instance.closeSync();
  }
}
