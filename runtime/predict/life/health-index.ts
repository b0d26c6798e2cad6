/**
 * One number for how worn a unit is: a ridge regression of the remaining life, capped and as a share of the cap, on the
 * normalised signals: 1 new, 0 failed (a fused health index; Wang, Yu, Siegel, Lee 2008, fit the same from both ends of
 * the lives).
 */
export interface HealthIndex {
  readonly intercept: number;
  /** One per signal, on its normalised value. */
  readonly weights: readonly number[];
}

/** In cycles' worth of normalised values: enough that two signals that say the same share their weight. */
const RIDGE = 1;

/**
 * @param rows count x columns of normalised values; a missing one is its mean, 0
 * @param share per row: remaining life over the cap, at most 1
 */
export function fitHealthIndex(
  rows: Float64Array,
  count: number,
  columns: number,
  share: Float64Array,
): HealthIndex {
  const size = columns + 1;
  const matrix = new Float64Array(size * (size + 1));
  const x = new Float64Array(size).fill(1);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < columns; j++) {
      const value = rows[i * columns + j]!;
      x[j] = Number.isNaN(value) ? 0 : value;
    }
    for (let a = 0; a < size; a++) {
      const row = a * (size + 1);
      for (let b = a; b < size; b++) matrix[row + b]! += x[a]! * x[b]!;
      matrix[row + size]! += x[a]! * share[i]!;
    }
  }
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < a; b++) matrix[a * (size + 1) + b] = matrix[b * (size + 1) + a]!;
    if (a < columns) matrix[a * (size + 1) + a]! += RIDGE;
  }
  const solved = solveSymmetric(matrix, size);
  return { intercept: solved[columns]!, weights: Array.from(solved.subarray(0, columns)) };
}

/** Gauss and Jordan on a positive definite system, its right-hand side as the last column; no pivots are needed. */
function solveSymmetric(matrix: Float64Array, size: number): Float64Array {
  const width = size + 1;
  for (let a = 0; a < size; a++) {
    const pivot = matrix[a * width + a]!;
    for (let b = a; b < width; b++) matrix[a * width + b]! /= pivot;
    for (let row = 0; row < size; row++) {
      const factor = matrix[row * width + a]!;
      if (row === a || factor === 0) continue;
      for (let b = a; b < width; b++) matrix[row * width + b]! -= factor * matrix[a * width + b]!;
    }
  }
  return Float64Array.from({ length: size }, (_, a) => matrix[a * width + size]!);
}
