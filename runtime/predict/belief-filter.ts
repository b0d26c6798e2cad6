import { inverse, Matrix } from "ml-matrix";
import type { OvenBelief } from "../model/oven/belief.ts";

/** Outcome of one measurement against a belief. */
export interface BeliefUpdate {
  /** What the mean moved by. */
  readonly shift: Float64Array;
  /** Normalised innovation squared, chi² distributed with as many degrees of freedom as there are values. */
  readonly nis: number;
}

/**
 * Kalman update of a Gaussian belief by a vector of measurements (Joseph form, which keeps the covariance positive).
 * @param rows d measurement / d parameter, one row per value
 * @param innovation measured minus predicted
 * @param variance of the noise of each value; independent
 */
export function updateBelief(
  belief: OvenBelief,
  rows: readonly Float64Array[],
  innovation: ArrayLike<number>,
  variance: ArrayLike<number>,
): BeliefUpdate {
  const size = belief.mean.length;
  const count = rows.length;
  const p = new Matrix(size, size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) p.set(i, j, belief.covariance[i * size + j]!);
  const h = new Matrix(rows.map((row) => Array.from(row)));
  const r = Matrix.diag(Array.from(variance));
  const pht = p.mmul(h.transpose());
  const s = Matrix.add(h.mmul(pht), r);
  const sInverse = inverse(s);
  const gain = pht.mmul(sInverse);
  const z = Matrix.columnVector(Array.from(innovation).slice(0, count));
  const shift = Float64Array.from(gain.mmul(z).to1DArray());
  const nis = z.transpose().mmul(sInverse).mmul(z).get(0, 0);
  const keep = Matrix.sub(Matrix.eye(size), gain.mmul(h));
  const posterior = Matrix.add(keep.mmul(p).mmul(keep.transpose()), gain.mmul(r).mmul(gain.transpose()));
  for (let i = 0; i < size; i++) {
    belief.mean[i] = belief.mean[i]! + shift[i]!;
    for (let j = 0; j < size; j++) {
      belief.covariance[i * size + j] = 0.5 * (posterior.get(i, j) + posterior.get(j, i));
    }
  }
  return { shift, nis };
}

/** Adds variance to one parameter: it may have changed. */
export function widen(belief: OvenBelief, index: number, variance: number): void {
  const size = belief.mean.length;
  belief.covariance[index * size + index] = belief.covariance[index * size + index]! + variance;
}

/** Lets one parameter fall back to zero: it keeps a share of itself, and comes to a variance of its own. */
export function settle(belief: OvenBelief, index: number, keep: number, variance: number): void {
  const size = belief.mean.length;
  belief.mean[index] = belief.mean[index]! * keep;
  for (let i = 0; i < size; i++) {
    belief.covariance[index * size + i] = belief.covariance[index * size + i]! * keep;
    belief.covariance[i * size + index] = belief.covariance[i * size + index]! * keep;
  }
  widen(belief, index, variance * (1 - keep * keep));
}

/** Makes one parameter unknown: zero, with a variance of its own and no tie to the others. */
export function forget(belief: OvenBelief, index: number, variance: number): void {
  const size = belief.mean.length;
  belief.mean[index] = 0;
  for (let i = 0; i < size; i++) {
    belief.covariance[index * size + i] = 0;
    belief.covariance[i * size + index] = 0;
  }
  belief.covariance[index * size + index] = variance;
}

/** Standard deviation of one parameter. */
export function deviationOf(belief: OvenBelief, index: number): number {
  return Math.sqrt(belief.covariance[index * belief.mean.length + index]!);
}
