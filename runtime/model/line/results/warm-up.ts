/**
 * How many of a series are better left out at its beginning: the MSER rule (White, Transient effects in the
 * performance of simulations, Simulation 69, 6, 1997), the d up to half of the series that makes the variance of what
 * remains, over its length squared, least. MSER-5 where each value is the mean of five observations.
 * @returns the count, and whether it is the half: then the series is too short to tell
 */
export function mser(series: readonly number[]): { readonly count: number; readonly isAtLimit: boolean } {
  const n = series.length;
  const most = Math.floor(n / 2);
  let best = { count: 0, value: Number.POSITIVE_INFINITY };
  let [sum, squares] = [0, 0];
  // Offsets keep the sums of squares exact enough.
  const offset = series.at(-1) ?? 0;
  for (let d = n - 1; d >= 0; d--) {
    const x = series[d]! - offset;
    sum += x;
    squares += x * x;
    if (d > most) continue;
    const left = n - d;
    const value = Math.max(0, squares - (sum * sum) / left) / left ** 2;
    if (value <= best.value) best = { count: d, value };
  }
  return { count: best.count, isAtLimit: most > 0 && best.count === most };
}
