import { quantileOfSorted } from "../../core/statistics/quantile.ts";

/** What the errors one step ahead were like on data that took no part in the fit. Plain data. */
export interface DriftReference {
  /** Quantiles of the errors, evenly spaced, ascending. */
  readonly quantiles: Float64Array;
  /** A sum above it is a drift. */
  readonly bar: number;
}

const QUANTILES = 101;
/** Errors before anything is judged by them. */
const LEAST_ERRORS = 60;
/** Mean score, of -1 to 1, that is let pass. */
const SLACK = 0.25;
/** Least bar: for independent errors one false alarm in some 10^6 steps (Siegmund's approximation of the run length). */
const LEAST_BAR = 8;
/** Times the largest sum on held-out data known to be in order: errors follow the day and the week, and are not independent. */
const MARGIN = 3;
/** A bar above it would wait for hundreds of steps of the worst errors. */
const MOST_BAR = 200;

/**
 * Learns from errors in their order what is normal.
 * @returns undefined where they are too few to tell
 */
export function driftReference(errors: Float64Array): DriftReference | undefined {
  if (errors.length < LEAST_ERRORS) return undefined;
  const sorted = errors.slice().sort();
  const quantiles = Float64Array.from({ length: QUANTILES }, (_, i) =>
    quantileOfSorted(sorted, i / (QUANTILES - 1)),
  );
  const sums = new DriftSums(quantiles);
  let largest = 0;
  for (const error of errors) {
    sums.add(error);
    largest = Math.max(largest, sums.largest);
  }
  return { quantiles, bar: Math.min(MOST_BAR, Math.max(LEAST_BAR, MARGIN * largest)) };
}

/**
 * Cumulative sums (Page 1954) of where an error stands among the reference: too high, too low, too far out. Ranks are
 * bounded, so that one wild error is no drift.
 */
class DriftSums {
  readonly #quantiles: Float64Array;
  readonly #sums = new Float64Array(3);
  /** Steps since the largest sum was last zero. */
  readonly #steps = new Int32Array(3);

  constructor(quantiles: Float64Array) {
    this.#quantiles = quantiles;
  }

  add(error: number): void {
    const rank = 2 * rankAmong(this.#quantiles, error) - 1;
    this.#grow(0, rank);
    this.#grow(1, -rank);
    this.#grow(2, 2 * Math.abs(rank) - 1);
  }

  get largest(): number {
    return Math.max(this.#sums[0]!, this.#sums[1]!, this.#sums[2]!);
  }

  get steps(): number {
    return this.#steps[this.#sums.indexOf(this.largest)]!;
  }

  #grow(i: number, score: number): void {
    const sum = Math.max(0, this.#sums[i]! + score - SLACK);
    this.#sums[i] = sum;
    this.#steps[i] = sum === 0 ? 0 : this.#steps[i]! + 1;
  }
}

/** Share of the reference below, the middle of those that equal: 0.5 for all where the reference never moved. */
function rankAmong(quantiles: Float64Array, error: number): number {
  let [below, notAbove] = [0, 0];
  for (const quantile of quantiles) {
    if (quantile < error) below++;
    if (quantile <= error) notAbove++;
  }
  return (below + notAbove) / (2 * quantiles.length);
}

/** Watches errors one step ahead for a lasting change. */
export class DriftWatch {
  readonly #sums: DriftSums;
  readonly #bar: number;

  constructor({ quantiles, bar }: DriftReference) {
    this.#sums = new DriftSums(quantiles);
    this.#bar = bar;
  }

  /** @returns how many steps ago the errors began to differ; undefined while they do not */
  observe(error: number): number | undefined {
    this.#sums.add(error);
    return this.#sums.largest > this.#bar ? this.#sums.steps : undefined;
  }
}
