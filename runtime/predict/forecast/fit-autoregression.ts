import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { mean } from "../../core/statistics/serial-mean.ts";
import { type PointModel, seasonOffset } from "./point-model.ts";

/** Ridge, relative to the mean square of the regressors: enough to keep collinear lags solvable. */
const RIDGE = 1e-6;

/**
 * Fits one least-squares regression per step ahead.
 * @param values chronological; rows that touch a NaN are left out
 * @param steps the steps ahead to fit, for instance only the declared horizon while models are compared
 * @returns undefined where fewer rows are complete than three times the weights
 */
export function fitAutoregression(
  values: Float64Array,
  order: number,
  season: number,
  steps: readonly number[],
): (PointModel & { kind: "autoregression" }) | undefined {
  const centre = mean(values.filter(Number.isFinite));
  const size = order + (season > 0 ? 1 : 0) + 1;
  const weights: number[][] = [];
  for (const ahead of steps) {
    const fitted = regress(values, order, season, ahead, centre, size);
    if (fitted === undefined) return undefined;
    weights[ahead - 1] = fitted;
  }
  return { kind: "autoregression", order, season, centre, weights };
}

function regress(
  values: Float64Array,
  order: number,
  season: number,
  ahead: number,
  centre: number,
  size: number,
): number[] | undefined {
  const offset = season > 0 ? seasonOffset(season, ahead) : 0;
  const start = Math.max(order - 1, offset);
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size);
  const row = new Float64Array(size);
  row[size - 1] = 1;
  let rows = 0;
  for (let t = start; t + ahead < values.length; t++) {
    const target = values[t + ahead]! - centre;
    let complete = target - target === 0;
    for (let i = 0; i < order; i++) {
      const value = values[t - i]! - centre;
      row[i] = value;
      complete &&= value - value === 0;
    }
    if (season > 0) {
      const value = values[t - offset]! - centre;
      row[order] = value;
      complete &&= value - value === 0;
    }
    if (!complete) continue;
    rows++;
    for (let i = 0; i < size; i++) {
      right[i]! += row[i]! * target;
      for (let j = i; j < size; j++) normal[i * size + j]! += row[i]! * row[j]!;
    }
  }
  if (rows < 3 * size) return undefined;
  const matrix = new Matrix(size, size);
  let trace = 0;
  for (let i = 0; i < size - 1; i++) trace += normal[i * size + i]!;
  const ridge = RIDGE * (trace / Math.max(1, size - 1)) + 1e-12;
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      matrix.set(i, j, normal[i * size + j]! + (i === j && i < size - 1 ? ridge : 0));
      matrix.set(j, i, matrix.get(i, j));
    }
  }
  const decomposition = new CholeskyDecomposition(matrix);
  if (!decomposition.isPositiveDefinite()) return undefined;
  return decomposition.solve(Matrix.columnVector(Array.from(right))).to1DArray();
}
