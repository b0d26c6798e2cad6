import {
  medianAbsoluteDeviation,
  quantileOfSorted,
  SIGMA_PER_MAD,
  sortedFinite,
} from "../core/statistics/quantile.ts";
import { type Columns, readRow, rowCount } from "./columns.ts";
import type { DetectorOptions } from "./detector-options.ts";
import { DeviationScore, type Normal } from "./deviation-score.ts";
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

/** Runs the averages over a block and writes the deviations of its rows, row-major. */
export function smoothInto(into: Float64Array, columns: Columns, fold: Fold, score: DeviationScore): void {
  const row = new Float64Array(columns.names.length);
  for (let r = fold.warmFrom; r < fold.to; r++) {
    score.step(readRow(columns, r, row));
    if (r >= fold.from) into.set(score.deviation, r * row.length);
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
  smoothInto(deviations, columns, { warmFrom: 0, from: 0, to: rows }, new DeviationScore(normal, options));
  let kept = 0;
  for (let r = 0; r < rows; r++) {
    if (keep(r)) deviations.copyWithin(kept++ * n, r * n, (r + 1) * n);
  }
  return fitPrincipalComponents(deviations.subarray(0, kept * n), n, options.components);
}
