import { inverseIncompleteBeta } from "../../runtime/core/statistics/incomplete-beta.ts";
import { mean } from "../../runtime/core/statistics/serial-mean.ts";

export interface Slope {
  /** Units of y per unit of x, and the ends of its 95 % interval. */
  readonly slope: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The straight line of least squares through points, with Student's interval of its slope (Draper and Smith, Applied
 * Regression Analysis, 1.4). The residuals count as independent.
 * @throws RangeError with fewer than three points
 */
export function slopeOf(x: readonly number[], y: readonly number[]): Slope {
  if (x.length < 3 || x.length !== y.length)
    throw new RangeError(`a slope needs three points, got ${x.length}`);
  const meanX = mean(x);
  const meanY = mean(y);
  const squares = x.reduce((sum, at) => sum + (at - meanX) ** 2, 0);
  const slope = x.reduce((sum, at, i) => sum + (at - meanX) * (y[i]! - meanY), 0) / squares;
  const residual = y.reduce((sum, value, i) => sum + (value - meanY - slope * (x[i]! - meanX)) ** 2, 0);
  const freedom = x.length - 2;
  const tail = inverseIncompleteBeta(0.05, freedom / 2, 0.5);
  const student = Math.sqrt(freedom * (1 / tail - 1));
  const half = student * Math.sqrt(residual / freedom / squares);
  return { slope, low: slope - half, high: slope + half };
}
