import { quantileOfSorted } from "./quantile.ts";

/** The last `capacity` values with their quantiles at hand: insertion by binary search, no sorting per question. */
export class RollingQuantile {
  readonly #ring: Float64Array;
  readonly #sorted: Float64Array;
  #count = 0;
  #next = 0;

  constructor(capacity: number) {
    this.#ring = new Float64Array(capacity);
    this.#sorted = new Float64Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a finite value and forgets the oldest when full. */
  add(value: number): void {
    if (this.#count === this.#ring.length) {
      const at = this.#position(this.#ring[this.#next]!);
      this.#sorted.copyWithin(at, at + 1, this.#count);
      this.#count--;
    }
    const at = this.#position(value);
    this.#sorted.copyWithin(at + 1, at, this.#count);
    this.#sorted[at] = value;
    this.#count++;
    this.#ring[this.#next] = value;
    this.#next = (this.#next + 1) % this.#ring.length;
  }

  /** NaN while empty. Type 7, as `quantileOfSorted`. */
  quantile(p: number): number {
    return quantileOfSorted(this.#sorted.subarray(0, this.#count), p);
  }

  /** First place whose value is not below `value`. */
  #position(value: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
