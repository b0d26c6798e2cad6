import type { RungError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";

export type GapCause =
  | "queue-overflow"
  | "missing-samples"
  | "connection-lost"
  | "subscription-recreated"
  | "session-restored"
  | "notification-missing"
  | "silent";

/** An interval of source time in which samples may have been lost. It stays open in the ledger until backfilled. */
export interface Gap {
  readonly source: string;
  readonly cause: GapCause;
  /** Last source time before and first source time after it. */
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  /** The properties concerned; all of the source where it is missing. */
  readonly addresses?: readonly string[];
}

/** What a source counts. received = emitted + dropped, always. */
export interface SourceCounters {
  received: number;
  emitted: number;
  /** By reason. */
  readonly dropped: Record<string, number>;
  frames: number;
  gaps: number;
}

/** What a source tells its node. Called on the event loop, one call at a time. */
export interface SourceListener {
  frame(frame: Frame): void;
  gap(gap: Gap): void;
  /** Something is wrong and named, and the rest goes on. */
  problem(error: RungError): void;
}
