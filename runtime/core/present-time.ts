import type { TimeUs } from "./time.ts";

/** A source time so far after its receipt is of a clock that is ahead; less is a clock that is set by hand. */
export const AHEAD_US = 60e6;
/** Times so far before the newest ones come of a clock that was set back, or that is behind; less is late. */
const BACK_US = 10e6;

/**
 * How far a source has got by clocks that are not ahead, after a sample: where a break begins for whatever tag. The
 * newest time of all would hide the break from all other tags where the clock of one is ahead. A clock that is set
 * back takes it back.
 * @param before undefined before the first sample of now
 * @param receiveTimeUs infinity where source times tell alone what time it is, as of a simulated plant
 */
export function presentAfter(
  before: TimeUs | undefined,
  timeUs: TimeUs,
  receiveTimeUs: TimeUs,
): TimeUs | undefined {
  if (timeUs <= receiveTimeUs + AHEAD_US) {
    return before === undefined || timeUs > before || timeUs < before - BACK_US ? timeUs : before;
  }
  // The source was there then: else all that comes after its clocks were set forward would lie after the break.
  return before === undefined ? undefined : Math.max(before, receiveTimeUs - AHEAD_US);
}
