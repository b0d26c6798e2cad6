/** Halvings of the interval that the capacity is sought in. */
const HALVINGS = 7;
/** A makespan is told to a thousandth of an hour. */
const PER_H = 1000;

/**
 * How long so many repairers need for a group's work, h: MULTIFIT (Coffman, Garey, Johnson 1978), first fit decreasing
 * under a capacity that is halved in on, told to a thousandth of an hour. At most 13/11 of the shortest.
 *
 * @param durationsH of the activities, h
 */
export function makespanH(durationsH: readonly number[], repairers: number): number {
  const decreasing = [...durationsH].sort((a, b) => b - a);
  const sumH = decreasing.reduce((sum, h) => sum + h, 0);
  const longestH = decreasing[0] ?? 0;
  if (repairers === 1) return toThousandth(sumH);
  const loadsH = new Float64Array(Math.min(repairers, decreasing.length));
  let low = Math.max(sumH / loadsH.length, longestH);
  let high = Math.max((2 * sumH) / loadsH.length, longestH);
  let bestH = fitted(decreasing, high, loadsH) ?? sumH;
  for (let i = 0; i < HALVINGS; i++) {
    const capacity = (low + high) / 2;
    const spanH = fitted(decreasing, capacity, loadsH);
    if (spanH === undefined) low = capacity;
    else {
      high = capacity;
      bestH = Math.min(bestH, spanH);
    }
  }
  return toThousandth(bestH);
}

const toThousandth = (spanH: number): number => Math.round(spanH * PER_H) / PER_H;

/** The longest load where all fits, h; undefined where it does not. */
function fitted(decreasing: readonly number[], capacityH: number, loadsH: Float64Array): number | undefined {
  loadsH.fill(0);
  for (const durationH of decreasing) {
    const k = loadsH.findIndex((loadH) => loadH + durationH <= capacityH);
    if (k < 0) return undefined;
    loadsH[k] = loadsH[k]! + durationH;
  }
  return Math.max(...loadsH);
}
