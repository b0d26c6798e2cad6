import {
  median,
  medianAbsoluteDeviation,
  quantileOfSorted,
  SIGMA_PER_MAD,
  sortedFinite,
} from "../core/statistics/quantile.ts";
import { type Columns, readRow, rowCount } from "./columns.ts";
import type { DetectorOptions } from "./detector-options.ts";
import { DeviationScore, medianOfThree, type Normal } from "./deviation-score.ts";
import { fitPrincipalComponents, type PrincipalComponents } from "./principal-components.ts";

/** Distance between the 5 and the 95 % quantile of a normal distribution, in standard deviations. */
const NORMAL_90_PERCENT_WIDTH = 3.2897072539029435;

/** Rows [from, to); those of [warmFrom, from) only bring the averages up to date. */
export interface Fold {
  readonly warmFrom: number;
  readonly from: number;
  readonly to: number;
}

/** Median, and the larger of the spreads that MAD and the 5 to 95 % range tell: quantised signals have a MAD of 0. */
export function centreAndSigma(
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

/**
 * Where the average of each signal rests, and its sigma. The centre is the median of the means of blocks as long as
 * the average's memory, of the medians of three that are averaged: the median of the values themselves lies beside
 * their mean for a signal that flickers between two steps of its converter.
 */
export const restAndSigma = (
  columns: Columns,
  { smoothing }: Pick<DetectorOptions, "smoothing">,
  keep: (row: number) => boolean,
): { centre: number[]; sigma: number[] } => ({
  centre: columns.values.map((values) =>
    median(
      blockMeans(
        values.filter((value, row) => Number.isFinite(value) && keep(row)),
        Math.ceil(2 / smoothing - 1),
      ),
    ),
  ),
  sigma: centreAndSigma(columns, keep).sigma,
});

/** Means of the medians of three consecutive values, over blocks; a rest shorter than a block is left out. */
function blockMeans(values: Float64Array, length: number): number[] {
  const means: number[] = [];
  for (let from = 0; from === 0 || from + length <= values.length; from += length) {
    const to = Math.min(from + length, values.length);
    let sum = 0;
    for (let r = from; r < to; r++)
      sum += medianOfThree(values[r]!, values[Math.max(0, r - 1)]!, values[Math.max(0, r - 2)]!);
    means.push(sum / (to - from));
  }
  return means;
}

/** Runs a score over a block and hands over what it says of each of its rows. */
export function judge(
  columns: Columns,
  fold: Fold,
  score: DeviationScore,
  each: (score: DeviationScore, row: number) => void,
): void {
  const row = new Float64Array(columns.names.length);
  for (let r = fold.warmFrom; r < fold.to; r++) {
    score.step(readRow(columns, r, row));
    if (r >= fold.from) each(score, r);
  }
}

/** The components of the deviations of the rows that `keep` accepts. */
export function planeOf(
  columns: Columns,
  normal: Normal,
  options: DetectorOptions,
  keep: (row: number) => boolean,
): PrincipalComponents {
  const n = columns.names.length;
  const rows = rowCount(columns);
  const deviations = new Float64Array(rows * n);
  judge(
    columns,
    { warmFrom: 0, from: 0, to: rows },
    new DeviationScore(normal, options),
    ({ deviation }, r) => deviations.set(deviation, r * n),
  );
  let kept = 0;
  for (let r = 0; r < rows; r++) {
    if (keep(r)) deviations.copyWithin(kept++ * n, r * n, (r + 1) * n);
  }
  return fitPrincipalComponents(deviations.subarray(0, kept * n), n, options.components, 1);
}
