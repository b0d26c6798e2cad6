import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { mean } from "../../core/statistics/serial-mean.ts";
import { type FeaturePlan, featureCount, ownCount, writeFeatures } from "./features.ts";
import type { StepSeries } from "./step-series.ts";

/**
 * One ridge regression per step ahead on lags, seasons, exogenous inputs and the calendar: direct forecasts (Marcellino,
 * Stock and Watson 2006) with the regressors of the day-ahead literature (Lago et al. 2021, LEAR), by ridge for lasso.
 */
export interface RegressionModel {
  readonly kind: "regression";
  readonly plan: FeaturePlan;
  /** Ridge, as a share of each regressor's mean square. */
  readonly ridge: number;
  /** What is taken off the property's own values before they are weighed. */
  readonly centre: number;
  /** By step ahead less one: a weight per feature, then the constant. */
  readonly weights: readonly (readonly number[])[];
}

/** Rows a fit takes at most, spread evenly over the data: more move the weights less than the data moves. */
const MOST_ROWS = 6000;

/**
 * @param steps the steps ahead to fit
 * @returns undefined where fewer rows are complete than three times the weights
 */
export function fitRegression(
  series: StepSeries,
  plan: FeaturePlan,
  ridge: number,
  steps: readonly number[],
): RegressionModel | undefined {
  const centre = mean(series.values.filter(Number.isFinite));
  const weights: number[][] = [];
  for (const ahead of steps) {
    const fitted = regress(series, plan, ridge, ahead, centre);
    if (fitted === undefined) return undefined;
    weights[ahead - 1] = fitted;
  }
  return { kind: "regression", plan, ridge, centre, weights };
}

function regress(
  series: StepSeries,
  plan: FeaturePlan,
  ridge: number,
  ahead: number,
  centre: number,
): number[] | undefined {
  const { values } = series;
  const features = featureCount(plan);
  const own = ownCount(plan);
  const size = features + 1;
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size);
  const row = new Float64Array(size);
  const stride = Math.max(1, Math.floor(values.length / MOST_ROWS));
  let rows = 0;
  // From the newest backwards, so that a stride keeps what is newest.
  for (let t = values.length - 1 - ahead; t >= 0; t -= stride) {
    const target = values[t + ahead]! - centre;
    if (!Number.isFinite(target) || !writeFeatures(plan, series, t, ahead, row)) continue;
    for (let i = 0; i < own; i++) row[i]! -= centre;
    row[features] = 1;
    rows++;
    for (let i = 0; i < size; i++) {
      const value = row[i]!;
      right[i]! += value * target;
      for (let j = i; j < size; j++) normal[i * size + j]! += value * row[j]!;
    }
  }
  if (rows < 3 * size) return undefined;
  const matrix = new Matrix(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      matrix.set(i, j, normal[i * size + j]!);
      matrix.set(j, i, matrix.get(i, j));
    }
    if (i < features) matrix.set(i, i, matrix.get(i, i) * (1 + ridge) + 1e-9);
  }
  const decomposition = new CholeskyDecomposition(matrix);
  if (!decomposition.isPositiveDefinite()) return undefined;
  return decomposition.solve(Matrix.columnVector(Array.from(right))).to1DArray();
}

/**
 * The forecast of step t + ahead from what was known at step t, NaN where something it reads is missing.
 * @param row room for the features; afterwards it holds them as they were read
 */
export function regressionAt(
  model: RegressionModel,
  series: StepSeries,
  t: number,
  ahead: number,
  row: Float64Array,
): number {
  const { plan, centre } = model;
  if (!writeFeatures(plan, series, t, ahead, row)) return Number.NaN;
  const weights = model.weights[ahead - 1]!;
  const own = ownCount(plan);
  let sum = weights.at(-1)! + centre;
  for (let i = 0; i < weights.length - 1; i++) sum += weights[i]! * (i < own ? row[i]! - centre : row[i]!);
  return sum;
}
