/** Places kept; where there are more, every other one is dropped and the spacing doubled. */
const MOST_PLACES = 256;

/**
 * The places on a line where a statistic has been, no two closer than a spacing: what is far from all of them has never
 * been seen before, beyond the ends as well as in a hole between two modes. Novelty by the nearest neighbour, thinned so
 * that memory and time stay constant (the leader algorithm, Hartigan 1975).
 */
export class SeenPlaces {
  readonly #at = new Float64Array(MOST_PLACES);
  #count = 0;
  #spacing: number;
  /** The place that was next to the last visitor before it came; NaN where there was none. */
  nearest = Number.NaN;

  /** @param spacing in the statistic's unit, > 0 */
  constructor(spacing: number) {
    this.#spacing = spacing;
  }

  get count(): number {
    return this.#count;
  }

  /** Lowest and highest place; NaN before the first. */
  get lowest(): number {
    return this.#count === 0 ? Number.NaN : this.#at[0]!;
  }

  get highest(): number {
    return this.#count === 0 ? Number.NaN : this.#at[this.#count - 1]!;
  }

  /** Distance to the next seen place, 0 before the first; x counts as seen from then on. */
  visit(x: number): number {
    const above = this.#firstNotBelow(x);
    const up = above < this.#count ? this.#at[above]! - x : Number.POSITIVE_INFINITY;
    const down = above > 0 ? x - this.#at[above - 1]! : Number.POSITIVE_INFINITY;
    const distance = Math.min(down, up);
    if (distance <= this.#spacing) {
      this.nearest = down < up ? this.#at[above - 1]! : this.#at[above]!;
      return distance;
    }
    this.nearest = this.#count === 0 ? Number.NaN : down < up ? this.#at[above - 1]! : this.#at[above]!;
    this.#insert(x, above);
    return distance === Number.POSITIVE_INFINITY ? 0 : distance;
  }

  #firstNotBelow(x: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at[middle]! < x) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(x: number, index: number): void {
    if (this.#count === MOST_PLACES) {
      for (let i = 0; i < MOST_PLACES / 2; i++) this.#at[i] = this.#at[2 * i]!;
      this.#at[MOST_PLACES / 2 - 1] = this.#at[MOST_PLACES - 1]!;
      this.#count = MOST_PLACES / 2;
      this.#spacing *= 2;
      this.#insert(x, this.#firstNotBelow(x));
      return;
    }
    this.#at.copyWithin(index + 1, index, this.#count);
    this.#at[index] = x;
    this.#count++;
  }
}
