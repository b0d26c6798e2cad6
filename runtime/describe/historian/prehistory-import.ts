import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { formatAddress, parseAddress } from "../../core/address.ts";
import { messageOf, RungError } from "../../core/errors.ts";
import { MAX_TIME_US } from "../../core/time.ts";
import type { Catalogue } from "./catalogue.ts";
import { rowsOf } from "./database.ts";
import type { PrehistoryResult } from "./history-types.ts";

const TIME_COLUMN = "timeUs";

/**
 * Stores a wide CSV (`timeUs`, then one column per address below `prefix`; an empty cell is no sample) in one
 * statement, as samples of good quality from a virtual source named after the file's digest. A file that is known
 * by its digest is left alone.
 * @throws RungError `bad-prehistory` for an unreadable file, a header without `timeUs`, a cell that is no number
 */
export async function importWideCsv(
  writer: DuckDBConnection,
  catalogue: Catalogue,
  file: string,
  prefix: string,
): Promise<PrehistoryResult> {
  const columns = await readHeader(file);
  const digest = await digestOf(file);
  const [known] = await rowsOf(writer, "SELECT row_count::DOUBLE FROM imported WHERE digest = $1", [digest]);
  if (known !== undefined) {
    return { rows: known[0] as number, columns: columns.length, stored: 0, known: true };
  }
  const tags = await catalogue.tags(
    columns.map((column) => ({
      address: formatAddress([...parseAddress(prefix), ...parseAddress(column)]),
      unit: undefined,
      type: "number",
      kind: "measurement",
    })),
  );
  const source = await catalogue.source(`prehistory:${digest.slice(0, 16)}`, "virtual");
  const types = [TIME_COLUMN, ...columns]
    .map((column) => `${quoted(column)}: '${column === TIME_COLUMN ? "BIGINT" : "DOUBLE"}'`)
    .join(", ");
  const csv = `read_csv(${quoted(file)}, header = true, delim = ',', columns = {${types}})`;
  await writer.run("BEGIN TRANSACTION");
  try {
    const pairs = columns.map((column, i) => `(${quoted(column)}, ${tags[i]})`).join(", ");
    await writer.run(
      `INSERT INTO sample
       SELECT t.id, w."${TIME_COLUMN}", w.value, 0, ${source}, 0, w."${TIME_COLUMN}", w."${TIME_COLUMN}"
       FROM (UNPIVOT (SELECT * FROM ${csv}) ON COLUMNS(* EXCLUDE ("${TIME_COLUMN}")) INTO NAME path VALUE value) AS w
       JOIN (VALUES ${pairs}) AS t(path, id) ON w.path = t.path
       ORDER BY w."${TIME_COLUMN}"`,
    );
    const [counted] = await rowsOf(
      writer,
      `SELECT (SELECT count(*) FROM ${csv})::DOUBLE, count(*)::DOUBLE,
        count(*) FILTER (time_us < 0 OR time_us > ${MAX_TIME_US})::DOUBLE,
        count(DISTINCT (tag, time_us))::DOUBLE FROM sample WHERE source = ${source}`,
    );
    const [rows, stored, outside, distinct] = counted as [number, number, number, number];
    if (outside > 0) throw new Error(`${outside} samples lie outside 1970 to 2255`);
    if (distinct !== stored) throw new Error(`${stored - distinct} samples have a time that stands twice`);
    await writer.run("INSERT INTO imported VALUES ($1, $2, $3)", [digest, basename(file), BigInt(rows)]);
    await writer.run("COMMIT");
    return { rows, columns: columns.length, stored, known: false };
  } catch (cause) {
    await writer.run("ROLLBACK");
    throw bad(file, messageOf(cause).split("\n").slice(0, 2).join(" "), cause);
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const bad = (file: string, what: string, cause?: unknown): RungError =>
  new RungError({
    code: "bad-prehistory",
    where: file,
    what,
    advice: `the file must be comma-separated: ${TIME_COLUMN}, then one column per address, numbers or empty cells`,
    cause,
  });

/** Column names after the time column. */
async function readHeader(file: string): Promise<string[]> {
  const stream = createReadStream(file, "utf8");
  try {
    for await (const line of createInterface({ input: stream })) {
      const [time, ...columns] = line
        .replace(/^\ufeff/, "")
        .split(",")
        .map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
      if (time !== TIME_COLUMN)
        throw bad(file, `the first column is ${JSON.stringify(time)}, not ${TIME_COLUMN}`);
      if (columns.length === 0) throw bad(file, "has no column besides the time");
      const twice = columns.find((column, i) => columns.indexOf(column) !== i);
      if (twice !== undefined) throw bad(file, `the column ${twice} stands twice`);
      return columns;
    }
    throw bad(file, "is empty");
  } catch (error) {
    throw error instanceof RungError ? error : bad(file, messageOf(error), error);
  } finally {
    stream.destroy();
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
