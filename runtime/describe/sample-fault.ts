import { RungError } from "../core/errors.ts";
import type { FrameIssue } from "../core/frame.ts";
import type { ImplausibleTime } from "./message-clock.ts";

const WORDS: Readonly<Record<FrameIssue["reason"] | ImplausibleTime, string>> = {
  "not-a-number": "came without a finite number and with good quality; it is stored as bad",
  "time-out-of-range": "came with a time outside 1970 to 2255; it is stored as bad",
  "time-ahead": "came with a time more than a day after now; it is stored as bad, with that of its receipt",
};

/** What a source says of a sample that it had to mark bad. */
export const sampleFault = (address: string, reason: FrameIssue["reason"] | ImplausibleTime): RungError =>
  new RungError({ code: reason, where: address, what: WORDS[reason], advice: "correct the publisher" });
