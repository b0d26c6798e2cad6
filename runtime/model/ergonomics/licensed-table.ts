import { parse } from "csv-parse/sync";
import { messageOf, RungError } from "../../core/errors.ts";
import { InputReader } from "./input-reader.ts";

/** 1 TMU is a hundred-thousandth of an hour. */
export const SECONDS_PER_TMU = 0.036;

/** One element of a plant's licensed time or ergonomics sheet. */
export interface TableElement {
  readonly code: string;
  readonly text: string;
  readonly timeS: number;
  /** Ergonomic points of doing it once, on the sheet's own scale; 0 where the sheet gives none. */
  readonly points: number;
}

export type LicensedTable = ReadonlyMap<string, TableElement>;

const COLUMNS = ["code", "text", "seconds", "tmu", "points"];

/**
 * A plant's licensed table (MTM-UAS, EAWS, OCRA and the like are proprietary: no value of theirs stands in the product).
 * CSV with a header out of code, text, seconds, tmu and points, separated by comma, semicolon or tab, or JSON: a list of
 * objects with those fields. Each row has a code of its own and its time as seconds or TMU.
 * @throws RungError `licensed-table`, `ergonomics-input`, naming line or row
 */
export function readLicensedTable(text: string, where: string): LicensedTable {
  if (/^\s*\{/.test(text))
    throw fault(where, "must be a list of elements, got one object", "write it in [ ]");
  const rows = /^\s*\[/.test(text) ? jsonRows(text, where) : csvRows(text, where);
  const faults: RungError[] = [];
  const table = new Map<string, TableElement>();
  for (const { at, fields } of rows) {
    const reader = new InputReader(fields, at, faults);
    reader.onlyKnows(...COLUMNS);
    const code = reader.text("code");
    if (table.has(code)) reader.fault(`code ${code} stands twice`, "give each element a code of its own");
    if (reader.has("seconds") === reader.has("tmu"))
      reader.fault("must give its time as seconds or as tmu, and not as both", "fill one of the two");
    const most = { least: 0, most: Number.POSITIVE_INFINITY };
    const timeS = reader.has("tmu")
      ? SECONDS_PER_TMU * reader.number("tmu", { ...most, unit: "TMU" })
      : reader.number("seconds", { ...most, unit: "s", byDefault: 0 });
    const points = reader.number("points", { ...most, unit: "points", byDefault: 0 });
    table.set(code, { code, text: reader.has("text") ? reader.text("text") : "", timeS, points });
  }
  if (table.size === 0) throw fault(where, "has no element", "write a row for each code");
  new InputReader({}, where, faults).end();
  return table;
}

interface Row {
  readonly at: string;
  readonly fields: unknown;
}

function jsonRows(text: string, where: string): Row[] {
  try {
    return (JSON.parse(text) as unknown[]).map((fields, i) => ({ at: `${where}, row ${i + 1}`, fields }));
  } catch (thrown) {
    throw fault(where, messageOf(thrown), "correct the JSON", thrown);
  }
}

function csvRows(text: string, where: string): Row[] {
  const head = text.trimStart().split(/\r\n|\n|\r/, 1)[0]!;
  const delimiter = [",", ";", "\t"].reduce((a, b) => (head.split(b).length > head.split(a).length ? b : a));
  let records: { record: Record<string, string>; info: { lines: number } }[];
  try {
    const options = { bom: true, columns: true, delimiter, info: true, skip_empty_lines: true, trim: true };
    records = parse(text, options) as unknown as typeof records;
  } catch (thrown) {
    throw fault(where, messageOf(thrown), "put cells that hold a separator between quotes", thrown);
  }
  return records.map(({ record, info }) => ({
    at: `${where}, line ${info.lines}`,
    fields: Object.fromEntries(
      Object.entries(record)
        .filter(([, cell]) => cell !== "")
        .map(([column, cell]) => [column, isFigure(column) ? figure(cell, delimiter) : cell]),
    ),
  }));
}

const isFigure = (column: string): boolean => ["seconds", "tmu", "points"].includes(column);

/** A cell as a number; what is none stays as it is, so that the reader names it. A comma is a decimal mark between `;`. */
function figure(cell: string, delimiter: string): number | string {
  const value = Number(delimiter === "," ? cell : cell.replace(",", "."));
  return Number.isNaN(value) ? cell : value;
}

function fault(where: string, what: string, advice: string, cause?: unknown): RungError {
  return new RungError({ code: "licensed-table", where, what, advice, cause });
}
