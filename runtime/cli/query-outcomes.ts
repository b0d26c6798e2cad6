import type { OutcomeRecord } from "../act/outcome.ts";
import { cell, isoUs } from "./query-table.ts";

const HEAD =
  "acted,measured,recommendation,title,changes,address,unit,projected,low,high,realised,inside,superseded,expected";

/** One line per action; `measured`, `realised` and `inside` are empty where its measurement never came. */
export function csvOfOutcomes(records: readonly OutcomeRecord[]): string {
  const lines = records.map((record) =>
    [
      isoUs(record.actedUs),
      isoUs(record.measuredUs),
      record.recommendation,
      record.title,
      record.changes.map(({ target, from, to, unit }) => `${target}: ${from} to ${to} ${unit}`).join("; "),
      record.address,
      record.unit,
      record.projected.value,
      record.projected.low,
      record.projected.high,
      record.realised,
      record.inside === null ? null : String(record.inside),
      String(record.superseded),
      record.expected.map(({ what, difference, unit }) => `${what}: ${difference.value} ${unit}`).join("; "),
    ]
      .map(cell)
      .join(","),
  );
  return `${[HEAD, ...lines].join("\n")}\n`;
}
