import { RungError } from "../core/errors.ts";
import { monotonicMs } from "../core/time.ts";
import type { ComputeRequest } from "./compute-options.ts";
import { type ComputeLimits, ComputeProcess } from "./compute-process.ts";
import type { ComputeReply } from "./kernel.ts";

const DEFAULTS = {
  memoryMiB: 512,
  readable: [] as readonly string[],
  deadlineMs: 30_000,
  /** A kernel that does not heed a cancellation within this time loses its child, ms. */
  graceMs: 500,
  /** Pause before a respawn doubles from the first to the second while children keep dying young, ms. */
  respawnMs: 20,
  respawnLongestMs: 5_000,
};

interface Pending {
  readonly id: number;
  readonly name: string;
  readonly module: string;
  readonly input: unknown;
  readonly priority: number;
  readonly onProgress: ((done: number, of: number) => void) | undefined;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: RungError) => void;
  /** Timers and listeners to take down once it is settled. */
  readonly release: () => void;
  /** Set once its caller has been answered, while the child may still be at it. */
  settled: boolean;
}

/**
 * The queue in front of the compute child. Heavy work runs there, never on the host's event loop; a child that dies
 * takes only the request it was at, and the next one is answered by a new child.
 */
export class Compute {
  readonly #limits: ComputeLimits;
  #process: ComputeProcess | undefined;
  #ready = false;
  #running: Pending | undefined;
  #waiting: Pending[] = [];
  #nextId = 1;
  #closed = false;
  #respawnMs = DEFAULTS.respawnMs;
  #respawnTimer: NodeJS.Timeout | undefined;
  #answered = 0;
  #lost = 0;
  #ended: (() => void) | undefined;

  constructor(limits: Partial<ComputeLimits> = {}) {
    this.#limits = {
      memoryMiB: limits.memoryMiB ?? DEFAULTS.memoryMiB,
      readable: limits.readable ?? DEFAULTS.readable,
    };
  }

  /** Process id of the child; undefined before the first request and between a death and the respawn. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get counts(): { readonly answered: number; readonly lost: number; readonly waiting: number } {
    return { answered: this.#answered, lost: this.#lost, waiting: this.#waiting.length };
  }

  /**
   * Runs a kernel in the child.
   * @throws RungError `compute-lost` (the child died at it), `compute-deadline`, `compute-cancelled`,
   * `compute-closed`, and the kernel's own
   */
  submit<Input, Output>(options: ComputeRequest<Input, Output>): Promise<Output> {
    const { kernel, signal } = options;
    const deadlineMs = options.deadlineMs ?? DEFAULTS.deadlineMs;
    return new Promise<Output>((resolve, reject) => {
      if (this.#closed)
        return reject(failure("compute-closed", kernel.name, "the compute process is closed"));
      if (signal?.aborted)
        return reject(failure("compute-cancelled", kernel.name, "the request was cancelled"));
      const giveUp = (code: string, what: string, advice?: string): void =>
        this.#abandon(pending, failure(code, kernel.name, what, advice));
      const timer = setTimeout(
        () =>
          giveUp(
            "compute-deadline",
            `no answer within ${deadlineMs} ms`,
            "ask for fewer runs or allow more time",
          ),
        deadlineMs,
      );
      const onAbort = (): void => giveUp("compute-cancelled", "the request was cancelled");
      signal?.addEventListener("abort", onAbort, { once: true });
      const pending: Pending = {
        id: this.#nextId++,
        name: kernel.name,
        module: kernel.module,
        input: options.input,
        onProgress: options.onProgress,
        priority: options.priority ?? 0,
        resolve: (output) => resolve(output as Output),
        reject,
        release: () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
        },
        settled: false,
      };
      const behind = this.#waiting.findIndex((other) => other.priority < pending.priority);
      this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, pending);
      this.#advance();
    });
  }

  /** Ends the child and refuses what is still waiting. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#respawnTimer);
    for (const pending of [...(this.#running ? [this.#running] : []), ...this.#waiting.splice(0)]) {
      settle(pending, () =>
        pending.reject(failure("compute-closed", pending.name, "the compute process was closed")),
      );
    }
    if (this.#process === undefined) return;
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    this.#process.kill();
    await ended;
  }

  #advance(): void {
    if (this.#closed || this.#running !== undefined || this.#waiting.length === 0) return;
    if (this.#process === undefined) {
      if (this.#respawnTimer === undefined) this.#spawn();
      return;
    }
    if (!this.#ready) return;
    const next = this.#waiting.shift()!;
    this.#running = next;
    this.#process.send({ type: "run", id: next.id, module: next.module, input: next.input });
  }

  #spawn(): void {
    const startedMs = monotonicMs();
    let over = false;
    this.#ready = false;
    this.#process = new ComputeProcess(this.#limits, {
      onReply: (reply) => this.#onReply(reply),
      onEnd: (how) => {
        if (over) return;
        over = true;
        this.#onEnd(how, monotonicMs() - startedMs);
      },
    });
  }

  #onReply(reply: ComputeReply): void {
    if (reply.type === "ready") {
      this.#ready = true;
      this.#advance();
      return;
    }
    const running = this.#running;
    if (running === undefined || running.id !== reply.id) return;
    if (reply.type === "progress") {
      if (!running.settled) running.onProgress?.(reply.done, reply.of);
      return;
    }
    this.#running = undefined;
    this.#respawnMs = DEFAULTS.respawnMs;
    if (reply.type === "done") {
      this.#answered += 1;
      settle(running, () => running.resolve(reply.output));
    } else {
      settle(running, () => running.reject(failure(reply.code, running.name, reply.message)));
    }
    this.#advance();
  }

  #onEnd(how: string, livedMs: number): void {
    this.#process = undefined;
    this.#ready = false;
    this.#ended?.();
    const running = this.#running;
    this.#running = undefined;
    if (running !== undefined && !running.settled) {
      this.#lost += 1;
      const advice = "it is started anew; ask again, with less work if this repeats";
      settle(running, () =>
        running.reject(failure("compute-lost", running.name, `the compute process ended (${how})`, advice)),
      );
    }
    if (this.#closed) return;
    const pauseMs = this.#respawnMs;
    this.#respawnMs =
      livedMs > DEFAULTS.respawnLongestMs
        ? DEFAULTS.respawnMs
        : Math.min(2 * this.#respawnMs, DEFAULTS.respawnLongestMs);
    this.#respawnTimer = setTimeout(() => {
      this.#respawnTimer = undefined;
      this.#spawn();
    }, pauseMs);
  }

  /** Answers the caller now; a kernel that is running is asked to stop, and killed when it does not. */
  #abandon(pending: Pending, error: RungError): void {
    if (pending.settled) return;
    settle(pending, () => pending.reject(error));
    const at = this.#waiting.indexOf(pending);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
      return;
    }
    const process = this.#process;
    process?.send({ type: "cancel", id: pending.id });
    setTimeout(() => {
      if (this.#running === pending && this.#process === process) process?.kill();
    }, DEFAULTS.graceMs).unref();
  }
}

function settle(pending: Pending, answer: () => void): void {
  if (pending.settled) return;
  pending.settled = true;
  pending.release();
  answer();
}

function failure(code: string, where: string, what: string, advice?: string): RungError {
  return new RungError({ code, where, what, ...(advice === undefined ? {} : { advice }) });
}
