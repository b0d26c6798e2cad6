/** What passes a line. */
export interface Part {
  /** Counted from 1. */
  readonly id: number;
  kind: string | undefined;
  readonly order: string | undefined;
  enteredS: number;
}

/** Parts in the order in which they came, in a ring that grows. */
export class PartQueue<P = Part> {
  #ring: (P | undefined)[] = new Array<P | undefined>(8);
  #first = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get first(): P | undefined {
    return this.#ring[this.#first];
  }

  push(part: P): void {
    if (this.#length === this.#ring.length) this.#grow();
    this.#ring[(this.#first + this.#length++) & (this.#ring.length - 1)] = part;
  }

  shift(): P | undefined {
    const part = this.#ring[this.#first];
    if (this.#length === 0) return undefined;
    this.#ring[this.#first] = undefined;
    this.#first = (this.#first + 1) & (this.#ring.length - 1);
    this.#length--;
    return part;
  }

  toArray(): P[] {
    return Array.from(
      { length: this.#length },
      (_, i) => this.#ring[(this.#first + i) & (this.#ring.length - 1)]!,
    );
  }

  #grow(): void {
    const parts = this.toArray();
    this.#ring = new Array<P | undefined>(2 * this.#ring.length);
    for (const [i, part] of parts.entries()) this.#ring[i] = part;
    this.#first = 0;
  }
}
