import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { messageOf, RungError } from "../../core/errors.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { HelperMessage, HelperReply } from "./solver-helper.ts";
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
  readonly #helpers: readonly Helper[];
  readonly #id: number;
  readonly #barrier: number;

  private constructor(
    own: Record<string, SolverFunction>,
    helpers: readonly Helper[],
    id: number,
    barrier: number,
  ) {
    this.threads = helpers.length + 1;
    this.#own = own;
    this.#helpers = helpers;
    this.#id = id;
    this.#barrier = barrier;
  }

  /** @param barrier two i32 of the memory, 0 */
  static async form(memory: WebAssembly.Memory, threads: number, barrier: Int32Array): Promise<SolverTeam> {
    const module = await solverModule();
    const id = nextId++;
    const team = new SolverTeam(
      solverFunctions(module, memory),
      Array.from({ length: threads - 1 }, (_, i) => helper(i)),
      id,
      barrier.byteOffset,
    );
    // A helper that cannot work must say so now: once a call waits at the barrier for it, nobody would hear.
    await Promise.all(team.#helpers.map((helper) => helper.call({ type: "join", team: id, module, memory })));
    return team;
  }

  /**
   * Calls an exported function in every thread, with `thread, threads, barrier` after the given parameters.
   * @returns what it returns in this thread
   */
  async call(name: string, ...parameters: number[]): Promise<number> {
    const lost = this.#helpers.find(({ isOver }) => isOver);
    if (lost !== undefined) throw helperFault("it has ended");
    const shared = [this.threads, this.#barrier];
    const others = this.#helpers.map((helper, i) =>
      helper.call({ type: "call", team: this.#id, name, parameters: [...parameters, i + 1, ...shared] }),
    );
    const result = this.#own[name]!(...parameters, 0, ...shared);
    await Promise.all(others);
    return result;
  }

  /** Calls an exported function that takes no threads, in this one. */
  alone(name: string, ...parameters: (number | bigint)[]): number {
    return this.#own[name]!(...parameters);
  }

  /** Lets the helpers forget the memory. */
  disband(): void {
    for (const helper of this.#helpers) helper.send({ type: "leave", team: this.#id });
  }
}

let nextId = 1;
const helpers: Helper[] = [];

/** The helpers of this process; each is started when it is first needed and started anew after it has ended. */
function helper(index: number): Helper {
  if (helpers[index] === undefined || helpers[index].isOver) helpers[index] = new Helper();
  return helpers[index];
}

class Helper {
  readonly #worker: Worker;
  readonly #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  isOver = false;

  constructor() {
    this.#worker = new Worker(siblingModule(import.meta.url, "./solver-helper"));
    // A process that has nothing else to do may end.
    this.#worker.unref();
    this.#worker.on("message", (reply: HelperReply) => {
      const call = this.#waiting.shift();
      if (this.#waiting.length === 0) this.#worker.unref();
      if (reply.fault === undefined) call?.resolve();
      else call?.reject(helperFault(reply.fault));
    });
    this.#worker.on("error", (error) => this.#end(messageOf(error)));
    this.#worker.on("exit", (code) => this.#end(`exit code ${code}`));
  }

  send(message: HelperMessage): void {
    this.#worker.postMessage(message);
  }

  /** Sends what is answered. */
  call(message: Exclude<HelperMessage, { type: "leave" }>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // Waited for: the process must not end meanwhile.
      this.#worker.ref();
      this.send(message);
    });
  }

  #end(how: string): void {
    this.isOver = true;
    for (const call of this.#waiting.splice(0)) call.reject(helperFault(how));
  }
}

function helperFault(how: string): RungError {
  return new RungError({
    code: "solver-helper",
    where: "solver",
    what: `a thread of the solver failed: ${how}`,
    advice: "ask again",
  });
}
