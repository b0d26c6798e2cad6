/**
 * A binary tree of boxes over triangles; node 0 is the root. Node n has either its two children at `links[2 n]` and the
 * place after that, or, where `links[2 n + 1]` is not 0, that many triangles from `links[2 n]` on.
 */
export interface TriangleTree {
  /**
   * Boxes of the nodes 2 k + 1 and 2 k + 2, side by side: low x of both, low y, low z, high x, high y, high z, twelve
   * numbers from `pairs[12 k]` on. The root has none.
   */
  readonly pairs: Float64Array;
  readonly links: Int32Array;
  /** The corners in the order of the leaves, nine numbers a triangle. */
  readonly corners: Float64Array;
  /** A sphere around each of these triangles: middle and radius. */
  readonly spheres: Float64Array;
}

const LEAF = 4;

/** Splits at the median of the middles along the longest side, down to four triangles a leaf. */
export function triangleTree(corners: Float64Array): TriangleTree {
  const count = corners.length / 9;
  const middle = new Float64Array(3 * count);
  for (let t = 0; t < count; t++)
    for (let axis = 0; axis < 3; axis++)
      middle[3 * t + axis] = corners[9 * t + axis]! + corners[9 * t + 3 + axis]! + corners[9 * t + 6 + axis]!;
  const order = Int32Array.from({ length: count }, (_, t) => t);
  const pairs: number[] = [];
  const links: number[] = [];
  let nodes = 1;
  const fill = (node: number, from: number, to: number): void => {
    if (node > 0) {
      const box = boxOf(corners, order.subarray(from, to));
      const [pair, side] = [(node - 1) >> 1, (node - 1) & 1];
      for (let k = 0; k < 6; k++) pairs[12 * pair + 2 * k + side] = box[k]!;
    }
    links[2 * node] = from;
    links[2 * node + 1] = to - from;
    if (to - from <= LEAF) return;
    const axis = longestAxis(middle, order.subarray(from, to));
    order.subarray(from, to).sort((s, t) => middle[3 * s + axis]! - middle[3 * t + axis]! || s - t);
    const children = nodes;
    nodes += 2;
    links[2 * node] = children;
    links[2 * node + 1] = 0;
    const half = (from + to) >> 1;
    fill(children, from, half);
    fill(children + 1, half, to);
  };
  fill(0, 0, count);
  const sorted = new Float64Array(corners.length);
  order.forEach((t, place) => {
    sorted.set(corners.subarray(9 * t, 9 * t + 9), 9 * place);
  });
  return {
    pairs: Float64Array.from(pairs),
    links: Int32Array.from(links),
    corners: sorted,
    spheres: spheresAround(sorted),
  };
}

/** Around the middle of a triangle's box; the radius is rounded up. */
function spheresAround(corners: Float64Array): Float64Array {
  const spheres = new Float64Array((4 * corners.length) / 9);
  for (let at = 0, to = 0; at < corners.length; at += 9, to += 4) {
    const box = boxOf(corners, [at / 9]);
    let squared = 0;
    for (let axis = 0; axis < 3; axis++) spheres[to + axis] = (box[axis]! + box[3 + axis]!) / 2;
    for (let corner = at; corner < at + 9; corner += 3) {
      const dx = corners[corner]! - spheres[to]!;
      const dy = corners[corner + 1]! - spheres[to + 1]!;
      const dz = corners[corner + 2]! - spheres[to + 2]!;
      squared = Math.max(squared, dx * dx + dy * dy + dz * dz);
    }
    spheres[to + 3] = Math.sqrt(squared) * (1 + 1e-9) + 1e-12;
  }
  return spheres;
}

function boxOf(corners: Float64Array, triangles: Iterable<number>): Float64Array {
  const box = new Float64Array(6).fill(Number.POSITIVE_INFINITY, 0, 3).fill(Number.NEGATIVE_INFINITY, 3);
  for (const t of triangles)
    for (let k = 0; k < 9; k++) {
      const value = corners[9 * t + k]!;
      const axis = k % 3;
      if (value < box[axis]!) box[axis] = value;
      if (value > box[3 + axis]!) box[3 + axis] = value;
    }
  return box;
}

function longestAxis(middle: Float64Array, triangles: Int32Array): number {
  const extent = [0, 1, 2].map((axis) => {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const t of triangles) {
      low = Math.min(low, middle[3 * t + axis]!);
      high = Math.max(high, middle[3 * t + axis]!);
    }
    return high - low;
  });
  return extent.indexOf(Math.max(...extent));
}
