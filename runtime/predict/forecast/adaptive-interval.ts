import { RollingQuantile } from "../../core/statistics/rolling-quantile.ts";
import type { TimeUs } from "../../core/time.ts";

/** How far one hit or miss moves the level asked of the quantiles. */
const GAIN = 0.01;
const WINDOW = 400;
/** Below this level a window of 400 errors has no more quantiles; the interval is then stretched. */
const LEAST_LEVEL = 0.005;
const LEVELS = { least: -0.5, most: 0.9 } as const;
/** Width of a stretched interval grows by so many times itself for one unit of level, a hundred misses. */
const STRETCH = 20;

/**
 * An interval around a forecast from the quantiles of recent errors, its level steered by its own hits and misses so that
 * the coverage stays right when the errors change: adaptive conformal inference (Gibbs and Candès 2021). Where misses go
 * on although the interval reaches to the largest error of the window, it grows beyond.
 */
export class AdaptiveInterval {
  readonly #miss: number;
  #level: number;

  /** @param coverage share of values that must lie inside, for instance 0.9 */
  constructor(coverage: number) {
    this.#miss = 1 - coverage;
    this.#level = this.#miss;
  }

  /**
   * Lower and upper distance from the forecast.
   * @param upper errors about the upper bound where the model has bounds of its own (conformalized quantile regression,
   *   Romano, Patterson and Candès 2019); then `errors` are those about the lower one
   * @param shift added to the level
   */
  around(errors: RollingQuantile, upper = errors, shift = 0): readonly [number, number] {
    const wanted = Math.min(Math.max(this.#level + shift, LEVELS.least), LEVELS.most);
    const level = Math.max(LEAST_LEVEL, wanted);
    const low = errors.quantile(level / 2);
    const high = upper.quantile(1 - level / 2);
    if (wanted >= LEAST_LEVEL) return [low, high];
    const more = (STRETCH * (LEAST_LEVEL - wanted)) / 2;
    const width = upper.quantile(0.95) - errors.quantile(0.05);
    return [low - more * width, high + more * width];
  }

  /** What became of a forecast made with this interval. */
  observe(hit: boolean): void {
    this.#level += GAIN * (this.#miss - (hit ? 0 : 1));
    this.#level = Math.min(Math.max(this.#level, LEVELS.least), LEVELS.most);
  }
}

const HOUR_US = 3600e6;

/**
 * What the level of an interval is shifted by where the forecast was made at that hour of the day, steered by the hits and
 * misses of that hour's forecasts. Whoever reads the forecast of midnight alone is then covered too, and not only who
 * reads all of a day: of levels that add up each is steered by its own group (Gibbs, Cherian and Candès 2025).
 */
export class HourShift {
  readonly #miss: number;
  readonly #shift = new Float64Array(24);

  constructor(coverage: number) {
    this.#miss = 1 - coverage;
  }

  at(madeAtUs: TimeUs): number {
    return this.#shift[hourOf(madeAtUs)]!;
  }

  observe(madeAtUs: TimeUs, hit: boolean): void {
    const hour = hourOf(madeAtUs);
    const moved = this.#shift[hour]! + GAIN * (this.#miss - (hit ? 0 : 1));
    this.#shift[hour] = Math.min(Math.max(moved, LEVELS.least), LEVELS.most);
  }
}

const hourOf = (timeUs: TimeUs): number => Math.floor(timeUs / HOUR_US) % 24;

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
