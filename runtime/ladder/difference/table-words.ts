import { withoutUrlLogins } from "../../core/secret.ts";
import { isRecord } from "../flow-nodes.ts";
import { fieldWords } from "./field-words.ts";
import { counted, listed, oneLine } from "./one-line.ts";
import { changeWords, isHidden, isSameValue, type NameOfReference } from "./value-words.ts";

type Row = Readonly<Record<string, unknown>>;

/** Columns that may tell a table's rows apart, the most telling first. */
const KEYS = ["path", "target", "address", "name", "nodeId", "property", "pattern", "p", "id", "topic"];
const SHOWN_ROWS = 3;
const SHOWN_FIELDS = 3;

/** Tables whose rows tie a tag of the plant to a property. */
const BINDINGS = new Set(["bindings", "mapping"]);

/** Whether a value can be told as a table. */
export const isTable = (value: unknown): value is readonly Row[] =>
  Array.isArray(value) && value.length > 0 && value.every(isRecord);

/**
 * What changed in a table, by rows, most telling first: `3 tags bound: a, b, c; 1 unbound: d; e: Unit °C -> K`.
 * @param type the node's type, for the words of its columns
 */
export function tableWords(
  type: string,
  field: string,
  before: readonly Row[],
  after: readonly Row[],
  names: { readonly before: NameOfReference; readonly after: NameOfReference },
): string {
  const key = KEYS.find((name) => tellsApart(name, before) && tellsApart(name, after));
  if (key === undefined) return byPlace(before, after);
  const keyed = (rows: readonly Row[]) => new Map(rows.map((row) => [row[key] as string, row]));
  const was = keyed(before);
  const is = keyed(after);
  const added = [...is].filter(([name]) => !was.has(name)).map(([, row]) => rowName(row, key));
  const removed = [...was].filter(([name]) => !is.has(name)).map(([, row]) => rowName(row, key));
  const changed = [...is.entries()].flatMap(([name, row]) => {
    const old = was.get(name);
    return old === undefined || isSameValue(old, row)
      ? []
      : [`${rowName(row, key)}: ${rowWords(type, old, row, names)}`];
  });
  const parts: string[] = [];
  const isBinding = BINDINGS.has(field);
  const first = (count: number) => counted(count, isBinding ? "tag" : "row");
  if (added.length > 0) {
    const verb = isBinding ? "bound" : "added";
    parts.push(`${first(added.length)} ${verb}: ${listed(added)}`);
  }
  if (removed.length > 0) {
    const count = parts.length > 0 ? removed.length : first(removed.length);
    parts.push(`${count} ${isBinding ? "unbound" : "removed"}: ${listed(removed)}`);
  }
  parts.push(...changed.slice(0, SHOWN_ROWS));
  if (changed.length > SHOWN_ROWS) parts.push(`${changed.length - SHOWN_ROWS} more changed`);
  if (parts.length === 0) return "rows in another order";
  return parts.join("; ");
}

function rowName(row: Row, key: string): string {
  return isHidden(key, row[key], row) ? "(hidden)" : oneLine(withoutUrlLogins(row[key] as string));
}

/** What a single row is called, by the first column that says something; empty where none does. */
export function nameOfRow(row: Row): string {
  const key = KEYS.find((name) => typeof row[name] === "string" && row[name] !== "");
  return key === undefined ? "" : rowName(row, key);
}

function tellsApart(name: string, rows: readonly Row[]): boolean {
  const values = new Set<unknown>();
  for (const row of rows) {
    const value = row[name];
    if (typeof value !== "string" || value === "" || values.has(value)) return false;
    values.add(value);
  }
  return true;
}

function byPlace(before: readonly Row[], after: readonly Row[]): string {
  const both = Math.min(before.length, after.length);
  let changed = 0;
  for (let i = 0; i < both; i++) if (!isSameValue(before[i], after[i])) changed++;
  const parts: string[] = [];
  if (before.length !== after.length)
    parts.push(`${counted(before.length, "row")} -> ${counted(after.length, "row")}`);
  if (changed > 0) parts.push(`${counted(changed, "row")} changed`);
  return parts.join("; ");
}

function rowWords(
  type: string,
  before: Row,
  after: Row,
  names: { readonly before: NameOfReference; readonly after: NameOfReference },
): string {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !isSameValue(before[name], after[name]))
    .sort();
  const words = fields.slice(0, SHOWN_FIELDS).map((name) => {
    const { label, unit } = fieldWords(type, name);
    const hidden = isHidden(name, before[name], before) || isHidden(name, after[name], after);
    if (hidden) return `${label} changed`;
    const change = changeWords(before[name], after[name], unit, names.before, names.after);
    return `${label} ${change}`;
  });
  if (fields.length > SHOWN_FIELDS) words.push(`and ${fields.length - SHOWN_FIELDS} more`);
  return words.join(", ");
}
