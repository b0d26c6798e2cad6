/** A straight line that single outliers do not turn. Slope in units of y per unit of x. */
export interface RobustLine {
  readonly slope: number;
  /** Ends of the slope's 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** y at x = 0. */
  readonly start: number;
}

/** Standard normal, 97.5 %. */
const Z = 1.96;

/**
 * The line of Theil and Sen: the median of the slopes through all pairs of points, with Sen's interval by the normal
 * approximation of Kendall's S (Sen, JASA 63 (1968) 1379). The points count as independent, equal x are passed over.
 * @throws RangeError with fewer than ten points
 */
export function robustLine(x: readonly number[], y: readonly number[]): RobustLine {
  const n = x.length;
  if (n < 10 || n !== y.length) throw new RangeError(`a robust line needs ten points, got ${n}`);
  const slopes: number[] = [];
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) if (x[j] !== x[i]) slopes.push((y[j]! - y[i]!) / (x[j]! - x[i]!));
  slopes.sort((a, b) => a - b);
  const slope = middleOf(slopes);
  const half = Z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (rank: number) => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(rank)))]!;
  return {
    slope,
    low: at((slopes.length - half) / 2),
    high: at((slopes.length + half) / 2),
    start: middleOf(x.map((each, i) => y[i]! - slope * each).sort((a, b) => a - b)),
  };
}

const middleOf = (sorted: readonly number[]): number =>
  (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
