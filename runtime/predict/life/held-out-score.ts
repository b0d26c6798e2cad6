import { binomialInterval } from "../../core/statistics/binomial.ts";
import { type HeldOutEstimate, intervalAround, intervalKnots } from "./life-interval.ts";
import type { HeldOutScore } from "./life-model.ts";

/** Units that were held out together, and the lives of those that the model learnt from meanwhile. */
export interface HeldOutGroup {
  readonly estimates: readonly HeldOutEstimate[];
  /** Cycles. */
  readonly otherLives: Float64Array;
}

/** Standard normal 95 % quantile. */
const Z95 = 1.6449;

/**
 * Judges estimates for held-out units. Each unit weighs the same, whatever its cycles, since the estimates of one unit err
 * together. Errors are of remaining lives up to the cap, the horizon of the model; whether a remaining life lay in its
 * interval is asked of the whole of it, with the interval of the other groups.
 */
export function heldOutScore(groups: readonly HeldOutGroup[], capCycles: number): HeldOutScore {
  const squares: number[] = [];
  const own: number[] = [];
  const naive: number[] = [];
  const inside: number[] = [];
  for (const [g, { estimates, otherLives }] of groups.entries()) {
    const others = groups.flatMap((group, i) => (i === g ? [] : group.estimates));
    const knots = intervalKnots(others, capCycles);
    const meanLeft = meanRemaining(otherLives, capCycles);
    for (const ofUnit of byUnit(estimates)) {
      let [square, error, naiveError, hits] = [0, 0, 0, 0];
      for (const { cycle, estimate, remaining } of ofUnit) {
        const capped = Math.min(remaining, capCycles);
        square += (estimate - capped) ** 2;
        error += Math.abs(estimate - capped);
        naiveError += Math.abs(meanLeft(cycle) - capped);
        const { low, high } = intervalAround(knots, estimate);
        if (remaining >= low && remaining <= high) hits++;
      }
      const n = ofUnit.length;
      squares.push(square / n);
      own.push(error / n);
      naive.push(naiveError / n);
      inside.push(hits / n);
    }
  }
  const units = own.length;
  const mae = meanOf(own);
  const naiveMae = meanOf(naive);
  const mase = naiveMae > 0 ? mae / naiveMae : 1;
  // Delta method for a ratio of means over independent units.
  const spread = Math.sqrt(
    own.reduce((sum, each, u) => sum + (each - mase * naive[u]!) ** 2, 0) / (units - 1),
  );
  const coverage90 = meanOf(inside);
  const { low, high } = binomialInterval(coverage90 * units, units);
  return {
    units,
    rmse: Math.sqrt(meanOf(squares)),
    mae,
    naiveMae,
    mase,
    maseUpper95: naiveMae > 0 ? mase + (Z95 * spread) / Math.sqrt(units) / naiveMae : 1,
    coverage90,
    coverageLow: low,
    coverageHigh: high,
  };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;

/** What units that lived longer than an age had left then on average, capped: the naive estimate. */
function meanRemaining(lives: Float64Array, capCycles: number): (age: number) => number {
  return (age) => {
    let sum = 0;
    let n = 0;
    for (const life of lives) {
      if (life <= age) continue;
      sum += Math.min(life - age, capCycles);
      n++;
    }
    return n === 0 ? 0 : sum / n;
  };
}

function byUnit(estimates: readonly HeldOutEstimate[]): HeldOutEstimate[][] {
  const units = new Map<number, HeldOutEstimate[]>();
  for (const estimate of estimates) {
    const own = units.get(estimate.unit);
    if (own === undefined) units.set(estimate.unit, [estimate]);
    else own.push(estimate);
  }
  return [...units.values()];
}
