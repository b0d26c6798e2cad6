import {
  checkReduction,
  type Histogram,
  notFinite,
  quantilePlace,
  type ReducibleArray,
  type Reduction,
} from "./reductions.ts";

/** The reductions' plain lane, the reference of the others: Neumaier's compensated sum, and a sorted copy. */
export function reducePlain(values: ReducibleArray, reduction: Reduction): number | number[] | Histogram {
  checkReduction(values, reduction);
  if (!values.every((value: number) => Number.isFinite(value))) throw notFinite(values);
  let low = values[0]!;
  let high = low;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if ("of" in reduction) {
    if (reduction.of === "min") return low;
    if (reduction.of === "max") return high;
    const sum = compensatedSum(values);
    return reduction.of === "sum" ? sum : sum / values.length;
  }
  if ("quantiles" in reduction) {
    const sorted = Float64Array.from(values).sort();
    return reduction.quantiles.map((p) => {
      const { below, above, part } = quantilePlace(p, values.length);
      return sorted[below]! + part * (sorted[above]! - sorted[below]!);
    });
  }
  const bins = reduction.histogram;
  const counts = new Uint32Array(bins);
  const perUnit = high > low ? bins / (high - low) : 0;
  for (const value of values) counts[Math.min(bins - 1, Math.floor((value - low) * perUnit))]! += 1;
  return { low, high, counts };
}

/** Sum with the rounding error of each addition kept beside it (Neumaier 1974). */
function compensatedSum(values: ReducibleArray): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}
