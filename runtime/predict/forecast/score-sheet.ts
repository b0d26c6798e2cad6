import { binomialInterval } from "../../core/statistics/binomial.ts";
import { automaticLag, effectiveCount, mean } from "../../core/statistics/serial-mean.ts";
import { intervalScore } from "./adaptive-interval.ts";
import { BOUNDS, QUANTILES } from "./forecast-model.ts";
import type { Forecaster } from "./forecaster.ts";
import { seasonOffset } from "./point-model.ts";
import { compareLosses } from "./skill.ts";

/** Figures of forecasts that were scored, in the unit of the property where they have one. */
export interface Scores {
  readonly n: number;
  /** Mean absolute error. */
  readonly mae: number;
  /** That of the last value, and of the value one season before for each season. */
  readonly naive: readonly { readonly name: string; readonly mae: number }[];
  /** The error over that of the best naive forecast, with its one-sided 95 % upper bound. */
  readonly mase: number;
  readonly maseUpper95: number;
  /** Mean pinball loss of the 5, 25, 50, 75 and 95 % quantiles. */
  readonly pinball: number;
  readonly intervalScore: number;
  /** Of the 90 % interval: share inside, the exact 95 % interval of it by the effective number of hits, mean width. */
  readonly coverage90: number;
  readonly coverageLow: number;
  readonly coverageHigh: number;
  readonly effectiveN: number;
  readonly width90: number;
}

/** Scores forecasts step by step against what came, beside the naive ones of the same steps. */
export class ScoreSheet {
  readonly #values: Float64Array;
  readonly #seasons: readonly number[];
  readonly #hits: number[] = [];
  readonly #absolute: number[] = [];
  readonly #naive: readonly number[][];
  #pinball = 0;
  #score = 0;
  #width = 0;

  /** @param values the whole series, NaN where there is none */
  constructor(values: Float64Array, seasons: readonly number[]) {
    this.#values = values;
    this.#seasons = seasons;
    this.#naive = Array.from({ length: 1 + seasons.length }, () => []);
  }

  /** Scores the forecast made at the end of step `t` for the steps ahead that are named, where a value came. */
  add({ issued }: Forecaster, t: number, steps: readonly number[]): void {
    if (issued === undefined) return;
    for (const ahead of steps) {
      const value = this.#values[t + ahead] ?? Number.NaN;
      const naive = [t, ...this.#seasons.map((season) => t - seasonOffset(season, ahead))].map(
        (at) => this.#values[at] ?? Number.NaN,
      );
      // The same steps for all, so that the errors can be compared.
      if (!Number.isFinite(value) || naive.some((each) => !Number.isFinite(each))) continue;
      const k = ahead - 1;
      const [low, high] = [issued.intervals.low90[k]!, issued.intervals.high90[k]!];
      this.#absolute.push(Math.abs(value - issued.mean[k]!));
      for (const [i, each] of naive.entries()) this.#naive[i]!.push(Math.abs(value - each));
      let pinball = pinballLoss(0.5, issued.mean[k]!, value);
      for (const bound of BOUNDS)
        pinball += pinballLoss(QUANTILES[bound], issued.intervals[bound][k]!, value);
      this.#pinball += pinball / (1 + BOUNDS.length);
      this.#score += intervalScore(low, high, value, 0.9);
      this.#width += high - low;
      this.#hits.push(value >= low && value <= high ? 1 : 0);
    }
  }

  /** @param overlap steps over which hits are alike: the horizon. @returns undefined before anything was scored */
  scores(overlap: number): Scores | undefined {
    const n = this.#hits.length;
    if (n === 0) return undefined;
    const coverage90 = mean(this.#hits);
    const { ratio, upper95 } = compareLosses(this.#absolute, this.#naive, overlap);
    const effectiveN = effectiveCount(this.#hits, Math.min(n - 1, automaticLag(n, overlap)));
    const { low, high } = binomialInterval(coverage90 * effectiveN, effectiveN);
    const names = ["last value", ...this.#seasons.map((season) => `same as ${season} steps before`)];
    return {
      n,
      mae: mean(this.#absolute),
      naive: names.map((name, i) => ({ name, mae: mean(this.#naive[i]!) })),
      mase: ratio,
      maseUpper95: upper95,
      pinball: this.#pinball / n,
      intervalScore: this.#score / n,
      coverage90,
      coverageLow: low,
      coverageHigh: high,
      effectiveN,
      width90: this.#width / n,
    };
  }
}

/** Koenker and Bassett 1978. */
export const pinballLoss = (level: number, quantile: number, value: number): number =>
  value >= quantile ? level * (value - quantile) : (1 - level) * (quantile - value);
