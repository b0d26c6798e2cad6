import { setImmediate as afterPendingMessages } from "node:timers/promises";
import { RungError } from "../core/errors.ts";
import type { KeptResults } from "./kept-results.ts";
import type { KeptResult, KernelControl, KernelRun } from "./kernel.ts";

export interface AskedRun {
  readonly id: number;
  /** File URL of the kernel's module. */
  readonly module: string;
  readonly input: unknown;
  readonly memoryMiB: number;
}

/** What becomes of runs. */
export interface RunReports {
  progress(id: number, done: number, of: number): void;
  /** Resolved once the output is on its way: until then its arrays stay as they are. */
  done(id: number, output: unknown, kept: readonly KeptResult[]): Promise<void>;
  failed(id: number, thrown: unknown): void;
  /** Whether arrays are coming, going or being reduced, which nothing but a breath lets through. */
  isCopying(): boolean;
  /** Called before a kernel is set to work. @returns a function that is called when it is over */
  begin(id: number, memoryMiB: number): () => void;
}

const PROGRESS_EVERY_MS = 100;
/** Longest part of a breath that arrays on their way, and reductions of kept ones, are given. */
const COPYING_MS = 20;

/**
 * The kernels of one child, one at work at a time. A run that comes while another is at work waits for its next
 * breath and runs inside it; the host sends one only where it is more urgent.
 */
export class KernelRuns {
  readonly #reports: RunReports;
  readonly #kept: KeptResults;
  readonly #nowMs: () => number;
  readonly #arrived: Run[] = [];
  readonly #begun = new Set<Run>();

  constructor(reports: RunReports, kept: KeptResults, nowMs = () => performance.now()) {
    this.#reports = reports;
    this.#kept = kept;
    this.#nowMs = nowMs;
  }

  ask(asked: AskedRun): void {
    this.#arrived.push(new Run(asked));
    if (this.#begun.size === 0) void this.#next();
  }

  /** A run that waits within a breath hears it at once, one at work at its next breath. */
  cancel(id: number): void {
    for (const run of [...this.#arrived, ...this.#begun]) if (run.asked.id === id) run.cancel();
  }

  async #next(): Promise<void> {
    const run = this.#arrived.shift();
    if (run === undefined) return;
    this.#begun.add(run);
    const { id, module, input, memoryMiB } = run.asked;
    const end = this.#reports.begin(id, memoryMiB);
    const kept: KeptResult[] = [];
    const progress = new ThrottledProgress((done, of) => this.#reports.progress(id, done, of));
    const control: KernelControl = {
      breathe: () => this.#breathe(run),
      progress: (done, of) => progress.tell(done, of),
      keep: (arrays) => {
        const result = this.#kept.keep(arrays);
        kept.push(result);
        return result;
      },
    };
    try {
      run.throwIfCancelled();
      const kernel = (await import(module)) as { run: KernelRun<unknown, unknown> };
      const output = await kernel.run(input, control);
      run.throwIfCancelled();
      progress.flush();
      await this.#reports.done(id, output, kept);
    } catch (thrown) {
      for (const result of kept) this.#kept.release(result.kept);
      this.#reports.failed(id, thrown);
    } finally {
      end();
      this.#begun.delete(run);
      if (this.#begun.size === 0) void this.#next();
    }
  }

  async #breathe(run: Run): Promise<void> {
    const untilMs = this.#nowMs() + COPYING_MS;
    do {
      await afterPendingMessages();
      run.throwIfCancelled();
    } while (this.#reports.isCopying() && this.#nowMs() < untilMs);
    while (this.#arrived.length > 0) {
      await Promise.race([this.#next(), run.cancelled]);
      run.throwIfCancelled();
    }
  }
}

class Run {
  readonly asked: AskedRun;
  /** Resolved when it is cancelled. */
  readonly cancelled: Promise<void>;
  #isCancelled = false;
  #hear: () => void;

  constructor(asked: AskedRun) {
    this.asked = asked;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.cancelled = promise;
    this.#hear = resolve;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#hear();
  }

  throwIfCancelled(): void {
    if (this.#isCancelled) throw cancelled();
  }
}

export const cancelled = (): RungError =>
  new RungError({ code: "compute-cancelled", where: "compute", what: "the request was cancelled" });

/** Tells the first progress at once and then the newest of each tenth of a second. */
class ThrottledProgress {
  readonly #send: (done: number, of: number) => void;
  #toldMs = Number.NEGATIVE_INFINITY;
  #untold: readonly [done: number, of: number] | undefined;

  constructor(send: (done: number, of: number) => void) {
    this.#send = send;
  }

  tell(done: number, of: number): void {
    this.#untold = [done, of];
    const nowMs = performance.now();
    if (nowMs - this.#toldMs < PROGRESS_EVERY_MS) return;
    this.#toldMs = nowMs;
    this.flush();
  }

  flush(): void {
    if (this.#untold !== undefined) this.#send(...this.#untold);
    this.#untold = undefined;
  }
}
