/**
 * Puts the value of rank k at index k, smaller ones before it and larger ones behind: Hoare's selection (Find,
 * Communications of the ACM 4, 1961) with the median of three as pivot; linear in the mean.
 */
function selectRank(values: Float32Array | Float64Array, k: number, from: number, to: number): void {
  let low = from;
  let high = to;
  while (low < high) {
    const a = values[low]!;
    const b = values[(low + high) >> 1]!;
    const c = values[high]!;
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swapped = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swapped;
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else return;
  }
}

/**
 * Quantiles by linear interpolation (Hyndman and Fan 1996, type 7) without sorting all of a large sample.
 * @param values finite; their order is lost
 * @param shares in [0, 1], ascending
 * @returns one value per share; NaN for an empty sample
 */
export function selectQuantiles(values: Float32Array | Float64Array, shares: readonly number[]): number[] {
  const last = values.length - 1;
  let settled = 0;
  return shares.map((share) => {
    if (last < 0) return Number.NaN;
    const position = Math.min(Math.max(share, 0), 1) * last;
    const below = Math.floor(position);
    selectRank(values, below, Math.min(settled, below), last);
    settled = below;
    const low = values[below]!;
    if (below === last || position === below) return low;
    // The next rank is the least of those behind.
    let next = values[below + 1]!;
    for (let i = below + 2; i <= last; i++) if (values[i]! < next) next = values[i]!;
    return low + (position - below) * (next - low);
  });
}
