/** The parts inside a line, as numbers from 0 that are used again when a part is gone. */
export class PartSlots {
  /** By slot: when the part was let in, s. */
  enteredS = new Float64Array(64);
  /** By slot: the part's number, counted from 1. */
  number = new Float64Array(64);
  /** By free slot: the next free one. */
  #next = new Int32Array(64);
  #free = -1;
  #used = 0;
  #made = 0;

  /** @returns the slot of a new part; when it came is the caller's to write */
  make(): number {
    let slot = this.#free;
    if (slot >= 0) this.#free = this.#next[slot]!;
    else {
      slot = this.#used++;
      if (slot === this.number.length) this.#grow();
    }
    this.number[slot] = ++this.#made;
    return slot;
  }

  drop(slot: number): void {
    this.#next[slot] = this.#free;
    this.#free = slot;
  }

  #grow(): void {
    const grown = 2 * this.number.length;
    const enteredS = new Float64Array(grown);
    enteredS.set(this.enteredS);
    const number = new Float64Array(grown);
    number.set(this.number);
    const next = new Int32Array(grown);
    next.set(this.#next);
    this.enteredS = enteredS;
    this.number = number;
    this.#next = next;
  }
}
