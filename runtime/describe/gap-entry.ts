import type { TimeUs } from "../core/time.ts";
import type { Interval } from "./missing-intervals.ts";
import type { Gap, GapCause } from "./source-signal.ts";

/** Beside what sources tell: the host or the source began anew, and what the spool could not keep. */
export type LedgerCause =
  | GapCause
  | "restart"
  | "source-restarted"
  | "spool-damaged"
  | "spool-full"
  | "not-spooled"
  | "refused";

/** A gap as it is told to the ledger. */
export type NewGap = Omit<Gap, "cause"> & {
  readonly cause: LedgerCause;
  /** Samples that are missing, where the period tells it. */
  readonly expected?: number;
};

/** An interval of source time in which samples are missing, and what has been filled in since. */
export interface GapEntry extends NewGap {
  readonly id: number;
  /** Samples that were filled in. */
  readonly backfilled: number;
  /**
   * Samples that were due by the period and that the source's server does not have either, though its history goes on
   * behind them: what stays missing for good. Absent where there are none.
   */
  readonly missing?: number;
  /** Closed where every tag has been filled in from end to end. */
  readonly state: "open" | "closed";
  /** Why it has not been filled in, or not wholly, as far as somebody tried. */
  readonly backfillProblem?: string;
  readonly notedUs: TimeUs;
}

/** A part of a gap that was filled in: of one tag, or of all. */
export interface Backfill extends Interval {
  readonly address?: string;
  readonly samples: number;
  /** Samples of it that were due and that its server does not have. */
  readonly missing?: number;
}

export interface GapQuery {
  readonly source?: string;
  readonly address?: string;
  readonly fromUs?: TimeUs;
  readonly toUs?: TimeUs;
  readonly state?: "open" | "closed";
  /** The newest so many; 1000 by default. */
  readonly limit?: number;
}
