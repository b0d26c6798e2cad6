import type { EndedBy } from "../balance-problem.ts";

/** How much a search may spend. What is left out is not limited. */
export interface EffortLimit {
  /** By the clock: an answer under it may differ from run to run. */
  readonly timeMs?: number;
  /** Whether time is what passes or what the thread had of a processor; a benchmark counts the latter. Default "wall". */
  readonly clock?: "wall" | "processor";
  /** Station loads looked at: the same answer at every run. */
  readonly work?: number;
  /** Partial balances remembered by one search. Default 3 million, some 60 to 200 bytes each. */
  readonly states?: number;
}

export const MOST_STATES = 3_000_000;
/** Reading the clock costs as much as looking at a load. */
const WORK_BETWEEN_CLOCKS = 256;

/** What is left of a limit, shared by everything that one answer takes. */
export class Effort {
  readonly mostStates: number;
  readonly #clock: "wall" | "processor";
  readonly #endMs: number;
  readonly #mostWork: number;
  readonly #parent: Effort | undefined;
  #work = 0;
  #nextClock = WORK_BETWEEN_CLOCKS;
  #outOfTime = false;

  constructor(limit: EffortLimit = {}, parent?: Effort) {
    this.mostStates = limit.states ?? MOST_STATES;
    this.#clock = limit.clock ?? "wall";
    this.#endMs = this.#nowMs() + (limit.timeMs ?? Number.POSITIVE_INFINITY);
    this.#mostWork = limit.work ?? Number.POSITIVE_INFINITY;
    this.#parent = parent;
  }

  /** Station loads looked at so far. */
  get work(): number {
    return this.#work;
  }

  /** Counts work done. */
  spend(work = 1): void {
    this.#work += work;
    this.#parent?.spend(work);
  }

  /** Which limit is reached, if any. */
  spent(): EndedBy | undefined {
    const ofParent = this.#parent?.spent();
    if (ofParent !== undefined) return ofParent;
    if (this.#work >= this.#mostWork) return "work";
    if (this.#work >= this.#nextClock) {
      this.#nextClock = this.#work + WORK_BETWEEN_CLOCKS;
      this.#outOfTime ||= this.#nowMs() >= this.#endMs;
    }
    return this.#outOfTime ? "time" : undefined;
  }

  /** A share of what is left, for one of several attempts; what it spends counts here as well. */
  part(share: number): Effort {
    const limit = {
      states: this.mostStates,
      clock: this.#clock,
      timeMs: Math.max(0, this.#endMs - this.#nowMs()) * share,
      work: Math.max(0, this.#mostWork - this.#work) * share,
    };
    return new Effort(limit, this);
  }

  #nowMs(): number {
    if (this.#clock === "wall") return performance.now();
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  }
}
