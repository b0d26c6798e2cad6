import { RungError } from "../core/errors.ts";
import { normalQuantile } from "../core/statistics/normal.ts";
import { quantile } from "../core/statistics/quantile.ts";
import { mean } from "../core/statistics/serial-mean.ts";
import { studentQuantile } from "../core/statistics/student.ts";
import type { TimeUs } from "../core/time.ts";
import { type Columns, rowCount, timeSpan } from "./columns.ts";
import { type DetectorOptions, detectorOptions } from "./detector-options.ts";
import { type Normal, scatterSmoothing } from "./deviation-score.ts";
import {
  type DistanceLimits,
  foldsOf,
  type HeldOutAlarms,
  heldOutAlarms,
  heldOutAverages,
  heldOutDistances,
  limitsOf,
  warmUpRows,
} from "./held-out.ts";
import { independentCount } from "./independent-count.ts";
import { planeOf, restAndSigma } from "./normal-fit.ts";
import type { PrincipalComponents } from "./principal-components.ts";
import { wanders } from "./wandering.ts";

/** All a detector needs to run. Plain data: JSON in, JSON out. */
export interface DetectorCalibration {
  readonly version: 2;
  readonly names: readonly string[];
  readonly options: DetectorOptions;
  readonly normal: Normal;
  /** Smallest and largest good value of each signal in the normal window. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Ticks of one repeated value after which a signal is frozen; 0 for one that never moved. */
  readonly frozenAfter: readonly number[];
  readonly components: PrincipalComponents | null;
  readonly limits: DistanceLimits;
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
  const { level, scatter } = heldOutAverages(columns, folds, options);
  const floor = 0.5 * Math.sqrt(options.smoothing / (2 - options.smoothing));
  const scatterCentre = scatter.map(mean);
  // Blocks shorter than the warm-up of the scatter show nothing of how it moves from one to the next.
  const judgesScatter = folds[0]!.to - folds[0]!.from >= warmUpRows(scatterSmoothing(options.smoothing));
  const scale = {
    ...restAndSigma(columns, options, () => true),
    smoothedSigma: level.map((values, c) =>
      wanders(columns.values[c]!) ? 0 : Math.max(predictedSigma(values, options.smoothing, options), floor),
    ),
    scatterCentre,
    scatterSigma: scatter.map((values, c) =>
      judgesScatter
        ? predictedSigma(
            values.map((value) => value - scatterCentre[c]!),
            scatterSmoothing(options.smoothing),
            options,
          )
        : 0,
    ),
  };
  const usePlane = columns.names.length >= 3 && rows >= MIN_ROWS_PER_SIGNAL * columns.names.length;
  const heldOut = heldOutDistances(columns, folds, scale, options, usePlane);
  const { limits, ...own } = limitsOf(heldOut, options, (row) => row >= folds[0]!.from);
  const normal: Normal = { ...scale, ...own };
  const components = usePlane ? planeOf(columns, normal, options, () => true) : null;
  const span = timeSpan(columns) ?? { fromUs: 0, toUs: 0 };
  return {
    version: 2,
    names: [...columns.names],
    options,
    normal,
    low: columns.values.map((values) => quantile(values, 0)),
    high: columns.values.map((values) => quantile(values, 1)),
    frozenAfter: columns.values.map((values) => frozenAfter(values, options.frozenFactor)),
    components,
    limits,
    rows,
    ...span,
    validUntilUs: span.toUs + options.validForUs,
    heldOut: heldOutAlarms(heldOut, folds, options),
  };
}

/**
 * The standard deviation to reckon with for an average that was seen to deviate so. A spread known from few independent
 * values (but at least one from each block) is wider by Student's t over the normal quantile: a level that wanders slowly,
 * a drift above all, has not been seen often enough to say how far it goes.
 * @param smoothing weight of the newest value in the average
 */
function predictedSigma(
  deviations: Float64Array,
  smoothing: number,
  { exceedance, folds }: DetectorOptions,
): number {
  const independent = Math.max(folds, independentCount(deviations, Math.ceil(1 / smoothing)));
  const widening = studentQuantile(1 - exceedance, independent - 1) / normalQuantile(1 - exceedance / 2);
  const meanSquare = mean(deviations.map((value) => value * value));
  return widening * Math.sqrt(meanSquare * (1 + 1 / independent));
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
