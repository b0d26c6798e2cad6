import type { Random } from "../../core/random.ts";
import { criticalBlocks, criticalPath } from "./critical-path.ts";
import { type MachineOrders, NONE } from "./machine-orders.ts";
import { Choice, type Neighbourhood } from "./neighbourhood.ts";

interface BlockMove {
  readonly operation: number;
  readonly anchor: number;
  /** Behind the anchor, which stands later on the machine; otherwise before it. */
  readonly behind: boolean;
}

/**
 * Moves within a block of a critical path, on one machine: an operation goes behind the last of its block or before the
 * first (N6 of Balas and Vazacopoulos 1998), or the first or last goes inside (Zhang et al. 2007). The swaps at the ends
 * of a block (N5 of Nowicki and Smutnicki 1996) are among them. In any shorter schedule some operation of some block
 * stands before the first or behind the last of that block.
 */
export class BlockMoves implements Neighbourhood {
  readonly #orders: MachineOrders;
  readonly #random: Random;
  /** Of operation a and b the iteration until which a must not come before b on their machine. */
  readonly #forbiddenUntil: Int32Array;
  readonly #tenure: number;
  /** Heads of the operations that a move passes, for its estimate. */
  readonly #heads: Float64Array;

  constructor(orders: MachineOrders, random: Random) {
    const n = orders.operations;
    this.#orders = orders;
    this.#random = random;
    this.#forbiddenUntil = new Int32Array(n * n);
    this.#heads = new Float64Array(n);
    // Zhang et al. 2007.
    this.#tenure = 10 + orders.shop.jobs.length / orders.shop.machines;
  }

  forget(): void {
    this.#forbiddenUntil.fill(0);
  }

  step(iteration: number, best: number): boolean {
    const moves = this.#moves();
    if (moves.length === 0) return false;
    const draw = (below: number): number => this.#random.integer(below);
    const choice = new Choice(draw);
    let chosen: BlockMove | undefined;
    for (const move of moves) {
      const estimate = move.behind
        ? this.#estimateBehind(move.operation, move.anchor)
        : this.#estimateBefore(move.operation, move.anchor);
      if (estimate >= best && this.#isForbidden(move, iteration)) continue;
      if (choice.takes(estimate)) chosen = move;
    }
    this.#make(chosen ?? moves[draw(moves.length)]!, iteration);
    return true;
  }

  #moves(): BlockMove[] {
    const blocks = criticalBlocks(this.#orders, criticalPath(this.#orders, this.#random));
    const moves: BlockMove[] = [];
    for (const [i, block] of blocks.entries()) {
      const length = block.length;
      if (length < 2) continue;
      const first = block[0]!;
      const last = block[length - 1]!;
      // A new first operation of the first block, or last of the last, leaves the path as long as it is.
      if (i > 0) {
        for (let k = 1; k < length; k++) this.#offer(moves, block[k]!, first, false);
        for (let k = 1; k < length - 1; k++) this.#offer(moves, first, block[k]!, true);
      }
      if (i < blocks.length - 1) {
        for (let k = 0; k < length - 1; k++)
          if (k > 0 || length > 2 || i === 0) this.#offer(moves, block[k]!, last, true);
        for (let k = 1; k < length - 1; k++) this.#offer(moves, last, block[k]!, false);
      }
    }
    return moves;
  }

  /**
   * Takes a move up where lengths rule out a cycle (after Balas and Vazacopoulos, prop. 2.2, 2.3): a path from the job's
   * next operation to the anchor would make its tail at least as long as anchor and tail of the anchor.
   */
  #offer(moves: BlockMove[], operation: number, anchor: number, behind: boolean): void {
    const { jobAfter, jobBefore, duration, tail, head } = this.#orders;
    if (behind) {
      const next = jobAfter[operation]!;
      if (next === anchor || (next !== NONE && tail[next]! >= duration[anchor]! + tail[anchor]!)) return;
    } else {
      const before = jobBefore[operation]!;
      if (before === anchor || (before !== NONE && head[before]! >= head[anchor]! + duration[anchor]!))
        return;
    }
    moves.push({ operation, anchor, behind });
  }

  /** The longest path through what is moved and passed, by heads and tails as they are (Balas and Vazacopoulos). */
  #estimateBehind(moved: number, anchor: number): number {
    const o = this.#orders;
    let ready = o.machineReady(o.machineBefore[moved]!);
    let count = 0;
    for (let x = o.machineAfter[moved]!; ; x = o.machineAfter[x]!) {
      const start = Math.max(o.jobReady(x), ready);
      this.#heads[count++] = start;
      ready = start + o.duration[x]!;
      if (x === anchor) break;
    }
    let rest = o.duration[moved]! + Math.max(o.jobRest(moved), o.machineRest(o.machineAfter[anchor]!));
    let longest = Math.max(o.jobReady(moved), ready) + rest;
    for (let x = anchor; x !== moved; x = o.machineBefore[x]!) {
      rest = o.duration[x]! + Math.max(o.jobRest(x), rest);
      longest = Math.max(longest, this.#heads[--count]! + rest);
    }
    return longest;
  }

  #estimateBefore(moved: number, anchor: number): number {
    const o = this.#orders;
    const start = Math.max(o.jobReady(moved), o.machineReady(o.machineBefore[anchor]!));
    let ready = start + o.duration[moved]!;
    let count = 0;
    for (let x = anchor; x !== moved; x = o.machineAfter[x]!) {
      const begins = Math.max(o.jobReady(x), ready);
      this.#heads[count++] = begins;
      ready = begins + o.duration[x]!;
    }
    let rest = o.machineRest(o.machineAfter[moved]!);
    let longest = 0;
    for (let x = o.machineBefore[moved]!; ; x = o.machineBefore[x]!) {
      rest = o.duration[x]! + Math.max(o.jobRest(x), rest);
      longest = Math.max(longest, this.#heads[--count]! + rest);
      if (x === anchor) break;
    }
    return Math.max(longest, start + o.duration[moved]! + Math.max(o.jobRest(moved), rest));
  }

  #isForbidden({ operation, anchor, behind }: BlockMove, iteration: number): boolean {
    const { operations: n, machineAfter, machineBefore } = this.#orders;
    const along = behind ? machineAfter : machineBefore;
    for (let x = along[operation]!; ; x = along[x]!) {
      const until = behind
        ? this.#forbiddenUntil[x * n + operation]!
        : this.#forbiddenUntil[operation * n + x]!;
      if (until > iteration) return true;
      if (x === anchor) return false;
    }
  }

  #make({ operation, anchor, behind }: BlockMove, iteration: number): void {
    const { operations: n, machineAfter, machineBefore } = this.#orders;
    const until = iteration + Math.ceil(this.#tenure * (1 + 0.4 * this.#random.uniform()));
    const along = behind ? machineAfter : machineBefore;
    for (let x = along[operation]!; ; x = along[x]!) {
      this.#forbiddenUntil[behind ? operation * n + x : x * n + operation] = until;
      if (x === anchor) break;
    }
    if (behind) this.#orders.moveBehind(operation, anchor);
    else this.#orders.moveBefore(operation, anchor);
    this.#orders.compute();
  }
}
