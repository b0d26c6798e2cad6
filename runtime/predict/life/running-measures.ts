/** Values that a slope needs before it says more than noise. */
const LEAST_VALUES = 5;

/** Exponentially weighted mean per cycle; the plain mean until that weighs less. */
export class Level {
  readonly #weight: number;
  value = Number.NaN;
  count = 0;

  constructor(weight: number) {
    this.#weight = weight;
  }

  /** @param cycles passed since the value before: the old level has faded over all of them */
  add(value: number, cycles: number): void {
    this.count++;
    if (this.count === 1) {
      this.value = value;
      return;
    }
    const weight = cycles === 1 ? this.#weight : 1 - (1 - this.#weight) ** cycles;
    this.value += Math.max(weight, 1 / this.count) * (value - this.value);
  }
}

/** Mean and least-squares slope over everything since the start, in five numbers (Welford's updates). */
export class LifeTrend {
  #count = 0;
  #time = 0;
  #mean = 0;
  #timeSquares = 0;
  #products = 0;

  add(time: number, value: number): void {
    this.#count++;
    const before = time - this.#time;
    this.#time += before / this.#count;
    this.#mean += (value - this.#mean) / this.#count;
    this.#timeSquares += before * (time - this.#time);
    this.#products += before * (value - this.#mean);
  }

  get mean(): number {
    return this.#count === 0 ? Number.NaN : this.#mean;
  }

  /** Per cycle; NaN before five values. */
  get slope(): number {
    return this.#count < LEAST_VALUES ? Number.NaN : this.#products / this.#timeSquares;
  }
}

/** Least-squares slope over the last values. */
export class RecentSlope {
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  #count = 0;

  constructor(window: number) {
    this.#times = new Float64Array(window);
    this.#values = new Float64Array(window);
  }

  add(time: number, value: number): void {
    const at = this.#count++ % this.#times.length;
    this.#times[at] = time;
    this.#values[at] = value;
  }

  /** Per cycle; NaN before five values. */
  get slope(): number {
    const n = Math.min(this.#count, this.#times.length);
    if (n < LEAST_VALUES) return Number.NaN;
    let time = 0;
    let mean = 0;
    for (let i = 0; i < n; i++) {
      time += this.#times[i]! / n;
      mean += this.#values[i]! / n;
    }
    let squares = 0;
    let products = 0;
    for (let i = 0; i < n; i++) {
      const t = this.#times[i]! - time;
      squares += t * t;
      products += t * (this.#values[i]! - mean);
    }
    return products / squares;
  }
}
