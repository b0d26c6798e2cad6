import type { MetricValue } from "./payload.ts";

/** A value that waits for a session. */
export interface StoredValue {
  /** Nothing: the edge node's own metric. */
  readonly device?: string | undefined;
  readonly name: string;
  readonly value: MetricValue;
  readonly timestampMs: number;
}

/** Keeps what an edge node measures while nobody listens: it is sent as historical values when somebody does. */
export interface EdgeStore {
  put(value: StoredValue): void;
  /** The oldest values, at most so many; they are not kept any more. */
  take(most: number): StoredValue[];
}

/** Keeps values in memory, the newest where there are too many. */
export class MemoryStore implements EdgeStore {
  readonly #most: number;
  #values: StoredValue[] = [];
  dropped = 0;

  constructor(most = 100_000) {
    this.#most = most;
  }

  put(value: StoredValue): void {
    if (this.#values.length >= this.#most) {
      this.#values.shift();
      this.dropped++;
    }
    this.#values.push(value);
  }

  take(most: number): StoredValue[] {
    return this.#values.splice(0, most);
  }
}
