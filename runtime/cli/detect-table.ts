import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { parse } from "csv-parse";
import { messageOf, RungError } from "../core/errors.ts";

/** A csv file's time column as it stands, and its value columns as numbers. */
export interface DetectTable {
  readonly time: readonly string[];
  readonly values: readonly Float64Array[];
  /** Cells that are empty or no number. */
  readonly notNumbers: number;
}

/**
 * Reads the named columns. Empty cells and cells that are no number become NaN and are counted.
 * @throws RungError `file-unreadable`, `bad-csv`, `no-column`
 */
export async function readDetectTable(
  file: string,
  columns: { readonly time: string; readonly values: readonly string[]; readonly separator: string },
): Promise<DetectTable> {
  await requireFile(file);
  const wanted = [columns.time, ...columns.values];
  const time: string[] = [];
  const values: number[][] = columns.values.map(() => []);
  let notNumbers = 0;
  let at: number[] | undefined;
  const input = createReadStream(file);
  const records = parse({ delimiter: columns.separator, bom: true, skip_empty_lines: true });
  input.on("error", (error) => records.destroy(error));
  input.pipe(records);
  try {
    for await (const record of records as AsyncIterable<string[]>) {
      if (at === undefined) {
        at = wanted.map((name) => indexOfColumn(file, record, name));
        continue;
      }
      time.push(record[at[0]!]!);
      for (let c = 0; c < values.length; c++) {
        const value = numberOf(record[at[c + 1]!]!);
        if (Number.isNaN(value)) notNumbers++;
        values[c]!.push(value);
      }
    }
  } catch (thrown) {
    if (thrown instanceof RungError) throw thrown;
    throw new RungError({
      code: "bad-csv",
      where: file,
      what: messageOf(thrown),
      advice: "give a csv file with one header line and as many cells in every line",
      cause: thrown,
    });
  } finally {
    input.destroy();
  }
  return { time, values: values.map((column) => Float64Array.from(column)), notNumbers };
}

async function requireFile(file: string): Promise<void> {
  try {
    if ((await stat(file)).isFile()) return;
  } catch (thrown) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(thrown), cause: thrown });
  }
  throw new RungError({
    code: "file-unreadable",
    where: file,
    what: "is no file",
    advice: "give a csv file",
  });
}

function indexOfColumn(file: string, header: readonly string[], name: string): number {
  const index = header.indexOf(name);
  if (index >= 0) return index;
  throw new RungError({
    code: "no-column",
    where: file,
    what: `has no column ${JSON.stringify(name)}`,
    advice: `it has ${header.map((column) => JSON.stringify(column)).join(", ")}; is --separator right?`,
  });
}

/** A finite decimal number, or NaN: also for an empty cell, which Number() reads as 0. */
const numberOf = (cell: string): number => {
  const value = cell.trim() === "" ? Number.NaN : Number(cell);
  return Number.isFinite(value) ? value : Number.NaN;
};
