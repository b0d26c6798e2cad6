/** Which statistic is furthest over its limit. */
export type RowLeading = "plane" | "off-plane" | "pattern";

/** What a detector says of the row it judged last. */
export interface RowVerdict {
  /** False where too many values were missing to say anything; `score` is then NaN, and whoever reads it must look here. */
  readonly judged: boolean;
  /** Distance from normal, the limit at 1. */
  readonly score: number;
  readonly leading: RowLeading;
  /** Values of the row that were no finite number. */
  readonly missing: number;
}

/**
 * Judges one row at a time, all signals together. Made from a calibration that is plain data; knows nothing of frames,
 * addresses or words.
 */
export interface RowDetector extends RowVerdict {
  /** The signals, in the order of a row. */
  readonly names: readonly string[];
  /**
   * @param row one value per signal, in the signal's unit; NaN or infinite where there is no good one
   * @returns the detector itself, good until the next call
   */
  step(row: Float64Array): RowVerdict;
  /** Share of each signal in the score of the row judged last, in 0..1, summing to 1; all 0 where none was judged. */
  shares(into?: Float64Array): Float64Array;
}

/** A row with more missing values than this share of its signals is not judged. */
export const MOST_MISSING = 0.2;

/** Contributions as shares: negative ones count as none. Changes `raw` and returns it. */
export function asShares(raw: Float64Array): Float64Array {
  let sum = 0;
  for (let i = 0; i < raw.length; i++) {
    if (!(raw[i]! > 0)) raw[i] = 0;
    sum += raw[i]!;
  }
  if (sum > 0) for (let i = 0; i < raw.length; i++) raw[i]! /= sum;
  return raw;
}
