import type { RollingQuantile } from "../../core/statistics/rolling-quantile.ts";
import type { TimeUs } from "../../core/time.ts";
import { AdaptiveInterval, errorWindow, HourShift } from "./adaptive-interval.ts";
import { BOUNDS, type Bound, type Outlook } from "./forecast-model.ts";
import type { HeldOutErrors } from "./held-out-errors.ts";

/** A forecast as it was given: the model's own words and the intervals made of them. */
export interface Issued {
  readonly madeAtUs: TimeUs;
  readonly mean: Float64Array;
  readonly intervals: Readonly<Record<Bound, Float64Array>>;
  readonly told: Outlook;
  /** Why the model that stands in was asked. */
  readonly degraded?: string;
  /** Per baseline: forecast at the declared horizon with its 90 % interval. */
  readonly baselines: readonly { readonly mean: number; readonly low: number; readonly high: number }[];
}

/** Within less the hour says little. */
const QUARTER_DAY_US = 6 * 3600e6;

/** Errors of each step ahead and the intervals that they make. */
export class StepIntervals {
  readonly #errors: readonly RollingQuantile[];
  readonly #boundErrors: Readonly<Record<Bound, readonly RollingQuantile[]>> | undefined;
  readonly #interval50: readonly AdaptiveInterval[];
  readonly #interval90: readonly AdaptiveInterval[];
  readonly #hour50: readonly HourShift[] = [];
  readonly #hour90: readonly HourShift[] = [];

  constructor({ residuals, boundResiduals }: HeldOutErrors, stepUs: number) {
    if (residuals.length * stepUs >= QUARTER_DAY_US) {
      this.#hour50 = residuals.map(() => new HourShift(0.5));
      this.#hour90 = residuals.map(() => new HourShift(0.9));
    }
    this.#errors = residuals.map((errors) => errorWindow(errors));
    this.#boundErrors =
      boundResiduals &&
      (Object.fromEntries(
        BOUNDS.map((bound) => [bound, boundResiduals[bound].map((errors) => errorWindow(errors))]),
      ) as Record<Bound, RollingQuantile[]>);
    this.#interval50 = residuals.map(() => new AdaptiveInterval(0.5));
    this.#interval90 = residuals.map(() => new AdaptiveInterval(0.9));
  }

  /** Intervals around what a model told, inside each other. */
  around({ mean, bounds }: Outlook, madeAtUs: TimeUs): Record<Bound, Float64Array> {
    const own = bounds !== undefined && this.#boundErrors !== undefined ? bounds : undefined;
    const of = (bound: Bound): Float64Array => (own === undefined ? mean : own[bound]).slice();
    const result = { low90: of("low90"), low50: of("low50"), high50: of("high50"), high90: of("high90") };
    for (let k = 0; k < mean.length; k++) {
      const errors = (bound: Bound): RollingQuantile =>
        own === undefined ? this.#errors[k]! : this.#boundErrors![bound][k]!;
      const [low50, high50] = this.#interval50[k]!.around(
        errors("low50"),
        errors("high50"),
        this.#hour50[k]?.at(madeAtUs),
      );
      const [low90, high90] = this.#interval90[k]!.around(
        errors("low90"),
        errors("high90"),
        this.#hour90[k]?.at(madeAtUs),
      );
      const inner = [result.low50[k]! + low50, result.high50[k]! + high50];
      const innerLow = Math.min(inner[0]!, inner[1]!);
      const innerHigh = Math.max(inner[0]!, inner[1]!);
      result.low50[k] = innerLow;
      result.high50[k] = innerHigh;
      result.low90[k] = Math.min(innerLow, result.low90[k]! + low90);
      result.high90[k] = Math.max(innerHigh, result.high90[k]! + high90);
    }
    return result;
  }

  /** What became of the forecast `k + 1` steps ahead. @returns whether the 90 % interval held the value */
  observe(issued: Issued, k: number, value: number): boolean {
    const { intervals, told } = issued;
    this.#errors[k]!.add(value - issued.mean[k]!);
    if (told.bounds !== undefined && this.#boundErrors !== undefined)
      for (const bound of BOUNDS) this.#boundErrors[bound][k]!.add(value - told.bounds[bound][k]!);
    const inside50 = value >= intervals.low50[k]! && value <= intervals.high50[k]!;
    const inside90 = value >= intervals.low90[k]! && value <= intervals.high90[k]!;
    this.#interval50[k]!.observe(inside50);
    this.#interval90[k]!.observe(inside90);
    this.#hour50[k]?.observe(issued.madeAtUs, inside50);
    this.#hour90[k]?.observe(issued.madeAtUs, inside90);
    return inside90;
  }
}
