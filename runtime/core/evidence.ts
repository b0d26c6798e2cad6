import type { TimeUs } from "./time.ts";

export type Rung = 0 | 1 | 2 | 3 | 4 | 5;
export const RUNGS: readonly Rung[] = [0, 1, 2, 3, 4, 5];
export const RUNG_NAMES = [
  "standalone",
  "descriptive",
  "diagnostic",
  "predictive",
  "prescriptive",
  "autonomous",
] as const;

export type Verdict = "holds" | "fails" | "collecting";

/**
 * A measured statement about one row of a twin's ladder. Each engine emits records of this one type; the ladder
 * judges a row by all records of that row, and *collecting* does not hold.
 */
export interface Evidence {
  /** Stable for one statement, so that a newer record replaces the older: `oven1/2/alarm-rate`. */
  readonly id: string;
  /** Address of the twin. */
  readonly twin: string;
  readonly rung: Rung;
  /** Id of the Node-RED node that measured it. */
  readonly node: string;
  /** What was measured, in words an operator reads: "age p99". */
  readonly what: string;
  readonly value: number | null;
  readonly unit?: string;
  /** The limit in words with its comparison: "< 3 s", "10 to 40 min". */
  readonly limit: string;
  readonly verdict: Verdict;
  /** While collecting: n of N. */
  readonly progress?: { readonly n: number; readonly of: number };
  /** On the link's clock. */
  readonly timeUs: TimeUs;
  /**
   * Continuous evidence only: source time of the newest sample it rests on. It holds while its link is open, and
   * until `validUntilUs`.
   */
  readonly newestSampleUs?: TimeUs;
  /** Valid until then, on the link's clock. */
  readonly validUntilUs?: TimeUs;
  /**
   * Period of what it rests on, µs of the link's clock; absent where it rests on no samples. How long a row that this
   * record brought down must hold again before it counts.
   */
  readonly periodUs?: number;
  /**
   * It fails because a model left the plant over many samples, not for want of them: whoever acts by it is disarmed,
   * and retuning needs a person.
   */
  readonly drift?: true;
  /** One sentence that names the cause where it fails: "no sample from zone 3 for 12 s". */
  readonly cause?: string;
}

/** Periods that a window looks back over, wherever an engine judges one. */
export const WINDOW_PERIODS = 200;

/** Wall milliseconds within which a channel whose values come on change shows a sign of life. */
export const SIGN_OF_LIFE_MS = 5000;

/**
 * Continuous evidence outlives its newest sample by so many of its engine's periods. More than the three after which
 * row 1 calls a value stale: one late publish lowers row 1 for a moment, and must not cost the rows above it as well.
 */
export const VALID_PERIODS = 10;

/**
 * What continuous evidence rests on, as members of its record; nothing before the first sample.
 * @param newestUs source time of the newest sample
 * @param periodUs µs in which the next one is due; undefined where samples come on change and none is ever due
 */
export function restingOn(
  newestUs: TimeUs,
  periodUs: number | undefined,
): Pick<Evidence, "newestSampleUs" | "validUntilUs" | "periodUs"> {
  if (!(newestUs > 0)) return {};
  if (periodUs === undefined) return { newestSampleUs: newestUs };
  return { newestSampleUs: newestUs, validUntilUs: newestUs + VALID_PERIODS * periodUs, periodUs };
}
