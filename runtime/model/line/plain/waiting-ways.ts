/** Who waits for room at each block, first come first: ways, each in the line of the block to which it leads. */
export class WaitingWays {
  /** By block: the first way that waits there, -1 for none. */
  readonly first: Int32Array;
  readonly #last: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #to: Int32Array;
  /** By way: 1 where it waits. */
  readonly #waits: Uint8Array;

  constructor(blocks: number, wayTo: Int32Array) {
    this.first = new Int32Array(blocks).fill(-1);
    this.#last = new Int32Array(blocks).fill(-1);
    this.#next = new Int32Array(wayTo.length);
    this.#previous = new Int32Array(wayTo.length);
    this.#to = wayTo;
    this.#waits = new Uint8Array(wayTo.length);
  }

  /** Puts a way that does not wait at the end of its line. */
  add(way: number): void {
    const block = this.#to[way]!;
    const last = this.#last[block]!;
    this.#waits[way] = 1;
    this.#next[way] = -1;
    this.#previous[way] = last;
    this.#last[block] = way;
    if (last < 0) this.first[block] = way;
    else this.#next[last] = way;
  }

  /** Takes a way out of its line, if it waits. */
  remove(way: number): void {
    if (this.#waits[way] === 0) return;
    const block = this.#to[way]!;
    const next = this.#next[way]!;
    const previous = this.#previous[way]!;
    this.#waits[way] = 0;
    if (next < 0) this.#last[block] = previous;
    else this.#previous[next] = previous;
    if (previous < 0) this.first[block] = next;
    else this.#next[previous] = next;
  }

  /** Ways that wait at a block, first come first. */
  at(block: number): number[] {
    const ways: number[] = [];
    for (let way = this.first[block]!; way >= 0; way = this.#next[way]!) ways.push(way);
    return ways;
  }
}
