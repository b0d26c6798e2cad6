import { MISSING } from "./feature-bins.ts";
import { STRIDE } from "./histogram.ts";

/** Where a leaf is best divided. */
export interface Split {
  /** Place of the feature among those the tree may use. */
  readonly used: number;
  /** Rows of this bin and of those below it go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Sum of gradients and rows of the left side. */
  readonly leftSum: number;
  readonly leftRows: number;
  /** Fall of the loss, twice. */
  readonly gain: number;
}

/**
 * The split with the greatest gain (Chen and Guestrin 2016, equation 7, unit hessians); missing values are tried on
 * both sides (there, algorithm 3). Equal gains: the first feature, the lowest bin, missing right.
 * @param edges number of edges per used feature
 * @returns undefined where no split leaves `minLeaf` rows on both sides and gains more than `minGain`
 */
export function bestSplit(
  histogram: Float64Array,
  edges: Int32Array,
  sum: number,
  rows: number,
  options: { readonly minLeaf: number; readonly lambda: number; readonly minGain: number },
): Split | undefined {
  const { minLeaf, lambda } = options;
  if (rows < 2 * minLeaf) return undefined;
  const whole = (sum * sum) / (rows + lambda);
  let used = -1;
  let bin = 0;
  let missingLeft = false;
  let leftSum = 0;
  let leftRows = 0;
  let best = whole + options.minGain;
  for (let f = 0; f < edges.length; f++) {
    const base = f * STRIDE;
    const missingSum = histogram[base + 2 * MISSING]!;
    const missingRows = histogram[base + 2 * MISSING + 1]!;
    // Behind the last edge lies the last bin: all present values against the missing ones.
    const last = missingRows > 0 ? edges[f]! : edges[f]! - 1;
    let s = 0;
    let n = 0;
    for (let b = 0; b <= last; b++) {
      const inBin = histogram[base + 2 * b + 1]!;
      s += histogram[base + 2 * b]!;
      n += inBin;
      if (inBin === 0) continue;
      if (rows - n < minLeaf) break;
      if (n >= minLeaf) {
        const right = sum - s;
        const score = (s * s) / (n + lambda) + (right * right) / (rows - n + lambda);
        if (score > best) {
          best = score;
          used = f;
          bin = b;
          missingLeft = false;
          leftSum = s;
          leftRows = n;
        }
      }
      if (missingRows > 0 && n + missingRows >= minLeaf && rows - n - missingRows >= minLeaf) {
        const left = s + missingSum;
        const right = sum - left;
        const score =
          (left * left) / (n + missingRows + lambda) + (right * right) / (rows - n - missingRows + lambda);
        if (score > best) {
          best = score;
          used = f;
          bin = b;
          missingLeft = true;
          leftSum = left;
          leftRows = n + missingRows;
        }
      }
    }
    // Missing values alone on the left are the mirror of all present ones there.
  }
  if (used < 0) return undefined;
  // Without missing values to learn from, they go where most rows went.
  if (histogram[used * STRIDE + 2 * MISSING + 1] === 0) missingLeft = leftRows * 2 >= rows;
  return { used, bin, missingLeft, leftSum, leftRows, gain: best - whole };
}
