import { CsvError, parse } from "csv-parse/sync";
import { messageOf, RungError } from "../core/errors.ts";

/** A record of a table with its cells by column, and the line it begins in. */
export interface TableRecord {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

export interface CsvTable {
  readonly records: readonly TableRecord[];
  /** Every record that could not be read, each naming its line. */
  readonly problems: readonly RungError[];
}

const SEPARATORS = [",", ";", "\t"] as const;

/**
 * Reads a CSV text (RFC 4180) with a header line of known columns, in any order, separated by comma, semicolon or
 * tab. Cells are taken as they stand, blanks included.
 * @param name of the document, for the errors
 * @throws RungError `malformed-table` where header or quotes make the whole unreadable, naming line and column
 */
export function readCsvTable(
  text: string,
  name: string,
  columns: readonly string[],
  needed: readonly string[],
): CsvTable {
  const fault = (where: string, what: string, advice: string, cause?: unknown): RungError =>
    new RungError({ code: "malformed-table", where, what, advice, cause });
  const head = /^\uFEFF?([^\r\n]*)/.exec(text)![1]!;
  const count = (separator: string): number => head.split(separator).length;
  const delimiter = SEPARATORS.toSorted((a, b) => count(b) - count(a))[0]!;
  let lines: { record: string[]; info: { lines: number } }[];
  try {
    lines = parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
    }) as unknown as typeof lines;
  } catch (cause) {
    const at =
      cause instanceof CsvError ? (cause as CsvError & { lines?: number; column?: unknown }) : undefined;
    const column = typeof at?.column === "number" ? `, column ${at.column + 1}` : "";
    throw fault(
      `${name}, line ${at?.lines ?? 1}${column}`,
      messageOf(cause),
      "put a cell that holds a separator, a quote or a line break between quotes, and double its quotes",
      cause,
    );
  }
  const [header, ...rest] = lines;
  const titles = header?.record ?? [];
  const known = `the columns are ${columns.join(", ")}`;
  for (const title of needed)
    if (!titles.includes(title)) throw fault(`${name}, line 1`, `has no column ${title}`, known);
  for (const [i, title] of titles.entries()) {
    if (!columns.includes(title))
      throw fault(`${name}, line 1, column ${i + 1}`, `"${title}" is no column`, known);
    if (titles.indexOf(title) !== i)
      throw fault(`${name}, line 1, column ${i + 1}`, `${title} stands twice`, known);
  }
  const records: TableRecord[] = [];
  const problems: RungError[] = [];
  let endedIn = header!.info.lines;
  for (const { record, info } of rest) {
    const line = endedIn + 1;
    endedIn = info.lines;
    if (record.length === 1 && record[0]!.trim() === "") continue;
    if (record.length === titles.length) {
      records.push({ line, cells: Object.fromEntries(titles.map((title, i) => [title, record[i]!])) });
      continue;
    }
    const where = `${name}, line ${line}, column ${Math.min(record.length, titles.length) + 1}`;
    problems.push(
      fault(
        where,
        `has ${record.length} cells, the header ${titles.length}`,
        "one cell for each column, empty ones too",
      ),
    );
  }
  return { records, problems };
}

/** Lines of a CSV text with commas and a header; every line ends with a line feed. */
export function writeCsvTable(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}
