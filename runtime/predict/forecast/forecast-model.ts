import { featureCount, memoryOfPlan } from "./features.ts";
import { type BoostedForecast, boostedAt, boostedName } from "./fit-boosted.ts";
import { type RegressionModel, regressionAt } from "./fit-regression.ts";
import {
  memoryOf as memoryOfPoint,
  modelName as nameOfPoint,
  type PointModel,
  predict,
  predictStep,
} from "./point-model.ts";
import type { StepSeries } from "./step-series.ts";

/** Any model; plain data. */
export type ForecastModel = PointModel | RegressionModel | BoostedForecast | GivenModel;

/** A user's model: asked elsewhere, here it stands for what it reads. */
export interface GivenModel {
  readonly kind: "given";
  readonly name: string;
  /** Past steps that it reads. */
  readonly past: number;
  /** Exogenous inputs that it reads. */
  readonly exogenous: number;
}

/** The levels of a model's own quantiles beside its median. */
export const QUANTILES = { low90: 0.05, low50: 0.25, high50: 0.75, high90: 0.95 } as const;
export type Bound = keyof typeof QUANTILES;
export const BOUNDS = ["low90", "low50", "high50", "high90"] as const satisfies readonly Bound[];

/** What a model says of steps 1 to the horizon. A model without quantiles of its own has its intervals from errors alone. */
export interface Outlook {
  readonly mean: Float64Array;
  readonly bounds?: Readonly<Record<Bound, Float64Array>>;
}

/** How many past steps a model reads. */
export function memoryOf(model: ForecastModel): number {
  if (model.kind === "regression") return memoryOfPlan(model.plan);
  if (model.kind === "boosted") return memoryOfPlan(model.base.plan);
  if (model.kind === "given") return model.past;
  return memoryOfPoint(model);
}

/** What an operator reads. */
export function nameOf(model: ForecastModel): string {
  if (model.kind === "boosted") return boostedName(model);
  if (model.kind === "given") return model.name;
  if (model.kind !== "regression") return nameOfPoint(model);
  const { order, seasons, known, calendar } = model.plan;
  return [
    `autoregression of order ${order}`,
    ...(seasons.length === 0
      ? []
      : [`${seasons.length === 1 ? "season" : "seasons"} ${seasons.join(" and ")}`]),
    ...(calendar ? ["calendar"] : []),
    ...(known.length === 0 ? [] : [`${known.length} exogenous`]),
  ].join(", ");
}

/** The exogenous inputs a model reads. */
export const exogenousCount = (model: ForecastModel): number => {
  if (model.kind === "regression") return model.plan.known.length;
  if (model.kind === "given") return model.exogenous;
  return model.kind === "boosted" ? model.base.plan.known.length : 0;
};

/**
 * Forecasts of steps t + 1 to t + horizon from what was known at step t of a series.
 * @returns undefined where something that the model reads is missing, and of a user's model, which is asked elsewhere
 */
export function outlookOf(
  model: ForecastModel,
  series: StepSeries,
  t: number,
  horizon: number,
): Outlook | undefined {
  if (model.kind === "boosted") return boostedOutlook(model, series, t, horizon);
  if (model.kind === "regression") {
    const row = new Float64Array(featureCount(model.plan));
    const mean = new Float64Array(horizon);
    for (let k = 0; k < horizon; k++) {
      mean[k] = regressionAt(model, series, t, k + 1, row);
      if (!Number.isFinite(mean[k]!)) return undefined;
    }
    return { mean };
  }
  if (model.kind === "given") return undefined;
  const memory = memoryOfPoint(model);
  if (t + 1 < memory) return undefined;
  const past = series.values.subarray(t + 1 - memory, t + 1);
  if (past.some(Number.isNaN)) return undefined;
  return { mean: predict(model, past, horizon) };
}

function boostedOutlook(
  model: BoostedForecast,
  series: StepSeries,
  t: number,
  horizon: number,
): Outlook | undefined {
  const [mean, low90, low50, high50, high90] = Array.from({ length: 5 }, () => new Float64Array(horizon));
  for (let k = 0; k < horizon; k++) {
    const at = boostedAt(model, series, t, k + 1);
    if (at === undefined) return undefined;
    mean![k] = at.median;
    low90![k] = at.low90;
    low50![k] = at.low50;
    high50![k] = at.high50;
    high90![k] = at.high90;
  }
  return { mean: mean!, bounds: { low90: low90!, low50: low50!, high50: high50!, high90: high90! } };
}

/**
 * The forecast of the one step `ahead`, for choosing among models fitted to that step alone.
 * @returns NaN where something that the model reads is missing
 */
export function meanAt(model: ForecastModel, series: StepSeries, t: number, ahead: number): number {
  if (model.kind === "boosted") return boostedAt(model, series, t, ahead)?.median ?? Number.NaN;
  if (model.kind === "regression")
    return regressionAt(model, series, t, ahead, new Float64Array(featureCount(model.plan)));
  return model.kind === "given" ? Number.NaN : predictStep(model, series.values, t, ahead);
}
