import { binomialInterval } from "../../core/statistics/binomial.ts";
import { automaticLag, effectiveCount, longRunVariance, mean } from "../../core/statistics/serial-mean.ts";

export const BASELINE_NAMES = [
  "last value",
  "rolling mean",
  "same as a season before",
  "same as a long season before",
] as const;

/** One forecast at the declared horizon and what came. Arrays have one entry per baseline. */
export interface ScoredForecast {
  readonly error: number;
  readonly baselineErrors: readonly number[];
  readonly score: number;
  readonly baselineScores: readonly number[];
  readonly inside90: boolean;
}

export interface Skill {
  /** Scored forecasts in the window. */
  readonly n: number;
  /** Mean absolute error over that of the best baseline; its one-sided 95 % upper bound. */
  readonly mase: number;
  readonly maseUpper95: number;
  readonly bestBaseline: string;
  /** Interval score over that of the best baseline's interval. */
  readonly scoreRatio: number;
  readonly scoreRatioUpper95: number;
  readonly coverage90: number;
  /** Independent forecasts that carry as much about the coverage as these overlapping ones. */
  readonly effectiveN: number;
  /** Exact 95 % interval of the coverage with that number. */
  readonly coverageLow: number;
  readonly coverageHigh: number;
}

const WINDOW = 1000;

/**
 * One-sided 95 % critical value of a mean over its Bartlett long-run standard error when the bandwidth is the share
 * `b` of the sample (Kiefer and Vogelsang 2005, fixed-b asymptotics): 1.645 at b = 0, more where the variance itself
 * is uncertain.
 */
export const fixedBandwidthCritical95 = (b: number): number =>
  1.6449 + 2.1859 * b + 0.3142 * b ** 2 - 0.3427 * b ** 3;

/**
 * Keeps the last 1000 scored forecasts of one horizon and judges them.
 *
 * Errors of forecasts h steps ahead overlap and are correlated over h - 1 steps and more. The bound on the mean loss
 * difference (Diebold and Mariano 1995) therefore takes a long-run variance over twice the horizon with fixed-b critical
 * values, and the coverage counts the effective number of hits.
 */
export class SkillWindow {
  readonly #horizon: number;
  #scored: ScoredForecast[] = [];

  constructor(horizon: number) {
    this.#horizon = horizon;
  }

  get n(): number {
    return this.#scored.length;
  }

  add(scored: ScoredForecast): void {
    this.#scored.push(scored);
    if (this.#scored.length >= 2 * WINDOW) this.#scored = this.#scored.slice(-WINDOW);
  }

  /** Undefined before the first two. */
  judge(): Skill | undefined {
    const scored = this.#scored.slice(-WINDOW);
    const n = scored.length;
    if (n < 2) return undefined;
    const error = compareLosses(
      scored.map((one) => Math.abs(one.error)),
      BASELINE_NAMES.map((_, b) =>
        scored.map((one) => Math.abs(one.baselineErrors[b] ?? Number.POSITIVE_INFINITY)),
      ),
      this.#horizon,
    );
    const score = compareLosses(
      scored.map((one) => one.score),
      BASELINE_NAMES.map((_, b) => scored.map((one) => one.baselineScores[b] ?? Number.POSITIVE_INFINITY)),
      this.#horizon,
    );
    const hits = scored.map((one) => (one.inside90 ? 1 : 0));
    const coverage90 = mean(hits);
    const effectiveN = effectiveCount(hits, automaticLag(n, this.#horizon - 1));
    const { low, high } = binomialInterval(coverage90 * effectiveN, effectiveN);
    return {
      n,
      mase: error.ratio,
      maseUpper95: error.upper95,
      bestBaseline: BASELINE_NAMES[error.best]!,
      scoreRatio: score.ratio,
      scoreRatioUpper95: score.upper95,
      coverage90,
      effectiveN,
      coverageLow: low,
      coverageHigh: high,
    };
  }
}

/**
 * Mean loss over that of the best baseline, with a one-sided 95 % upper bound.
 * @param horizon steps over which losses overlap
 * @returns `best` is the place of the best baseline; a bound of infinity where a baseline leaves nothing to gain
 */
export function compareLosses(
  own: readonly number[],
  baselines: readonly (readonly number[])[],
  horizon: number,
): { ratio: number; upper95: number; best: number } {
  const means = baselines.map(mean);
  const least = Math.min(...means);
  const best = means.indexOf(least);
  // A signal that a baseline forecasts without error leaves nothing to gain.
  if (!(least > 0) || !Number.isFinite(least))
    return { ratio: 1, upper95: Number.POSITIVE_INFINITY, best: Math.max(best, 0) };
  const difference = Float64Array.from(own, (loss, i) => loss - baselines[best]![i]!);
  const n = own.length;
  const lag = Math.min(n - 1, automaticLag(n, 2 * horizon - 1));
  const half = fixedBandwidthCritical95((lag + 1) / n) * Math.sqrt(longRunVariance(difference, lag) / n);
  const gain = mean(difference);
  return { ratio: 1 + gain / least, upper95: 1 + (gain + half) / least, best };
}
