import { RungError } from "../core/errors.ts";
import { quantile } from "../core/statistics/quantile.ts";
import type { TimeUs } from "../core/time.ts";
import { type Columns, rowCount, timeSpan } from "./columns.ts";
import { type DetectorOptions, detectorOptions } from "./detector-options.ts";
import type { Normal } from "./deviation-score.ts";
import {
  foldsOf,
  type HeldOutAlarms,
  heldOutAlarms,
  heldOutAverages,
  heldOutStatistics,
  limitsOf,
  type StatisticLimits,
} from "./held-out.ts";
import { centreAndSigma, planeOf } from "./normal-fit.ts";
import type { PrincipalComponents } from "./principal-components.ts";

/** All a detector needs to run. Plain data: JSON in, JSON out. */
export interface DetectorCalibration {
  readonly version: 1;
  readonly names: readonly string[];
  readonly options: DetectorOptions;
  readonly normal: Normal;
  /** Smallest and largest good value of each signal in the normal window. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Ticks of one repeated value after which a signal is frozen; 0 for one that never moved. */
  readonly frozenAfter: readonly number[];
  readonly components: PrincipalComponents | null;
  readonly limits: StatisticLimits;
  readonly rows: number;
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  readonly validUntilUs: TimeUs;
  readonly heldOut: HeldOutAlarms;
}

/** Fewer rows of normal data than this say nothing about normal. */
export const MIN_CALIBRATION_ROWS = 100;
/** Rows per signal below which a covariance is noise. */
const MIN_ROWS_PER_SIGNAL = 3;

/**
 * Calibrates a detector on a window of normal data. Each of `folds` consecutive blocks is held out once: centre,
 * spread and components come from the other blocks, the limits from the held-out scores, and the false alarms from
 * running the whole detector over each block with limits that this block took no part in. Deterministic.
 * @throws RungError `too-few-rows`, `no-signal`, `bad-option`
 */
export function calibrateDetector(
  columns: Columns,
  given: Partial<DetectorOptions> = {},
): DetectorCalibration {
  const options = detectorOptions(given);
  const rows = rowCount(columns);
  const where = `calibration of ${columns.names.length} signals`;
  if (columns.names.length === 0) {
    throw new RungError({
      code: "no-signal",
      where,
      what: "there is no signal to watch",
      advice: "choose at least one property",
    });
  }
  if (rows < MIN_CALIBRATION_ROWS) {
    throw new RungError({
      code: "too-few-rows",
      where,
      what: `needs ${MIN_CALIBRATION_ROWS} rows of normal data, got ${rows}`,
      advice: "wait for more data, or give a longer window",
    });
  }
  const empty = columns.values.findIndex((values) => values.filter(Number.isFinite).length < rows / 2);
  if (empty >= 0) {
    throw new RungError({
      code: "no-signal",
      where: columns.names[empty]!,
      what: "has no good value in more than half of the normal window",
      advice: "leave the signal out, or calibrate on a window where it is good",
    });
  }
  const folds = foldsOf(rows, options);
  const heldOut = heldOutAverages(columns, folds, options);
  // Held-out averages: what they move by includes what the level wanders from block to block.
  const smoothedSigma = columns.names.map((_, c) =>
    rootMeanSquare(heldOut.subarray(folds[0]!.from * columns.names.length), c, columns.names.length),
  );
  const floor = 0.5 * Math.sqrt(options.smoothing / (2 - options.smoothing));
  const normal: Normal = {
    ...centreAndSigma(columns, () => true),
    smoothedSigma: smoothedSigma.map((sigma) => Math.max(sigma, floor)),
  };
  const usePlane = columns.names.length >= 3 && rows >= MIN_ROWS_PER_SIGNAL * columns.names.length;
  const statistics = heldOutStatistics(columns, folds, normal, options, usePlane);
  const components = usePlane ? planeOf(columns, normal, options, () => true) : null;
  const span = timeSpan(columns) ?? { fromUs: 0, toUs: 0 };
  return {
    version: 1,
    names: [...columns.names],
    options,
    normal,
    low: columns.values.map((values) => quantile(values, 0)),
    high: columns.values.map((values) => quantile(values, 1)),
    frozenAfter: columns.values.map((values) => frozenAfter(values, options.frozenFactor)),
    components,
    limits: limitsOf(statistics, options, (row) => row >= folds[0]!.from),
    rows,
    ...span,
    validUntilUs: span.toUs + options.validForUs,
    heldOut: heldOutAlarms(statistics, folds, options),
  };
}

/** Root mean square of a column of row-major rows. */
function rootMeanSquare(rowMajor: Float64Array, column: number, width: number): number {
  let sum = 0;
  let n = 0;
  for (let i = column; i < rowMajor.length; i += width, n++) sum += rowMajor[i]! * rowMajor[i]!;
  return Math.sqrt(sum / n);
}

/** At least 30 ticks: a short run of equal readings is common on a quiet signal. */
function frozenAfter(values: Float64Array, factor: number): number {
  let longest = 0;
  let run = 0;
  let moved = false;
  for (let r = 1; r < values.length; r++) {
    if (values[r] === values[r - 1]) run++;
    else {
      if (Number.isFinite(values[r]!) && Number.isFinite(values[r - 1]!)) moved = true;
      run = 0;
    }
    if (run > longest) longest = run;
  }
  return moved ? Math.max(30, Math.ceil(factor * (longest + 1))) : 0;
}
