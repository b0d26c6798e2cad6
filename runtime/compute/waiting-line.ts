/** What decides an entry's place. */
export interface Waiting {
  readonly priority: number;
  readonly deadlineAtMs: number;
}

/** Entries by priority, highest first, then by deadline, then in the order of their coming. */
export class WaitingLine<T extends Waiting> {
  readonly #entries: T[] = [];

  get first(): T | undefined {
    return this.#entries[0];
  }

  get length(): number {
    return this.#entries.length;
  }

  add(entry: T): void {
    const behind = this.#entries.findIndex((other) => isBefore(entry, other));
    this.#entries.splice(behind < 0 ? this.#entries.length : behind, 0, entry);
  }

  /** Takes the first. */
  take(): T | undefined {
    return this.#entries.shift();
  }

  takeAll(): T[] {
    return this.#entries.splice(0);
  }

  /** @returns whether it was waiting */
  remove(entry: T): boolean {
    const at = this.#entries.indexOf(entry);
    if (at >= 0) this.#entries.splice(at, 1);
    return at >= 0;
  }
}

const isBefore = (one: Waiting, other: Waiting): boolean =>
  one.priority === other.priority ? one.deadlineAtMs < other.deadlineAtMs : one.priority > other.priority;
