import { type LinkClock, SKEW_BLOCK_US } from "../core/clock.ts";
import { type Evidence, SIGN_OF_LIFE_MS, WINDOW_PERIODS } from "../core/evidence.ts";
import type { TimeUs } from "../core/time.ts";
import { duration } from "./fact.ts";

/** Windows that a fallen row must hold again before it counts. docs/ladder.md, Evidence. */
export const RECOVERY_WINDOWS = 2;
/** However fast the link's clock runs, a row is seen to hold so many times first. */
export const RECOVERY_EVALUATIONS = 2;

/** A link's clock at one evaluation. */
export interface ClockReading extends Pick<LinkClock, "speed"> {
  readonly timeUs: TimeUs;
}

/**
 * The way back of one row that evidence brought down: it counts again once it has held without a break for two
 * windows of 200 periods of whatever failed, on the link's clock. An evaluation without that clock, or across a step
 * of it, is a break: nobody can tell for how long the row held.
 */
export class Recovery {
  #neededUs = 0;
  #heldUs = 0;
  #evaluations = 0;
  #before: { readonly timeUs: TimeUs; readonly steadyMs: number } | undefined;

  /** The row does not hold. @param failing the records that fail it; none while it collects */
  broken(failing: readonly Evidence[], clock: ClockReading | undefined): void {
    for (const record of failing) {
      const windowsUs = RECOVERY_WINDOWS * WINDOW_PERIODS * periodUsOf(record, clock);
      this.#neededUs = Math.max(this.#neededUs, windowsUs);
    }
    this.#begin();
  }

  /**
   * The row holds by its records.
   * @param steadyMs of a clock that never steps
   * @returns whether it counts again
   */
  holds(clock: ClockReading | undefined, steadyMs: number): boolean {
    if (this.#neededUs > 0) {
      if (clock === undefined) {
        this.#begin();
        return false;
      }
      if (this.#before !== undefined) {
        const passedUs = clock.timeUs - this.#before.timeUs;
        if (isStep(passedUs, steadyMs - this.#before.steadyMs, clock.speed)) this.#begin();
        else this.#heldUs += passedUs;
      }
      this.#before = { timeUs: clock.timeUs, steadyMs };
    }
    this.#evaluations++;
    return this.#evaluations >= RECOVERY_EVALUATIONS && this.#heldUs >= this.#neededUs;
  }

  /** "holds again for 24 s of 33 min". */
  get words(): string {
    if (this.#heldUs >= this.#neededUs)
      return `holds again, ${this.#evaluations} of ${RECOVERY_EVALUATIONS} evaluations`;
    if (this.#before === undefined) return "holds again, but no link's clock tells for how long";
    return `holds again for ${duration(Math.max(0, this.#heldUs))} of ${duration(this.#neededUs)}`;
  }

  #begin(): void {
    this.#heldUs = 0;
    this.#evaluations = 0;
    this.#before = undefined;
  }
}

/**
 * Of samples that come on change the period is that of their channel's sign of life; evidence that rests on no samples,
 * such as a write that was read back, has none.
 */
function periodUsOf({ periodUs, newestSampleUs }: Evidence, clock: ClockReading | undefined): number {
  if (periodUs !== undefined) return periodUs;
  if (newestSampleUs === undefined) return 0;
  const speed = clock?.speed ?? 1;
  return SIGN_OF_LIFE_MS * 1000 * (Number.isFinite(speed) ? speed : 1);
}

/** A clock that is off by as much as ends acting stepped; a replay without a pace has no time it should show. */
function isStep(passedUs: number, elapsedMs: number, speed: number): boolean {
  if (!Number.isFinite(speed)) return passedUs < 0;
  return Math.abs(passedUs - elapsedMs * 1000 * speed) > SKEW_BLOCK_US * Math.max(1, speed);
}
