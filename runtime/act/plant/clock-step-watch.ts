import { SKEW_BLOCK_US } from "../../core/clock.ts";
import type { TimeUs } from "../../core/time.ts";

interface Seen {
  readonly plantUs: TimeUs;
  readonly speed: number;
  readonly wallUs: TimeUs;
  readonly atMs: number;
}

/** A plant clock may fall back by as much as its own publication jitters. */
const BACKWARD_US = 1e6;

/**
 * Sees a clock that was set: the plant's going back, or running ahead of what its speed allows, or this machine's
 * wall clock leaving the monotonic one. A plant that merely stood still is stale, not set.
 */
export class ClockStepWatch {
  #last: Seen | undefined;
  #found: string | undefined;

  observe(plantUs: TimeUs, speed: number, wallUs: TimeUs, atMs: number): void {
    const last = this.#last;
    this.#last = { plantUs, speed, wallUs, atMs };
    if (last === undefined) return;
    const elapsedUs = (atMs - last.atMs) * 1000;
    const fastest = Math.max(speed, last.speed, 1);
    const plantStepUs = plantUs - last.plantUs;
    const wallStepUs = wallUs - last.wallUs - elapsedUs;
    if (plantStepUs < -BACKWARD_US * fastest) {
      this.#found = `the plant's clock went back by ${Math.round(-plantStepUs / 1e6)} s`;
    } else if (plantStepUs > elapsedUs * fastest + SKEW_BLOCK_US * fastest) {
      this.#found = `the plant's clock jumped ahead by ${Math.round(plantStepUs / 1e6)} s`;
    } else if (Math.abs(wallStepUs) > SKEW_BLOCK_US) {
      this.#found = `this machine's clock was set by ${Math.round(wallStepUs / 1e6)} s`;
    }
  }

  /** The step seen since the last call, in words. */
  take(): string | undefined {
    const found = this.#found;
    this.#found = undefined;
    return found;
  }
}
