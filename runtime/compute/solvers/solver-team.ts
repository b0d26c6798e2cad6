import { availableParallelism } from "node:os";
import { RungError } from "../../core/errors.ts";
import { HelperThread, helperFault } from "./helper-thread.ts";
import { breakBarrier, isBroken } from "./solver-barrier.ts";
import { type SolverFunction, solverFunctions, solverModule } from "./solver-wasm.ts";

/** Most threads that a request gets unless it says otherwise: the memory's bandwidth is shared. */
const MOST_THREADS = 2;
/** Updates below which a second thread gains less than waking it costs. */
const WORTH_A_THREAD = 2e6;

/**
 * Threads for a request. The result does not depend on them.
 * @param asked what the request says; undefined leaves it to the size of the work
 * @param updates cells or nodes times steps
 */
export function threadsFor(asked: number | undefined, updates: number): number {
  if (asked === undefined)
    return updates < WORTH_A_THREAD ? 1 : Math.min(MOST_THREADS, availableParallelism());
  if (Number.isInteger(asked) && asked >= 1 && asked <= 64) return asked;
  throw new RungError({
    code: "solver-input",
    where: "solver",
    what: `threads is ${asked}`,
    advice: "give a whole number from 1 to 64, or leave it out",
  });
}

/**
 * This thread and helpers that call the same function of the fast lane at the same time, over one memory. Between calls
 * nobody works on it, so that another request may use the helpers there.
 */
export class SolverTeam {
  readonly threads: number;
  readonly #own: Record<string, SolverFunction>;
  readonly #helpers: readonly HelperThread[];
  readonly #id: number;
  readonly #barrier: Int32Array;

  private constructor(
    own: Record<string, SolverFunction>,
    helpers: readonly HelperThread[],
    id: number,
    barrier: Int32Array,
  ) {
    this.threads = helpers.length + 1;
    this.#own = own;
    this.#helpers = helpers;
    this.#id = id;
    this.#barrier = barrier;
  }

  /**
   * @param barrier `BARRIER` in the memory, 0
   * @throws RungError `solver-helper` where a helper cannot work
   */
  static async form(
    memory: WebAssembly.Memory,
    threads: number,
    barrier: Int32Array<SharedArrayBuffer>,
  ): Promise<SolverTeam> {
    const module = await solverModule();
    const id = nextId++;
    const helpers = Array.from({ length: threads - 1 }, (_, i) => helper(i));
    const team = new SolverTeam(solverFunctions(module, memory), helpers, id, barrier);
    try {
      const joined = helpers.map((helper) => helper.ask({ type: "join", team: id, module, memory, barrier }));
      for (const [i, helper] of helpers.entries()) await helper.finish(joined[i]!);
    } catch (error) {
      team.disband();
      throw error;
    }
    return team;
  }

  /**
   * Calls an exported function in every thread, with `thread, threads, barrier` after the given parameters.
   * @returns what it returns in this thread
   * @throws RungError `solver-helper` where a helper failed; the team then is of no more use
   */
  async call(name: string, ...parameters: number[]): Promise<number> {
    const shared = [this.threads, this.#barrier.byteOffset];
    const faults: unknown[] = [];
    const failed = (fault: unknown): void => {
      faults.push(fault);
      // Those who are at work would wait for those who failed.
      breakBarrier(this.#barrier);
    };
    const asked: (readonly [HelperThread, number])[] = [];
    let result = 0;
    try {
      for (const [i, helper] of this.#helpers.entries()) {
        const message = { team: this.#id, name, parameters: [...parameters, i + 1, ...shared] };
        asked.push([helper, helper.ask({ type: "call", ...message })]);
      }
      result = this.#own[name]!(...parameters, 0, ...shared);
    } catch (fault) {
      failed(fault);
    }
    // Of those that fail too nobody is left to hear, and none is at work on the memory any more.
    await Promise.all(asked.map(([helper, message]) => helper.finish(message).catch(failed)));
    if (faults.length > 0) throw faults[0];
    if (isBroken(this.#barrier)) throw helperFault("it was waited for in vain");
    return result;
  }

  /** Calls an exported function that takes no threads, in this one. */
  alone(name: string, ...parameters: (number | bigint)[]): number {
    return this.#own[name]!(...parameters);
  }

  /** Lets the helpers forget the memory. */
  disband(): void {
    for (const helper of this.#helpers) if (!helper.isOver) helper.ask({ type: "leave", team: this.#id });
  }
}

let nextId = 1;
const helpers: HelperThread[] = [];

/** The helpers of this process; each is started when it is first needed and started anew after it has ended. */
function helper(index: number): HelperThread {
  if (helpers[index] === undefined || helpers[index].isOver) helpers[index] = new HelperThread();
  return helpers[index];
}
