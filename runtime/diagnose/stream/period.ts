/** Autocorrelation from which a signal counts as periodic. */
const LEAST_CORRELATION = 0.5;
const SHORTEST_PERIOD = 8;
/** A week of five-minute rows: the longest period looked for, which bounds the memory. */
const LONGEST_PERIOD = 2016;

/**
 * The period of a signal in rows, 0 where it has none: the highest autocorrelation behind the first lag at which it is no
 * longer positive. A period must fit twice. Rows that are no number count as the mean.
 */
export function periodOf(values: Float64Array): number {
  const good = values.filter(Number.isFinite);
  if (good.length < 2 * SHORTEST_PERIOD) return 0;
  const mean = good.reduce((sum, value) => sum + value, 0) / good.length;
  const deviations = values.map((value) => (Number.isFinite(value) ? value - mean : 0));
  const power = deviations.reduce((sum, d) => sum + d * d, 0) / good.length;
  if (!(power > 0)) return 0;
  const longest = Math.min(LONGEST_PERIOD, Math.floor(values.length / 2));
  let isBehindZero = false;
  let [period, best] = [0, LEAST_CORRELATION];
  for (let lag = 1; lag <= longest; lag++) {
    let sum = 0;
    for (let i = lag; i < deviations.length; i++) sum += deviations[i]! * deviations[i - lag]!;
    const correlation = sum / (deviations.length - lag) / power;
    if (correlation <= 0) isBehindZero = true;
    else if (isBehindZero && lag >= SHORTEST_PERIOD && correlation > best) {
      best = correlation;
      period = lag;
    }
  }
  return period;
}
