import type { TimeUs } from "../core/time.ts";
import { LONGEST_LIFE_US } from "./proposal.ts";

interface PastWrite {
  readonly target: string;
  readonly timeUs: TimeUs;
  /** Absolute change of the setpoint, in the target's unit. */
  readonly change: number;
}

const KEEP_US = 8 * 3600e6;
/**
 * The newest ids of all, expired or not: a clock that steps back would make them fresh again, and an old id may come back
 * with a new expiry.
 */
export const KEEP_IDS = 50_000;

/**
 * What the actuator decided and wrote lately: ids against replay, changes against rate and budget. Rebuilt from the
 * audit at start, so that a restart neither refills a budget nor lets an old id in again.
 */
export class WriteHistory {
  #writes: PastWrite[] = [];
  /** id -> the time after which its proposal is expired anyway */
  readonly #seen = new Map<string, TimeUs>();

  hasSeen(id: string): boolean {
    return this.#seen.has(id);
  }

  /** @param expiresUs as its maker says: it is remembered no longer than a proposal may live */
  see(id: string, expiresUs: TimeUs, nowUs: TimeUs): void {
    // Behind all others: the map is in the order in which ids were last seen.
    this.#seen.delete(id);
    this.#seen.set(id, Math.min(expiresUs, nowUs + LONGEST_LIFE_US));
  }

  /** Counts a write from the moment it was tried: one that failed may have reached the PLC. */
  wrote(target: string, timeUs: TimeUs, change: number): void {
    this.#writes.push({ target, timeUs, change: Math.abs(change) });
  }

  /** Sum of absolute changes of a target after a time, in its unit. */
  changeSince(target: string, sinceUs: TimeUs): number {
    let sum = 0;
    for (const write of this.#writes) {
      if (write.target === target && write.timeUs > sinceUs) sum += write.change;
    }
    return sum;
  }

  writesSince(target: string, sinceUs: TimeUs): number {
    let count = 0;
    for (const write of this.#writes) if (write.target === target && write.timeUs > sinceUs) count++;
    return count;
  }

  /**
   * Forgets what can no longer matter. A write later than now, from before a step of the plant's clock, counts as
   * made now: it must neither vanish nor block for ever.
   */
  prune(nowUs: TimeUs): void {
    this.#writes = this.#writes
      .filter((write) => write.timeUs > nowUs - KEEP_US)
      .map((write) => (write.timeUs > nowUs ? { ...write, timeUs: nowUs } : write));
    for (const [id, expiresUs] of this.#seen) {
      if (this.#seen.size <= KEEP_IDS) return;
      if (expiresUs <= nowUs) this.#seen.delete(id);
    }
  }
}
