/** Values over plant time, decimated on the server; and the newest forecast after "now". Times in seconds since 1970. */
export interface TrendView {
  readonly unit: string;
  readonly digits: number;
  readonly nowS: number | null;
  readonly timesS: readonly number[];
  /** null where the sample was bad or none came: the line breaks there. */
  readonly values: readonly (number | null)[];
  readonly low?: number;
  readonly high?: number;
  readonly normalLow?: number;
  readonly normalHigh?: number;
  readonly forecast?: {
    readonly timesS: readonly number[];
    readonly mean: readonly number[];
    readonly low50: readonly number[];
    readonly high50: readonly number[];
    readonly low90: readonly number[];
    readonly high90: readonly number[];
    /** "skill 0.31 · covers 91 %" */
    readonly skill: string;
  };
}
