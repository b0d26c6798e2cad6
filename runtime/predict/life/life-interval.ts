import { quantileOfSorted, sortedFinite } from "../../core/statistics/quantile.ts";

/** How far a remaining life was off at one place of the estimates. */
export interface IntervalKnot {
  /** The estimate it stands for, cycles. */
  readonly estimate: number;
  /** To be added to an estimate: the bounds of the 90 % interval, cycles. */
  readonly low: number;
  readonly high: number;
}

/** An estimate for a held-out unit and what came. */
export interface HeldOutEstimate {
  readonly unit: number;
  /** After which it was made. */
  readonly cycle: number;
  readonly estimate: number;
  /** Cycles that the unit really had left. */
  readonly remaining: number;
}

const COVERAGE = 0.9;
/** Bands of equal width between 0 and the cap. */
const BANDS = 8;
/** Units without which a band has no 95 % quantile of its own. */
const LEAST_UNITS = 20;

/**
 * Conformal intervals by the size of the estimate (split conformal prediction by groups: Vovk 2012; Lei et al. 2018): near
 * the end of a life errors are small, far from it they are wide and lopsided. A band's quantiles are widened by (n + 1)/n
 * with n units, since the cycles of one unit err together. Bands of too few units are joined with the next.
 * @param cap estimates are at most so large, cycles
 */
export function intervalKnots(heldOut: readonly HeldOutEstimate[], cap: number): IntervalKnot[] {
  const sorted = [...heldOut].sort((a, b) => a.estimate - b.estimate);
  const knots: IntervalKnot[] = [];
  let from = 0;
  for (let band = 1; band <= BANDS; band++) {
    let to = from;
    while (to < sorted.length && (band === BANDS || sorted[to]!.estimate < (cap * band) / BANDS)) to++;
    if (band < BANDS && (unitsOf(sorted, from, to) < LEAST_UNITS || unitsOf(sorted, to) < LEAST_UNITS))
      continue;
    if (to > from) knots.push(knotOf(sorted.slice(from, to)));
    from = to;
  }
  return knots;
}

const unitsOf = (all: readonly HeldOutEstimate[], from: number, to = all.length): number => {
  const units = new Set<number>();
  for (let i = from; i < to; i++) units.add(all[i]!.unit);
  return units.size;
};

function knotOf(band: readonly HeldOutEstimate[]): IntervalKnot {
  const n = unitsOf(band, 0);
  const tail = (1 + COVERAGE) / 2;
  const miss = Math.max(0, 1 - (tail * (n + 1)) / n);
  const errors = sortedFinite(band.map(({ estimate, remaining }) => remaining - estimate));
  const estimates = sortedFinite(band.map(({ estimate }) => estimate));
  return {
    estimate: quantileOfSorted(estimates, 0.5),
    low: quantileOfSorted(errors, miss),
    high: quantileOfSorted(errors, 1 - miss),
  };
}

/** The 90 % interval around an estimate; between two knots on the straight line. Both are 0 or more, cycles. */
export function intervalAround(
  knots: readonly IntervalKnot[],
  estimate: number,
): { low: number; high: number } {
  let k = 0;
  while (k < knots.length - 1 && knots[k + 1]!.estimate <= estimate) k++;
  const a = knots[k]!;
  const b = knots[k + 1] ?? a;
  const span = b.estimate - a.estimate;
  const share = span > 0 ? Math.min(Math.max((estimate - a.estimate) / span, 0), 1) : 0;
  const low = Math.max(0, estimate + a.low + share * (b.low - a.low));
  const high = Math.max(0, estimate + a.high + share * (b.high - a.high));
  return { low: Math.min(low, estimate), high: Math.max(high, estimate) };
}
