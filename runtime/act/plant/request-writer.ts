import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, RungError } from "../../core/errors.ts";
import { monotonicMs } from "../../core/time.ts";
import type { EnvelopeTarget } from "../envelope.ts";
import { REQUEST_RESULT, type Reading, requestResultWord } from "../plant-view.ts";
import type { NodeWrite } from "./plant-session.ts";

/** What the writer needs of a session. */
export interface WritingPort {
  read(nodeIds: readonly string[]): Promise<Reading[]>;
  write(writes: readonly NodeWrite[]): Promise<void>;
}

export interface WriteOptions {
  readonly readBackWithinMs: number;
  readonly readBackTolerance: number;
}

export type WriteOutcome =
  | { readonly state: "verified"; readonly readBack: number; readonly attempts: number }
  /** The setpoint was no longer what it was expected to be: somebody else changed it. */
  | { readonly state: "taken-over"; readonly reason: string; readonly readBack?: number }
  /** The key is on local. */
  | { readonly state: "local"; readonly reason: string }
  /** Not read back, at the second try where the PLC did not answer the first: lock-out. */
  | {
      readonly state: "mismatch";
      readonly reason: string;
      readonly readBack?: number;
      /** Whether the PLC answered to this request. */
      readonly answered: boolean;
    }
  /** It was no longer permitted when it was to go out: the PLC was not asked. */
  | { readonly state: "withheld"; readonly reason: string }
  /** The link broke; whether the value arrived is unknown. */
  | { readonly state: "link-lost"; readonly reason: string };

const POLL_MS = 25;
const UINT32 = 2 ** 32;

/**
 * Writes one setpoint through the PLC's request block and reads it back: value, expected, time to live and
 * heartbeat first, the sequence last, because the PLC looks when the sequence changes. One retry where the PLC does not answer,
 * then mismatch. A setpoint that is neither the old nor the new one after `accepted` is a person's, and is left alone.
 * docs/architecture.md, Request block; NAMUR NE 178 (2025), feedback.
 */
export class RequestWriter {
  readonly #port: WritingPort;
  readonly #options: WriteOptions;
  readonly #heartbeats = new Map<string, number>();

  constructor(port: WritingPort, options: WriteOptions) {
    this.#port = port;
    this.#options = options;
  }

  /**
   * @param refusal asked in the turn of each write, so that nothing lies between it and the write: why it must not go
   *   out any more, or undefined
   */
  async write(
    target: EnvelopeTarget,
    value: number,
    expected: number,
    refusal: () => string | undefined,
  ): Promise<WriteOutcome> {
    try {
      const first = await this.#attempt(target, value, expected, 1, refusal);
      // What the PLC answered stands: only a request that it did not see is made again, from the same setpoint.
      if (first.state !== "mismatch" || first.answered) return first;
      const second = await this.#attempt(target, value, expected, 2, refusal);
      // A second try that is withheld leaves the first one's result: the PLC was asked once.
      return second.state === "withheld" ? first : second;
    } catch (error) {
      if (error instanceof RungError && error.code === "link-lost") {
        return { state: "link-lost", reason: error.message };
      }
      return { state: "mismatch", reason: messageOf(error), answered: false };
    }
  }

  /** Keeps a value in force: the PLC falls back when no heartbeat changes within the time to live. @throws RungError `link-lost` */
  async beat(targets: readonly EnvelopeTarget[]): Promise<void> {
    const beats = targets.flatMap(({ nodeIds: { request } }) =>
      request === undefined ? [] : [this.#heartbeatOf(request)],
    );
    if (beats.length > 0) await this.#port.write(beats);
  }

  async #attempt(
    target: EnvelopeTarget,
    value: number,
    expected: number,
    attempt: number,
    refusal: () => string | undefined,
  ): Promise<WriteOutcome> {
    const { request } = target.nodeIds;
    if (request === undefined) return { state: "withheld", reason: "the PLC has no request block" };
    const [present] = await this.#port.read([`${request}.Sequence`]);
    const sequence = ((Number.isFinite(present!.value) ? present!.value : 0) + 1) % UINT32;
    const early = refusal();
    if (early !== undefined) return { state: "withheld", reason: early };
    await this.#port.write([
      { nodeId: `${request}.Value`, type: "Double", value },
      { nodeId: `${request}.Expected`, type: "Double", value: expected },
      { nodeId: `${request}.TtlMs`, type: "UInt32", value: target.ttlMs },
      this.#heartbeatOf(request),
    ]);
    // Until the sequence changes the PLC does not look: what was written so far asks for nothing.
    const late = refusal();
    if (late !== undefined) return { state: "withheld", reason: late };
    await this.#port.write([{ nodeId: `${request}.Sequence`, type: "UInt32", value: sequence }]);
    return this.#readBack(target, request, value, expected, sequence, attempt);
  }

  async #readBack(
    target: EnvelopeTarget,
    request: string,
    value: number,
    expected: number,
    sequence: number,
    attempt: number,
  ): Promise<WriteOutcome> {
    const { setpoint } = target.nodeIds;
    const until = monotonicMs() + this.#options.readBackWithinMs;
    for (;;) {
      const [echo, result, present] = (await this.#port.read([
        `${request}.EchoSequence`,
        `${request}.Result`,
        setpoint,
      ])) as [Reading, Reading, Reading];
      const answered = echo.good && echo.value === sequence;
      const words = requestResultWord(result.value);
      const same = present.good && Math.abs(present.value - value) <= this.#options.readBackTolerance;
      if (answered && result.value === REQUEST_RESULT.expectedDiffers) {
        // The first try arrived after all, too late to be seen.
        if (same && attempt > 1) return { state: "verified", readBack: present.value, attempts: attempt };
        return { state: "taken-over", reason: words, readBack: present.value };
      }
      if (answered && result.value === REQUEST_RESULT.local) return { state: "local", reason: words };
      if (answered && result.value === REQUEST_RESULT.accepted && same) {
        return { state: "verified", readBack: present.value, attempts: attempt };
      }
      if (monotonicMs() >= until) {
        const isOld = present.good && Math.abs(present.value - expected) <= this.#options.readBackTolerance;
        if (answered && result.value === REQUEST_RESULT.accepted && present.good && !isOld) {
          const reason = `accepted ${value}, then changed to ${present.value} ${target.unit} by somebody else`;
          return { state: "taken-over", reason, readBack: present.value };
        }
        const answer = answered ? words : "the PLC did not answer";
        return {
          state: "mismatch",
          reason: `wrote ${value}, read back ${present.value} ${target.unit}: ${answer}`,
          readBack: present.value,
          answered,
        };
      }
      await sleep(POLL_MS);
    }
  }

  #heartbeatOf(request: string): NodeWrite {
    const nodeId = `${request}.Heartbeat`;
    const value = ((this.#heartbeats.get(nodeId) ?? Math.trunc(monotonicMs())) + 1) % UINT32;
    this.#heartbeats.set(nodeId, value);
    return { nodeId, type: "UInt32", value };
  }
}
