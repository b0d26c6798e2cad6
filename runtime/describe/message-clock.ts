import { type LinkClock, LiveClock, RecordedClock, VirtualClock } from "../core/clock.ts";
import { isStorableTimeUs, MAX_TIME_US, type TimeUs, wallTimeUs } from "../core/time.ts";
import { SpeedEstimate } from "./speed-estimate.ts";

export type ImplausibleTime = "time-out-of-range" | "time-ahead";

/** A source time so far after now is a mistake, not a clock that goes fast. */
export const MOST_AHEAD_US = 86_400e6;

/** Why a source time can be none; undefined where it can. */
export function implausible(timeUs: TimeUs, latestUs: TimeUs): ImplausibleTime | undefined {
  if (!isStorableTimeUs(timeUs)) return "time-out-of-range";
  return timeUs > latestUs ? "time-ahead" : undefined;
}

/**
 * Keeps a link's clock from the times its messages carry, where nothing else tells what time it is at the plant, and
 * says which of these times can be none: one message of the year 2200 would make all that follows look late.
 */
export class MessageClock {
  readonly clock: LinkClock;
  readonly #speed = new SpeedEstimate();
  #newestUs: TimeUs = Number.NaN;

  constructor(clock: LinkClock) {
    this.clock = clock;
  }

  /** The latest time that a message which came now may carry. */
  latestUs(receiveTimeUs: TimeUs): TimeUs {
    if (this.clock instanceof LiveClock) return receiveTimeUs + MOST_AHEAD_US;
    // A simulated plant may begin at any time, and then goes on from there.
    const isBegun = this.clock instanceof VirtualClock && !Number.isNaN(this.#newestUs);
    return isBegun ? this.clock.nowUs() + MOST_AHEAD_US : MAX_TIME_US;
  }

  /** The time of a receipt beside source times; infinity where these alone tell what time it is at the plant. */
  receiptUs(receiveTimeUs: TimeUs): TimeUs {
    return this.clock instanceof LiveClock ? receiveTimeUs : Number.POSITIVE_INFINITY;
  }

  /** Why a time can be none of this plant; undefined where it can. */
  faultOf(timeUs: TimeUs, receiveTimeUs: TimeUs): ImplausibleTime | undefined {
    return implausible(timeUs, this.latestUs(receiveTimeUs));
  }

  /**
   * The time that a sample is stored with: its own, or that of its receipt where its own can be none or is missing.
   * Its own is observed.
   */
  timeOf(
    ownUs: TimeUs | undefined,
    receiveTimeUs: TimeUs,
  ): { readonly timeUs: TimeUs; readonly fault?: ImplausibleTime } {
    if (ownUs === undefined) return { timeUs: this.clock.nowUs() };
    const fault = this.faultOf(ownUs, receiveTimeUs);
    if (fault !== undefined) return { timeUs: this.clock.nowUs(), fault };
    this.observe(ownUs, receiveTimeUs);
    return { timeUs: ownUs };
  }

  /** A message carried this time, which is plausible. */
  observe(timeUs: TimeUs, receiveTimeUs: TimeUs = wallTimeUs()): void {
    const { clock } = this;
    const isLate = timeUs < this.#newestUs;
    if (!isLate) this.#newestUs = timeUs;
    if (clock instanceof LiveClock) clock.observe(timeUs, receiveTimeUs);
    else if (clock instanceof RecordedClock) clock.observe(timeUs);
    // A late or repeated message says nothing about the time now.
    else if (clock instanceof VirtualClock && !isLate) clock.observe(timeUs, this.#speed.observe(timeUs));
  }
}
