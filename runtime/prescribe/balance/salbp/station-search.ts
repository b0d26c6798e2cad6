import { Random } from "../../../core/random.ts";
import type { EndedBy } from "../balance-problem.ts";
import { type Replacements, replacements } from "./dominance.ts";
import type { Effort } from "./effort.ts";
import type { PrecedenceDirection, TickLine } from "./precedence-direction.ts";
import { StateStore } from "./state-store.ts";
import { type BoundWeights, ceilDivide } from "./station-bounds.ts";

/** How one pass through the partial balances goes. */
export interface SearchPass {
  /** Cyclic best first takes one partial balance of each number of stations in turn; breadth first all of one number. */
  readonly order: "cyclic-best-first" | "breadth-first";
  /** Loads looked at from one partial balance; a pass that meets this limit proves nothing. */
  readonly mostLoads: number;
}

export interface SearchOutcome {
  /** Fewest stations found, if fewer than asked. */
  readonly stations?: number;
  /** Station of each task from the end that the direction starts at. */
  readonly station?: Int32Array;
  /** Whether all balances with fewer stations than found (or than asked) are ruled out. */
  readonly complete: boolean;
  /** What ended the pass early. */
  readonly limit?: EndedBy;
}

/** Bounds that a partial balance is held against: three kept up task by task. */
export interface SearchBounds {
  readonly halves: BoundWeights;
  readonly thirds: BoundWeights;
  readonly dualFeasible: BoundWeights;
}

/** Weighs how soon few tasks are left against how little is wasted: Sewell and Jacobson. */
const LEFT_WEIGHT = 0.02;

/**
 * Branch, bound and remember: Sewell and Jacobson, "A branch, bound, and remember algorithm for the simple assembly line
 * balancing problem", INFORMS Journal on Computing 24 (2012). From a partial balance it looks at all full loads of the next
 * station that no rule sets aside, and remembers each set of assigned tasks with the fewest stations it took.
 */
export class StationSearch {
  readonly #line: TickLine;
  readonly #direction: PrecedenceDirection;
  readonly #cycle: number;
  readonly #bounds: SearchBounds;
  readonly #effort: Effort;
  readonly #replacements: Replacements;
  readonly #halves: Int32Array;
  readonly #thirds: Int32Array;
  readonly #codes: Int32Array;
  /** Longest first, then by positional weight. */
  readonly #order: Int32Array;
  readonly #total: number;
  /** Predecessors that are not assigned yet; -1 for a task that is assigned. */
  readonly #waits: Int32Array;
  readonly #ready: Int32Array;
  readonly #load: Int32Array;
  readonly #set: Int32Array;
  #states: StateStore;
  #state = 0;
  #tasksLeft = 0;
  #dualLeft = 0;
  #loads = 0;
  #mostLoads = 0;
  #cutShort = false;
  #stop: EndedBy | "enough" | undefined;
  #below = 0;
  #enough = 0;
  #found: Int32Array | undefined;

