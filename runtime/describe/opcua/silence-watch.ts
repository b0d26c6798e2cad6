import type { ClientSession } from "node-opcua";
import { monotonicMs } from "../../core/time.ts";
import { CANARY_NODE } from "./clock-items.ts";

const LOOK_EVERY_MS = 1000;
/** A server that does not answer a read within this time is stalled, ms. */
const PROBE_MS = 5000;

export interface SilenceWatchParts {
  readonly silentAfterMs: number;
  /** A stalled server is given so long before its session goes, ms. */
  readonly surviveMs: number;
  /** The session while it is said to be fine, else nothing. */
  session(): ClientSession | undefined;
  /** What to make anew. */
  silent(part: "subscription" | "session", silentMs: number, session: ClientSession): Promise<void>;
}

/**
 * Watches that data arrive. Session state says nothing about that: it stays fine while a subscription is gone
 * (node-opcua #1059, #1524, #1368).
 *
 * A server that answers a read and sends nothing has lost the subscription. One that does not answer is stalled, and
 * its queues still hold what it sampled.
 */
export class SilenceWatch {
  readonly #parts: SilenceWatchParts;
  #lastSignMs = monotonicMs();
  #silences = 0;
  #timer: NodeJS.Timeout | undefined;
  #isProbing = false;

  constructor(parts: SilenceWatchParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Something arrived. */
  sign(): void {
    this.#lastSignMs = monotonicMs();
    this.#silences = 0;
  }

  /** Something was begun that takes a while to show: a subscription, a repaired transport. */
  patience(): void {
    this.#lastSignMs = monotonicMs();
  }

  #look(): void {
    const session = this.#parts.session();
    const silentMs = monotonicMs() - this.#lastSignMs;
    if (session === undefined || this.#isProbing || silentMs < this.#parts.silentAfterMs) return;
    this.#isProbing = true;
    void this.#probe(session, silentMs).finally(() => {
      this.#isProbing = false;
    });
  }

  async #probe(session: ClientSession, silentMs: number): Promise<void> {
    const askedMs = monotonicMs();
    const answers = await answersWithin(session, PROBE_MS);
    if (this.#lastSignMs >= askedMs || this.#parts.session() !== session) return;
    if (!answers && silentMs < this.#parts.surviveMs) return;
    this.#silences++;
    this.patience();
    await this.#parts.silent(!answers || this.#silences > 1 ? "session" : "subscription", silentMs, session);
  }
}

/** Whether the server answers a read at all. */
async function answersWithin(session: ClientSession, ms: number): Promise<boolean> {
  const read = session.read({ nodeId: CANARY_NODE }).then(
    () => true,
    () => false,
  );
  const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), ms).unref());
  return Promise.race([read, late]);
}
