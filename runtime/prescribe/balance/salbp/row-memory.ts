/**
 * Rows of whole numbers that were met, found again by a hash and compared whole: two rows with one hash are never taken
 * for each other, so that what is concluded from a row found is a proof.
 */
export class RowMemory {
  readonly #width: number;
  #rows: Int32Array;
  #hashes: Int32Array;
  #slots: Int32Array;
  #count = 0;

  /** @param width numbers of a row */
  constructor(width: number, capacity = 1 << 10) {
    this.#width = width;
    this.#rows = new Int32Array(capacity * width);
    this.#hashes = new Int32Array(capacity);
    this.#slots = new Int32Array(4 * capacity).fill(-1);
  }

  get count(): number {
    return this.#count;
  }

  /** @returns the number of the row, -1 where it was never added */
  find(row: Int32Array, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]!;
      if (id < 0 || (this.#hashes[id] === hash && this.#same(id, row))) return id;
    }
  }

  /** Adds a row that is not there yet. @returns its number, counted from 0 */
  add(row: Int32Array, hash: number): number {
    if (this.#count === this.#hashes.length) this.#grow();
    const id = this.#count++;
    this.#rows.set(row, id * this.#width);
    this.#hashes[id] = hash;
    this.#enter(id);
    return id;
  }

  /** The word of a row. */
  word(id: number, at: number): number {
    return this.#rows[id * this.#width + at]!;
  }

  hash(id: number): number {
    return this.#hashes[id]!;
  }

  #same(id: number, row: Int32Array): boolean {
    const from = id * this.#width;
    for (let w = 0; w < this.#width; w++) if (this.#rows[from + w] !== row[w]) return false;
    return true;
  }

  #enter(id: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#hashes[id]! & mask;
    while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.#slots[slot] = id;
  }

  #grow(): void {
    const capacity = 2 * this.#hashes.length;
    this.#rows = widened(this.#rows, capacity * this.#width);
    this.#hashes = widened(this.#hashes, capacity);
    this.#slots = new Int32Array(4 * capacity).fill(-1);
    for (let id = 0; id < this.#count; id++) this.#enter(id);
  }
}

function widened(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(length);
  wide.set(array);
  return wide;
}
