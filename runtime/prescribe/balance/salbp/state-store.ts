import { RowMemory } from "./row-memory.ts";

/**
 * Partial balances: the set of tasks that stand in the first stations, in how few stations that was reached, and from
 * which partial balance. Those to be looked at wait in a queue of each number of stations, the best first.
 */
export class StateStore {
  readonly #sets: RowMemory;
  readonly #queues: number[][];
  readonly #columns = {
    stations: new Int32Array(1024),
    parent: new Int32Array(1024),
    waiting: new Int32Array(1024),
  };
  #keys = new Float64Array(1024);

  /** @param words of a set of tasks; @param levels most stations */
  constructor(words: number, levels: number) {
    this.#sets = new RowMemory(words);
    this.#queues = Array.from({ length: levels + 1 }, () => []);
  }

  get count(): number {
    return this.#sets.count;
  }

  stations(state: number): number {
    return this.#columns.stations[state]!;
  }

  parent(state: number): number {
    return this.#columns.parent[state]!;
  }

  word(state: number, at: number): number {
    return this.#sets.word(state, at);
  }

  hash(state: number): number {
    return this.#sets.hash(state);
  }

  /** Remembers a partial balance and queues it, unless it was reached in as few stations before. */
  reach(set: Int32Array, hash: number, stations: number, parent: number, key: number): void {
    let state = this.#sets.find(set, hash);
    if (state >= 0) {
      if (this.#columns.stations[state]! <= stations) return;
    } else {
      state = this.#sets.add(set, hash);
      if (state === this.#keys.length) this.#grow();
    }
    const { stations: ofState, parent: parents, waiting } = this.#columns;
    ofState[state] = stations;
    parents[state] = parent;
    waiting[state] = 1;
    this.#keys[state] = key;
    this.#push(this.#queues[stations]!, state);
  }

  /** The best partial balance of some stations that waits, out of its queue; -1 where none does. */
  next(stations: number): number {
    const queue = this.#queues[stations]!;
    while (queue.length > 0) {
      const state = this.#pop(queue);
      const current = this.#columns.stations[state] === stations && this.#columns.waiting[state] === 1;
      if (!current) continue;
      this.#columns.waiting[state] = 0;
      return state;
    }
    return -1;
  }

  #push(queue: number[], state: number): void {
    const key = this.#keys[state]!;
    let at = queue.length;
    queue.push(state);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#keys[queue[above]!]! <= key) break;
      queue[at] = queue[above]!;
      at = above;
    }
    queue[at] = state;
  }

  #pop(queue: number[]): number {
    const top = queue[0]!;
    const last = queue.pop()!;
    const length = queue.length;
    if (length === 0) return top;
    const key = this.#keys[last]!;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= length) break;
      if (below + 1 < length && this.#keys[queue[below + 1]!]! < this.#keys[queue[below]!]!) below++;
      if (this.#keys[queue[below]!]! >= key) break;
      queue[at] = queue[below]!;
      at = below;
    }
    queue[at] = last;
    return top;
  }

  #grow(): void {
    const length = 2 * this.#keys.length;
    for (const name of ["stations", "parent", "waiting"] as const) {
      const wide = new Int32Array(length);
      wide.set(this.#columns[name]);
      this.#columns[name] = wide;
    }
    const keys = new Float64Array(length);
    keys.set(this.#keys);
    this.#keys = keys;
  }
}
