/** Tasks as numbers: times in whole ticks, and what comes before what. */
export interface TickLine {
  readonly ticks: Int32Array;
  /** Direct precedences, without a cycle; arcs that others imply may be among them. */
  readonly arcs: readonly (readonly [before: number, after: number])[];
}

/**
 * The precedence graph from one end of the line, with what a search asks of it in flat arrays: a balance from the last
 * station to the first is a balance of the reversed graph, and often found in a fraction of the time.
 */
export class PrecedenceDirection {
  readonly tasks: number;
  readonly reversed: boolean;
  /** 32-bit words of a set of tasks. */
  readonly words: number;
  /** All followers, direct or not: a set of tasks in `words` words each. */
  readonly following: Int32Array;
  /** Direct followers of task i without those that others imply: `followers[followersAt[i]]` to `[followersAt[i + 1] - 1]`. */
  readonly followersAt: Int32Array;
  readonly followers: Int32Array;
  /** How many direct predecessors each task has. */
  readonly predecessors: Int32Array;
  /** Ranked positional weight: time of a task and of all that follow it (Helgeson and Birnie 1961). */
  readonly positionalWeight: Float64Array;

  constructor({ ticks, arcs }: TickLine, reversed: boolean) {
    const n = ticks.length;
    this.tasks = n;
    this.reversed = reversed;
    this.words = (n + 31) >> 5;
    const direct = Array.from({ length: n }, () => new Set<number>());
    for (const [before, after] of arcs) direct[reversed ? after : before]!.add(reversed ? before : after);
    this.following = closure(direct, this.words);
    const reduced = direct.map((set) =>
      [...set].filter((to) => ![...set].some((over) => over !== to && this.follows(to, over))),
    );
    this.followersAt = new Int32Array(n + 1);
    reduced.forEach((to, i) => {
      this.followersAt[i + 1] = this.followersAt[i]! + to.length;
    });
    this.followers = Int32Array.from(reduced.flat());
    this.predecessors = new Int32Array(n);
    for (const to of this.followers) this.predecessors[to]!++;
    this.positionalWeight = Float64Array.from(ticks, (own, i) => {
      let sum = own;
      for (let j = 0; j < n; j++) if (this.follows(j, i)) sum += ticks[j]!;
      return sum;
    });
  }

  /** Whether `later` comes after `task`, directly or not. */
  follows(later: number, task: number): boolean {
    return ((this.following[task * this.words + (later >> 5)]! >>> (later & 31)) & 1) === 1;
  }

  hasFollowers(task: number): boolean {
    return this.followersAt[task + 1]! > this.followersAt[task]!;
  }

  /**
   * How wide a search from this end begins: the product over the first five stations of how many tasks can stand there.
   * Sewell and Jacobson begin at the narrower end.
   */
  breadth(ticks: Int32Array, cycleTicks: number): number {
    const earliest = Array.from(ticks, (own, j) => {
      let sum = own;
      for (let i = 0; i < this.tasks; i++) if (this.follows(j, i)) sum += ticks[i]!;
      return Math.ceil(sum / cycleTicks);
    });
    return [1, 2, 3, 4, 5].reduce(
      (product, station) => product * earliest.filter((at) => at <= station).length,
      1,
    );
  }
}

/** All followers of each task, from the last tasks to the first. */
function closure(direct: readonly ReadonlySet<number>[], words: number): Int32Array {
  const n = direct.length;
  const waits = new Int32Array(n);
  for (const set of direct) for (const to of set) waits[to]!++;
  const order = Array.from(waits.keys()).filter((i) => waits[i] === 0);
  for (const task of order) {
    for (const to of direct[task]!) if (--waits[to]! === 0) order.push(to);
  }
  const following = new Int32Array(n * words);
  for (const task of order.reverse()) {
    const own = task * words;
    for (const to of direct[task]!) {
      following[own + (to >> 5)]! |= 1 << (to & 31);
      for (let w = 0; w < words; w++) following[own + w]! |= following[to * words + w]!;
    }
  }
  return following;
}
