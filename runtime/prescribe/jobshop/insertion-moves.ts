import type { Random } from "../../core/random.ts";
import { criticalPath } from "./critical-path.ts";
import type { MachineChoice } from "./job-shop.ts";
import { type MachineOrders, NONE } from "./machine-orders.ts";
import { Choice, type Neighbourhood } from "./neighbourhood.ts";

interface Insertion {
  readonly operation: number;
  readonly choice: MachineChoice;
  readonly before: number;
  readonly after: number;
}

/**
 * Moves for a choice of machines (Mastrolilli and Gambardella 2000): an operation of a critical path is taken out and put
 * in anywhere on any machine that can do it, so that no cycle comes. What is forbidden is its return to the machine.
 */
export class InsertionMoves implements Neighbourhood {
  readonly #orders: MachineOrders;
  readonly #random: Random;
  readonly #choices: readonly (readonly MachineChoice[])[];
  readonly #machines: number;
  /** Of operation and machine the iteration until which it must not come there. */
  readonly #forbiddenUntil: Int32Array;

  constructor(orders: MachineOrders, random: Random) {
    this.#orders = orders;
    this.#random = random;
    this.#choices = orders.shop.jobs.flat();
    this.#machines = orders.shop.machines;
    this.#forbiddenUntil = new Int32Array(orders.operations * this.#machines);
  }

  forget(): void {
    this.#forbiddenUntil.fill(0);
  }

  step(iteration: number, best: number): boolean {
    const draw = (below: number): number => this.#random.integer(below);
    const permitted = new Choice(draw);
    let chosen: Insertion | undefined;
    let any: Insertion | undefined;
    let seen = 0;
    const path = criticalPath(this.#orders, this.#random);
    for (const operation of path) {
      this.#insertions(operation, (insertion, estimate) => {
        if (draw(++seen) === 0) any = insertion;
        const until = this.#forbiddenUntil[operation * this.#machines + insertion.choice.machine]!;
        if (until > iteration && estimate >= best) return;
        if (permitted.takes(estimate)) chosen = insertion;
      });
    }
    const made = chosen ?? any;
    // The search of insertions has left heads and tails of a schedule that lacks an operation.
    if (made !== undefined) this.#make(made, iteration, path.length);
    this.#orders.compute();
    return made !== undefined;
  }

  /** Offers every place an operation can go, with the makespan that it promises. */
  #insertions(v: number, offer: (insertion: Insertion, estimate: number) => void): void {
    const o = this.#orders;
    const machine = o.machine[v]!;
    const duration = o.duration[v]!;
    const oldBefore = o.machineBefore[v]!;
    const oldAfter = o.machineAfter[v]!;
    o.remove(v);
    o.machine[v] = NONE;
    o.duration[v] = 0;
    o.compute();
    const without = o.makespan;
    const ready = o.jobReady(v);
    const rest = o.jobRest(v);
    const jobBefore = o.jobBefore[v]!;
    const jobAfter = o.jobAfter[v]!;
    const startsBefore = jobBefore === NONE ? Number.NEGATIVE_INFINITY : o.head[jobBefore]!;
    const restAfter = jobAfter === NONE ? Number.NEGATIVE_INFINITY : o.tail[jobAfter]!;
    for (const choice of this.#choices[v]!) {
      let before = NONE;
      for (let i = 0; i <= o.operations; i++) {
        const after = i < o.operations ? o.topological[i]! : NONE;
        if (after !== NONE && o.machine[after] !== choice.machine) continue;
        // Where the job's next operation leads to the one before, or the one after to the job's last, there is a cycle.
        const maybeCycle =
          (before !== NONE && (before === jobAfter || restAfter >= o.duration[before]! + o.tail[before]!)) ||
          (after !== NONE && (after === jobBefore || startsBefore >= o.head[after]! + o.duration[after]!));
        const isOldPlace = choice.machine === machine && before === oldBefore && after === oldAfter;
        if (!maybeCycle && !isOldPlace) {
          const start = Math.max(ready, o.machineReady(before));
          const estimate = start + choice.duration + Math.max(rest, o.machineRest(after));
          offer({ operation: v, choice, before, after }, Math.max(without, estimate));
        }
        before = after;
      }
    }
    o.insert(v, machine, duration, oldBefore, oldAfter);
  }

  #make({ operation, choice, before, after }: Insertion, iteration: number, pathLength: number): void {
    const tenure = pathLength + this.#choices[operation]!.length;
    this.#forbiddenUntil[operation * this.#machines + this.#orders.machine[operation]!] = iteration + tenure;
    this.#orders.remove(operation);
    this.#orders.insert(operation, choice.machine, choice.duration, before, after);
  }
}
