/** So many readings are looked back over. */
export const TALLIED = 1000;

/** How many of the newest readings could be taken as they came. */
export class ReadingTally {
  readonly #wasTaken = new Uint8Array(TALLIED);
  #next = 0;
  #count = 0;
  #taken = 0;

  note(taken: boolean): void {
    if (this.#count === TALLIED) this.#taken -= this.#wasTaken[this.#next]!;
    else this.#count++;
    this.#wasTaken[this.#next] = taken ? 1 : 0;
    this.#taken += taken ? 1 : 0;
    this.#next = (this.#next + 1) % TALLIED;
  }

  get count(): number {
    return this.#count;
  }

  get taken(): number {
    return this.#taken;
  }
}
