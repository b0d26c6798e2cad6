import type { Reality } from "./frame.ts";
import { monotonicMs, type TimeUs, wallTimeUs } from "./time.ts";

/**
 * The clock of a link. Ages, windows, expiries and rate limits on the link use it; heartbeats and write time-outs
 * use the monotonic clock.
 */
export interface LinkClock {
  readonly reality: Reality;
  nowUs(): TimeUs;
  /** Plant seconds per wall second: 1 on a live link. */
  readonly speed: number;
}

/** A clock that steps by more than this ends acting. docs/decisions/0002-actuator.md, The clocks. */
export const SKEW_BLOCK_US = 10e6;

/** Wall time plus the source's skew, taken as the minimum of receive time minus source time over a window. */
export class LiveClock implements LinkClock {
  readonly reality = "live" as const;
  readonly speed = 1;
  readonly #windowMs: number;
  /** Candidates of the sliding minimum, delays ascending. */
  #delays: { atMs: number; delayUs: number }[] = [];

  constructor(windowMs = 60_000) {
    this.#windowMs = windowMs;
  }

  observe(sourceTimeUs: TimeUs, receiveTimeUs: TimeUs = wallTimeUs(), atMs: number = monotonicMs()): void {
    const delayUs = receiveTimeUs - sourceTimeUs;
    while (this.#delays.length > 0 && this.#delays.at(-1)!.delayUs >= delayUs) this.#delays.pop();
    this.#delays.push({ atMs, delayUs });
    while (this.#delays[0]!.atMs < atMs - this.#windowMs) this.#delays.shift();
  }

  /** Source time minus wall time, µs; 0 before the first sample. The shortest delay seen counts as none. */
  get skewUs(): number {
    return this.#delays.length === 0 ? 0 : -this.#delays[0]!.delayUs;
  }

  nowUs(): TimeUs {
    return wallTimeUs() + this.skewUs;
  }
}

/**
 * The simulated clock of the virtual plant, as it publishes it. Between publications, and after the last one, it
 * runs on at the published speed, so that a silent plant grows old.
 */
export class VirtualClock implements LinkClock {
  readonly reality = "virtual" as const;
  #speed: number;
  #anchorUs: TimeUs | undefined;
  #anchorMs = 0;

  constructor(speed = 1) {
    this.#speed = speed;
  }

  get speed(): number {
    return this.#speed;
  }

  observe(plantTimeUs: TimeUs, speed: number = this.#speed, atMs: number = monotonicMs()): void {
    this.#speed = speed;
    this.#anchorUs = plantTimeUs;
    this.#anchorMs = atMs;
  }

  nowUs(): TimeUs {
    if (this.#anchorUs === undefined) return wallTimeUs();
    return this.#anchorUs + (monotonicMs() - this.#anchorMs) * 1000 * this.#speed;
  }
}

/** The cursor of a replay: it stands still between rows. */
export class RecordedClock implements LinkClock {
  readonly reality = "recorded" as const;
  readonly speed: number;
  #cursorUs: TimeUs = 0;

  constructor(speed = 1) {
    this.speed = speed;
  }

  observe(sourceTimeUs: TimeUs): void {
    if (sourceTimeUs > this.#cursorUs) this.#cursorUs = sourceTimeUs;
  }

  nowUs(): TimeUs {
    return this.#cursorUs;
  }
}
