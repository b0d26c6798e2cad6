/** How one signal follows another. */
export interface Following {
  /** Rows by which the second follows the first; negative where it leads. */
  readonly lag: number;
  /** Correlation at that lag, -1..1; 0 where too few rows are known. */
  readonly r: number;
}

/** Fewer pairs than this say nothing. */
const LEAST_PAIRS = 8;
/** A lag must beat no lag by so much, since neighbouring lags are alike. */
const WORTH_A_LAG = 0.02;

/**
 * The lag of the strongest correlation of two columns, over rows [from, to), by Pearson's r of the pairs in which both
 * are known. Costs (2 x maxLag + 1) x rows.
 */
export function laggedCorrelation(
  a: Float64Array,
  b: Float64Array,
  from: number,
  to: number,
  maxLag: number,
): Following {
  let best: Following = { lag: 0, r: correlation(a, b, from, to, 0) };
  for (let lag = 1; lag <= maxLag; lag++) {
    for (const signed of [lag, -lag]) {
      const r = correlation(a, b, from, to, signed);
      if (Math.abs(r) > Math.abs(best.r) + (best.lag === 0 ? WORTH_A_LAG : 0)) best = { lag: signed, r };
    }
  }
  return best;
}

function correlation(a: Float64Array, b: Float64Array, from: number, to: number, lag: number): number {
  const start = Math.max(from, from - lag);
  const end = Math.min(to, to - lag);
  let [n, sumA, sumB] = [0, 0, 0];
  for (let r = start; r < end; r++) {
    const [x, y] = [a[r]!, b[r + lag]!];
    if (Number.isNaN(x + y)) continue;
    n++;
    sumA += x;
    sumB += y;
  }
  if (n < LEAST_PAIRS) return 0;
  const [meanA, meanB] = [sumA / n, sumB / n];
  let [aa, bb, ab] = [0, 0, 0];
  for (let r = start; r < end; r++) {
    const [x, y] = [a[r]! - meanA, b[r + lag]! - meanB];
    if (Number.isNaN(x + y)) continue;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
