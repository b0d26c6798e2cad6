import { existsSync, rmSync, statSync } from "node:fs";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { messageOf, RungError } from "../../core/errors.ts";

/**
 * On disk: `tag` and `source` give small numbers to addresses and sources, `sample` holds one row a sample,
 * `other` the values that are no Float64. No key on `sample`, since a key costs ten times the ingest rate; the
 * watermarks in memory and an anti-join keep repetitions out. Closed days lie in Parquet files beside the file.
 */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS format (version INTEGER);
CREATE TABLE IF NOT EXISTS tag (id INTEGER, address VARCHAR, unit VARCHAR, type VARCHAR, kind VARCHAR);
CREATE TABLE IF NOT EXISTS source (id INTEGER, name VARCHAR, reality VARCHAR);
CREATE TABLE IF NOT EXISTS sample (
  tag INTEGER, time_us BIGINT, value DOUBLE, quality UINTEGER,
  source INTEGER, epoch BIGINT, sequence BIGINT, receive_us BIGINT);
CREATE TABLE IF NOT EXISTS other (
  tag INTEGER, source INTEGER, epoch BIGINT, sequence BIGINT, kind VARCHAR, text VARCHAR, time_us BIGINT);
CREATE TABLE IF NOT EXISTS imported (digest VARCHAR, file VARCHAR, row_count BIGINT);
`;
/**
 * `part` lists the closed days of the archive, one a source and day, `part_tag` what each holds of a tag, `stray` files that
 * are not or no longer needed, `expired` how many rows retention dropped.
 */
const ARCHIVE_TABLES = [
  `part (id BIGINT, source INTEGER, day INTEGER, row_count BIGINT, other_count BIGINT, bytes BIGINT,
    first_us BIGINT, last_us BIGINT)`,
  `part_tag (part BIGINT, tag INTEGER, epoch BIGINT, row_count BIGINT, first_us BIGINT, last_us BIGINT,
    first_sequence BIGINT, last_sequence BIGINT)`,
  "stray (path VARCHAR)",
  "expired (source INTEGER, row_count BIGINT)",
];
const FORMAT = 2;
/** Format 1 had no archive, and did not say of what day the rows of \`other\` are. */
const FROM_FORMAT_1 = `
BEGIN TRANSACTION;
ALTER TABLE other ADD COLUMN time_us BIGINT;
UPDATE other SET time_us = s.time_us FROM sample AS s
  WHERE other.source = s.source AND other.tag = s.tag AND other.epoch = s.epoch AND other.sequence = s.sequence;
UPDATE format SET version = ${FORMAT};
COMMIT`;

export interface Database {
  readonly instance: DuckDBInstance;
  readonly writer: DuckDBConnection;
  readonly reader: DuckDBConnection;
  /** For the archive's long transactions. */
  readonly keeper: DuckDBConnection;
}

/** What DuckDB may take. */
export interface DatabaseLimits {
  readonly memoryLimitMb: number;
  /** Threads of DuckDB's own, beside the historian's worker. */
  readonly threads: number;
}

/**
 * Opens the file, or makes it. Extensions are never looked for on a network.
 * @param readOnly writes nothing, not even the schema, and takes a file that is there only
 * @throws RungError `history-in-use`, `history-broken`
 */
export async function openDatabase(
  file: string,
  { memoryLimitMb, threads }: DatabaseLimits,
  readOnly = false,
): Promise<Database> {
  const made = readOnly || existsSync(file) ? [] : [file, `${file}.wal`].filter((path) => !existsSync(path));
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(file, {
      ...(readOnly ? { access_mode: "READ_ONLY" } : {}),
      memory_limit: `${memoryLimitMb}MB`,
      threads: String(threads),
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      preserve_insertion_order: "true",
    });
    const [writer, reader, keeper] = [
      await instance.connect(),
      await instance.connect(),
      await instance.connect(),
    ];
    if (!readOnly) await writer.run(SCHEMA);
    const [version] = await rowsOf(writer, "SELECT version FROM format");
    const format = version?.[0] ?? FORMAT;
    if (format !== FORMAT && format !== 1) {
      throw new Error(`it has format ${format}, this version of Rung reads 1 and ${FORMAT}`);
    }
    if (!readOnly) {
      for (const table of ARCHIVE_TABLES) await writer.run(`CREATE TABLE IF NOT EXISTS ${table}`);
      if (version === undefined) await writer.run(`INSERT INTO format VALUES (${FORMAT})`);
      else if (format === 1) await writer.run(FROM_FORMAT_1);
    } else if (format === 1) {
      // A file without an archive that must not be written to: its manifest is empty, and not in it.
      for (const connection of [writer, reader, keeper])
        for (const table of ARCHIVE_TABLES) await connection.run(`CREATE TEMP TABLE ${table}`);
    }
    return { instance, writer, reader, keeper };
  } catch (cause) {
    instance?.closeSync();
    const text = messageOf(cause);
    if (/lock/i.test(text)) {
      const pid = /PID (\d+)/.exec(text)?.[1];
      throw new RungError({
        code: "history-in-use",
        where: file,
        what: pid === undefined ? "is open in another process" : `is open in process ${pid}`,
        advice: "stop that process, or choose another home with --home",
        cause,
      });
    }
    // A full disk leaves half a file, which would be no history for ever after.
    for (const path of made) rmSync(path, { force: true });
    throw new RungError({
      code: "history-broken",
      where: file,
      what: `cannot be opened as a history: ${text.split("\n")[0]}`,
      advice: "move the file away to start a new history, or restore it from a backup",
      cause,
    });
  }
}

/** All rows of a small result. */
export async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
  values?: Parameters<DuckDBConnection["run"]>[1],
): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql, values)).getRows() as unknown[][];
}

/** Bytes of the file and of its write-ahead log, without its archive. */
export function bytesOf(file: string): number {
  let bytes = 0;
  for (const path of [file, `${file}.wal`]) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}
