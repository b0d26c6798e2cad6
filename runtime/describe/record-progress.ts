import type { Cursor, SourceHead } from "./spool/spool-types.ts";

interface Open {
  readonly source: string;
  readonly head: SourceHead;
  rows: number;
}

/** Which records of the spool are through, so that a cursor stands before the first one that is not. */
export class RecordProgress {
  readonly #open = new Map<number, Open>();
  readonly #heads: Map<string, SourceHead>;
  #next: number;

  constructor(cursor: Cursor) {
    this.#next = cursor.next;
    this.#heads = new Map(Object.entries(cursor.sources));
  }

  /** Records come in ascending order. @param head how far the source is after the record */
  begin(number: number, source: string, rows: number, head: SourceHead): void {
    this.#open.set(number, { source, head, rows });
  }

  /** Records before `next` have all begun. */
  reach(next: number): void {
    this.#next = next;
  }

  /** So many rows of a record are through. */
  finish(number: number, rows: number): void {
    const record = this.#open.get(number)!;
    record.rows -= rows;
    if (record.rows > 0) return;
    // A Map keeps the order in which records began.
    for (const [first, { rows: waiting, source, head }] of this.#open) {
      if (waiting > 0) break;
      this.#heads.set(source, head);
      this.#open.delete(first);
    }
  }

  get cursor(): Cursor {
    const next = this.#open.keys().next().value ?? this.#next;
    return { next, sources: Object.fromEntries(this.#heads) };
  }
}
