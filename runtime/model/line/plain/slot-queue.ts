/** Numbers from 0 in the order in which they came, in a ring that grows. */
export class SlotQueue {
  #ring = new Int32Array(8);
  #first = 0;
  length = 0;

  /** The one that came first; there must be one. */
  get first(): number {
    return this.#ring[this.#first]!;
  }

  push(slot: number): void {
    if (this.length === this.#ring.length) this.#grow();
    this.#ring[(this.#first + this.length++) & (this.#ring.length - 1)] = slot;
  }

  /** Takes the first away; there must be one. */
  shift(): void {
    this.#first = (this.#first + 1) & (this.#ring.length - 1);
    this.length--;
  }

  toArray(): number[] {
    return Array.from(
      { length: this.length },
      (_, i) => this.#ring[(this.#first + i) & (this.#ring.length - 1)]!,
    );
  }

  #grow(): void {
    const ring = new Int32Array(2 * this.#ring.length);
    ring.set(this.toArray());
    this.#ring = ring;
    this.#first = 0;
  }
}
