import type { TimeUs } from "../core/time.ts";

/** One forecast of one property. Travels as `msg.payload`. Arrays have one entry per step ahead. */
export interface ForecastMessage {
  readonly kind: "forecast";
  readonly twin: string;
  readonly address: string;
  readonly unit?: string;
  readonly madeAtUs: TimeUs;
  readonly stepUs: number;
  readonly mean: readonly number[];
  readonly low50: readonly number[];
  readonly high50: readonly number[];
  readonly low90: readonly number[];
  readonly high90: readonly number[];
  readonly model: string;
  /** Measured so far at the declared horizon; null while collecting. */
  readonly skill: {
    readonly mase: number | null;
    readonly maseUpper95: number | null;
    readonly coverage90: number | null;
    readonly n: number;
  };
}
