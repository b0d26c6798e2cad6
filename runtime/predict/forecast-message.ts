import type { TimeUs } from "../core/time.ts";

/** Why the model was fitted: at the start, when its data had doubled, or since the errors had changed. */
export type TrainingCause = "start" | "schedule" | "drift";

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
  /** The newest step that the model learned from, and why it was fitted; after a drift, since when the errors had changed. */
  readonly training: { readonly toUs: TimeUs; readonly cause: TrainingCause; readonly driftSinceUs?: TimeUs };
  /** The errors have changed since then and a new model is being fitted. */
  readonly driftSinceUs?: TimeUs;
  /** Why this forecast is less than the model could give. */
  readonly degraded?: string;
  /** Measured so far at the declared horizon; null while collecting. */
  readonly skill: {
    readonly mase: number | null;
    readonly maseUpper95: number | null;
    readonly coverage90: number | null;
    readonly n: number;
  };
}
