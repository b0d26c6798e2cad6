import { quantile } from "../core/statistics/quantile.ts";
import { AlarmEpisode } from "./alarm-episode.ts";
import { type Columns, readRow, rowCount } from "./columns.ts";
import type { DetectorOptions } from "./detector-options.ts";
import { DeviationScore, type Normal } from "./deviation-score.ts";
import { centreAndSigma, type Fold, planeOf, smoothInto } from "./normal-fit.ts";

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

/** Per row, the three statistics of a detector whose fit this row took no part in. */
export interface Statistics {
  readonly topTwo: Float64Array;
  readonly t2: Float64Array;
  readonly spe: Float64Array;
}

/** Consecutive blocks. The first one begins after its own warm-up, since nothing stands before it. */
export function foldsOf(rows: number, options: DetectorOptions): Fold[] {
  const warmUp = Math.min(Math.ceil(3 / options.smoothing), Math.floor(rows / 10));
  const at = (k: number): number => warmUp + Math.floor((k * (rows - warmUp)) / options.folds);
  return Array.from({ length: options.folds }, (_, k) => ({
    warmFrom: at(k) - warmUp,
    from: at(k),
    to: at(k + 1),
  }));
}

/** Smoothed standardised values of each block, standardised by the other blocks; row-major. */
export function heldOutAverages(
  columns: Columns,
  folds: readonly Fold[],
  options: DetectorOptions,
): Float64Array {
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

/** The three statistics of every row, each block judged by a fit to the other blocks. */
export function heldOutStatistics(
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

/** Limits from the held-out statistics of the rows that `keep` accepts. */
export function limitsOf(
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
export function heldOutAlarms(
  statistics: Statistics,
  folds: readonly Fold[],
  options: DetectorOptions,
): HeldOutAlarms {
  return sumOfAlarms(
    folds.map((fold) => {
      const outside = (row: number): boolean => row >= folds[0]!.from && (row < fold.from || row >= fold.to);
      const limits = limitsOf(statistics, options, outside);
      return alarmsIn(fold, windowTicksOf(options), options, (r) =>
        scoreOf({ topTwo: statistics.topTwo[r]!, t2: statistics.t2[r]!, spe: statistics.spe[r]! }, limits),
      );
    }),
  );
}

/** Longer than the memory of a detector, so that windows count as independent trials. */
export const windowTicksOf = ({ smoothing, hold }: DetectorOptions): number =>
  Math.ceil(2 / smoothing - 1) + hold;

export function sumOfAlarms(parts: readonly HeldOutAlarms[]): HeldOutAlarms {
  const sum = (name: keyof HeldOutAlarms): number => parts.reduce((total, part) => total + part[name], 0);
  return {
    ticks: sum("ticks"),
    alarmTicks: sum("alarmTicks"),
    windowTicks: parts[0]!.windowTicks,
    windows: sum("windows"),
    alarmWindows: sum("alarmWindows"),
  };
}

/**
 * The episodes of normal rows, counted by windows.
 * @param scoreAt of each row in turn, the limit at 1; NaN for a row that is not judged
 */
export function alarmsIn(
  fold: Pick<Fold, "from" | "to">,
  windowTicks: number,
  options: DetectorOptions,
  scoreAt: (row: number) => number,
): HeldOutAlarms {
  let [alarmTicks, windows, alarmWindows] = [0, 0, 0];
  const episode = new AlarmEpisode(options);
  for (let from = fold.from; from < fold.to; from += windowTicks) {
    const to = Math.min(from + windowTicks, fold.to);
    let alarmed = false;
    for (let r = from; r < to; r++) {
      const score = scoreAt(r);
      if (!Number.isNaN(score)) episode.step(score);
      if (episode.active) alarmTicks++;
      alarmed ||= episode.active;
    }
    // A short rest at the end of a block is no full trial, unless an alarm stands in it.
    if (to - from === windowTicks || alarmed) windows++;
    if (alarmed) alarmWindows++;
  }
  return { ticks: fold.to - fold.from, alarmTicks, windowTicks, windows, alarmWindows };
}
