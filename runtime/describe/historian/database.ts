import { existsSync, rmSync, statSync } from "node:fs";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { messageOf, RungError } from "../../core/errors.ts";

/**
 * On disk: `tag` and `source` give small numbers to addresses and sources, `sample` holds one row a sample,
 * `other` the values that are no Float64. No key on `sample`, since a key costs ten times the ingest rate; the
 * watermarks in memory and an anti-join keep repetitions out.
 */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS format (version INTEGER);
CREATE TABLE IF NOT EXISTS tag (id INTEGER, address VARCHAR, unit VARCHAR, type VARCHAR, kind VARCHAR);
CREATE TABLE IF NOT EXISTS source (id INTEGER, name VARCHAR, reality VARCHAR);
CREATE TABLE IF NOT EXISTS sample (
  tag INTEGER, time_us BIGINT, value DOUBLE, quality UINTEGER,
  source INTEGER, epoch BIGINT, sequence BIGINT, receive_us BIGINT);
CREATE TABLE IF NOT EXISTS other (
  tag INTEGER, source INTEGER, epoch BIGINT, sequence BIGINT, kind VARCHAR, text VARCHAR);
CREATE TABLE IF NOT EXISTS imported (digest VARCHAR, file VARCHAR, row_count BIGINT);
`;
const FORMAT = 1;

export interface Database {
  readonly instance: DuckDBInstance;
  readonly writer: DuckDBConnection;
  readonly reader: DuckDBConnection;
}

/**
 * Opens the file, or makes it. Extensions are never looked for on a network.
 * @param readOnly writes nothing, not even the schema, and takes a file that is there only
 * @throws RungError `history-in-use`, `history-broken`
 */
export async function openDatabase(file: string, memoryLimitMb: number, readOnly = false): Promise<Database> {
  const made = readOnly || existsSync(file) ? [] : [file, `${file}.wal`].filter((path) => !existsSync(path));
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(file, {
      ...(readOnly ? { access_mode: "READ_ONLY" } : {}),
      memory_limit: `${memoryLimitMb}MB`,
      threads: "2",
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      preserve_insertion_order: "true",
    });
    const writer = await instance.connect();
    if (!readOnly) await writer.run(SCHEMA);
    const versions = await rowsOf(writer, "SELECT version FROM format");
    if (versions.length === 0 && !readOnly) await writer.run(`INSERT INTO format VALUES (${FORMAT})`);
    else if (versions[0]![0] !== FORMAT) {
      throw new Error(`it has format ${versions[0]![0]}, this version of Rung reads ${FORMAT}`);
    }
    return { instance, writer, reader: await instance.connect() };
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

/** Bytes of the file and of its write-ahead log. */
export function bytesOf(file: string): number {
  let bytes = 0;
  for (const path of [file, `${file}.wal`]) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}
