import type { Frame, Reality } from "../core/frame.ts";
import type { FrameSummary } from "../core/frame-codec.ts";
import { AHEAD_US, presentAfter } from "../core/present-time.ts";
import type { TimeUs } from "../core/time.ts";

/** `presentAfter` of an encoded frame: see `presentAfterFrame`. */
export function presentAfterSummary(
  before: TimeUs | undefined,
  reality: Reality,
  { rows, historical, receiveTimeUs, dueUs, toUs }: Omit<FrameSummary, "stream">,
): TimeUs | undefined {
  if (historical || rows === 0 || reality === "recorded") return before;
  if (reality !== "live") return presentAfter(before, toUs, Number.POSITIVE_INFINITY);
  return presentAfter(before, Number.isNaN(dueUs) ? toUs : dueUs, receiveTimeUs);
}

/**
 * `presentAfter` of a frame: its newest sample that is not ahead counts. Rows of the past change nothing, and a
 * recording, which may be replayed from its start at any time, has no present.
 */
export function presentAfterFrame(before: TimeUs | undefined, frame: Frame): TimeUs | undefined {
  if (frame.historical || frame.length === 0 || frame.reality === "recorded") return before;
  const nowUs = frame.reality === "live" ? frame.receiveTimeUs : Number.POSITIVE_INFINITY;
  let dueUs = Number.NaN;
  let aheadUs = Number.NaN;
  for (let row = 0; row < frame.length; row++) {
    const timeUs = frame.sourceTimeUsAt(row);
    if (timeUs > nowUs + AHEAD_US) aheadUs = timeUs;
    else if (!(timeUs <= dueUs)) dueUs = timeUs;
  }
  return presentAfter(before, Number.isNaN(dueUs) ? aheadUs : dueUs, nowUs);
}
