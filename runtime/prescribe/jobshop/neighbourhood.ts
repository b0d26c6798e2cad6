/** Moves of one operation to another place, and the memory of what was just undone (Glover 1989). */
export interface Neighbourhood {
  /**
   * Makes the move with the smallest estimate that is not forbidden, or that promises less than `best`; where all are
   * forbidden, one by lot.
   * @param iteration counts up over the whole search
   * @returns whether there was a move; without one no other order of machines is shorter
   */
  step(iteration: number, best: number): boolean;
  /** Forgets what is forbidden. */
  forget(): void;
}

/** Of moves offered one after another the best, ties by lot. */
export class Choice {
  #best = Number.POSITIVE_INFINITY;
  #ties = 0;
  readonly #integer: (below: number) => number;

  constructor(integer: (below: number) => number) {
    this.#integer = integer;
  }

  /** Whether this one takes the place of the one chosen so far. */
  takes(estimate: number): boolean {
    if (estimate > this.#best) return false;
    if (estimate < this.#best) {
      this.#best = estimate;
      this.#ties = 1;
      return true;
    }
    return this.#integer(++this.#ties) === 0;
  }
}
