import { RungError } from "../../core/errors.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { Kernel, KernelArray } from "../kernel.ts";
import type { SolverPlace, SolverRun } from "./solver-backend.ts";

/** What is asked of an array. */
export type Reduction =
  | { readonly of: "min" | "max" | "mean" | "sum" }
  /** Probabilities in [0, 1]; interpolated linearly between order statistics (Hyndman and Fan's type 7). */
  | { readonly quantiles: readonly number[] }
  /** Number of bins of equal width from the least to the greatest finite value. */
  | { readonly histogram: number };

export interface Histogram {
  /** NaN where no value is finite. */
  readonly low: number;
  readonly high: number;
  /** Values per bin; the last bin holds its upper edge as well. */
  readonly counts: Float64Array;
  /** Values that are not finite and stand in no bin. */
  readonly leftOut: number;
}

export type Reduced<R extends Reduction = Reduction> = R extends { readonly of: string }
  ? number
  : R extends { readonly quantiles: readonly number[] }
    ? Float64Array
    : Histogram;

export interface ReductionRequest {
  readonly values: KernelArray;
  readonly reduction: Reduction;
  /** Threads to use; the result does not depend on it. Default by the size of the work, at most 2. */
  readonly threads?: number;
  /** Put here by `solve`. */
  readonly place?: SolverPlace;
}

export interface ReductionAnswer {
  readonly reduced: Reduced;
}

/** A reduction in the compute child of an array that travels there; `Compute.reduce` is for one that is kept there. */
export const REDUCTION: Kernel<ReductionRequest, ReductionAnswer & SolverRun> = {
  name: "reduction",
  module: siblingModule(import.meta.url, "./reductions-kernel").href,
};

const SUMMARIES = ["min", "max", "mean", "sum"];
const MOST_QUANTILES = 100;
const MOST_BINS = 65_536;

/** @throws RungError `compute-reduction` */
export function checkReduction(reduction: Reduction): void {
  const refuse = (what: string): never => {
    throw new RungError({ code: "compute-reduction", where: "reduce", what });
  };
  const isProbability = (p: number): boolean => p >= 0 && p <= 1;
  if ("of" in reduction) {
    if (SUMMARIES.includes(reduction.of)) return;
    refuse(`of must be ${SUMMARIES.join(", ")}, got ${String(reduction.of)}`);
  } else if ("quantiles" in reduction) {
    const { quantiles } = reduction;
    if (quantiles.length <= MOST_QUANTILES && quantiles.every(isProbability)) return;
    refuse(`quantiles must be at most ${MOST_QUANTILES} numbers from 0 to 1, got ${quantiles.join(", ")}`);
  } else if (
    !(Number.isInteger(reduction.histogram) && reduction.histogram > 0 && reduction.histogram <= MOST_BINS)
  ) {
    refuse(`a histogram must have 1 to ${MOST_BINS} bins, got ${reduction.histogram}`);
  }
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

/** Between two order statistics; equal ones, which may be infinite, are the quantile. */
export const between = (low: number, high: number, part: number): number =>
  low === high || part === 0 ? low : low + part * (high - low);

/**
 * How values are scaled before they are binned, and bins to a unit of what was scaled. The widest range of floats has a
 * finite width once it is shrunk, the narrowest a finite number of bins to a unit once it is stretched. Both are powers
 * of two, so that no value changes its bin by rounding.
 */
export function binScale(low: number, high: number, bins: number): { scale: number; perUnit: number } {
  if (low === high) return { scale: 1, perUnit: 0 };
  let scale = 1;
  if (!Number.isFinite(high - low)) scale = 2 ** -500;
  else if (!Number.isFinite(bins / (high - low))) scale = 2 ** 500;
  return { scale, perUnit: bins / (high * scale - low * scale) };
}
