import { type Columns, readRow, rowCount } from "../diagnose/columns.ts";
import { calibrateDetector } from "../diagnose/detector-calibration.ts";
import { DetectorCore } from "../diagnose/detector-core.ts";
import { pickColumns, watchable } from "../diagnose/watchable.ts";

/** Where an alarm was raised, and the part of each signal in it. */
export interface TableAlarm {
  readonly row: number;
  readonly contributions: readonly { readonly address: string; readonly share: number }[];
}

const MOST_CONTRIBUTIONS = 5;

/** The rows before `to`. */
export const sliceRows = (columns: Columns, to: number): Columns => ({
  names: columns.names,
  values: columns.values.map((values) => values.subarray(0, to)),
  timeUs: columns.timeUs.subarray(0, to),
});

/**
 * The first alarm of the detector after the training rows, or the one in a row that is known.
 * @param at number of the row, from 1
 * @throws RungError of `calibrateDetector`
 */
export function firstAlarm(columns: Columns, train: number, at?: number): TableAlarm | undefined {
  const training = sliceRows(columns, train);
  const chosen = watchable(training);
  const core = new DetectorCore(calibrateDetector(pickColumns(training, chosen)));
  const watched = pickColumns(columns, chosen);
  const row = new Float64Array(chosen.length);
  for (let r = 0; r < rowCount(columns); r++) {
    const change = core.step(readRow(watched, r, row));
    if (at === undefined ? change !== "raised" || r < train : r < at - 1) continue;
    const shares = core.shares();
    const strongest = [...shares.keys()].sort((a, b) => shares[b]! - shares[a]! || a - b);
    return {
      row: r,
      contributions: strongest
        .slice(0, MOST_CONTRIBUTIONS)
        .map((i) => ({ address: watched.names[i]!, share: shares[i]! })),
    };
  }
  return undefined;
}
