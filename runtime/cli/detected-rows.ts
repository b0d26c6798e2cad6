/** What a detector says about every row of a table, whichever method it judged by. */
export interface DetectedRows {
  /** Per row, the limit at 1; NaN where it could not be judged. */
  readonly score: Float64Array;
  /** Per row, 1 in an alarm. */
  readonly alarm: Uint8Array;
  readonly reason: readonly string[];
  readonly episodes: number;
  readonly watched: readonly string[];
  /** Columns that no detector can watch. */
  readonly leftOut: readonly string[];
  /** Columns that stood still in the calibration: watched, on an assumed range. */
  readonly neverMoved: readonly string[];
  /** Places where the times say that rows are missing. */
  readonly gaps: number;
  /** Signals whose normal has moved as far as it may, where it moves. */
  readonly drifted?: readonly string[];
  /** Of the methods that hold rows out. */
  readonly heldOut?: { readonly windows: number; readonly alarmWindows: number };
}
