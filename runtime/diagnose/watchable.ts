import type { Columns } from "./columns.ts";
import { calibrateDetector, type DetectorCalibration } from "./detector-calibration.ts";
import type { DetectorOptions } from "./detector-options.ts";

/** Share of rows that must hold a good value. */
const REQUIRED_GOOD = 0.9;

/**
 * Indices of the columns a detector can watch: good in at least 90 % of the normal window, moving, and no counter. A
 * counter (a meter that only ever rises) has no normal level.
 */
export function watchable(columns: Columns): number[] {
  return columns.values.flatMap((values, c) => {
    let [good, ups, downs] = [0, 0, 0];
    let last = Number.NaN;
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      good++;
      if (value > last) ups++;
      else if (value < last) downs++;
      last = value;
    }
    const isCounter = downs === 0 || ups === 0;
    return good >= REQUIRED_GOOD * values.length && !isCounter ? [c] : [];
  });
}

/** Some columns of a table, in the order of the indices. */
export function pickColumns(columns: Columns, indices: readonly number[]): Columns {
  return {
    names: indices.map((c) => columns.names[c]!),
    values: indices.map((c) => columns.values[c]!),
    timeUs: columns.timeUs,
  };
}

/**
 * Calibrates on the columns that can be watched; the calibration's names say which.
 * @throws RungError as `calibrateDetector`
 */
export const calibrateWatchable = (
  columns: Columns,
  options: Partial<DetectorOptions>,
): DetectorCalibration => calibrateDetector(pickColumns(columns, watchable(columns)), options);
