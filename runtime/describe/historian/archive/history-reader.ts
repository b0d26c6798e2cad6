import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import { RungError } from "../../../core/errors.ts";
import type { TimeUs } from "../../../core/time.ts";
import { rowsOf } from "../database.ts";
import type { Day } from "./day.ts";
import { OTHER_COLUMNS, otherPath, parquetOf, SAMPLE_COLUMNS, samplePath } from "./part.ts";

/** What a question can touch at most; parts outside are not opened. */
export interface Reach {
  /** fromUs <= source time < toUs, whole microseconds. */
  readonly fromUs?: TimeUs;
  readonly toUs?: TimeUs;
  readonly days?: readonly Day[];
  readonly tags?: readonly number[];
  readonly sources?: readonly number[];
  readonly epoch?: number;
  /** Both included. */
  readonly fromSequence?: number;
  readonly toSequence?: number;
}

/** SQL of two relations that stand for the tables `sample` and `other`, archived rows included. */
export interface Stored {
  readonly samples: string;
  readonly others: string;
}

/**
 * Table and archive as one, on one connection. Which parts there are is read from the manifest within the transaction
 * of the question, so that a day that is archived meanwhile is seen once.
 */
export class HistoryReader {
  readonly #connection: DuckDBConnection;
  readonly #folder: string;

  constructor(connection: DuckDBConnection, folder: string) {
    this.#connection = connection;
    this.#folder = folder;
  }

  /** Runs one question, of however many statements, on one state of the history. */
  async onOneState<T>(question: () => Promise<T>): Promise<T> {
    await this.#connection.run("BEGIN TRANSACTION READ ONLY");
    try {
      return await question();
    } finally {
      await this.#connection.run("ROLLBACK");
    }
  }

  /** All rows of a small result. */
  rows(sql: string): Promise<unknown[][]> {
    return rowsOf(this.#connection, sql);
  }

  /** Walks a result chunk by chunk, so that no row becomes an object. */
  async eachChunk(sql: string, take: (chunk: DuckDBDataChunk) => void): Promise<void> {
    const result = await this.#connection.stream(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      take(chunk);
    }
  }

  /** Everything within reach. @throws RungError `history-part-missing` */
  async within(reach: Reach): Promise<Stored> {
    const { fromUs, toUs, days, tags, sources, epoch, fromSequence, toSequence } = reach;
    const ofPart = [
      fromUs !== undefined && `last_us >= ${fromUs}`,
      toUs !== undefined && `first_us < ${toUs}`,
      days !== undefined && `day IN (${listOf(days)})`,
      sources !== undefined && `source IN (${listOf(sources)})`,
    ];
    const ofTag = [
      tags !== undefined && `tag IN (${listOf(tags)})`,
      fromUs !== undefined && `last_us >= ${fromUs}`,
      toUs !== undefined && `first_us < ${toUs}`,
      epoch !== undefined && `epoch = ${epoch}`,
      fromSequence !== undefined && `last_sequence >= ${fromSequence}`,
      toSequence !== undefined && `first_sequence <= ${toSequence}`,
    ];
    const asksTags = tags !== undefined || epoch !== undefined || fromSequence !== undefined;
    return this.#stored(
      `SELECT id, source, day, other_count > 0 FROM part WHERE ${all(ofPart)}
       ${asksTags ? `AND id IN (SELECT part FROM part_tag WHERE ${all(ofTag)})` : ""}`,
    );
  }

  /**
   * What each tag's newest sample at a time or before it can lie in: the table, and the parts that no newer row makes
   * needless.
   * @param timeUs included; Number.MAX_SAFE_INTEGER for the newest of all
   */
  async standingAt(tags: readonly number[], timeUs: TimeUs): Promise<Stored> {
    const list = listOf(tags);
    return this.#stored(
      `WITH held AS (
         SELECT tag, max(time_us) AS us FROM sample WHERE tag IN (${list}) AND time_us <= ${timeUs} GROUP BY tag
       ), candidate AS (
         SELECT part, tag, last_us FROM part_tag WHERE tag IN (${list}) AND first_us <= ${timeUs}
         QUALIFY last_us > ${timeUs}
           OR rank() OVER (PARTITION BY tag, last_us > ${timeUs} ORDER BY last_us DESC) = 1
       )
       SELECT id, source, day, other_count > 0 FROM part WHERE id IN (
         SELECT part FROM candidate LEFT JOIN held USING (tag) WHERE last_us >= coalesce(us, 0))`,
    );
  }

  /** Source time of what stood of a property at a time; undefined where nothing did. */
  async stoodSince(tags: readonly number[], timeUs: TimeUs): Promise<TimeUs | undefined> {
    const { samples } = await this.standingAt(tags, timeUs);
    const [row] = await this.rows(
      `SELECT max(time_us)::DOUBLE FROM ${samples} WHERE tag IN (${listOf(tags)}) AND time_us <= ${timeUs}`,
    );
    return (row![0] as number | null) ?? undefined;
  }

  /** The newest source time of all sources that ever sent one of these tags; undefined where none did. */
  async newestOfSourcesOf(tags: readonly number[]): Promise<TimeUs | undefined> {
    const list = listOf(tags);
    const [row] = await this.rows(
      `WITH sender AS (
         SELECT DISTINCT source FROM sample WHERE tag IN (${list})
         UNION SELECT source FROM part WHERE id IN (SELECT part FROM part_tag WHERE tag IN (${list})))
       SELECT greatest(
         (SELECT max(time_us) FROM sample WHERE source IN (FROM sender)),
         (SELECT max(last_us) FROM part WHERE source IN (FROM sender)))::DOUBLE`,
    );
    return (row![0] as number | null) ?? undefined;
  }

  async #stored(manifestQuery: string): Promise<Stored> {
    const samples: string[] = [];
    const others: string[] = [];
    for (const [id, source, day, hasOthers] of await this.rows(manifestQuery)) {
      const part = { id: Number(id), source: source as number, day: day as Day };
      samples.push(this.#fileOf(samplePath(part)));
      if (hasOthers) others.push(this.#fileOf(otherPath(part)));
    }
    return {
      samples: withArchived("sample", SAMPLE_COLUMNS, samples),
      others: withArchived("other", OTHER_COLUMNS, others),
    };
  }

  #fileOf(path: string): string {
    const file = join(this.#folder, path);
    if (existsSync(file)) return file;
    throw new RungError({
      code: "history-part-missing",
      where: file,
      what: "belongs to this history and is not there",
      advice: "restore it from a backup; a copy of a history needs its .parquet folder beside it",
    });
  }
}

function withArchived(table: string, columns: string, files: readonly string[]): string {
  const inTable = `SELECT ${columns} FROM ${table}`;
  if (files.length === 0) return `(${inTable})`;
  return `(${inTable} UNION ALL SELECT ${columns} FROM ${parquetOf(files)})`;
}

const listOf = (numbers: readonly number[]): string => (numbers.length === 0 ? "NULL" : numbers.join(", "));

const all = (conditions: readonly (string | false)[]): string =>
  conditions.filter((condition) => condition !== false).join(" AND ") || "true";
