import { RungError } from "../core/errors.ts";
import {
  medianAbsoluteDeviation,
  quantile,
  quantileOfSorted,
  SIGMA_PER_MAD,
  sortedFinite,
} from "../core/statistics/quantile.ts";
import type { TimeUs } from "../core/time.ts";
import { AlarmEpisode } from "./alarm-episode.ts";
import { type Columns, readRow, rowCount, timeSpan } from "./columns.ts";
import { type DetectorOptions, detectorOptions } from "./detector-options.ts";
import { DeviationScore, type Normal } from "./deviation-score.ts";
import { fitPrincipalComponents, type PrincipalComponents } from "./principal-components.ts";

/** Limits of the three statistics; those of the plane are absent where there are too few signals or rows for one. */
export interface StatisticLimits {
  readonly topTwo: number;
  readonly t2: number;
  readonly spe: number;
}

/** What was measured on normal data that took no part in the fit. */
export interface HeldOutAlarms {
  readonly ticks: number;
  readonly alarmTicks: number;
  /** Length of a window: longer than the detector's memory, so that windows count as independent trials. */
  readonly windowTicks: number;
  readonly windows: number;
  readonly alarmWindows: number;
}

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
/** Distance between the 5 and the 95 % quantile of a normal distribution, in standard deviations. */
const NORMAL_90_PERCENT_WIDTH = 3.2897072539029435;

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

/** Rows [from, to); those of [warmFrom, from) only bring the averages up to date. */
interface Fold {
  readonly warmFrom: number;
  readonly from: number;
  readonly to: number;
}

interface Statistics {
  readonly topTwo: Float64Array;
  readonly t2: Float64Array;
  readonly spe: Float64Array;
}

/** Consecutive blocks. The first one begins after its own warm-up, since nothing stands before it. */
function foldsOf(rows: number, options: DetectorOptions): Fold[] {
  const warmUp = Math.min(Math.ceil(3 / options.smoothing), Math.floor(rows / 10));
  const at = (k: number): number => warmUp + Math.floor((k * (rows - warmUp)) / options.folds);
  return Array.from({ length: options.folds }, (_, k) => ({
    warmFrom: at(k) - warmUp,
    from: at(k),
    to: at(k + 1),
  }));
}

/** Median, and the larger of the spreads that MAD and the 5 to 95 % range tell: quantised signals have a MAD of 0. */
function centreAndSigma(
  columns: Columns,
  keep: (row: number) => boolean,
): { centre: number[]; sigma: number[] } {
  const centre: number[] = [];
  const sigma: number[] = [];
  for (const values of columns.values) {
    const sorted = sortedFinite(values.filter((_, row) => keep(row)));
    const middle = quantileOfSorted(sorted, 0.5);
    const range = (quantileOfSorted(sorted, 0.95) - quantileOfSorted(sorted, 0.05)) / NORMAL_90_PERCENT_WIDTH;
    const spread = Math.max(SIGMA_PER_MAD * medianAbsoluteDeviation(sorted, middle), range);
    centre.push(middle);
    // A spread at the last bits of the number is rounding, not movement.
    sigma.push(spread > 1e-9 * Math.abs(middle) ? spread : 0);
  }
  return { centre, sigma };
}

/** Smoothed standardised values of each block, standardised by the other blocks; row-major. */
function heldOutAverages(columns: Columns, folds: readonly Fold[], options: DetectorOptions): Float64Array {
  const n = columns.names.length;
  const result = new Float64Array(rowCount(columns) * n);
  for (const fold of folds) {
    const outside = (row: number): boolean => row < fold.from || row >= fold.to;
    const normal = {
      ...centreAndSigma(columns, outside),
      smoothedSigma: columns.names.map(() => 1),
    };
    smoothInto(result, columns, fold, new DeviationScore(normal, options));
  }
  return result;
}

function smoothInto(into: Float64Array, columns: Columns, fold: Fold, score: DeviationScore): void {
  const row = new Float64Array(columns.names.length);
  for (let r = fold.warmFrom; r < fold.to; r++) {
    score.step(readRow(columns, r, row));
    if (r >= fold.from) into.set(score.deviation, r * row.length);
  }
}

function rootMeanSquare(rowMajor: Float64Array, column: number, width: number): number {
  let sum = 0;
  let n = 0;
  for (let i = column; i < rowMajor.length; i += width, n++) sum += rowMajor[i]! * rowMajor[i]!;
  return Math.sqrt(sum / n);
}

