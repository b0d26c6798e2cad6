import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { parse } from "csv-parse";
import { messageOf, RungError } from "../../core/errors.ts";

/** Makes sure that there is a file to read. @throws RungError `no-file` */
export function requireFile(file: string): void {
  const facts = statSync(file, { throwIfNoEntry: false });
  if (facts?.isFile()) return;
  throw new RungError({
    code: "no-file",
    where: file,
    what: facts === undefined ? "does not exist" : "is no file",
    advice: "correct the path",
  });
}

/**
 * Streams the rows of a CSV file, the header first. Rows of odd length are given as they are; stray quotes are taken
 * as characters.
 * @throws RungError `no-file`, `bad-csv`
 */
export async function* csvRows(
  file: string,
  separator: string,
  signal?: AbortSignal,
): AsyncGenerator<string[]> {
  requireFile(file);
  const input = createReadStream(file, signal === undefined ? {} : { signal });
  const rows = parse({
    delimiter: separator,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  input.on("error", (error) => rows.destroy(error));
  input.pipe(rows);
  try {
    for await (const row of rows as AsyncIterable<string[]>) yield row;
  } catch (cause) {
    if (signal?.aborted) return;
    throw new RungError({
      code: "bad-csv",
      where: file,
      what: messageOf(cause),
      advice: "give a CSV file with one header line",
      cause,
    });
  } finally {
    input.destroy();
    rows.destroy();
  }
}

/** SHA-256 over the file and some words, as hex: the identity of a recording read in a certain way. */
export async function digestOf(file: string, words: readonly string[]): Promise<string> {
  requireFile(file);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash, { end: false });
  return hash.update(JSON.stringify(words)).digest("hex");
}
