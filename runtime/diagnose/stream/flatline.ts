/** Repeats of one value that are common on any quiet signal. */
const LEAST_RUN = 30;
/** A run must be so many times the longest seen before. */
const TIMES_LONGEST = 4;

/** A signal that repeats one value for far longer than it ever did. One that never moved has no runs to compare with. */
export class Flatline {
  #last = Number.NaN;
  #longest = 0;
  #moved = false;
  /** Rows for which the value has repeated itself. */
  run = 0;

  /** The run that would be at the limit, rows. */
  get limit(): number {
    return Math.max(LEAST_RUN, TIMES_LONGEST * (this.#longest + 1));
  }

  /** Longest run before the present one, rows. */
  get longest(): number {
    return this.#longest;
  }

  /** The run over its limit, 1 at it. A run counts as seen when it ends, or when it was `accept`ed. */
  step(x: number): number {
    if (x === this.#last) this.run++;
    else {
      if (!Number.isNaN(this.#last)) this.#moved = true;
      this.#longest = Math.max(this.#longest, this.run);
      this.run = 0;
      this.#last = x;
    }
    return this.#moved ? this.run / this.limit : 0;
  }

  /** The present run has been told and is known from now on. */
  accept(): void {
    this.#longest = Math.max(this.#longest, this.run);
  }
}
