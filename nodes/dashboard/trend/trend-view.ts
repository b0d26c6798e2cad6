/** A forecast of one property as the chart draws it. Times in seconds since 1970. */
export interface ForecastView {
  /** Place of its property among the series. */
  readonly of: number;
  readonly timesS: readonly number[];
  readonly mean: readonly number[];
  readonly low50: readonly number[];
  readonly high50: readonly number[];
  readonly low90: readonly number[];
  readonly high90: readonly number[];
  /** "skill 0.31 · covers 91 %" */
  readonly skill: string;
}

/** Something that happened, drawn over the curves at its time. */
export interface TrendMark {
  readonly id: string;
  readonly kind: "finding" | "recommendation" | "write";
  readonly timeS: number;
  /** When a finding ended; null while it lasts. */
  readonly endS?: number | null;
  readonly priority?: 1 | 2 | 3;
  readonly word: string;
}

/**
 * One column of a curve: its number, counted in widths from 1970, then time (ms after its beginning) and value of each
 * sample in turn, null where it was bad.
 */
export type TrendColumn = readonly (number | null)[];

export interface TrendSeries {
  readonly label: string;
  readonly unit: string;
  /** Told on change: a value stands until the next one. */
  readonly isStepped: boolean;
  /** Without a sample for longer than this the line breaks, s; null where it stands until the next one. */
  readonly gapS: number | null;
  /** Too old to be believed now. */
  readonly isStale: boolean;
  /** Newest number, as the heading tells it; null where it is bad or none came. */
  readonly value: number | null;
  /** The sample from which the line comes in: time in s, value. */
  readonly before: readonly [number, number | null] | null;
  readonly columns: readonly TrendColumn[];
}

/** Curves, or what changed of them. Plain data: the node makes it, the widget draws it. Times in seconds since 1970. */
export interface TrendCurves {
  /** Widths of the columns, ms. */
  readonly widthMs: number;
  readonly series: readonly TrendSeries[];
}

/**
 * What a trend sends twice a second at most: the columns that changed lately, so that a message that is lost costs
 * nothing. Whoever knows less than `since` fetches the whole at `address`.
 */
export interface TrendView extends TrendCurves {
  /** Where the whole is fetched, and any stretch of it in full: made anew when the node is. */
  readonly address: string;
  readonly digits: number;
  readonly spanS: number;
  /** null before the first sample. */
  readonly nowS: number | null;
  /** How often the curves began anew, as a replay that starts over does. */
  readonly runs: number;
  /** Changes after this one are in here; -1 in the whole. */
  readonly since: number;
  readonly revision: number;
  /** Of the first property. */
  readonly low?: number;
  readonly high?: number;
  readonly normalLow?: number;
  readonly normalHigh?: number;
  readonly forecasts: readonly ForecastView[];
  readonly marks: readonly TrendMark[];
  /** Why history does not answer; empty where it does. */
  readonly trouble: string;
}

/** The answer to a question for a stretch of time. */
export interface TrendStretch extends TrendCurves {
  readonly fromS: number;
  readonly toS: number;
}
