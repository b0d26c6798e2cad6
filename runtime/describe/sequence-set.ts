/**
 * The sequence numbers seen within one epoch of a source, as disjoint half-open intervals in ascending order. In
 * the ordinary case that is one interval which grows at its end, at no cost per sample.
 */
export class SequenceSet {
  #from: number[] = [];
  #to: number[] = [];

  /** @returns false where the number was seen before */
  add(sequence: number): boolean {
    const last = this.#to.length - 1;
    if (last < 0 || sequence > this.#to[last]!) {
      this.#from.push(sequence);
      this.#to.push(sequence + 1);
      return true;
    }
    if (sequence === this.#to[last]!) {
      this.#to[last] = sequence + 1;
      return true;
    }
    return this.#fill(sequence);
  }

  /** Numbers between the first and the last seen that are missing. */
  get missing(): number {
    let count = 0;
    for (let i = 1; i < this.#from.length; i++) count += this.#from[i]! - this.#to[i - 1]!;
    return count;
  }

  get intervals(): number {
    return this.#from.length;
  }

  #fill(sequence: number): boolean {
    let low = 0;
    let high = this.#to.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#to[middle]! < sequence) low = middle + 1;
      else high = middle;
    }
    // `low` is the first interval that ends at or after the number.
    const from = this.#from[low]!;
    const to = this.#to[low]!;
    if (sequence >= from && sequence < to) return false;
    if (sequence === to) {
      this.#to[low] = sequence + 1;
      if (this.#from[low + 1] === sequence + 1) this.#join(low);
    } else if (sequence === from - 1) {
      this.#from[low] = sequence;
    } else {
      this.#from.splice(low, 0, sequence);
      this.#to.splice(low, 0, sequence + 1);
    }
    return true;
  }

  #join(index: number): void {
    this.#to[index] = this.#to[index + 1]!;
    this.#from.splice(index + 1, 1);
    this.#to.splice(index + 1, 1);
  }
}
