import type { KernelArray } from "../kernel.ts";
import {
  between,
  binScale,
  checkReduction,
  quantilePlace,
  type Reduced,
  type Reduction,
} from "./reductions.ts";

/** The reductions' plain lane, the reference of the others: Neumaier's compensated sum, and a sorted copy. */
export function reducePlain<R extends Reduction>(values: KernelArray, reduction: R): Reduced<R> {
  checkReduction(reduction);
  return plain(values, reduction) as Reduced<R>;
}

function plain(values: KernelArray, reduction: Reduction): Reduced {
  const isWithoutRange = values.length === 0 || values.some((value: number) => Number.isNaN(value));
  if ("quantiles" in reduction) {
    const sorted = Float64Array.from(values).sort();
    return Float64Array.from(reduction.quantiles, (p) => {
      if (isWithoutRange) return Number.NaN;
      const { below, above, part } = quantilePlace(p, values.length);
      return between(sorted[below]!, sorted[above]!, part);
    });
  }
  if ("histogram" in reduction) {
    const finite = Float64Array.from(values).filter((value) => Number.isFinite(value));
    const counts = new Float64Array(reduction.histogram);
    const leftOut = values.length - finite.length;
    if (finite.length === 0) return { low: Number.NaN, high: Number.NaN, counts, leftOut };
    const { low, high } = rangeOf(finite);
    const { scale, perUnit } = binScale(low, high, counts.length);
    for (const value of finite) {
      const bin = Math.floor((value * scale - low * scale) * perUnit);
      counts[Math.min(counts.length - 1, bin)]! += 1;
    }
    return { low, high, counts, leftOut };
  }
  if (reduction.of === "sum") return compensatedSum(values);
  if (reduction.of === "mean") return compensatedSum(values) / values.length;
  if (isWithoutRange) return Number.NaN;
  return reduction.of === "min" ? rangeOf(values).low : rangeOf(values).high;
}

function rangeOf(values: KernelArray): { low: number; high: number } {
  let low = values[0]!;
  let high = low;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/** Sum with the rounding error of each addition kept beside it (Neumaier, ZAMM 54, 1974). */
function compensatedSum(values: KernelArray): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  // What was lost means nothing beside a sum that is not finite.
  return Number.isFinite(sum) ? sum + lost : sum;
}
