import type { Evidence, Rung, Verdict } from "../core/evidence.ts";
import type { TimeUs } from "../core/time.ts";
import type { WiredTwin } from "./wiring/wired-twin.ts";

/** One row of a twin's ladder, as far as wires and evidence say now. */
export interface RowVerdict {
  readonly row: Rung;
  readonly wired: boolean;
  /** `recovering`: holds again, not yet for long enough. Only `holds` holds. */
  readonly verdict: Verdict | "recovering" | "not wired";
  /** The one fact that decides it: "no sample from zone 3 for 12 s". */
  readonly fact: string;
  /** The limit of the deciding record in words; empty where nothing was measured. */
  readonly limit: string;
  /** The records it was decided by, failures first. */
  readonly evidence: readonly Evidence[];
}

/** A change of the held rung, with its cause. */
export interface RungChange {
  readonly twin: string;
  readonly from: Rung;
  readonly to: Rung;
  readonly cause: string;
  /** Wall time. */
  readonly timeUs: TimeUs;
}

export interface TwinVerdict extends WiredTwin {
  /** The highest rung whose row, and all rows below it, hold now; at most what its needed children hold. */
  readonly held: Rung;
  /** Rows whose own evidence holds, whatever stands below them. */
  readonly heldCapabilities: readonly Rung[];
  readonly rows: readonly RowVerdict[];
  /** It holds its target rung, so nothing more is urged: "enough for" its objective. */
  readonly enough: boolean;
  readonly lastFall: RungChange | null;
}
