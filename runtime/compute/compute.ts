import { availableParallelism } from "node:os";
import { RungError } from "../core/errors.ts";
import type { ComputeOptions, ComputeRequest } from "./compute-options.ts";
import { ComputePool } from "./compute-pool.ts";
import { KeptLedger } from "./kept-ledger.ts";
import type { ComputeKind, KeptResult, KernelArray } from "./kernel.ts";
import { type Outcome, PendingRequest } from "./pending-request.ts";
import { checkReduction, type Reduced, type Reduction } from "./solvers/reductions.ts";
import type { SupervisedChild } from "./supervised-child.ts";

const DEFAULTS: ComputeOptions = {
  memoryMiB: 512,
  readable: [],
  cpuChildren: Math.min(4, Math.max(1, availableParallelism())),
  gpuEnvironment: {},
  softwareGpu: false,
  keptMiB: 256,
  keptUnreadMs: 600_000,
};
const DEADLINE_MS = 30_000;

/** What is counted of one kind of children. */
export interface ComputeFigures {
  readonly requests: Readonly<Record<Outcome, number>>;
  readonly waiting: number;
  readonly running: number;
  /** Children that are there. */
  readonly children: number;
  readonly respawns: number;
  /** Time in which children were at requests, all children together, s. */
  readonly busyS: number;
}

/**
 * The queue in front of the compute children: a pool for the CPU and one child for the GPU. Heavy work runs there,
 * never on the host's event loop; a child that dies takes only the requests it was at, and the next one is answered
 * by a new child. Children start when they are needed.
 */
