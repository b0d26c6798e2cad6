/** A box of a 4-wide tree: pieces `from` to `to` of the order; inner ones have two to four children. */
export interface TreeBox {
  readonly from: number;
  readonly to: number;
  /** Lowest and highest x, y, z, m. */
  readonly bounds: Float64Array;
  readonly children: readonly TreeBox[];
}

export interface BoxTree {
  readonly root: TreeBox;
  /** The pieces as the leaves hold them. */
  readonly order: Uint32Array;
}

/** Pieces of a leaf: as many as the engine looks at at once. */
export const LEAF_PIECES = 4;
const BINS = 16;
/** From this level on pieces are halved by number, so that no mesh makes a tree deeper than 64 levels. */
const DEEPEST_BY_AREA = 40;

interface Half {
  readonly from: number;
  readonly to: number;
  readonly bounds: Float64Array;
  readonly halves?: readonly [Half, Half];
}

/**
 * A tree over triangles by the surface area heuristic with 16 bins an axis (Wald 2007), two levels taken as one of four.
 * @param pieces nine coordinates of each triangle, m
 */
export function boxTree(pieces: Float64Array): BoxTree {
  const count = pieces.length / 9;
  const boxes = boxesOf(pieces);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const spare = new Uint32Array(count);

  const build = (from: number, to: number, level: number): Half => {
    const bounds = emptyBounds();
    for (let i = from; i < to; i++) include(bounds, 0, boxes, 6 * order[i]!);
    if (to - from <= LEAF_PIECES) return { from, to, bounds };
    const cut = level < DEEPEST_BY_AREA ? bestCut(boxes, order, from, to) : undefined;
    const middle = cut === undefined ? (from + to) >> 1 : partition(boxes, order, spare, from, to, cut);
    return {
      from,
      to,
      bounds,
      halves: [build(from, middle, level + 1), build(middle, to, level + 1)],
    };
  };
  return { root: fourWide(build(0, count, 0)), order };
}

/** The children of a box are opened, the largest first, until there are four. */
function fourWide({ from, to, bounds, halves }: Half): TreeBox {
  if (halves === undefined) return { from, to, bounds, children: [] };
  const open: Half[] = [...halves];
  while (open.length < 4) {
    let largest = -1;
    for (let i = 0; i < open.length; i++) {
      if (open[i]!.halves === undefined) continue;
      if (largest < 0 || area(open[i]!.bounds, 0) > area(open[largest]!.bounds, 0)) largest = i;
    }
    if (largest < 0) break;
    open.splice(largest, 1, ...open[largest]!.halves!);
  }
  return { from, to, bounds, children: open.map(fourWide) };
}

interface Cut {
  readonly axis: number;
  /** Pieces whose bin is lower go left. */
  readonly bin: number;
  readonly lowest: number;
  readonly width: number;
}

const binOf = (cut: Omit<Cut, "bin">, boxes: Float64Array, piece: number): number => {
  const middle = (boxes[6 * piece + cut.axis]! + boxes[6 * piece + 3 + cut.axis]!) / 2;
  return Math.min(BINS - 1, Math.floor(((middle - cut.lowest) / cut.width) * BINS));
};

function bestCut(boxes: Float64Array, order: Uint32Array, from: number, to: number): Cut | undefined {
  let best: Cut | undefined;
  let bestCost = Infinity;
  const counts = new Uint32Array(BINS);
  const bins = new Float64Array(6 * BINS);
  const left = new Float64Array(BINS);
  const sum = new Float64Array(6);
  for (let axis = 0; axis < 3; axis++) {
    let lowest = Infinity;
    let highest = -Infinity;
    for (let i = from; i < to; i++) {
      const middle = (boxes[6 * order[i]! + axis]! + boxes[6 * order[i]! + 3 + axis]!) / 2;
      if (middle < lowest) lowest = middle;
      if (middle > highest) highest = middle;
    }
    const grid = { axis, lowest, width: highest - lowest };
    if (!(grid.width > 1e-9)) continue;
    counts.fill(0);
    clearBounds(bins);
    for (let i = from; i < to; i++) {
      const bin = binOf(grid, boxes, order[i]!);
      counts[bin]!++;
      include(bins, 6 * bin, boxes, 6 * order[i]!);
    }
    clearBounds(sum);
    for (let bin = 0, number = 0; bin < BINS - 1; bin++) {
      include(sum, 0, bins, 6 * bin);
      number += counts[bin]!;
      left[bin] = number === 0 ? -1 : area(sum, 0) * number;
    }
    clearBounds(sum);
    for (let bin = BINS - 1, number = 0; bin > 0; bin--) {
      include(sum, 0, bins, 6 * bin);
      number += counts[bin]!;
      if (number === 0 || left[bin - 1]! < 0) continue;
      const cost = left[bin - 1]! + area(sum, 0) * number;
      if (cost < bestCost) {
        bestCost = cost;
        best = { ...grid, bin };
      }
    }
  }
  return best;
}

/** Orders the pieces by the cut, otherwise as they were; returns where the right ones begin. */
function partition(
  boxes: Float64Array,
  order: Uint32Array,
  spare: Uint32Array,
  from: number,
  to: number,
  cut: Cut,
): number {
  let left = from;
  let right = 0;
  for (let i = from; i < to; i++) {
    const piece = order[i]!;
    if (binOf(cut, boxes, piece) < cut.bin) order[left++] = piece;
    else spare[right++] = piece;
  }
  order.set(spare.subarray(0, right), left);
  return left;
}

function boxesOf(pieces: Float64Array): Float64Array {
  const boxes = new Float64Array((pieces.length / 9) * 6);
  for (let p = 0, b = 0; p < pieces.length; p += 9, b += 6) {
    for (let k = 0; k < 3; k++) {
      boxes[b + k] = Math.min(pieces[p + k]!, pieces[p + 3 + k]!, pieces[p + 6 + k]!);
      boxes[b + 3 + k] = Math.max(pieces[p + k]!, pieces[p + 3 + k]!, pieces[p + 6 + k]!);
    }
  }
  return boxes;
}

function emptyBounds(): Float64Array {
  const bounds = new Float64Array(6);
  clearBounds(bounds);
  return bounds;
}

function clearBounds(bounds: Float64Array): void {
  for (let i = 0; i < bounds.length; i++) bounds[i] = i % 6 < 3 ? Infinity : -Infinity;
}

function include(bounds: Float64Array, at: number, others: Float64Array, from: number): void {
  for (let k = 0; k < 3; k++) {
    if (others[from + k]! < bounds[at + k]!) bounds[at + k] = others[from + k]!;
    if (others[from + 3 + k]! > bounds[at + 3 + k]!) bounds[at + 3 + k] = others[from + 3 + k]!;
  }
}

/** Half of a box's surface; only compared with others. */
function area(bounds: Float64Array, at: number): number {
  const x = bounds[at + 3]! - bounds[at]!;
  const y = bounds[at + 4]! - bounds[at + 1]!;
  const z = bounds[at + 5]! - bounds[at + 2]!;
  return x * y + y * z + z * x;
}
