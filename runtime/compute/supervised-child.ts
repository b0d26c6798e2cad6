import { messageOf, RungError } from "../core/errors.ts";
import { monotonicMs } from "../core/time.ts";
import { AwaitedReplies } from "./awaited-replies.ts";
import type { ChildMessage, HostMessage } from "./compute-message.ts";
import type { ComputeOptions } from "./compute-options.ts";
import { ComputeProcess, type ProcessEnd } from "./compute-process.ts";
import type { ComputeKind, KeptResult } from "./kernel.ts";
import { pack } from "./packed.ts";
import type { PendingRequest } from "./pending-request.ts";

/** A kernel that does not heed a cancellation within this time loses its child, ms. */
const GRACE_MS = 500;
/** The pause after a death doubles from the first to the second while the child keeps dying young, ms. */
const REST_MS = 20;
const LONGEST_REST_MS = 5_000;
/** Longest time from a question about what is kept to its answer, ms. */
const QUESTION_MS = 30_000;

export interface ChildEvents {
  /** It can take more than before: it is ready, done with a request, or may start again. */
  readonly onFree: () => void;
  /** A request that had not begun when another ended the child; it may run elsewhere. */
  readonly onTurnedAway: (pending: PendingRequest) => void;
  readonly onKept: (child: SupervisedChild, result: KeptResult) => void;
  /** What it kept is gone. */
  readonly onEnd: (child: SupervisedChild, how: string) => void;
}

type Question = Extract<HostMessage, { type: "slice" | "reduce" }>;
/** A union without one of its members' properties. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/**
 * The place of one child: started when it is needed, and anew after a death with a growing pause. A death takes the
 * requests that were running in it and what it kept, and everyone concerned is told why.
 */
export class SupervisedChild {
  readonly #kind: ComputeKind;
  readonly #options: ComputeOptions;
  readonly #events: ChildEvents;
  readonly #nextId: () => number;
  #process: ComputeProcess | undefined;
  #isReady = false;
  #restMs = REST_MS;
  #rest: NodeJS.Timeout | undefined;
  readonly #running: PendingRequest[] = [];
  /** Those whose kernel was set to work: the last is at work, those before it wait within a breath. */
  readonly #begun = new Set<PendingRequest>();
  readonly #replies = new AwaitedReplies(({ kept }) => this.letGo(kept));
  #starts = 0;
  #busySinceMs = 0;
  #busyMs = 0;
  #lastEnd: string | undefined;
  #ended: (() => void) | undefined;

