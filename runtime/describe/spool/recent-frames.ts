import type { Frame } from "../../core/frame.ts";

/** A frame with its place in the spool. */
export interface SpooledFrame {
  readonly number: number;
  /** Samples of the same source that were spooled before it. */
  readonly rowsBefore: number;
  readonly frame: Frame;
}

/** The newest frames of the spool in memory: all that are not durable yet, and as many more as fit. */
export class RecentFrames<Entry extends SpooledFrame> {
  #entries: Entry[] = [];
  /** Entries before this place are gone; they are cut off once they are as many as the others. */
  #begin = 0;
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** Entries in memory, those that are gone and not cut off yet among them. */
  get held(): number {
    return this.#entries.length;
  }

  /** Number of the oldest entry; undefined where there is none. */
  get oldest(): number | undefined {
    return this.#entries[this.#begin]?.number;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#rows += entry.frame.length;
  }

  get(number: number): Entry | undefined {
    const oldest = this.oldest;
    return oldest === undefined || number < oldest ? undefined : this.#entries[this.#begin + number - oldest];
  }

  /** Entries from `number` on. */
  *from(number: number): Generator<Entry> {
    const oldest = this.oldest;
    if (oldest === undefined) return;
    for (let i = this.#begin + Math.max(0, number - oldest); i < this.#entries.length; i++) {
      yield this.#entries[i]!;
    }
  }

  /** Lets the oldest go while there are more than `mostRows`, but none from `keepFrom` on. */
  trim(keepFrom: number, mostRows: number): void {
    while (this.#rows > mostRows) {
      const entry = this.#entries[this.#begin];
      if (entry === undefined || entry.number >= keepFrom) break;
      this.#rows -= entry.frame.length;
      this.#begin++;
    }
    if (2 * this.#begin < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#begin);
    this.#begin = 0;
  }
}
