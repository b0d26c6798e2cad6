import type { ReadingFault } from "./reading.ts";
import type { QualityFault, TimeFault } from "./reading-marks.ts";

/** Why a message, or a value of it, was not taken as it came. */
export type RefusalReason = ReadingFault | TimeFault | QualityFault | "no-row";

/** What is said of each, once. */
export const REASON_ADVICE: Readonly<
  Record<RefusalReason, { readonly what: string; readonly advice: string }>
> = {
  missing: { what: "the message holds nothing", advice: "correct the path, or give the row a topic filter" },
  "not-a-number": { what: "came as NaN or infinite, kept as bad", advice: "correct the node before it" },
  "wrong-type": {
    what: "does not fit the property's type, kept as bad",
    advice: "correct the path or the type",
  },
  "too-large": {
    what: "is larger than one sample may be, kept as bad",
    advice: "correct the path or the node before",
  },
  unreadable: { what: "cannot be read", advice: "the message holds a circle or something that throws" },
  "no-sample-rate": {
    what: "came without a sample rate, kept as bad",
    advice: "give the rate in Hz, or its path",
  },
  "time-missing": {
    what: "came without its time, kept as bad at receipt",
    advice: "correct the time's path",
  },
  "time-unreadable": {
    what: "has a time that is none, kept as bad at receipt",
    advice: "correct the time's unit",
  },
  "time-out-of-range": {
    what: "has a time outside 1970 to 2255, kept as bad at receipt",
    advice: "set the clock of the source, or correct the time's unit",
  },
  "time-ahead": {
    what: "has a time more than a day after now, kept as bad at receipt",
    advice: "set the clock of the source, or correct the time's unit",
  },
  "quality-missing": {
    what: "came without its quality, kept as uncertain",
    advice: "correct the quality's path",
  },
  "quality-unreadable": {
    what: "has a quality that is none, kept as uncertain",
    advice: "a status code, true or false, or good, uncertain, bad",
  },
  "no-row": { what: "no row takes the message", advice: "add a row, or filter before this node" },
};
