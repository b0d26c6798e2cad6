/** Code of a missing value, behind every bin. */
export const MISSING = 255;

/** Rows of numbers as one matrix; NaN is a missing value. */
export interface FeatureRows {
  /** count x columns, row after row. */
  readonly features: Float64Array;
  readonly count: number;
  readonly columns: number;
}

/** Features coded as bins: a histogram of a leaf then needs one pass over bytes. */
export interface BinnedRows {
  /** columns x count, column after column: the bin of each value, MISSING where it is missing. */
  readonly codes: Uint8Array;
  /** Per column, ascending: a value belongs to the first bin whose edge it does not exceed, else to the last one. */
  readonly edges: readonly Float64Array[];
}

/**
 * Edges between bins of a column: halfway between neighbouring values where these are few, else at equal shares of
 * the rows (Chen and Guestrin 2016, section 3.2, unweighted).
 * @param sorted finite, ascending
 * @returns at most `bins` - 1 edges; none for a constant or empty column
 */
export function binEdges(sorted: Float64Array, bins: number): Float64Array {
  const steps: number[] = [];
  for (let i = 1; i < sorted.length; i++) if (sorted[i]! > sorted[i - 1]!) steps.push(i);
  const between = (i: number): number => {
    const low = sorted[i - 1]!;
    const middle = low / 2 + sorted[i]! / 2;
    // Neighbouring floating-point numbers have no number between them.
    return middle < sorted[i]! && middle >= low ? middle : low;
  };
  if (steps.length < bins) return Float64Array.from(steps, between);
  const edges: number[] = [];
  let next = 0;
  let cut = 0;
  for (let b = 1; b < bins; b++) {
    const wanted = (b * sorted.length) / bins;
    // One value that many rows share has used up the shares of several bins.
    if (wanted <= cut) continue;
    while (next < steps.length && steps[next]! < wanted) next++;
    if (next === steps.length) break;
    cut = steps[next++]!;
    edges.push(between(cut));
  }
  return Float64Array.from(edges);
}

/** The bin of a present value. */
export function binOf(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Edges by the rows themselves, and every value's bin. @param bins 2 to 255 */
export function binRows({ features, count, columns }: FeatureRows, bins: number): BinnedRows {
  const codes = new Uint8Array(count * columns);
  const column = new Float64Array(count);
  const edges: Float64Array[] = [];
  for (let j = 0; j < columns; j++) {
    let present = 0;
    for (let i = 0; i < count; i++) {
      const value = features[i * columns + j]!;
      if (!Number.isNaN(value)) column[present++] = value;
    }
    const own = binEdges(column.subarray(0, present).sort(), bins);
    edges.push(own);
    for (let i = 0; i < count; i++) {
      const value = features[i * columns + j]!;
      codes[j * count + i] = Number.isNaN(value) ? MISSING : binOf(own, value);
    }
  }
  return { codes, edges };
}
