import { type Candidate, fixed } from "./candidates.ts";
import { meanAt, memoryOf } from "./forecast-model.ts";
import { headOf, type StepSeries } from "./step-series.ts";

const MEAN_WINDOWS = [6, 12, 24, 60, 120, 240] as const;
/** Share of the training data before the first origin, and the blocks after it that are forecast in turn. */
const FIRST_ORIGIN = 0.5;
const BLOCKS = 3;
/** Forecasts that are compared in one block, spread evenly. */
const MAX_COMPARED = 1000;

export interface Ranked {
  readonly candidate: Candidate;
  readonly meanAbsoluteError: number;
}

/** The candidates that the data suffices for, best first. */
export function ranked(
  series: StepSeries,
  origins: readonly Origin[],
  candidates: readonly Candidate[],
  horizon: number,
): Ranked[] {
  const scored = candidates.flatMap((candidate) => {
    const meanAbsoluteError = rollingError(series, origins, horizon, candidate);
    return meanAbsoluteError === undefined ? [] : [{ candidate, meanAbsoluteError }];
  });
  return scored.sort((a, b) => a.meanAbsoluteError - b.meanAbsoluteError);
}

export interface Origin {
  readonly from: number;
  readonly to: number;
}

export function originsOf(length: number): Origin[] {
  const first = Math.floor(length * FIRST_ORIGIN);
  const at = (block: number): number => first + Math.floor((block * (length - first)) / BLOCKS);
  return Array.from({ length: BLOCKS }, (_, block) => ({ from: at(block), to: at(block + 1) }));
}

/** The window of the rolling mean that did best. */
export function meanWindowOf(series: StepSeries, origins: readonly Origin[], horizon: number): number {
  const windows = MEAN_WINDOWS.filter((window) => window < origins[0]!.from);
  const errors = windows.map(
    (window) =>
      rollingError(series, origins, horizon, fixed({ kind: "mean", window })) ?? Number.POSITIVE_INFINITY,
  );
  return windows[errors.indexOf(Math.min(...errors))]!;
}

/** Mean absolute error at the horizon over blocks, each forecast by a fit to what stands before it. */
function rollingError(
  series: StepSeries,
  origins: readonly Origin[],
  horizon: number,
  candidate: Candidate,
): number | undefined {
  let [sum, count] = [0, 0];
  for (const { from, to } of origins) {
    const model = candidate.fit(headOf(series, from), [horizon], false);
    if (model === undefined || memoryOf(model) > from) return undefined;
    const stride = Math.max(1, Math.floor((to - from) / MAX_COMPARED));
    for (let target = from; target < to; target += stride) {
      const value = series.values[target]!;
      if (Number.isNaN(value) || target - horizon < 0) continue;
      const error = Math.abs(value - meanAt(model, series, target - horizon, horizon));
      if (Number.isNaN(error)) continue;
      sum += error;
      count++;
    }
  }
  return count === 0 ? undefined : sum / count;
}

/**
 * Errors one step ahead over the blocks, in order, each forecast by a fit to what stands before it.
 * @param steps the steps ahead to fit, the first among them
 */
export function errorsOneAhead(
  series: StepSeries,
  origins: readonly Origin[],
  candidate: Candidate,
  steps: readonly number[],
): Float64Array {
  const errors: number[] = [];
  for (const { from, to } of origins) {
    const model = candidate.fit(headOf(series, from), steps, false);
    if (model === undefined) continue;
    for (let target = from; target < to; target++) {
      const error = series.values[target]! - meanAt(model, series, target - 1, 1);
      if (Number.isFinite(error)) errors.push(error);
    }
  }
  return Float64Array.from(errors);
}
