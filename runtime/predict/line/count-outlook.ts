import { quantileOfSorted } from "../../core/statistics/quantile.ts";

/** Parts that a simulation foretells for one horizon: mean, and 5 and 95 % of its replications. */
export interface CountOutlook {
  readonly mean: number;
  readonly low90: number;
  readonly high90: number;
}

/** Mean and 5 to 95 % of counts, one per replication. */
export function outlookOf(counts: readonly number[]): CountOutlook {
  const sorted = Float64Array.from(counts).sort();
  return {
    mean: sorted.reduce((sum, count) => sum + count, 0) / sorted.length,
    low90: quantileOfSorted(sorted, 0.05),
    high90: quantileOfSorted(sorted, 0.95),
  };
}