function planeOf(
  columns: Columns,
  normal: Normal,
  options: DetectorOptions,
  keep: (row: number) => boolean,
): PrincipalComponents {
  const n = columns.names.length;
  const rows = rowCount(columns);
  const deviations = new Float64Array(rows * n);
  smoothInto(deviations, columns, { warmFrom: 0, from: 0, to: rows }, new DeviationScore(normal, options));
  let kept = 0;
  for (let r = 0; r < rows; r++) {
    if (keep(r)) deviations.copyWithin(kept++ * n, r * n, (r + 1) * n);
  }
  return fitPrincipalComponents(deviations.subarray(0, kept * n), n, options.components);
}

function heldOutStatistics(
  columns: Columns,
  folds: readonly Fold[],
  normal: Normal,
  options: DetectorOptions,
  usePlane: boolean,
): Statistics {
  const rows = rowCount(columns);
  const result: Statistics = {
    topTwo: new Float64Array(rows),
    t2: new Float64Array(rows),
    spe: new Float64Array(rows),
  };
  const row = new Float64Array(columns.names.length);
  for (const fold of folds) {
    const outside = (r: number): boolean => r < fold.from || r >= fold.to;
    const others: Normal = {
      ...centreAndSigma(columns, outside),
      smoothedSigma: normal.smoothedSigma,
    };
    const plane = usePlane ? planeOf(columns, others, options, outside) : undefined;
    const score = new DeviationScore(others, options, plane);
    for (let r = fold.warmFrom; r < fold.to; r++) {
      score.step(readRow(columns, r, row));
      if (r < fold.from) continue;
      result.topTwo[r] = score.topTwo;
      result.t2[r] = score.t2;
      result.spe[r] = score.spe;
    }
  }
  return result;
}

function limitsOf(
  statistics: Statistics,
  { exceedance, margin }: DetectorOptions,
  keep: (row: number) => boolean,
): StatisticLimits {
  const limit = (values: Float64Array): number =>
    quantile(
      values.filter((_, row) => keep(row)),
      1 - exceedance,
    );
  return {
    topTwo: limit(statistics.topTwo) * margin,
    // T² and SPE are squares of distances: the margin is meant on the distance.
    t2: limit(statistics.t2) * margin ** 2,
    spe: limit(statistics.spe) * margin ** 2,
  };
}

/** Distance from normal with the limit at 1: the largest of the three statistics over its own limit. */
export function scoreOf(
  statistics: { readonly topTwo: number; readonly t2: number; readonly spe: number },
  limits: StatisticLimits,
): number {
  const plane = (value: number, limit: number): number => (limit > 0 ? Math.sqrt(value / limit) : 0);
  const alone = limits.topTwo > 0 ? statistics.topTwo / limits.topTwo : 0;
  return Math.max(alone, plane(statistics.t2, limits.t2), plane(statistics.spe, limits.spe));
}

/** Each block is judged with limits from the other blocks, so that it took no part in them. */
function heldOutAlarms(
  statistics: Statistics,
  folds: readonly Fold[],
  options: DetectorOptions,
): HeldOutAlarms {
  return sumOf(
    folds.map((fold) => {
      const outside = (row: number): boolean => row >= folds[0]!.from && (row < fold.from || row >= fold.to);
      return alarmsOn(statistics, fold, limitsOf(statistics, options, outside), options);
    }),
  );
}

function sumOf(parts: readonly HeldOutAlarms[]): HeldOutAlarms {
  const sum = (name: keyof HeldOutAlarms): number => parts.reduce((total, part) => total + part[name], 0);
  return {
    ticks: sum("ticks"),
    alarmTicks: sum("alarmTicks"),
    windowTicks: parts[0]!.windowTicks,
    windows: sum("windows"),
    alarmWindows: sum("alarmWindows"),
  };
}

function alarmsOn(
  statistics: Statistics,
  fold: Fold,
  limits: StatisticLimits,
  options: DetectorOptions,
): HeldOutAlarms {
  const windowTicks = Math.ceil(2 / options.smoothing - 1) + options.hold;
  let [alarmTicks, windows, alarmWindows] = [0, 0, 0];
  const episode = new AlarmEpisode(options);
  for (let from = fold.from; from < fold.to; from += windowTicks) {
    const to = Math.min(from + windowTicks, fold.to);
    let alarmed = false;
    for (let r = from; r < to; r++) {
      const at = { topTwo: statistics.topTwo[r]!, t2: statistics.t2[r]!, spe: statistics.spe[r]! };
      episode.step(scoreOf(at, limits));
      if (episode.active) alarmTicks++;
      alarmed ||= episode.active;
    }
    // A short rest at the end of a block is no full trial, unless an alarm stands in it.
    if (to - from === windowTicks || alarmed) windows++;
    if (alarmed) alarmWindows++;
  }
  return { ticks: fold.to - fold.from, alarmTicks, windowTicks, windows, alarmWindows };
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
