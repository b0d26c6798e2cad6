/**
 * A fitted model that turns the recent past into the steps ahead. Plain data, so that a worker can hand it over.
 * - `persistence`: the last value.
 * - `mean`: the mean of the last `window` values.
 * - `seasonal`: the value one season before the step.
 * - `damped-trend`: Holt's level and trend, the trend damped (Gardner and McKenzie 1985), run over the last `memory` values.
 * - `autoregression`: one linear regression per step ahead (direct forecasts; Marcellino, Stock and Watson 2006) on the
 *   last `order` values and, with a season, on the value one season before that step.
 */
export type PointModel =
  | { readonly kind: "persistence" }
  | { readonly kind: "mean"; readonly window: number }
  | { readonly kind: "seasonal"; readonly season: number }
  | {
      readonly kind: "damped-trend";
      readonly level: number;
      readonly trend: number;
      readonly damping: number;
      readonly memory: number;
    }
  | {
      readonly kind: "autoregression";
      readonly order: number;
      readonly season: number;
      readonly centre: number;
      /** Per step ahead: weights of the last values, newest first, then of the season if there is one, then the constant. */
      readonly weights: readonly (readonly number[])[];
    };

/** How many past values a model reads. */
export function memoryOf(model: PointModel): number {
  switch (model.kind) {
    case "persistence":
      return 1;
    case "mean":
      return model.window;
    case "seasonal":
      return model.season;
    case "damped-trend":
      return model.memory;
    case "autoregression":
      return Math.max(model.order, model.season);
  }
}

/** What an operator reads. */
export function modelName(model: PointModel): string {
  switch (model.kind) {
    case "persistence":
      return "last value";
    case "mean":
      return `mean of the last ${model.window}`;
    case "seasonal":
      return `same as ${model.season} steps before`;
    case "damped-trend":
      return "damped trend";
    case "autoregression":
      return `autoregression of order ${model.order}${model.season > 0 ? `, season ${model.season}` : ""}`;
  }
}

/** Steps back from the last value at which the value one or more whole seasons before step `ahead` stands. */
export const seasonOffset = (season: number, ahead: number): number =>
  season * Math.ceil(ahead / season) - ahead;

/**
 * Forecasts of steps 1 to `horizon`.
 * @param past chronological, at least `memoryOf(model)` finite values, the newest last
 */
export function predict(model: PointModel, past: Float64Array, horizon: number): Float64Array {
  const result = new Float64Array(horizon);
  const last = past.length - 1;
  switch (model.kind) {
    case "persistence":
      return result.fill(past[last]!);
    case "mean": {
      let sum = 0;
      for (let i = 0; i < model.window; i++) sum += past[last - i]!;
      return result.fill(sum / model.window);
    }
    case "seasonal":
      return result.map((_, i) => past[last - seasonOffset(model.season, i + 1)]!);
    case "damped-trend":
      return dampedTrend(model, past, result);
    case "autoregression":
      return autoregression(model, past, result);
  }
}

function dampedTrend(
  model: PointModel & { kind: "damped-trend" },
  past: Float64Array,
  result: Float64Array,
): Float64Array {
  const { damping } = model;
  const from = Math.max(0, past.length - model.memory);
  let level = past[from]!;
  let trend = 0;
  for (let i = from + 1; i < past.length; i++) {
    const expected = level + damping * trend;
    const next = expected + model.level * (past[i]! - expected);
    trend = damping * trend + model.trend * (next - level - damping * trend);
    level = next;
  }
  let reach = 0;
  let factor = 1;
  for (let k = 0; k < result.length; k++) {
    factor *= damping;
    reach += factor;
    result[k] = level + reach * trend;
  }
  return result;
}

function autoregression(
  model: PointModel & { kind: "autoregression" },
  past: Float64Array,
  result: Float64Array,
): Float64Array {
  for (let k = 0; k < result.length; k++) result[k] = autoregressionStep(model, past, past.length - 1, k + 1);
  return result;
}

function autoregressionStep(
  { order, season, centre, weights: all }: PointModel & { kind: "autoregression" },
  values: Float64Array,
  t: number,
  ahead: number,
): number {
  const weights = all[ahead - 1]!;
  let sum = weights.at(-1)! + centre;
  for (let i = 0; i < order; i++) sum += weights[i]! * ((values[t - i] ?? Number.NaN) - centre);
  if (season > 0) sum += weights[order]! * ((values[t - seasonOffset(season, ahead)] ?? Number.NaN) - centre);
  return sum;
}

/**
 * The forecast of the one step `ahead`; an autoregression need be fitted to that step only.
 * @param t place of the newest known value, at least `memoryOf(model)` values of which are there
 * @returns NaN where a value that it reads is missing
 */
export function predictStep(model: PointModel, values: Float64Array, t: number, ahead: number): number {
  switch (model.kind) {
    case "persistence":
      return values[t]!;
    case "seasonal":
      return values[t - seasonOffset(model.season, ahead)] ?? Number.NaN;
    case "autoregression":
      return autoregressionStep(model, values, t, ahead);
    case "mean":
    case "damped-trend": {
      const past = values.subarray(Math.max(0, t + 1 - memoryOf(model)), t + 1);
      return past.length < memoryOf(model) ? Number.NaN : predict(model, past, ahead)[ahead - 1]!;
    }
  }
}