export class Compute {
  /** Whether a software adapter counts as a GPU, for the kernels that choose a backend. */
  readonly softwareGpu: boolean;
  readonly #memoryMiB: number;
  readonly #pools: Readonly<Record<ComputeKind, ComputePool>>;
  readonly #kept: KeptLedger<SupervisedChild>;
  readonly #requests: Readonly<Record<ComputeKind, Record<Outcome, number>>> = {
    cpu: noRequests(),
    gpu: noRequests(),
  };
  #lastId = 0;
  #closing: Promise<void> | undefined;

  constructor(options: Partial<ComputeOptions> = {}) {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const all: ComputeOptions = { ...DEFAULTS, ...Object.fromEntries(given) };
    this.softwareGpu = all.softwareGpu;
    this.#memoryMiB = all.memoryMiB;
    this.#kept = new KeptLedger(all.keptUnreadMs);
    const events = {
      onKept: (child: SupervisedChild, result: KeptResult) => this.#kept.hold(child, result),
      onEnd: (child: SupervisedChild, how: string) => this.#kept.childEnded(child, how),
    };
    const nextId = (): number => ++this.#lastId;
    this.#pools = {
      cpu: new ComputePool("cpu", Math.max(1, all.cpuChildren), all, events, nextId),
      gpu: new ComputePool("gpu", 1, all, events, nextId),
    };
  }

  /** Process id of the first CPU child; undefined before it starts and between a death and its next start. */
  get pid(): number | undefined {
    return this.#pools.cpu.children[0]?.pid;
  }

  get counts(): { readonly answered: number; readonly lost: number; readonly waiting: number } {
    const of = (outcome: Outcome): number => this.#requests.cpu[outcome] + this.#requests.gpu[outcome];
    return {
      answered: of("answered"),
      lost: of("lost") + of("memory"),
      waiting: this.#pools.cpu.waiting + this.#pools.gpu.waiting,
    };
  }

  figures(kind: ComputeKind): ComputeFigures {
    const { children, waiting } = this.#pools[kind];
    const sum = (of: (child: SupervisedChild) => number): number =>
      children.reduce((total, child) => total + of(child), 0);
    return {
      requests: { ...this.#requests[kind] },
      waiting,
      running: sum((child) => child.running.length),
      children: sum((child) => (child.pid === undefined ? 0 : 1)),
      respawns: sum((child) => child.respawns),
      busyS: sum((child) => child.busyMs) / 1000,
    };
  }

  /** What is kept behind handles. */
  get kept(): { readonly results: number; readonly bytes: number } {
    return { results: this.#kept.results, bytes: this.#kept.bytes };
  }

  /**
   * Runs a kernel in a child.
   * @throws RungError `compute-lost` (the child died at it), `compute-memory`, `compute-deadline`,
   * `compute-cancelled`, `compute-closed`, `compute-input` (it cannot be copied), `compute-too-large`, and the
   * kernel's own
   */
  submit<Input, Output>(request: ComputeRequest<Input, Output>): Promise<Output> {
    const { promise, resolve, reject } = Promise.withResolvers<Output>();
    const { deadlineMs = DEADLINE_MS, memoryMiB = this.#memoryMiB } = request;
    const pending = new PendingRequest(
      ++this.#lastId,
      { ...(request as ComputeRequest<unknown, unknown>), deadlineMs, memoryMiB },
      {
        answered: (output) => resolve(output as Output),
        failed: reject,
        settled: (outcome) => {
          this.#requests[pending.kind][outcome] += 1;
        },
      },
      (givenUp, why) => {
        const pool = this.#pools[givenUp.kind];
        givenUp.fail(why === "late" ? late(givenUp, pool.lastEnd) : cancelled(givenUp));
        pool.giveUp(givenUp);
      },
    );
    if (this.#closing !== undefined) pending.fail(closed(pending));
    else if (request.signal?.aborted) pending.fail(cancelled(pending));
    else this.#pools[pending.kind].add(pending);
    return promise;
  }

  /**
   * Values of a kept array from `from` up to and without `to`.
   * @throws RungError `compute-gone` (released, too long unread, or its child died), `compute-unknown-array`,
   * `compute-slice`
   */
  async slice(kept: KeptResult, name: string, from: number, to: number): Promise<KernelArray> {
    const { child, array } = this.#kept.array(kept.kept, name);
    const isWithin = Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to;
    if (!isWithin || to > array.length) {
      throw new RungError({
        code: "compute-slice",
        where: `kept result ${kept.kept}, ${name}`,
        what: `has no values ${from} to ${to}`,
        advice: `it has ${array.length} values, counted from 0`,
      });
    }
    return (await child.ask({ type: "slice", kept: kept.kept, name, from, to })) as KernelArray;
  }

  /**
   * Reduces a kept array to a few numbers, in its child. A value that is not a number makes minimum, maximum, mean,
   * sum and quantiles NaN; a histogram counts it apart.
   * @throws RungError as `slice`, and `compute-reduction`
   */
  async reduce<R extends Reduction>(kept: KeptResult, name: string, reduction: R): Promise<Reduced<R>> {
    const { child } = this.#kept.array(kept.kept, name);
    checkReduction(reduction);
    return (await child.ask({ type: "reduce", kept: kept.kept, name, reduction })) as Reduced<R>;
  }

  /** Lets kept arrays go. Those that are gone already are no error. */
  release(kept: KeptResult): void {
    this.#kept.release(kept.kept, "it was released");
  }

  /** Ends the children and refuses what is still waiting. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#kept.close();
    const refuse = (pending: PendingRequest): void => pending.fail(closed(pending));
    await Promise.all(Object.values(this.#pools).map((pool) => pool.close(refuse)));
  }
}

const cancelled = (pending: PendingRequest): RungError =>
  pending.error({ code: "compute-cancelled", what: "the request was cancelled" });

function late(pending: PendingRequest, lastEnd: string | undefined): RungError {
  const what = `no answer within ${pending.deadlineMs} ms`;
  const code = "compute-deadline";
  return lastEnd === undefined
    ? pending.error({ code, what, advice: "ask for fewer runs or allow more time" })
    : pending.error({
        code,
        what: `${what}: no compute process is running, the last ended (${lastEnd})`,
        advice: "look at the log of the host",
      });
}

const closed = (pending: PendingRequest): RungError =>
  pending.error({ code: "compute-closed", what: "the compute process is closed" });

const noRequests = (): Record<Outcome, number> => ({
  answered: 0,
  failed: 0,
  cancelled: 0,
  late: 0,
  memory: 0,
  lost: 0,
  closed: 0,
});
