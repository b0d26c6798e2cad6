import { RungError } from "../../core/errors.ts";
import { splitRows, type TextRow } from "./delimited-text.ts";
import { decimalOf, isClock, isNumber, isUnit } from "./logger-cell.ts";

/** A logger's file taken apart: what stands before the table, its heading, and its rows. */
export interface LoggerTable {
  readonly separator: string;
  readonly decimal: "," | ".";
  /** Lines before the heading that say something: key and value, the value empty where there is none. */
  readonly metadata: readonly (readonly [string, string])[];
  /** Text of each column's heading, the row of units appended in brackets. */
  readonly headings: readonly string[];
  readonly rows: readonly TextRow[];
}

const SEPARATORS = [";", "\t", ","] as const;
/** Rows of a time and numbers that make a table. */
const LEAST_ROWS = 3;

/**
 * Finds the table in an exported profile: the separator with which most lines of one width begin with a time, and the
 * lines before them as its heading. A line among them that cannot be read stays in, so that it is told.
 * @throws RungError `logger-file` where there is none, or where numbers are written in two ways
 */
export function findTable(text: string, file: string): LoggerTable {
  const body = text.replace(/^\uFEFF/, "").replace(/^sep=.\r?\n/i, "\n");
  const found = SEPARATORS.map((separator) => ({
    separator,
    ...largestTable(splitRows(body, separator, file)),
  }));
  const best = found.reduce((a, b) => (b.rows.length * b.width > a.rows.length * a.width ? b : a));
  if (best.rows.length < LEAST_ROWS) {
    throw new RungError({
      code: "logger-file",
      where: file,
      what: "no table found: no three lines that follow each other are a time and numbers, parted by ; , or tabs",
      advice: "export the profile as CSV with a time column and one column per probe",
    });
  }
  return {
    separator: best.separator,
    decimal: decimalMark(best.rows, file),
    metadata: best.before.slice(0, best.before.length - best.heading.length).flatMap(metadataOf),
    headings: headings(best.heading, best.width),
    rows: best.rows,
  };
}

interface FoundTable {
  readonly rows: readonly TextRow[];
  readonly width: number;
  readonly heading: readonly TextRow[];
  /** Lines before the table that are not empty, its heading included. */
  readonly before: readonly TextRow[];
}

function largestTable(lines: readonly TextRow[]): FoundTable {
  const filled = lines.filter((row) => row.cells.some((cell) => cell !== ""));
  let best = { from: 0, to: 0, size: 0 };
  for (let from = 0; from < filled.length; ) {
    const width = filled[from]!.cells.length;
    let to = from;
    while (to < filled.length && filled[to]!.cells.length === width) to++;
    const size = width * filled.slice(from, to).filter(beginsWithTime).length;
    if (width > 1 && size > best.size) best = { from, to, size };
    from = to;
  }
  const block = filled.slice(best.from, best.to);
  const width = block[0]?.cells.length ?? 0;
  const first = Math.max(0, block.findIndex(beginsWithTime));
  const last = block.findLastIndex(beginsWithTime);
  const before = filled.slice(0, best.from + first);
  const tail = before.slice(-2);
  const heading = tail.length === 2 && isUnits(tail[1]!) ? tail : before.slice(-1);
  // A heading may lack the separator that ends each line of the table.
  const fits = heading.every((row) => row.cells.length > 1 && Math.abs(row.cells.length - width) <= 1);
  return { rows: block.slice(first, last + 1), width, heading: fits ? heading : [], before };
}

const isUnits = (row: TextRow): boolean => row.cells.every((cell) => cell === "" || isUnit(cell));

/** A time, or a number before a clock: of the sample, or its date. */
function beginsWithTime({ cells }: TextRow): boolean {
  const [first = "", second = ""] = cells;
  return isNumber(first) || isClock(first) || isClock(second);
}

function decimalMark(rows: readonly TextRow[], file: string): "," | "." {
  let first: { mark: "," | "."; line: number } | undefined;
  for (const row of rows) {
    for (const [i, cell] of row.cells.entries()) {
      const mark = decimalOf(cell);
      if (mark === undefined) continue;
      first ??= { mark, line: row.line };
      if (mark === first.mark) continue;
      throw new RungError({
        code: "logger-file",
        where: `${file} line ${row.line}, column ${i + 1}`,
        what: `${JSON.stringify(cell)} is written with "${mark}", line ${first.line} with "${first.mark}"`,
        advice: "export the profile with one decimal mark",
      });
    }
  }
  return first?.mark ?? ".";
}

function metadataOf(row: TextRow): (readonly [string, string])[] {
  const [key = "", ...rest] = row.cells.filter((cell) => cell !== "");
  const value = rest.join(" ");
  if (value !== "") return [[key.replace(/:$/, ""), value]];
  const parted = /^([^:=]+)[:=]\s*(.*)$/.exec(key);
  return [parted === null ? [key, ""] : [parted[1]!.trim(), parted[2]!]];
}

function headings(rows: readonly TextRow[], width: number): string[] {
  const [names, units] = rows;
  return Array.from({ length: width }, (_, i) => {
    const name = names?.cells[i] ?? "";
    const unit = units?.cells[i] ?? "";
    return unit === "" ? name : `${name} [${unit}]`;
  });
}
