import { studentQuantile } from "../../../core/statistics/student.ts";

/** A mean over replications with its 95 % interval; `low` and `high` are NaN where there are fewer than two. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Replications that had a value. */
  readonly n: number;
}

/** Student's interval from one value of each replication; values that are NaN are left out. */
export function estimate(values: readonly number[]): Estimate {
  const there = values.filter((value) => !Number.isNaN(value));
  const n = there.length;
  const mean = there.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, low: Number.NaN, high: Number.NaN, n };
  const variance = there.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = studentQuantile(0.95, n - 1) * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half, n };
}
