import { setTimeout as wait } from "node:timers/promises";
import { isStorableTimeUs, monotonicMs, type TimeUs } from "../../core/time.ts";

/** Holds what was recorded back until its time has come. */
export class Pace {
  readonly #speed: number;
  #startUs: TimeUs | undefined;
  #startMs = 0;

  /** @param speed recorded seconds per wall second */
  constructor(speed: number) {
    this.#speed = speed;
  }

  /** @returns false where it was called off */
  async waitFor(timeUs: TimeUs, signal: AbortSignal | undefined): Promise<boolean> {
    if (!isStorableTimeUs(timeUs)) return true;
    if (this.#startUs === undefined) {
      this.#startUs = timeUs;
      this.#startMs = monotonicMs();
    }
    const dueMs = this.#startMs + (timeUs - this.#startUs) / 1000 / this.#speed;
    const delayMs = dueMs - monotonicMs();
    if (delayMs < 1) return signal?.aborted !== true;
    try {
      await wait(delayMs, undefined, signal === undefined ? {} : { signal });
      return true;
    } catch (error) {
      if (signal?.aborted) return false;
      throw error;
    }
  }
}
