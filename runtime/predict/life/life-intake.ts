import { messageOf, RungError } from "../../core/errors.ts";
import type { Frame } from "../../core/frame.ts";
import type { MaintenanceEvent } from "../../core/maintenance-event.ts";
import type { TimeUs } from "../../core/time.ts";
import type { UseHistory } from "./life-begin.ts";
import type { LifeMessage } from "./life-message.ts";
import type { LifeSession } from "./life-session.ts";

/** What a life session takes in. */
export type LifeInput = { readonly twin: string; readonly frame: Frame } | MaintenanceEvent;

export interface LifeIntakeParts {
  readonly session: LifeSession;
  readonly history: UseHistory;
  readonly onMessage: (message: LifeMessage) => void;
  /** What went wrong with something that was taken in. */
  readonly onProblem: (problem: unknown) => void;
}

/** Frames of one asset while its past is read; the oldest goes, and its cycles count as passed. */
const MOST_WAITING = 10_000;

/**
 * Takes in frames and sign-offs. At the first frame that tells an asset's counter its past is read from history; what
 * else comes of the asset waits meanwhile, in its order.
 */
export class LifeIntake {
  readonly #parts: LifeIntakeParts;
  readonly #waiting = new Map<string, LifeInput[]>();
  /** Pasts are read one after the other: one alone may be large. */
  #reading: Promise<void> = Promise.resolve();
  readonly #end = new AbortController();

  constructor(parts: LifeIntakeParts) {
    this.#parts = parts;
  }

  /** Assets whose past is being read, or is still to be. */
  get recalling(): number {
    return this.#waiting.size;
  }

  /** @throws what the session throws */
  take(input: LifeInput): void {
    const twin = "order" in input ? input.asset : input.twin;
    const waiting = this.#waiting.get(twin);
    if (waiting !== undefined) {
      waiting.push(input);
      const oldest = waiting.length > MOST_WAITING ? waiting.findIndex((one) => "frame" in one) : -1;
      if (oldest >= 0) waiting.splice(oldest, 1);
    } else if ("order" in input || this.#parts.session.follows(twin)) this.#takeNow(input);
    else {
      const countUs = this.#parts.session.firstCountUs(twin, input.frame);
      // Of a cycle that is not known nothing is counted.
      if (countUs === undefined) return;
      this.#waiting.set(twin, [input]);
      this.#reading = this.#reading.then(() => this.#recall(twin, countUs));
    }
  }

  close(): void {
    this.#end.abort();
    this.#waiting.clear();
  }

  async #recall(twin: string, untilUs: TimeUs): Promise<void> {
    const { session, history, onMessage, onProblem } = this.#parts;
    const { signal } = this.#end;
    if (signal.aborted) return;
    try {
      const message = await session.recall(twin, history, untilUs, signal);
      if (message !== undefined && !signal.aborted) onMessage(message);
    } catch (cause) {
      if (!signal.aborted)
        onProblem(
          new RungError({
            code: "past-unread",
            where: twin,
            what: `its past is not known, so that its life is followed from now on: ${messageOf(cause)}`,
            advice: "mend what it says and deploy again",
            cause,
          }),
        );
    }
    const waiting = this.#waiting.get(twin) ?? [];
    this.#waiting.delete(twin);
    for (const input of waiting) {
      try {
        this.#takeNow(input);
      } catch (problem) {
        onProblem(problem);
      }
    }
  }

  #takeNow(input: LifeInput): void {
    const { session, onMessage } = this.#parts;
    if ("order" in input) {
      session.signOff(input);
      return;
    }
    const message = session.consume(input.twin, input.frame);
    if (message !== undefined) onMessage(message);
  }
}
