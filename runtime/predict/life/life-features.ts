import { RungError } from "../../core/errors.ts";
import type { HealthIndex } from "./health-index.ts";
import { Level, LifeTrend, RecentSlope } from "./running-measures.ts";
import type { WornSignal } from "./worn-signals.ts";

/** Smoothing per cycle of a signal and of the health index. */
const LEVEL = 0.08;
const FAST = 0.15;
const SLOW = 0.04;
/** First cycles of a unit that it is compared with. */
const OWN_START_CYCLES = 20;
/** Cycles over which the recent slope of the health index is taken. */
const SLOPE_CYCLES = 50;
/** Features of the health index, and the age. */
const INDEX_FEATURES = [
  "fast level",
  "level",
  "slow level",
  "change since new",
  "recent slope",
  "slope",
  "mean",
];

/** What the trees are told: per signal its level and its slope since the unit was new, the health index, the age. */
export function featureNames(signals: readonly { readonly name: string }[]): string[] {
  return [
    ...signals.flatMap(({ name }) => [`${name} level`, `${name} slope`]),
    ...INDEX_FEATURES.map((name) => `health ${name}`),
    "age",
  ];
}

/** Which signal a feature tells of; undefined for those of the health index and the age. */
export function signalOfFeature(feature: number, signals: number): number | undefined {
  return feature < 2 * signals ? feature >> 1 : undefined;
}

/**
 * What is remembered of one unit: the same memory after ten cycles and after ten thousand. Time is counted in cycles, so
 * that cycles that were not recorded count as passed.
 */
export class LifeFeatures {
  readonly #signals: readonly WornSignal[];
  readonly #index: HealthIndex;
  readonly #levels: Level[];
  readonly #trends: LifeTrend[];
  readonly #fast = new Level(FAST);
  readonly #level = new Level(LEVEL);
  readonly #slow = new Level(SLOW);
  readonly #trend = new LifeTrend();
  readonly #recent = new RecentSlope(SLOPE_CYCLES);
  #start = 0;
  #startRows = 0;
  #firstCycle = Number.NaN;
  #rows = 0;
  /** Signals without a value in the newest row. */
  missing = 0;
  /** The newest cycle; NaN before the first. */
  cycle = Number.NaN;

  constructor(signals: readonly WornSignal[], index: HealthIndex) {
    this.#signals = signals;
    this.#index = index;
    this.#levels = signals.map(() => new Level(LEVEL));
    this.#trends = signals.map(() => new LifeTrend());
  }

  get count(): number {
    return 2 * this.#signals.length + INDEX_FEATURES.length + 1;
  }

  /** Cycles taken in. */
  get rows(): number {
    return this.#rows;
  }

  /** The health index, smoothed, as it is, below 0 and above 1 too; NaN before the first row. */
  get health(): number {
    return this.#level.value;
  }

  /**
   * @param cycle higher than the one before
   * @param values one per signal, in its unit; what is not finite is missing: the signal's level then stands for it
   * @throws RungError `life-cycle`
   */
  push(cycle: number, values: Float64Array): void {
    if (!Number.isFinite(cycle) || cycle <= this.cycle) {
      throw new RungError({
        code: "life-cycle",
        where: "remaining life",
        what: `cycle ${cycle} follows cycle ${this.cycle}`,
        advice: "give the cycles of a unit in their order, each once",
      });
    }
    const passed = this.#rows === 0 ? 1 : cycle - this.cycle;
    if (this.#rows === 0) this.#firstCycle = cycle;
    this.cycle = cycle;
    this.#rows++;
    this.missing = 0;
    const since = cycle - this.#firstCycle;
    let health = this.#index.intercept;
    for (let s = 0; s < this.#signals.length; s++) {
      const { mean, deviation } = this.#signals[s]!;
      const z = (values[s]! - mean) / deviation;
      const level = this.#levels[s]!;
      if (Number.isFinite(z)) {
        level.add(z, passed);
        this.#trends[s]!.add(since, z);
        health += this.#index.weights[s]! * z;
      } else {
        this.missing++;
        if (level.count > 0) health += this.#index.weights[s]! * level.value;
      }
    }
    this.#fast.add(health, passed);
    this.#level.add(health, passed);
    this.#slow.add(health, passed);
    this.#trend.add(since, health);
    this.#recent.add(cycle, health);
    if (this.#startRows < OWN_START_CYCLES) this.#start += (health - this.#start) / ++this.#startRows;
  }

  /** The features after the newest row. @param out `count` values, from `at` on */
  write(out: Float64Array, at = 0): void {
    let k = at;
    for (let s = 0; s < this.#signals.length; s++) {
      out[k++] = this.#levels[s]!.value;
      out[k++] = this.#trends[s]!.slope;
    }
    out[k++] = this.#fast.value;
    out[k++] = this.#level.value;
    out[k++] = this.#slow.value;
    out[k++] = this.#fast.value - this.#start;
    out[k++] = this.#recent.slope;
    out[k++] = this.#trend.slope;
    out[k++] = this.#trend.mean;
    // A record that begins late in a life tells its age by its own cycle numbers.
    out[k] = this.cycle;
  }
}
