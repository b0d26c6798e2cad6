import { inverseIncompleteBeta, regularisedIncompleteBeta } from "./incomplete-beta.ts";

/**
 * The t that a Student variable passes in neither direction with this probability.
 * @param confidence in (0, 1), 0.95 for instance
 * @param freedom degrees of freedom, >= 1
 */
export function studentQuantile(confidence: number, freedom: number): number {
  // P(|T| > t) = I_x(freedom / 2, 1 / 2) with x = freedom / (freedom + t²): Abramowitz and Stegun 26.5.27.
  const x = inverseIncompleteBeta(1 - confidence, freedom / 2, 0.5);
  return Math.sqrt((freedom * (1 - x)) / x);
}

/**
 * Probability that a Student variable is above t.
 * @param freedom degrees of freedom, >= 1
 */
export function studentAbove(t: number, freedom: number): number {
  const outside = regularisedIncompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
  return t >= 0 ? outside / 2 : 1 - outside / 2;
}
