import { RungError } from "../../core/errors.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { Kernel } from "../kernel.ts";
import { refuse } from "./solver-fault.ts";

export type ReducibleArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** What is asked of an array; quantiles are between 0 and 1, a histogram has so many bins of equal width. */
export type Reduction =
  | { readonly of: "sum" | "mean" | "min" | "max" }
  | { readonly quantiles: readonly number[] }
  | { readonly histogram: number };

/** Counts of values in bins of equal width from the least to the greatest value, which the last bin includes. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: Uint32Array;
}

export type Reduced<R extends Reduction> = R extends { of: string }
  ? number
  : R extends { quantiles: readonly number[] }
    ? number[]
    : Histogram;

export interface ReductionRequest {
  readonly values: ReducibleArray;
  readonly reduction: Reduction;
  /** Threads to use; the result does not depend on it. Default by the size of the work, at most 2. */
  readonly threads?: number;
}

/** A reduction in the compute child. */
export const REDUCTION: Kernel<ReductionRequest, number | number[] | Histogram> = {
  name: "reduction",
  module: siblingModule(import.meta.url, "./reductions-kernel").href,
};

const WHERE = "reduction";
const MOST_BINS = 65_536;

/** @throws RungError `solver-input` naming the value at fault */
export function checkReduction(values: ReducibleArray, reduction: Reduction): void {
  if (values.length === 0) refuse(WHERE, "the array is empty", "ask about at least one value");
  if ("of" in reduction) {
    if (!["sum", "mean", "min", "max"].includes(reduction.of))
      refuse(WHERE, `${reduction.of} is no reduction`, "ask for sum, mean, min or max");
  } else if ("quantiles" in reduction) {
    for (const p of reduction.quantiles)
      if (!(p >= 0 && p <= 1)) refuse(WHERE, `quantile ${p}`, "give parts from 0 to 1: 0.95, not 95");
  } else if (
    !Number.isInteger(reduction.histogram) ||
    reduction.histogram < 1 ||
    reduction.histogram > MOST_BINS
  )
    refuse(WHERE, `${reduction.histogram} bins`, `give a whole number from 1 to ${MOST_BINS}`);
}

/** A value that is no number has no place in an order or a sum. */
export function notFinite(values: ReducibleArray): RungError {
  const at = values.findIndex((value: number) => !Number.isFinite(value));
  return new RungError({
    code: "reduction-not-finite",
    where: WHERE,
    what: `value ${at} is ${values[at]}`,
    advice: "look for what made it: an unstable step or an input that is no number",
  });
}

/**
 * Quantile by linear interpolation between order statistics (Hyndman and Fan's type 7, numpy's default).
 * @param count how many values there are
 * @returns ranks of the two neighbours, from 0, and the part of the way from the first to the second
 */
export function quantilePlace(p: number, count: number): { below: number; above: number; part: number } {
  const place = p * (count - 1);
  const below = Math.floor(place);
  return { below, above: Math.min(below + 1, count - 1), part: place - below };
}
