import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { parse } from "csv-parse";
import { messageOf, RungError } from "../core/errors.ts";
import { timeOfCell } from "../describe/recording/time-cell.ts";

/** A table on an even grid of steps; a step without a row, or with an empty cell, is NaN. */
export interface ForecastTable {
  readonly stepUs: number;
  /** End of each step that has or had a value: the time of its row and one step. */
  readonly endUs: Float64Array;
  readonly values: Float64Array;
  /** By column, in the order asked. Longer than `values` where the file goes on without values of the property. */
  readonly exogenous: readonly Float64Array[];
  /** Steps within the file that had no row or no value. */
  readonly missing: number;
}

export interface ForecastColumns {
  readonly time: string;
  readonly value: string;
  readonly exogenous: readonly string[];
  readonly separator: string;
  /** Seconds; the most common distance of the rows if left out. */
  readonly stepS?: number;
}

/** Cells that say "no value". */
const EMPTY = new Set(["", "nan", "na", "null", "n/a", "-"]);
/** Steps that a file may span: a wrong year would ask for millions. */
const MOST_STEPS = 2_000_000;

const fault = (code: string, where: string, what: string, advice: string, cause?: unknown): RungError =>
  new RungError({ code, where, what, advice, cause });

/**
 * Reads the named columns of a csv file.
 * @throws RungError `file-unreadable`, `bad-csv`, `no-column`, `bad-time`, `unordered-time`, `uneven-time`, `not-a-number`,
 *   `too-few-rows`
 */
export async function readForecastTable(file: string, columns: ForecastColumns): Promise<ForecastTable> {
  await requireFile(file);
  const rows = await readRows(file, columns);
  const stepUs = columns.stepS === undefined ? commonStep(rows.timeUs) : columns.stepS * 1e6;
  if (rows.timeUs.length < 2 || !(stepUs > 0)) {
    throw fault(
      "too-few-rows",
      file,
      `has ${rows.timeUs.length} rows`,
      "give a series: a time and a value in each row",
    );
  }
  return onGrid(file, columns, rows, stepUs);
}

interface Rows {
  readonly timeUs: number[];
  readonly lines: number[];
  /** The property, then the exogenous columns. */
  readonly cells: number[][];
}

async function readRows(file: string, columns: ForecastColumns): Promise<Rows> {
  const wanted = [columns.time, columns.value, ...columns.exogenous];
  const rows: Rows = { timeUs: [], lines: [], cells: wanted.slice(1).map(() => []) };
  const input = createReadStream(file);
  const records = parse({ delimiter: columns.separator, bom: true, skip_empty_lines: true, info: true });
  input.on("error", (error) => records.destroy(error));
  input.pipe(records);
  let at: number[] | undefined;
  try {
    for await (const { record, info } of records as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (at === undefined) {
        at = wanted.map((name) => indexOfColumn(file, record, name));
        continue;
      }
      const where = `${file}, line ${info.lines}`;
      const timeUs = timeOfCell(record[at[0]!]!);
      if (Number.isNaN(timeUs)) {
        const cell = JSON.stringify(record[at[0]!]!);
        throw fault(
          "bad-time",
          where,
          `${cell} is no time`,
          "write 2026-03-09 10:14:33, or a number since 1970",
        );
      }
      const last = rows.timeUs.at(-1);
      if (last !== undefined && timeUs <= last) {
        const what = timeUs === last ? "has the time of the row before" : "is earlier than the row before";
        throw fault("unordered-time", where, what, "sort the rows by time, and leave each time once");
      }
      rows.timeUs.push(timeUs);
      rows.lines.push(info.lines);
      for (const [c, column] of rows.cells.entries())
        column.push(numberOf(record[at[c + 1]!]!, where, wanted[c + 1]!));
    }
  } catch (thrown) {
    if (thrown instanceof RungError) throw thrown;
    const advice = "give a csv file with one header line and as many cells in every line";
    throw fault("bad-csv", file, messageOf(thrown), advice, thrown);
  } finally {
    input.destroy();
  }
  if (at === undefined) throw fault("bad-csv", file, "is empty", "give a csv file with one header line");
  return rows;
}

function onGrid(file: string, columns: ForecastColumns, rows: Rows, stepUs: number): ForecastTable {
  const { timeUs, lines, cells } = rows;
  const first = timeUs[0]!;
  const steps = Math.round((timeUs.at(-1)! - first) / stepUs) + 1;
  if (steps > MOST_STEPS) {
    throw fault(
      "uneven-time",
      file,
      `spans ${steps} steps of ${stepUs / 1e6} s`,
      "give --step, or correct the times",
    );
  }
  const grid = cells.map(() => new Float64Array(steps).fill(Number.NaN));
  let lastValue = -1;
  let given = 0;
  for (let r = 0; r < timeUs.length; r++) {
    const exact = (timeUs[r]! - first) / stepUs;
    const step = Math.round(exact);
    if (Math.abs(exact - step) > 0.01) {
      throw fault(
        "uneven-time",
        `${file}, line ${lines[r]!}`,
        `stands between two steps of ${stepUs / 1e6} s`,
        "give the rows in even steps, or the right --step",
      );
    }
    for (const [c, column] of cells.entries()) grid[c]![step] = column[r]!;
    if (!Number.isFinite(cells[0]![r]!)) continue;
    given++;
    lastValue = step;
  }
  if (lastValue < 0)
    throw fault(
      "too-few-rows",
      file,
      `column ${JSON.stringify(columns.value)} holds no value`,
      "name the right one",
    );
  const length = lastValue + 1;
  return {
    stepUs,
    endUs: Float64Array.from({ length }, (_, i) => first + (i + 1) * stepUs),
    values: grid[0]!.subarray(0, length),
    exogenous: grid.slice(1),
    missing: length - given,
  };
}

/** The most common distance of neighbouring rows, 0 where there are none. */
function commonStep(timeUs: readonly number[]): number {
  const counts = new Map<number, number>();
  for (let i = 1; i < timeUs.length; i++) {
    const distance = timeUs[i]! - timeUs[i - 1]!;
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
  }
  let [best, most] = [0, 0];
  for (const [distance, count] of counts) if (count > most) [best, most] = [distance, count];
  return best;
}

async function requireFile(file: string): Promise<void> {
  try {
    if ((await stat(file)).isFile()) return;
  } catch (thrown) {
    throw fault("file-unreadable", file, messageOf(thrown), "", thrown);
  }
  throw fault("file-unreadable", file, "is no file", "give a csv file");
}

function indexOfColumn(file: string, header: readonly string[], name: string): number {
  const index = header.indexOf(name);
  if (index >= 0) return index;
  const names = header.map((column) => JSON.stringify(column)).join(", ");
  throw fault(
    "no-column",
    file,
    `has no column ${JSON.stringify(name)}`,
    `it has ${names}; is --separator right?`,
  );
}

/** NaN for a cell without a value. A number with a unit, or an infinite one, is refused: a column has one unit, in its head. */
function numberOf(cell: string, where: string, column: string): number {
  const text = cell.trim();
  if (EMPTY.has(text.toLowerCase())) return Number.NaN;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw fault(
    "not-a-number",
    where,
    `${column}: ${JSON.stringify(text)} is no finite number`,
    "write numbers alone with a decimal point, a column in one unit; leave the cell empty where there is no value",
  );
}
