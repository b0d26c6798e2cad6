import type { TimeUs } from "../core/time.ts";

/**
 * A table by columns: what a detector is calibrated from. `values[c][r]` is signal c at row r, NaN where there was
 * no good sample. Rows are evenly spaced in time.
 */
export interface Columns {
  readonly names: readonly string[];
  readonly values: readonly Float64Array[];
  /** Time of each row; empty where the rows have none. */
  readonly timeUs: Float64Array;
}

export const rowCount = (columns: Columns): number => columns.values[0]?.length ?? 0;

/** First and last time of a table, or undefined where it has none. */
export function timeSpan(columns: Columns): { readonly fromUs: TimeUs; readonly toUs: TimeUs } | undefined {
  const { timeUs } = columns;
  return timeUs.length === 0 ? undefined : { fromUs: timeUs[0]!, toUs: timeUs.at(-1)! };
}

/** Copies row r into `into`. */
export function readRow(columns: Columns, row: number, into: Float64Array): Float64Array {
  for (let c = 0; c < into.length; c++) into[c] = columns.values[c]![row]!;
  return into;
}
