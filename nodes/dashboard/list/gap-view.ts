import type { GapLine } from "../../../runtime/describe/gap-overview.ts";

/** One gap as an operator reads it; the words for its cause are found in the browser, in its language. */
export interface GapView extends GapLine {
  /** Name of the source's node, its identity where that is gone. */
  readonly sourceName: string;
  /** Tags the source has; null where it has not sent since the start. */
  readonly ofTags: number | null;
}

/** What became of the samples on the way to one history, since the start. */
export interface WayView {
  /** Null where there is only one way. */
  readonly name: string | null;
  readonly received: number;
  readonly stored: number;
  readonly queued: number;
  readonly deduplicated: number;
  readonly dropped: number;
}

export interface GapsView {
  readonly gaps: readonly GapView[];
  readonly open: number;
  readonly filled: number;
  readonly missing: number;
  /** Empty where no history keeps samples. */
  readonly ways: readonly WayView[];
}