  constructor(
    line: TickLine,
    direction: PrecedenceDirection,
    cycle: number,
    bounds: SearchBounds,
    effort: Effort,
  ) {
    const n = line.ticks.length;
    this.#line = line;
    this.#direction = direction;
    this.#cycle = cycle;
    this.#bounds = bounds;
    this.#effort = effort;
    this.#halves = Int32Array.from(bounds.halves.weights);
    this.#thirds = Int32Array.from(bounds.thirds.weights);
    this.#replacements = replacements(line.ticks, direction);
    const random = new Random(1);
    this.#codes = Int32Array.from({ length: n }, () => random.uint32());
    const weight = direction.positionalWeight;
    this.#order = Int32Array.from(
      Array.from({ length: n }, (_, i) => i).sort(
        (a, b) => line.ticks[b]! - line.ticks[a]! || weight[b]! - weight[a]!,
      ),
    );
    this.#total = line.ticks.reduce((a, b) => a + b, 0);
    this.#waits = new Int32Array(n);
    this.#ready = new Int32Array(n + 1);
    this.#load = new Int32Array(n);
    this.#set = new Int32Array(direction.words);
    this.#states = new StateStore(direction.words, 0);
  }

  /**
   * @param below looks for balances with fewer stations than this
   * @param enough stops at a balance with as few
   */
  run(pass: SearchPass, below: number, enough: number): SearchOutcome {
    this.#states = new StateStore(this.#direction.words, below);
    this.#mostLoads = pass.mostLoads;
    [this.#below, this.#enough] = [below, enough];
    [this.#cutShort, this.#stop, this.#found] = [false, undefined, undefined];
    this.#states.reach(new Int32Array(this.#direction.words), 0, 0, -1, 0);
    if (pass.order === "breadth-first") this.#breadthFirst();
    else this.#cyclic();
    const done = this.#found === undefined ? {} : { stations: this.#below, station: this.#found };
    const limit = this.#stop === undefined || this.#stop === "enough" ? {} : { limit: this.#stop };
    return { ...done, ...limit, complete: this.#stop === undefined && !this.#cutShort };
  }

  #breadthFirst(): void {
    for (let stations = 0; stations < this.#below; stations++) {
      for (let state = this.#states.next(stations); state >= 0; state = this.#states.next(stations)) {
        this.#expand(state, stations);
        if (this.#stop !== undefined) return;
      }
    }
  }

  #cyclic(): void {
    for (let any = true; any; ) {
      any = false;
      for (let stations = 0; stations < this.#below; stations++) {
        const state = this.#states.next(stations);
        if (state < 0) continue;
        any = true;
        this.#expand(state, stations);
        if (this.#stop !== undefined) return;
      }
    }
  }

  #expand(state: number, stations: number): void {
    const { ticks } = this.#line;
    const { followers, followersAt, predecessors } = this.#direction;
    const dualFeasible = this.#bounds.dualFeasible;
    const [waits, set] = [this.#waits, this.#set];
    waits.set(predecessors);
    for (let w = 0; w < set.length; w++) set[w] = this.#states.word(state, w);
    let [time, half, third, dual, left] = [0, 0, 0, 0, 0];
    for (let task = 0; task < ticks.length; task++) {
      if (((set[task >> 5]! >>> (task & 31)) & 1) === 0) {
        time += ticks[task]!;
        half += this.#halves[task]!;
        third += this.#thirds[task]!;
        dual += dualFeasible.weights[task]!;
        left++;
        continue;
      }
      waits[task] = -1;
      for (let f = followersAt[task]!; f < followersAt[task + 1]!; f++) waits[followers[f]!]!--;
    }
    this.#effort.spend();
    this.#stop = this.#effort.spent();
    if (this.#stop !== undefined) return;
    // The best found may have become better since this one was queued.
    if (stations + this.#stationsFor(time, half, third) >= this.#below) return;
    if (stations + ceilDivide(dual, dualFeasible.capacity) >= this.#below) return;
    let end = 0;
    for (const task of this.#order) if (waits[task] === 0) this.#ready[end++] = task;
    this.#state = state;
    [this.#tasksLeft, this.#dualLeft] = [left, dual];
    this.#loads = 0;
    this.#extend(0, this.#cycle, 0, end, time, half, third, this.#states.hash(state), stations + 1);
  }

  #stationsFor(time: number, half: number, third: number): number {
    const byTime = Math.floor((time + this.#cycle - 1) / this.#cycle);
    return Math.max(byTime, (half + 1) >> 1, Math.floor((third + 5) / 6));
  }

  /** Adds each ready task that fits to the load of the next station. The sums are of the tasks that are left. */
  #extend(
    size: number,
    room: number,
    from: number,
    end: number,
    time: number,
    half: number,
    third: number,
    hash: number,
    stations: number,
  ): void {
    const { ticks } = this.#line;
    const { followers, followersAt } = this.#direction;
    const [waits, ready] = [this.#waits, this.#ready];
    let full = true;
    for (let k = from; k < end; k++) {
      const task = ready[k]!;
      const own = ticks[task]!;
      if (own > room) continue;
      full = false;
      this.#load[size] = task;
      waits[task] = -1;
      let more = end;
      for (let f = followersAt[task]!; f < followersAt[task + 1]!; f++) {
        const follower = followers[f]!;
        if (--waits[follower]! === 0) ready[more++] = follower;
      }
      this.#extend(
        size + 1,
        room - own,
        k + 1,
        more,
        time - own,
        half - this.#halves[task]!,
        third - this.#thirds[task]!,
        hash ^ this.#codes[task]!,
        stations,
      );
      waits[task] = 0;
      for (let f = followersAt[task]!; f < followersAt[task + 1]!; f++) waits[followers[f]!]!++;
      if (this.#stop !== undefined) return;
      if (this.#loads >= this.#mostLoads) {
        this.#cutShort = true;
        return;
      }
    }
    if (full) this.#take(size, room, end, time, half, third, hash, stations);
  }

  /** A full load: a whole balance, one to go on from, or one that a rule sets aside. */
  #take(
    size: number,
    room: number,
    end: number,
    time: number,
    half: number,
    third: number,
    hash: number,
    stations: number,
  ): void {
    this.#loads++;
    this.#effort.spend();
    this.#stop = this.#effort.spent();
    if (this.#stop !== undefined) return;
    if (size === this.#tasksLeft) {
      if (stations < this.#below) this.#finish(size);
      return;
    }
    if (stations + this.#stationsFor(time, half, third) >= this.#below) return;
    if (stations + this.#dualStations(size) >= this.#below) return;
    if (this.#dominated(size, room, end)) return;
    for (let i = 0; i < size; i++) this.#flip(this.#load[i]!);
    const wasted = (stations * this.#cycle - (this.#total - time)) / stations;
    const key = wasted - LEFT_WEIGHT * (this.#tasksLeft - size);
    this.#states.reach(this.#set, hash, stations, this.#state, key);
    for (let i = 0; i < size; i++) this.#flip(this.#load[i]!);
    if (this.#states.count >= this.#effort.mostStates) this.#stop = "memory";
  }

  #dualStations(size: number): number {
    const { weights, capacity } = this.#bounds.dualFeasible;
    let sum = this.#dualLeft;
    for (let i = 0; i < size; i++) sum -= weights[this.#load[i]!]!;
    return ceilDivide(sum, capacity);
  }

  #dominated(size: number, room: number, end: number): boolean {
    const { ticks } = this.#line;
    const [waits, ready, load] = [this.#waits, this.#ready, this.#load];
    // Some ready task still fits.
    for (let k = 0; k < end; k++) {
      const task = ready[k]!;
      if (waits[task] === 0 && ticks[task]! <= room) return true;
    }
    // A task could make way for a better one.
    const { at, tasks } = this.#replacements;
    for (let i = 0; i < size; i++) {
      const task = load[i]!;
      for (let r = at[task]!; r < at[task + 1]!; r++) {
        const other = tasks[r]!;
        if (waits[other] === 0 && ticks[other]! - ticks[task]! <= room) return true;
      }
    }
    // A station nothing waits for may as well be the last one, while there is work that something waits for.
    for (let i = 0; i < size; i++) if (this.#direction.hasFollowers(load[i]!)) return false;
    for (let task = 0; task < waits.length; task++) {
      if (waits[task]! >= 0 && this.#direction.hasFollowers(task)) return true;
    }
    return false;
  }

  #flip(task: number): void {
    this.#set[task >> 5]! ^= 1 << (task & 31);
  }

  /** Writes the balance down. A partial balance on the way may have been reached in fewer stations since it was left. */
  #finish(size: number): void {
    const way = [this.#state];
    for (let state = this.#states.parent(this.#state); state >= 0; state = this.#states.parent(state))
      way.push(state);
    way.reverse();
    const station = new Int32Array(this.#waits.length);
    for (let at = 1; at < way.length; at++) {
      const [earlier, later] = [way[at - 1]!, way[at]!];
      for (let task = 0; task < station.length; task++) {
        const [word, bit] = [task >> 5, 1 << (task & 31)];
        if ((this.#states.word(later, word) & ~this.#states.word(earlier, word) & bit) !== 0)
          station[task] = at - 1;
      }
    }
    for (let i = 0; i < size; i++) station[this.#load[i]!] = way.length - 1;
    this.#found = station;
    this.#below = way.length;
    if (way.length <= this.#enough) this.#stop = "enough";
  }
}
