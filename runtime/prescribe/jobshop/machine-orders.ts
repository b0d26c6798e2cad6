import type { JobShop, ScheduledOperation } from "./job-shop.ts";

/** No operation: the end of a chain. */
export const NONE = -1;

/** The orders on all machines, kept to return to. */
export interface KeptOrders {
  readonly makespan: number;
  readonly machine: Int32Array;
  readonly duration: Float64Array;
  readonly machineBefore: Int32Array;
  readonly machineAfter: Int32Array;
}

/**
 * A complete selection of the disjunctive graph (Roy and Sussmann 1964): of each machine the order of its operations, as
 * linked lists; with the head of each operation (earliest start), its tail (longest way from its end to the end of all)
 * and a topological order. Operations are numbered through all jobs.
 */
export class MachineOrders {
  readonly shop: JobShop;
  readonly operations: number;
  /** The operation before and after in the same job. */
  readonly jobBefore: Int32Array;
  readonly jobAfter: Int32Array;
  readonly machine: Int32Array;
  readonly duration: Float64Array;
  readonly machineBefore: Int32Array;
  readonly machineAfter: Int32Array;
  readonly head: Float64Array;
  readonly tail: Float64Array;
  readonly topological: Int32Array;
  makespan = 0;
  readonly #waitsFor: Int8Array;

  constructor(shop: JobShop) {
    this.shop = shop;
    const lengths = shop.jobs.map((job) => job.length);
    const n = lengths.reduce((sum, length) => sum + length, 0);
    this.operations = n;
    this.jobBefore = new Int32Array(n).fill(NONE);
    this.jobAfter = new Int32Array(n).fill(NONE);
    this.machine = new Int32Array(n).fill(NONE);
    this.duration = new Float64Array(n);
    this.machineBefore = new Int32Array(n).fill(NONE);
    this.machineAfter = new Int32Array(n).fill(NONE);
    this.head = new Float64Array(n);
    this.tail = new Float64Array(n);
    this.topological = new Int32Array(n);
    this.#waitsFor = new Int8Array(n);
    let at = 0;
    for (const length of lengths) {
      for (let k = 0; k < length; k++) {
        if (k > 0) this.jobBefore[at + k] = at + k - 1;
        if (k < length - 1) this.jobAfter[at + k] = at + k + 1;
      }
      at += length;
    }
  }

  /** Puts an operation that is on no machine on one, behind `before`, or in front of all where that is `NONE`. */
  insert(operation: number, machine: number, duration: number, before: number, after: number): void {
    this.machine[operation] = machine;
    this.duration[operation] = duration;
    this.machineBefore[operation] = before;
    this.machineAfter[operation] = after;
    if (before !== NONE) this.machineAfter[before] = operation;
    if (after !== NONE) this.machineBefore[after] = operation;
  }

  /** Takes an operation out of the order of its machine. */
  remove(operation: number): void {
    const before = this.machineBefore[operation]!;
    const after = this.machineAfter[operation]!;
    if (before !== NONE) this.machineAfter[before] = after;
    if (after !== NONE) this.machineBefore[after] = before;
    this.machineBefore[operation] = NONE;
    this.machineAfter[operation] = NONE;
  }

  moveBehind(operation: number, before: number): void {
    this.remove(operation);
    this.insert(
      operation,
      this.machine[operation]!,
      this.duration[operation]!,
      before,
      this.machineAfter[before]!,
    );
  }

  moveBefore(operation: number, after: number): void {
    this.remove(operation);
    this.insert(
      operation,
      this.machine[operation]!,
      this.duration[operation]!,
      this.machineBefore[after]!,
      after,
    );
  }

  /** When the operation before in the job ends. */
  jobReady(operation: number): number {
    const before = this.jobBefore[operation]!;
    return before === NONE ? 0 : this.head[before]! + this.duration[before]!;
  }

  /** How long the job goes on behind an operation, on its longest way to the end of all. */
  jobRest(operation: number): number {
    const after = this.jobAfter[operation]!;
    return after === NONE ? 0 : this.duration[after]! + this.tail[after]!;
  }

  machineReady(before: number): number {
    return before === NONE ? 0 : this.head[before]! + this.duration[before]!;
  }

  machineRest(after: number): number {
    return after === NONE ? 0 : this.duration[after]! + this.tail[after]!;
  }

  /** Heads, tails, topological order and makespan anew. @throws Error where the orders form a cycle */
  compute(): void {
    const { jobBefore, jobAfter, machineBefore, machineAfter, topological, duration, head, tail } = this;
    const n = this.operations;
    let found = 0;
    for (let v = 0; v < n; v++) {
      const waits = (jobBefore[v] === NONE ? 0 : 1) + (machineBefore[v] === NONE ? 0 : 1);
      this.#waitsFor[v] = waits;
      if (waits === 0) topological[found++] = v;
    }
    let makespan = 0;
    for (let i = 0; i < found; i++) {
      const v = topological[i]!;
      const start = Math.max(this.jobReady(v), this.machineReady(machineBefore[v]!));
      head[v] = start;
      const end = start + duration[v]!;
      if (end > makespan) makespan = end;
      const next = jobAfter[v]!;
      if (next !== NONE && --this.#waitsFor[next]! === 0) topological[found++] = next;
      const below = machineAfter[v]!;
      if (below !== NONE && --this.#waitsFor[below]! === 0) topological[found++] = below;
    }
    if (found < n) throw new Error(`orders of ${this.shop.name} form a cycle`);
    for (let i = n - 1; i >= 0; i--) {
      const v = topological[i]!;
      tail[v] = Math.max(this.jobRest(v), this.machineRest(machineAfter[v]!));
    }
    this.makespan = makespan;
  }

  keep(): KeptOrders {
    return {
      makespan: this.makespan,
      machine: this.machine.slice(),
      duration: this.duration.slice(),
      machineBefore: this.machineBefore.slice(),
      machineAfter: this.machineAfter.slice(),
    };
  }

  restore(kept: KeptOrders): void {
    this.machine.set(kept.machine);
    this.duration.set(kept.duration);
    this.machineBefore.set(kept.machineBefore);
    this.machineAfter.set(kept.machineAfter);
    this.compute();
  }

  /** Every operation at its earliest, by job and operation. */
  schedule(): ScheduledOperation[] {
    let v = 0;
    return this.shop.jobs.flatMap((operations, job) =>
      operations.map((_, operation) => {
        const start = this.head[v]!;
        const entry = {
          job,
          operation,
          machine: this.machine[v]!,
          start,
          end: start + this.duration[v]!,
        };
        v++;
        return entry;
      }),
    );
  }
}
