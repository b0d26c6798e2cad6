/**
 * How many independent values a slowly moving series of deviations amounts to: its length over the integrated
 * autocorrelation time, summed up to the first lag without positive correlation (Geyer 1992). Correlations are about 0,
 * where the deviations should lie, not about the mean of the series: one that stays on a side has been seen once.
 * @param stride only every so manieth value is looked at
 * @returns 1 to the number of values looked at
 */
export function independentCount(deviations: Float64Array, stride: number): number {
  const values = deviations.filter((_, i) => i % stride === 0);
  const n = values.length;
  const product = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += values[i]! * values[i - lag]!;
    return sum;
  };
  const square = product(0);
  if (square === 0) return n;
  let time = 1;
  for (let lag = 1; lag < n; lag++) {
    const correlation = product(lag) / square;
    if (correlation <= 0) break;
    time += 2 * correlation;
  }
  return Math.max(1, n / time);
}
