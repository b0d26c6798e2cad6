import type { TimeUs } from "../../core/time.ts";

/** How far one source has got at one place of the spool. */
export interface SourceHead {
  /** Samples of the source up to here, since the spool began. */
  readonly rows: number;
  /** Greatest source time up to here. */
  readonly newestUs: TimeUs;
  /** Source time up to here by clocks that are not ahead, see `presentAfter`; absent where it is not known. */
  readonly presentUs?: TimeUs;
  /** Receive time of the last record, to the second at least; absent where it is not known. */
  readonly receivedUs?: TimeUs;
  /** Of the last record. */
  readonly epoch: number;
  readonly last: number;
}

export type SourceHeads = Readonly<Record<string, SourceHead>>;

/** Up to where a sink has stored: everything before record `next`. */
export interface Cursor {
  readonly next: number;
  readonly sources: SourceHeads;
}

/** Samples that were spooled, and that no sink will see. */
export interface SpoolLoss {
  readonly source: string;
  readonly rows: number;
  /** `damaged`: bytes on disk are no longer what was written; the others are policies of the bound. */
  readonly reason: LossReason;
  /** The last sample before and the first after them, or the first and last of the lost themselves. */
  readonly from: { readonly epoch: number; readonly sequence: number; readonly timeUs: TimeUs };
  readonly to: { readonly epoch: number; readonly sequence: number; readonly timeUs: TimeUs };
  /**
   * Where nobody knows whether they were samples of now or of the past: receive time of the record before them, 0
   * where that is not known either. What was filled in since may have been among them.
   */
  readonly filledSinceUs?: TimeUs;
}

export type LossReason = "damaged" | "spool-full" | "sink-gone";

/** What opening a spool found. */
export interface SpoolReport {
  /** Number of the next record. */
  readonly next: number;
  readonly sources: SourceHeads;
  readonly losses: readonly SpoolLoss[];
  /** Ends of segments that were cut off: an interrupted write, never acknowledged. */
  readonly torn: readonly { readonly segment: string; readonly bytes: number }[];
  /** Places that are no record. */
  readonly damaged: readonly { readonly segment: string; readonly from: number; readonly to: number }[];
  /** Small files that could not be read and were begun anew. */
  readonly problems: readonly string[];
  readonly bytes: number;
}

export interface SpoolOptions {
  readonly folder: string;
  /** A segment is closed beyond this many bytes. */
  readonly segmentBytes: number;
  /** Bytes on disk, all segments together. */
  readonly maxBytes: number;
  /** What happens at that bound: new frames wait in memory, or the oldest unread segment goes. */
  readonly whenFull: "block" | "drop-oldest";
}

/** 16 MiB, 1 GiB: at 100,000 samples a second seven minutes of a sink that is away. */
export const SPOOL_DEFAULTS = {
  segmentBytes: 16 * 1024 * 1024,
  maxBytes: 1024 * 1024 * 1024,
  whenFull: "block" as const,
};
