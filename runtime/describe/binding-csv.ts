import { messageOf, RungError } from "../core/errors.ts";
import type { Limits, PropertyKind, PropertyType } from "../core/property.ts";
import type { BindingRule } from "./binding-rules.ts";
import { type BindingRow, KINDS, TYPES } from "./binding-table.ts";
import { readCsvTable, type TableRecord, writeCsvTable } from "./csv-table.ts";

/** A row as it lies in a file: its limits are columns like the others. */
type FlatRow = Omit<BindingRow, "limits"> & Limits;
type Column = keyof FlatRow;
/** Takes one cell; an empty one is not asked. */
type Cell<T> = (text: string) => T;

const text: Cell<string> = (cell) => cell;
const number: Cell<number> = (cell) => {
  const value = Number(cell);
  if (cell.trim() !== "" && Number.isFinite(value)) return value;
  throw new Error(`"${cell}" is no number`);
};
const period: Cell<number> = (cell) => {
  const value = number(cell);
  if (value >= 0) return value;
  throw new Error(`a period must be 0 or more milliseconds, got ${cell}`);
};
const oneOf =
  <T extends string>(words: readonly T[], what: string): Cell<T> =>
  (cell) => {
    const word = words.find((each) => each === cell);
    if (word !== undefined) return word;
    throw new Error(`"${cell}" is no ${what}: ${words.join(", ")}`);
  };

const list: Cell<readonly unknown[]> = (cell) => {
  const value: unknown = JSON.parse(cell);
  if (Array.isArray(value)) return value;
  throw new Error(`${cell} is no list, such as [1, "north", true]`);
};

/** How each column is read, in the order in which they are written. A property of a row without a column is lost. */
const CELLS = {
  nodeId: text,
  path: text,
  unit: text,
  plantUnit: text,
  kind: oneOf<PropertyKind>(KINDS, "kind"),
  type: oneOf<PropertyType>(TYPES, "type"),
  periodMs: period,
  label: text,
  // One path a line: a segment of a path may hold any other sign.
  affectedBy: (cell: string) => cell.split("\n"),
  low: number,
  high: number,
  normalLow: number,
  normalHigh: number,
  reads: oneOf(["value", "events", "method"], "way to read"),
  field: text,
  minSeverity: number,
  objectId: text,
  inputs: list,
  onlyReads: (cell: string) => oneOf(["true", "false"], "answer")(cell) === "true",
} satisfies { [C in Column]-?: Cell<NonNullable<FlatRow[C]>> };

export const BINDING_COLUMNS = Object.keys(CELLS) as Column[];
const RARE_COLUMNS: ReadonlySet<Column> = new Set([
  "reads",
  "field",
  "minSeverity",
  "objectId",
  "inputs",
  "onlyReads",
]);
const RULE_COLUMNS = ["pattern", "path", "unit", "plantUnit", "kind", "type", "periodMs"] as const;

/** What a file holds: the rows that are right, and an error for each cell that is not, naming line and column. */
export interface CsvRead<T> {
  readonly rows: readonly T[];
  readonly problems: readonly RungError[];
}

/**
 * Reads a binding table from CSV. Columns may come in any order; `nodeId` and `path` are needed. What `writeBindingCsv`
 * wrote comes back as it was. Addresses and units are not judged here: `problemsOf` does that for the whole table.
 * @param name of the file, for the errors
 * @throws RungError `malformed-table`
 */
export function readBindingCsv(source: string, name: string): CsvRead<BindingRow> {
  const { records, problems } = readCsvTable(source, name, BINDING_COLUMNS, ["nodeId", "path"]);
  const { rows, wrong } = readRecords<FlatRow>(records, name, ["nodeId", "path"]);
  const read = rows.map(({ low, high, normalLow, normalHigh, affectedBy, ...row }): BindingRow => {
    const { nodeId, path, unit, plantUnit, kind, type, periodMs, label, ...reach } = row;
    const limits = withoutUndefined({ low, high, normalLow, normalHigh });
    return {
      nodeId,
      path,
      unit: unit ?? "",
      plantUnit: plantUnit ?? "",
      kind: kind ?? "measurement",
      type: type ?? "number",
      periodMs: periodMs ?? 0,
      label: label ?? "",
      ...reach,
      ...(affectedBy === undefined ? {} : { affectedBy }),
      ...(Object.keys(limits).length === 0 ? {} : { limits }),
    };
  });
  return { rows: read, problems: [...problems, ...wrong] };
}

/** The rows as CSV: commas, line feeds, a header line; the columns of what few rows have only where one has it. */
export function writeBindingCsv(rows: readonly BindingRow[]): string {
  const flatRows = rows.map((row): FlatRow => ({ ...row, ...row.limits }));
  const columns = BINDING_COLUMNS.filter(
    (column) => !RARE_COLUMNS.has(column) || flatRows.some((row) => (row[column] ?? "") !== ""),
  );
  const cells = flatRows.map((row) => {
    return columns.map((column) => {
      const value = row[column];
      if (column === "inputs" && typeof value !== "string")
        return value === undefined ? "" : JSON.stringify(value);
      return Array.isArray(value) ? value.join("\n") : String(value ?? "");
    });
  });
  return writeCsvTable(columns, cells);
}

/**
 * Reads binding rules from CSV with the columns pattern, path, unit, plantUnit, kind, type, periodMs; the first two
 * are needed, and an empty cell leaves that property of a tag as it is.
 * @throws RungError `malformed-table`
 */
export function readRuleCsv(source: string, name: string): CsvRead<BindingRule> {
  const { records, problems } = readCsvTable(source, name, RULE_COLUMNS, ["pattern", "path"]);
  const { rows, wrong } = readRecords<BindingRule>(records, name, ["pattern", "path"]);
  return { rows, problems: [...problems, ...wrong] };
}

export function writeRuleCsv(rules: readonly BindingRule[]): string {
  const cells = rules.map((rule) => RULE_COLUMNS.map((column) => String(rule[column] ?? "")));
  return writeCsvTable(RULE_COLUMNS, cells);
}

/** Takes the cells of records; empty ones are left out. */
function readRecords<T>(
  records: readonly TableRecord[],
  name: string,
  needed: readonly (keyof T & string)[],
): { readonly rows: T[]; readonly wrong: RungError[] } {
  const rows: T[] = [];
  const wrong: RungError[] = [];
  for (const { line, cells } of records) {
    const before = wrong.length;
    const row: Record<string, unknown> = {};
    for (const [column, cell] of Object.entries(cells)) {
      try {
        if (cell !== "") row[column] = readCell(column, cell);
        else if (needed.some((each) => each === column)) throw new Error("is empty");
      } catch (cause) {
        const where = `${name}, line ${line}, column ${column}`;
        wrong.push(new RungError({ code: "malformed-cell", where, what: messageOf(cause), cause }));
      }
    }
    if (wrong.length === before) rows.push(row as T);
  }
  return { rows, wrong };
}

const readCell = (column: string, cell: string): unknown =>
  column === "pattern" ? cell : CELLS[column as Column](cell);

function withoutUndefined(limits: { [K in keyof Limits]: Limits[K] | undefined }): Limits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
