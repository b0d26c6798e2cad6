import { normalQuantile } from "../core/statistics/normal.ts";
import { quantile } from "../core/statistics/quantile.ts";
import { AlarmEpisode } from "./alarm-episode.ts";
import { type Columns, rowCount } from "./columns.ts";
import type { DetectorOptions } from "./detector-options.ts";
import { DeviationScore, DISTANCES, type Normal, scatterSmoothing } from "./deviation-score.ts";
import { type Fold, judge, planeOf, restAndSigma } from "./normal-fit.ts";

/** A limit of each of `DISTANCES`; 0 where there is none, as of the plane with too few signals or rows for one. */
export type DistanceLimits = readonly number[];

/** The limits of the distances, and those of each signal alone and of its scatter, in their standard deviations. */
export interface DetectorLimits {
  readonly limits: DistanceLimits;
  readonly ownLimit: readonly number[];
  readonly scatterLimit: readonly number[];
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

/** What a detector whose fit a row took no part in says of it, per row. */
export interface HeldOut {
  /** In the order of `DISTANCES`; those of one signal follow from the two below, once their limits are known. */
  readonly distances: readonly Float64Array[];
  /** Size of the deviation of each signal, and of its scatter. */
  readonly level: readonly Float64Array[];
  readonly scatter: readonly Float64Array[];
}

/** Rows after which an average has forgotten all but a twentieth of where it began. */
export const warmUpRows = (smoothing: number): number => Math.ceil(3 / smoothing);

/** Consecutive blocks. The first one begins after a warm-up of the averages, since nothing stands before it. */
export function foldsOf(rows: number, options: DetectorOptions): Fold[] {
  const warmUp = Math.min(warmUpRows(options.smoothing), Math.floor(rows / 10));
  const scatterWarmUp = warmUpRows(scatterSmoothing(options.smoothing));
  const at = (k: number): number => warmUp + Math.floor((k * (rows - warmUp)) / options.folds);
  return Array.from({ length: options.folds }, (_, k) => ({
    warmFrom: Math.max(0, at(k) - scatterWarmUp),
    from: at(k),
    to: at(k + 1),
  }));
}

const outside =
  ({ from, to }: Fold) =>
  (row: number): boolean =>
    row < from || row >= to;

/**
 * Smoothed standardised values and log scatter of each signal over all blocks but the first, each standardised by what
 * came before it, as in operation: a block between others would show nothing of a level that wanders away.
 */
export function heldOutAverages(
  columns: Columns,
  folds: readonly Fold[],
  options: DetectorOptions,
): { readonly level: Float64Array[]; readonly scatter: Float64Array[] } {
  const judged = folds.slice(1);
  const begin = judged[0]!.from;
  const perRow = (): Float64Array[] => columns.names.map(() => new Float64Array(rowCount(columns) - begin));
  const [level, scatter] = [perRow(), perRow()];
  for (const fold of judged) {
    const raw = {
      ...restAndSigma(columns, options, (row) => row < fold.from),
      smoothedSigma: columns.names.map(() => 1),
      scatterCentre: columns.names.map(() => Number.NaN),
      scatterSigma: columns.names.map(() => 1),
      ownLimit: columns.names.map(() => 1),
      scatterLimit: columns.names.map(() => 1),
    };
    judge(columns, fold, new DeviationScore(raw, options), (score, row) => {
      for (const c of columns.names.keys()) {
        level[c]![row - begin] = score.deviation[c]!;
        scatter[c]![row - begin] = score.scatter[c]!;
      }
    });
  }
  return { level, scatter };
}

/**
 * Each block judged by a fit to the other blocks.
 * @param scale normal without the limits of each signal alone, which are found from what this gives
 */
export function heldOutDistances(
  columns: Columns,
  folds: readonly Fold[],
  scale: Omit<Normal, "ownLimit" | "scatterLimit">,
  options: DetectorOptions,
  usePlane: boolean,
): HeldOut {
  const perRow = (): Float64Array => new Float64Array(rowCount(columns));
  const distances = DISTANCES.map(perRow);
  const level = columns.names.map(perRow);
  const scatter = columns.names.map(perRow);
  const one = columns.names.map(() => 1);
  for (const fold of folds) {
    const others: Normal = {
      ...scale,
      ...restAndSigma(columns, options, outside(fold)),
      ownLimit: one,
      scatterLimit: one,
    };
    const plane = usePlane ? planeOf(columns, others, options, outside(fold)) : undefined;
    judge(columns, fold, new DeviationScore(others, options, plane), (score, row) => {
      for (const [d, values] of distances.entries()) values[row] = score.distance[d]!;
      for (const c of columns.names.keys()) {
        level[c]![row] = Math.abs(score.deviation[c]!);
        scatter[c]![row] = Math.abs(score.scatter[c]!);
      }
    });
  }
  return { distances, level, scatter };
}

/**
 * Limits from the held-out rows that `keep` accepts. A signal alone may be off by what it reached in so small a share of
 * them that all signals together make up the exceedance, and at least by what it would by chance: one that is seldom but
 * far from normal sets no limit but its own.
 */
export function limitsOf(
  { distances, level, scatter }: HeldOut,
  { exceedance, margin }: DetectorOptions,
  keep: (row: number) => boolean,
): DetectorLimits {
  const reached = (values: Float64Array, share: number): number =>
    quantile(
      values.filter((_, row) => keep(row)),
      1 - share,
    );
  const share = exceedance / level.length;
  const byChance = normalQuantile(1 - share / 2);
  const own = (values: Float64Array): number => Math.max(byChance, reached(values, share));
  return {
    limits: distances.map((values, d) => margin * (isOfOneSignal(d) ? 1 : reached(values, exceedance))),
    ownLimit: level.map(own),
    scatterLimit: scatter.map(own),
  };
}

/** Places of the distances that each signal has by itself. */
const SIGNAL = DISTANCES.indexOf("signal");
const SCATTER = DISTANCES.indexOf("scatter");
const isOfOneSignal = (d: number): boolean => d === SIGNAL || d === SCATTER;

const largestRatio = (deviations: readonly Float64Array[], limits: readonly number[], row: number): number =>
  deviations.reduce((largest, values, c) => Math.max(largest, values[row]! / limits[c]!), 0);

/** Which distance is furthest over its own limit, and how far: 1 at the limit. */
export function furthest(
  distance: ArrayLike<number>,
  limits: DistanceLimits,
): { readonly score: number; readonly which: number } {
  let [score, which] = [0, 0];
  for (let d = 0; d < limits.length; d++) {
    const over = limits[d]! > 0 ? distance[d]! / limits[d]! : 0;
    if (over > score) [score, which] = [over, d];
  }
  return { score, which };
}

/** Each block is judged with limits from the other blocks, so that it took no part in them. */
export function heldOutAlarms(
  heldOut: HeldOut,
  folds: readonly Fold[],
  options: DetectorOptions,
): HeldOutAlarms {
  return sumOfAlarms(
    folds.map((fold) => {
      const others = (row: number): boolean => row >= folds[0]!.from && outside(fold)(row);
      const scoreAt = scoresOf(heldOut, limitsOf(heldOut, options, others));
      return alarmsIn(fold, windowTicksOf(options), options, scoreAt);
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

/** The score of each held-out row. */
function scoresOf(
  { distances, level, scatter }: HeldOut,
  { limits, ownLimit, scatterLimit }: DetectorLimits,
): (row: number) => number {
  const at = new Float64Array(distances.length);
  return (row) => {
    for (const [d, values] of distances.entries()) at[d] = values[row]!;
    at[SIGNAL] = largestRatio(level, ownLimit, row);
    at[SCATTER] = largestRatio(scatter, scatterLimit, row);
    return furthest(at, limits).score;
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
