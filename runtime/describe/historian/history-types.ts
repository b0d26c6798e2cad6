import type { Reality } from "../../core/frame.ts";
import type { Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";

/** A property as the historian knows it. `ref` is the caller's number for it. */
export interface TagEntry {
  readonly ref: number;
  readonly address: string;
  readonly unit: string | undefined;
  readonly type: string;
  readonly kind: string;
}

/** The rows of one frame, ready to travel: the columns are transferred, not copied. */
export interface FrameRows {
  readonly source: string;
  readonly reality: Reality;
  readonly epoch: number;
  readonly receiveTimeUs: TimeUs;
  readonly tag: Uint32Array<ArrayBuffer>;
  readonly value: Float64Array<ArrayBuffer>;
  readonly sourceTimeUs: Float64Array<ArrayBuffer>;
  readonly quality: Uint32Array<ArrayBuffer>;
  readonly sequence: Float64Array<ArrayBuffer>;
  /** Sparse: row, kind, text. */
  readonly other: readonly (readonly [number, string, string])[];
}

/** What became of the rows of one append. received = stored + deduplicated. */
export interface AppendResult {
  readonly stored: number;
  readonly deduplicated: number;
}

/** Samples of one property in order of source time. */
export interface HistoryRange {
  readonly address: string;
  readonly unit: string | undefined;
  readonly sourceTimeUs: Float64Array;
  /** NaN where the value is in `other` or bad without a number. */
  readonly value: Float64Array;
  readonly quality: Uint32Array;
  /** Row -> string, bigint, typed array, structure, date. */
  readonly other: ReadonlyMap<number, unknown>;
  /** Realities of the sources that the samples came from. */
  readonly realities: readonly Reality[];
  /** False where the row limit cut the range short. */
  readonly complete: boolean;
}

export interface HistorySample {
  readonly address: string;
  readonly unit: string | undefined;
  readonly value: number;
  readonly other?: unknown;
  readonly quality: Quality;
  readonly sourceTimeUs: TimeUs;
  readonly receiveTimeUs: TimeUs;
  readonly reality: Reality;
}

/** Values of many properties that stood at one instant; row i belongs to address i, NaN and "no data" where none. */
export interface HistoryAt {
  readonly addresses: readonly string[];
  readonly value: Float64Array;
  readonly sourceTimeUs: Float64Array;
  readonly quality: Uint32Array;
}

/** Columns of one property, row i belonging to row i of what asked for it; NaN and "no data" where nothing stood. */
export interface StoodColumn {
  readonly address: string;
  readonly unit: string | undefined;
  readonly value: Float64Array;
  /** Source time of the sample that stood. */
  readonly sourceTimeUs: Float64Array;
  readonly quality: Uint32Array;
  /** Row -> string, bigint, typed array, structure, date. */
  readonly other: ReadonlyMap<number, unknown>;
}

/** Every sample of one property, and beside it what stood of others at its source time. */
export interface HistoryAsof {
  readonly base: HistoryRange;
  readonly columns: readonly StoodColumn[];
}

/** A stretch of time, [fromUs, toUs). */
export interface TimeWindow {
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
}

/** What one property did in each of some windows; row i belongs to window i. */
export interface HistoryWindows {
  readonly address: string;
  readonly unit: string | undefined;
  readonly min: Float64Array;
  /** Time-weighted over the part of the window with usable values. */
  readonly mean: Float64Array;
  readonly max: Float64Array;
  /** Samples whose source time lies in the window. */
  readonly count: Uint32Array;
  /** The worst that stood. */
  readonly quality: Uint32Array;
  /** Share of the window with usable values, 0 to 1. */
  readonly covered: Float64Array;
  /** What stood when the window began, and when it ended; NaN where nothing usable did. */
  readonly atStart: Float64Array;
  readonly atEnd: Float64Array;
}

/** Count and sum of the finite numbers of one property from one source. */
export interface ColumnTotal {
  readonly address: string;
  readonly count: number;
  /** The true sum, rounded once: it does not depend on the order. */
  readonly sum: number;
  /** The plain left-to-right Float64 sum in order of sequence. */
  readonly sumInOrder: number;
  /** Samples of bad quality. */
  readonly bad: number;
  /** Samples that are no number: text, structures, or empty. */
  readonly withoutNumber: number;
}

export interface StoreFacts {
  /** Samples that are there now. What was ever stored is these and the expired. */
  readonly samples: number;
  readonly tags: number;
  readonly bytes: number;
  readonly oldestUs: TimeUs | undefined;
  readonly newestUs: TimeUs | undefined;
  /** Of the samples, those in partitions of closed days; none where the store has no archive. */
  readonly archive?: { readonly samples: number; readonly days: number; readonly bytes: number };
  /** Samples that retention dropped, ever. */
  readonly expired?: number;
}

/** What one round of upkeep did. */
export interface Maintained {
  /** Samples that went from the table to the archive, late ones included. */
  readonly archived: number;
  /** Samples that retention dropped, by source. */
  readonly expired: readonly (readonly [source: string, samples: number])[];
}

/** A sample that is asked for by what it holds; what is no number as its text. */
export interface StoredSample {
  readonly address: string;
  readonly sourceTimeUs: TimeUs;
  readonly value: number;
  readonly text?: string;
  readonly quality: Quality;
}

/** received = stored + queued + deduplicated + the sum of dropped, since the historian was opened. */
export interface HistorianCounts {
  readonly received: number;
  readonly stored: number;
  readonly queued: number;
  readonly deduplicated: number;
  readonly dropped: Readonly<Record<string, number>>;
}

export interface PrehistoryResult {
  /** Rows of the file. */
  readonly rows: number;
  readonly columns: number;
  readonly stored: number;
  /** True where this very file was imported before; nothing was stored then. */
  readonly known: boolean;
}
