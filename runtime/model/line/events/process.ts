import type { EventCalendar } from "./event-calendar.ts";

/**
 * What a process yields: seconds to wait, or something to wait for. The value of the `yield` is what it waited for, an
 * item of a store for instance.
 */
export type Wait = number | Awaited;

export interface Awaited {
  /** Tells `process` with `resume` once it is there. @returns whether it is there already, so that nobody need wait */
  begin(process: Process): boolean;
  /** What the process gets where `begin` returned true. */
  readonly value?: unknown;
  /** The process waits no longer: it was interrupted. */
  abandon(process: Process): void;
}

export type ProcessBody = Generator<Wait | undefined, void, unknown>;

/** What is thrown into a process that is interrupted while it waits. */
export class Interrupted extends Error {
  readonly reason: unknown;

  constructor(reason: unknown) {
    super("interrupted");
    this.name = "Interrupted";
    this.reason = reason;
  }
}

/**
 * A generator that lives on a calendar, in the manner of SimPy: it yields what it waits for and goes on where it was.
 * A bare `yield` waits until somebody calls `resume`.
 *
 *     new Process(calendar, function* () {
 *       const part = yield buffer.get();
 *       yield 30;
 *       yield next.put(part);
 *     });
 */
export class Process {
  readonly #calendar: EventCalendar;
  readonly #activity: number;
  readonly #body: ProcessBody;
  #isRunning = false;
  #isDone = false;
  #awaited: Awaited | undefined;
  #onEnd: ((value?: unknown) => void)[] = [];

  /** @param begins at the present time, as an event of its own or before the constructor returns */
  constructor(
    calendar: EventCalendar,
    body: (process: Process) => ProcessBody,
    begins: "as an event" | "now" = "as an event",
  ) {
    this.#calendar = calendar;
    this.#activity = calendar.register(() => this.resume());
    this.#body = body(this);
    if (begins === "now") this.resume();
    else calendar.schedule(this.#activity, calendar.nowS);
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** It runs at this moment, so it cannot be told anything. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Goes on with what it waited for. */
  resume(value?: unknown): void {
    this.#awaited = undefined;
    this.#isRunning = true;
    this.#settle(this.#body.next(value));
  }

  /** Throws an `Interrupted` where it waits. One that is done is left alone. */
  interrupt(reason?: unknown): void {
    if (this.#isDone) return;
    this.#calendar.cancel(this.#activity);
    this.#awaited?.abandon(this);
    this.#awaited = undefined;
    this.#isRunning = true;
    this.#settle(this.#body.throw(new Interrupted(reason)));
  }

  /** What another process yields to wait for the end of this one. */
  end(): Awaited {
    const told = new Map<Process, (value?: unknown) => void>();
    return {
      begin: (process) => {
        if (this.#isDone) return true;
        const tell = (): void => process.resume();
        told.set(process, tell);
        this.#onEnd.push(tell);
        return false;
      },
      abandon: (process) => {
        this.#onEnd = this.#onEnd.filter((tell) => tell !== told.get(process));
      },
    };
  }

  #settle(first: IteratorResult<Wait | undefined, void>): void {
    let step = first;
    while (!step.done) {
      const wait = step.value;
      if (wait === undefined) break;
      if (typeof wait === "number") {
        this.#calendar.schedule(this.#activity, this.#calendar.nowS + wait);
        break;
      }
      if (!wait.begin(this)) {
        this.#awaited = wait;
        break;
      }
      step = this.#body.next(wait.value);
    }
    this.#isRunning = false;
    if (!step.done) return;
    this.#isDone = true;
    this.#calendar.unregister(this.#activity);
    for (const tell of this.#onEnd) tell();
  }
}
