import type { PrincipalComponents } from "../principal-components.ts";

/**
 * Fills the missing values of a standardised row with what the model expects of them, given the others: the mean of
 * the scores given the known values under probabilistic principal components (Tipping and Bishop 1999, section 3;
 * Nelson, Taylor and MacGregor 1996 compare it with others). The noise term keeps the equations solvable however many
 * values are missing.
 */
export class MissingValues {
  readonly #model: PrincipalComponents;
  readonly #loadings: Float64Array;
  readonly #noise: number;
  readonly #matrix: Float64Array;
  readonly #scores: Float64Array;

  /** @param noise variance of one signal off the plane, in squared standard deviations */
  constructor(model: PrincipalComponents, noise: number) {
    this.#model = model;
    this.#loadings = Float64Array.from(model.loadings);
    this.#noise = Math.max(noise, 1e-6);
    this.#matrix = new Float64Array(model.count * model.count);
    this.#scores = new Float64Array(model.count);
  }

  /** @param row standardised, NaN where missing; filled in place */
  fill(row: Float64Array): void {
    const { count, dimension, variances } = this.#model;
    const loadings = this.#loadings;
    const matrix = this.#matrix;
    const scores = this.#scores;
    // Rows of the loadings are orthonormal, so their product over the known signals is 1 less that over the missing.
    for (let k = 0; k < count; k++) {
      for (let l = 0; l < k; l++) matrix[k * count + l] = 0;
      matrix[k * count + k] = 1 + this.#noise / variances[k]!;
      scores[k] = 0;
    }
    for (let i = 0; i < dimension; i++) {
      const value = row[i]!;
      const isMissing = Number.isNaN(value);
      for (let k = 0; k < count; k++) {
        const loading = loadings[k * dimension + i]!;
        if (!isMissing) scores[k]! += loading * value;
        else for (let l = 0; l <= k; l++) matrix[k * count + l]! -= loading * loadings[l * dimension + i]!;
      }
    }
    solveInPlace(matrix, scores, count);
    for (let i = 0; i < dimension; i++) {
      if (!Number.isNaN(row[i]!)) continue;
      let value = 0;
      for (let k = 0; k < count; k++) value += loadings[k * dimension + i]! * scores[k]!;
      row[i] = value;
    }
  }
}

/** Cholesky: the lower half of a symmetric positive definite matrix, n x n row-major, and the right side become factor and solution. */
function solveInPlace(matrix: Float64Array, right: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= matrix[i * n + k]! * matrix[j * n + k]!;
      matrix[i * n + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / matrix[j * n + j]!;
    }
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) right[i]! -= matrix[i * n + k]! * right[k]!;
    right[i]! /= matrix[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) right[i]! -= matrix[k * n + i]! * right[k]!;
    right[i]! /= matrix[i * n + i]!;
  }
}