  constructor(kind: ComputeKind, options: ComputeOptions, events: ChildEvents, nextId: () => number) {
    this.#kind = kind;
    this.#options = options;
    this.#events = events;
    this.#nextId = nextId;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get state(): "absent" | "starting" | "free" | "busy" | "resting" {
    if (this.#rest !== undefined) return "resting";
    if (this.#process === undefined) return "absent";
    if (!this.#isReady) return "starting";
    return this.#running.length === 0 ? "free" : "busy";
  }

  /** The highest of what was sent to it. */
  get priority(): number | undefined {
    return this.#running.at(-1)?.priority;
  }

  get running(): readonly PendingRequest[] {
    return this.#running;
  }

  get respawns(): number {
    return Math.max(0, this.#starts - 1);
  }

  /** How long it has been at requests so far, ms. */
  get busyMs(): number {
    return this.#busyMs + (this.#running.length > 0 ? monotonicMs() - this.#busySinceMs : 0);
  }

  /** How the process of this place ended last. */
  get lastEnd(): string | undefined {
    return this.#lastEnd;
  }

  start(): void {
    const startedMs = monotonicMs();
    let isOver = false;
    this.#starts += 1;
    this.#process = new ComputeProcess(this.#kind, this.#options, {
      onMessage: (message) => this.#hear(message),
      onEnd: (end) => {
        if (isOver) return;
        isOver = true;
        this.#onEnd(end, monotonicMs() - startedMs);
      },
    });
  }

  /** Runs it now, or within the next breath of the one that is at work. */
  run(pending: PendingRequest): void {
    const process = this.#process!;
    if (this.#running.length === 0) this.#busySinceMs = monotonicMs();
    this.#running.push(pending);
    const { id, name, module, memoryMiB } = pending;
    this.#replies.add(id, {
      answered: (output, kept) => {
        this.#restMs = REST_MS;
        this.#done(pending);
        for (const result of kept) {
          if (pending.isSettled) this.letGo(result.kept);
          else this.#events.onKept(this, result);
        }
        pending.answer(output);
        this.#events.onFree();
      },
      failed: ({ code, message }) => {
        this.#done(pending);
        pending.fail(pending.error({ code, what: message }));
        this.#events.onFree();
      },
      begun: () => this.#begun.add(pending),
      progress: (done, of) => pending.progress(done, of),
    });
    const send = async (): Promise<void> => {
      const { packed: input, bytes } = pack(pending.input);
      const isWanted = (): boolean => this.#process === process && !pending.isSettled;
      await process.sendRun({ type: "run", id, name, module, input, memoryMiB }, bytes, isWanted);
    };
    send().catch((thrown: unknown) => this.#replies.fail(id, "compute-input", messageOf(thrown)));
  }

  /** Asks a running request's kernel to stop, and ends the child when it does not. */
  cancel(pending: PendingRequest): void {
    const process = this.#process;
    if (process === undefined || !this.#running.includes(pending)) return;
    void process.send({ type: "cancel", id: pending.id });
    const isStillAt = (): boolean => this.#process === process && this.#running.includes(pending);
    // After the timer the event loop reads what has come: an answer may be among it.
    const endIt = (): void => {
      if (!isStillAt()) return;
      // One that waits for another's breath costs nothing: it is dropped there.
      if (this.#begun.size > 0 && !this.#begun.has(pending)) return;
      const atWork = [...this.#begun].at(-1) ?? pending;
      const how = atWork === pending ? "went on" : `"${atWork.name}" within its breath did not breathe`;
      process.kill(`"${pending.name}" had to stop and ${how} for ${GRACE_MS} ms`);
    };
    setTimeout(() => setImmediate(endIt), GRACE_MS).unref();
  }

  /** Asks about what it keeps. @throws RungError `compute-gone`, `compute-deadline` */
  ask(question: Without<Question, "id">): Promise<unknown> {
    const id = this.#nextId();
    const where = `kept result ${question.kept}`;
    return new Promise((resolve, reject) => {
      const fail = (code: string, what: string, advice: string): void => {
        clearTimeout(timer);
        this.#replies.forget(id);
        reject(new RungError({ code, where, what, advice }));
      };
      const timer = setTimeout(
        () =>
          fail("compute-deadline", `no answer within ${QUESTION_MS} ms`, "ask again when it has less to do"),
        QUESTION_MS,
      );
      this.#replies.add(id, {
        answered: (output) => {
          clearTimeout(timer);
          resolve(output);
        },
        failed: ({ code, message }) => fail(code, message, "run the kernel again"),
      });
      void this.#process!.send({ ...question, id });
    });
  }

  letGo(kept: number): void {
    void this.#process?.send({ type: "release", kept });
  }

  /** Ends the child; resolved when it is gone. */
  async close(): Promise<void> {
    clearTimeout(this.#rest);
    if (this.#process === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = resolve;
    this.#process.kill("the compute process was closed");
    await promise;
  }

  #hear(message: ChildMessage): void {
    if (message.type === "ready") {
      this.#isReady = true;
      this.#events.onFree();
      return;
    }
    try {
      this.#replies.take(message);
    } catch (thrown) {
      this.#process?.kill(`it said what the host cannot read: ${messageOf(thrown)}`);
    }
  }

  #done(pending: PendingRequest): void {
    this.#running.splice(this.#running.indexOf(pending), 1);
    this.#begun.delete(pending);
    if (this.#running.length === 0) this.#busyMs += monotonicMs() - this.#busySinceMs;
  }

  #onEnd({ cause, how }: ProcessEnd, livedMs: number): void {
    this.#process = undefined;
    this.#isReady = false;
    this.#lastEnd = how;
    if (this.#running.length > 0) this.#busyMs += monotonicMs() - this.#busySinceMs;
    const running = this.#running.splice(0);
    const atWork = [...this.#begun].at(-1) ?? running.at(-1);
    const begun = new Set(this.#begun);
    this.#begun.clear();
    for (const { id } of running) this.#replies.forget(id);
    const questions = this.#replies.forgetAll();
    if (this.#ended === undefined) this.#restFor(livedMs);
    this.#events.onEnd(this, `the compute process ended (${how})`);
    for (const pending of running) {
      if (pending === atWork) pending.fail(lostAtWork(pending, cause, how));
      else if (begun.has(pending)) pending.fail(lostWithin(pending, atWork!, how));
      else if (!pending.isSettled) this.#events.onTurnedAway(pending);
    }
    for (const question of questions) {
      question.failed({ code: "compute-gone", message: `the compute process ended (${how})` });
    }
    this.#ended?.();
    this.#events.onFree();
  }

  #restFor(livedMs: number): void {
    const restMs = livedMs > LONGEST_REST_MS ? REST_MS : this.#restMs;
    this.#restMs = Math.min(2 * restMs, LONGEST_REST_MS);
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#events.onFree();
    }, restMs);
  }
}

function lostAtWork(pending: PendingRequest, cause: ProcessEnd["cause"], how: string): RungError {
  return pending.error(
    cause === "memory"
      ? {
          code: "compute-memory",
          what: `the compute process ended, out of memory (${how})`,
          advice: `ask for less at once, or allow it more than ${pending.memoryMiB} MiB (memoryMiB)`,
        }
      : {
          code: "compute-lost",
          what: `the compute process ended (${how})`,
          advice: "it is started anew; ask again, with less work if this repeats",
        },
  );
}

function lostWithin(pending: PendingRequest, atWork: PendingRequest, how: string): RungError {
  return pending.error({
    code: "compute-lost",
    what: `the compute process ended while "${atWork.name}" ran within a breath of it (${how})`,
    advice: "it is started anew; ask again",
  });
}
