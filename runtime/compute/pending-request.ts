import { messageOf, RungError } from "../core/errors.ts";
import { monotonicMs } from "../core/time.ts";
import type { ComputeRequest } from "./compute-options.ts";
import type { ComputeKind } from "./kernel.ts";
import { PRIORITIES } from "./priorities.ts";

/** A longer timer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** How requests end: `failed` is the kernel's own error, `lost` the end of its child. */
export type Outcome = "answered" | "failed" | "cancelled" | "late" | "memory" | "lost" | "closed";

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  "compute-cancelled": "cancelled",
  "compute-deadline": "late",
  "compute-memory": "memory",
  "compute-lost": "lost",
  "compute-closed": "closed",
};

export interface Settlement {
  answered(output: unknown): void;
  failed(error: RungError): void;
  /** Called once, before either. */
  settled(outcome: Outcome): void;
}

/** A request from its coming until its caller has been answered, which may be before its child is done with it. */
export class PendingRequest {
  readonly id: number;
  readonly kind: ComputeKind;
  readonly name: string;
  readonly module: string;
  readonly input: unknown;
  readonly priority: number;
  /** From its coming, ms. */
  readonly deadlineMs: number;
  /** On the monotonic clock, ms. */
  readonly deadlineAtMs: number;
  readonly memoryMiB: number;
  readonly #onProgress: ((done: number, of: number) => void) | undefined;
  readonly #settlement: Settlement;
  readonly #release: () => void;
  readonly #giveUp: (why: "late" | "cancelled") => void;
  #isSettled = false;

  /** @param giveUp called when the time is up or the caller cancels; it settles the request */
  constructor(
    id: number,
    request: ComputeRequest<unknown, unknown> & { readonly deadlineMs: number; readonly memoryMiB: number },
    settlement: Settlement,
    giveUp: (pending: PendingRequest, why: "late" | "cancelled") => void,
  ) {
    const { kernel, signal, deadlineMs } = request;
    this.id = id;
    this.kind = kernel.runsOn ?? "cpu";
    this.name = kernel.name;
    this.module = kernel.module;
    this.input = request.input;
    this.priority = request.priority ?? PRIORITIES.study;
    this.deadlineMs = deadlineMs;
    this.deadlineAtMs = monotonicMs() + deadlineMs;
    this.memoryMiB = request.memoryMiB;
    this.#onProgress = request.onProgress;
    this.#settlement = settlement;
    this.#giveUp = (why) => giveUp(this, why);
    const timer = setTimeout(() => this.#giveUp("late"), Math.min(deadlineMs, LONGEST_TIMER_MS));
    const onAbort = (): void => this.#giveUp("cancelled");
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#release = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  error(parts: { readonly code: string; readonly what: string; readonly advice?: string }): RungError {
    return new RungError({ where: this.name, ...parts });
  }

  progress(done: number, of: number): void {
    if (this.#isSettled) return;
    try {
      this.#onProgress?.(done, of);
    } catch (thrown) {
      this.fail(
        this.error({
          code: "compute-progress",
          what: `whoever hears its progress failed: ${messageOf(thrown)}`,
        }),
      );
      // Nobody waits for the kernel any more: it must not keep its child.
      this.#giveUp("cancelled");
    }
  }

  answer(output: unknown): void {
    this.#settle("answered", () => this.#settlement.answered(output));
  }

  fail(error: RungError): void {
    this.#settle(OUTCOMES[error.code] ?? "failed", () => this.#settlement.failed(error));
  }

  #settle(outcome: Outcome, tell: () => void): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#release();
    this.#settlement.settled(outcome);
    tell();
  }
}
