import { RungError } from "../../core/errors.ts";
import { type Columns, rowCount } from "../columns.ts";
import { calibrateStream, type StreamCalibration } from "./stream-calibration.ts";
import type { StreamOptions } from "./stream-options.ts";

/** Calibrations of signals that are judged each by itself; plain data. */
export interface SignalCalibrations {
  /** Indices of the columns that are watched. */
  readonly chosen: readonly number[];
  readonly calibrations: readonly StreamCalibration[];
}

/**
 * Calibrates every column by itself. Left out are those that are good in less than half of the rows, and meters, which
 * only ever rise: each of their values is new.
 * @throws RungError `no-signal` where none is left, else as `calibrateStream`
 */
export function calibrateSignals(columns: Columns, options: Partial<StreamOptions>): SignalCalibrations {
  const chosen = columns.values.flatMap((values, c) => (isMeter(values) || isMissing(values) ? [] : [c]));
  if (chosen.length === 0) {
    throw new RungError({
      code: "no-signal",
      where: `calibration of ${columns.names.length} signals`,
      what: `none can be watched in ${rowCount(columns)} rows: they hold no good values, or only ever rise`,
      advice: "choose a property that has a normal level",
    });
  }
  return {
    chosen,
    calibrations: chosen.map(
      (c) => calibrateStream(columns.values[c]!, options, columns.names[c]!).calibration,
    ),
  };
}

const isMissing = (values: Float64Array): boolean =>
  values.filter(Number.isFinite).length < values.length / 2;

function isMeter(values: Float64Array): boolean {
  let [ups, downs, last] = [0, 0, Number.NaN];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value > last) ups++;
    else if (value < last) downs++;
    last = value;
  }
  // A level that once stepped up is no meter: a meter goes on rising.
  return downs === 0 && ups > values.length / 10;
}
