/** Ratio of the standard deviation of a normal distribution to its median absolute deviation. */
export const SIGMA_PER_MAD = 1.482602218505602;

/** The finite numbers of `values`, ascending. */
export function sortedFinite(values: ArrayLike<number>): Float64Array {
  const kept = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i]!)) kept[n++] = values[i]!;
  return kept.subarray(0, n).sort();
}

/**
 * Quantile of an ascending sample by linear interpolation (Hyndman and Fan 1996, type 7).
 * @param p in [0, 1]
 * @returns NaN for an empty sample
 */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  const position = Math.min(Math.max(p, 0), 1) * (n - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  return below + 1 < n ? low + (position - below) * (sorted[below + 1]! - low) : low;
}

/** Quantile of the finite values, in any order; NaN where there is none. See `quantileOfSorted`. */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileOfSorted(sortedFinite(values), p);
}

export const median = (values: ArrayLike<number>): number => quantile(values, 0.5);

/** Median of the distances to the median, in the values' unit; times SIGMA_PER_MAD it estimates sigma. */
export function medianAbsoluteDeviation(values: ArrayLike<number>, centre: number = median(values)): number {
  return median(Float64Array.from(values, (value) => Math.abs(value - centre)));
}
