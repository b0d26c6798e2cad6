import type { TimeUs } from "../core/time.ts";
import type { AuditRecord } from "./audit/audit-chain.ts";
import type { ObservedCount, ObservedDecision } from "./observed-decision.ts";
import { missesAllowed } from "./outcome.ts";

/** One recommendation that could be judged. */
interface Judged {
  readonly recommendation: string;
  readonly hash: string;
  readonly inside: boolean;
  readonly wasMade: boolean;
  readonly judgedUs: TimeUs;
}

/** As long as periodic evidence is valid, on the plant's clock. docs/ladder.md, Evidence. */
const VALID_US = 7 * 86_400e6;
/** How many insides are looked back for where none is needed. */
const SHOWN = 20;
const KEEP = 1_000;
/** Whole decisions, to look at; the audit has them all. */
const KEEP_WHOLE = 30;

/** Recommendations judged while observing, by envelope: what an arm rests on. */
export class ObservedBook {
  readonly #judged = new Map<string, Judged[]>();
  readonly #newest = new Map<string, ObservedDecision[]>();

  /** As it stood when the process ended. */
  static recall(records: readonly AuditRecord[]): ObservedBook {
    const book = new ObservedBook();
    for (const { event, data } of records) {
      if (event === "observed") book.add(data as unknown as ObservedDecision);
    }
    return book;
  }

  /** All decisions of one recommendation count as one; what could not be judged does not count. */
  add(decision: ObservedDecision): void {
    const { envelope, recommendation, hash, inside, judgedBy, judgedUs } = decision;
    this.#newest.set(envelope, [decision, ...(this.#newest.get(envelope) ?? [])].slice(0, KEEP_WHOLE));
    if (typeof inside !== "boolean") return;
    const judged = this.#judged.get(envelope) ?? [];
    if (judged.some((one) => one.recommendation === recommendation && one.hash === hash)) return;
    judged.push({ recommendation, hash, inside, wasMade: judgedBy === "change", judgedUs });
    this.#judged.set(envelope, judged.slice(-KEEP));
  }

  /** The newest decisions under an envelope, newest first. */
  newest(envelope: string, hash: string | undefined): ObservedDecision[] {
    return (this.#newest.get(envelope) ?? []).filter((one) => one.hash === hash);
  }

  /**
   * The newest decisions of the last seven days, back to the one that makes the needed number inside; enough where it
   * is reached, and those outside among them are no more than a miss rate of one in ten allows (exact one-sided 95 %).
   * @param hash of the envelope in force: what was observed under another says nothing about this one
   */
  count(envelope: string, hash: string | undefined, needed: number, nowUs: TimeUs): ObservedCount {
    let inside = 0;
    let outside = 0;
    let changes = 0;
    for (const one of (this.#judged.get(envelope) ?? []).toReversed()) {
      // A time after now is from before a step of the clock; it counts as now.
      if (one.hash !== hash || one.judgedUs <= nowUs - VALID_US) continue;
      if (one.inside) inside++;
      else outside++;
      if (one.inside && one.wasMade) changes++;
      if (inside >= (needed > 0 ? needed : SHOWN)) break;
    }
    const enough = needed <= 0 || (inside >= needed && missesAllowed(outside, inside + outside));
    return { inside, changes, outside, needed, enough };
  }
}
