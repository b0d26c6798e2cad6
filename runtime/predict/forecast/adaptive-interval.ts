import { RollingQuantile } from "../../core/statistics/rolling-quantile.ts";

/** How far one hit or miss moves the level asked of the quantiles. */
const GAIN = 0.01;
const WINDOW = 400;

/**
 * An interval around a point forecast from the quantiles of recent errors, its level steered by its own hits and
 * misses so that the coverage stays right when the errors change: adaptive conformal inference (Gibbs and Candès 2021).
 */
export class AdaptiveInterval {
  readonly #miss: number;
  #level: number;

  /** @param coverage share of values that must lie inside, for instance 0.9 */
  constructor(coverage: number) {
    this.#miss = 1 - coverage;
    this.#level = this.#miss;
  }

  /** Lower and upper distance from the forecast. */
  around(errors: RollingQuantile): readonly [number, number] {
    return [errors.quantile(this.#level / 2), errors.quantile(1 - this.#level / 2)];
  }

  /** What became of a forecast made with this interval. */
  observe(hit: boolean): void {
    this.#level += GAIN * (this.#miss - (hit ? 0 : 1));
    this.#level = Math.min(Math.max(this.#level, 0.002), 0.9);
  }
}

/** A window of errors that starts with those of the fit. */
export function errorWindow(start: ArrayLike<number> = []): RollingQuantile {
  const window = new RollingQuantile(WINDOW);
  for (let i = Math.max(0, start.length - WINDOW); i < start.length; i++) window.add(start[i]!);
  return window;
}

/**
 * Interval score of one value (Gneiting and Raftery 2007, equation 43): width plus 2 / miss for each unit outside.
 * Lower is better.
 */
export function intervalScore(low: number, high: number, value: number, coverage: number): number {
  const penalty = 2 / (1 - coverage);
  return high - low + penalty * (Math.max(0, low - value) + Math.max(0, value - high));
}
