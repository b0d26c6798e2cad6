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

/** What a record said when something changed. */
export type EvidenceThen = Pick<
  Evidence,
  "id" | "what" | "value" | "unit" | "limit" | "verdict" | "timeUs" | "validUntilUs"
>;

interface Change {
  readonly twin: string;
  readonly cause: string;
  /** The records it rests on, failures first. */
  readonly evidence: readonly EvidenceThen[];
  /** On the clock of the twin's link; null where none was open. */
  readonly linkTimeUs: TimeUs | null;
  /** Wall time. */
  readonly timeUs: TimeUs;
}

/** A change of the held rung, with its cause. */
export interface RungChange extends Change {
  readonly kind: "held";
  readonly from: Rung;
  readonly to: Rung;
  /** The twin's own row that decided it; null where a part of it did, or the flow. */
  readonly row: Rung | null;
  /** Rung was started, and what the twin held before is not measured yet. */
  readonly isStart?: true;
}

/** A change of one row's verdict. */
export interface RowChange extends Change {
  readonly kind: "row";
  readonly row: Rung;
  readonly from: RowVerdict["verdict"];
  readonly to: RowVerdict["verdict"];
}

export type LadderChange = RungChange | RowChange;

/** That nothing is measured yet after a start is none: it must not hide what last went wrong. */
export const isFall = (change: LadderChange): boolean =>
  change.kind === "held" && change.to < change.from && change.isStart !== true;

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
