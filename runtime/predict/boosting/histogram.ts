import { MISSING } from "./feature-bins.ts";

/** Numbers per feature of a histogram: sum of gradients and rows of 255 bins and of the missing values. */
export const STRIDE = 2 * (MISSING + 1);

/**
 * Sums the gradients and counts the rows of a leaf per bin of each feature that the tree may use.
 * @param into used.length x STRIDE, overwritten: gradient sum and row count side by side
 * @param gathered room for the leaf's gradients: they are read once per feature, so they are brought together first
 */
export function fillHistogram(
  into: Float64Array,
  codes: Uint8Array,
  count: number,
  used: Int32Array,
  order: Int32Array,
  begin: number,
  end: number,
  gradients: Float64Array,
  gathered: Float64Array,
): void {
  into.fill(0);
  for (let k = begin; k < end; k++) gathered[k] = gradients[order[k]!]!;
  for (let f = 0; f < used.length; f++) {
    const column = used[f]! * count;
    const base = f * STRIDE;
    for (let k = begin; k < end; k++) {
      const at = base + 2 * codes[column + order[k]!]!;
      into[at]! += gathered[k]!;
      into[at + 1]! += 1;
    }
  }
}

/** The larger child's histogram is the parent's less the smaller child's: half the rows need never be visited. */
export function subtractHistogram(parent: Float64Array, child: Float64Array): void {
  for (let i = 0; i < parent.length; i++) parent[i]! -= child[i]!;
}
