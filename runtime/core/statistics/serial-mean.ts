import { normalQuantile } from "./normal.ts";

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** Autocovariances of lags 0..maxLag, each divided by n, so that they make a positive semidefinite sequence. */
export function autocovariances(values: ArrayLike<number>, maxLag: number): Float64Array {
  const n = values.length;
  const centre = mean(values);
  const result = new Float64Array(Math.min(maxLag, n - 1) + 1);
  for (let lag = 0; lag < result.length; lag++) {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (values[i]! - centre) * (values[i - lag]! - centre);
    result[lag] = sum / n;
  }
  return result;
}

/** Lags that a mean of n correlated values should allow for, at least `atLeast`: Newey and West 1994, 4(n/100)^(2/9). */
export function automaticLag(n: number, atLeast = 0): number {
  return Math.max(atLeast, Math.floor(4 * (n / 100) ** (2 / 9)));
}

/**
 * Variance of one value that the mean of a correlated series behaves as if it had: var(mean) = this / n.
 * Bartlett weights (Newey and West 1987) keep it from being negative.
 */
export function longRunVariance(values: ArrayLike<number>, lag: number): number {
  const covariance = autocovariances(values, lag);
  let sum = covariance[0]!;
  for (let k = 1; k < covariance.length; k++) sum += 2 * (1 - k / (lag + 1)) * covariance[k]!;
  return sum;
}

/**
 * Two-sided interval of the mean of a stationary series whose values are correlated up to about `lag` steps.
 * @param lag 0 for independent values
 */
export function meanInterval(
  values: ArrayLike<number>,
  lag: number,
  level = 0.95,
): { readonly mean: number; readonly low: number; readonly high: number } {
  const centre = mean(values);
  const half =
    normalQuantile(0.5 + level / 2) *
    Math.sqrt(longRunVariance(values, lag) / Math.max(1, values.length - 1));
  return { mean: centre, low: centre - half, high: centre + half };
}

/**
 * How many independent values carry as much about the mean as these correlated ones: n times the variance of one
 * value over the long-run variance, never more than n.
 */
export function effectiveCount(values: ArrayLike<number>, lag: number): number {
  const n = values.length;
  const covariance = autocovariances(values, 0)[0]!;
  if (n < 2 || covariance === 0) return n / (lag + 1);
  return Math.max(1, Math.min(n, (n * covariance) / longRunVariance(values, lag)));
}
