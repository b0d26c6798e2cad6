import { RungError } from "../core/errors.ts";
import type { FrameIssue } from "../core/frame.ts";
import type { ImplausibleTime } from "./message-clock.ts";
import type { ReadingIssue } from "./opcua/sample-value.ts";

/** Why a sample that came with good quality is stored as bad. */
export type SampleFault = FrameIssue["reason"] | ImplausibleTime | ReadingIssue;

const WORDS: Readonly<Record<SampleFault, string>> = {
  "not-a-number": "came without a finite number and with good quality; it is stored as bad",
  "time-out-of-range": "came with a time outside 1970 to 2255; it is stored as bad, with that of its receipt",
  "date-out-of-range": "came with a date outside 1970 to 2255; it is stored as bad (out of range)",
  "no-such-field": "came without the field or element that is bound; it is stored as bad (no data)",
  "time-ahead": "came with a time more than a day after now; it is stored as bad, with that of its receipt",
};

/** What a source says of a sample that it had to mark bad. */
export const sampleFault = (address: string, reason: SampleFault): RungError =>
  new RungError({
    code: reason,
    where: address,
    what: WORDS[reason],
    advice: "look at the plant's tag and clock, or at what publishes it",
  });
