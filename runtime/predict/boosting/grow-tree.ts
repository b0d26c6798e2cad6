import { bestSplit, type Split } from "./best-split.ts";
import { type BinnedRows, MISSING } from "./feature-bins.ts";
import { fillHistogram, STRIDE, subtractHistogram } from "./histogram.ts";

/** A tree being grown: splits by bin, leaves as stretches of `order`. */
export interface GrownTree {
  /** Per node: its feature, -1 for a leaf. */
  readonly feature: number[];
  readonly bin: number[];
  readonly missingLeft: boolean[];
  /** Per inner node: the left child; the right one follows it. */
  readonly left: number[];
  /** Per node: the rows that reach it, as a stretch of the grower's order, and the sum of their gradients. */
  readonly begin: number[];
  readonly end: number[];
  readonly sum: number[];
}

interface OpenLeaf {
  readonly node: number;
  readonly histogram: Float64Array;
  readonly split: Split;
}

/** Grows trees leaf by leaf, always where the loss falls most (Shi 2007; LightGBM, Ke et al. 2017). */
export class TreeGrower {
  /** Row numbers; a leaf's rows stand together. */
  readonly order: Int32Array;
  readonly #binned: BinnedRows;
  readonly #count: number;
  readonly #scratch: Int32Array;
  readonly #gathered: Float64Array;
  readonly #spare: Float64Array[] = [];
  readonly #options: {
    readonly leaves: number;
    readonly minLeaf: number;
    readonly lambda: number;
    readonly minGain: number;
  };
  /** Rows visited to fill histograms, over all trees: with subtraction less than half of those in the children. */
  rowsVisited = 0;

  constructor(
    binned: BinnedRows,
    count: number,
    options: {
      readonly leaves: number;
      readonly minLeaf: number;
      readonly lambda: number;
      readonly minGain: number;
    },
  ) {
    this.#binned = binned;
    this.#count = count;
    this.#options = options;
    this.order = new Int32Array(count);
    this.#scratch = new Int32Array(count);
    this.#gathered = new Float64Array(count);
  }

  /**
   * @param rows how many of `order`, from its start, the tree is grown on
   * @param used columns the tree may use, ascending
   * @param gradients per row, by row number
   */
  grow(rows: number, used: Int32Array, gradients: Float64Array): GrownTree {
    const tree: GrownTree = {
      feature: [-1],
      bin: [0],
      missingLeft: [false],
      left: [-1],
      begin: [0],
      end: [rows],
      sum: [0],
    };
    for (let k = 0; k < rows; k++) tree.sum[0]! += gradients[this.order[k]!]!;
    const edges = Int32Array.from(used, (j) => this.#binned.edges[j]!.length);
    const open: OpenLeaf[] = [];
    const consider = (node: number, histogram: Float64Array): void => {
      const size = tree.end[node]! - tree.begin[node]!;
      const split = bestSplit(histogram, edges, tree.sum[node]!, size, this.#options);
      if (split === undefined) this.#spare.push(histogram);
      else open.push({ node, histogram, split });
    };
    const root = this.#room(used.length);
    this.#fill(root, tree, 0, used, gradients);
    consider(0, root);
    for (let leaves = 1; leaves < this.#options.leaves && open.length > 0; leaves++) {
      let best = 0;
      for (let i = 1; i < open.length; i++) if (open[i]!.split.gain > open[best]!.split.gain) best = i;
      const [leaf] = open.splice(best, 1);
      const { node, histogram, split } = leaf!;
      const left = this.#divide(tree, node, used[split.used]!, split);
      if (leaves + 1 === this.#options.leaves) {
        this.#spare.push(histogram);
        break;
      }
      const smaller = split.leftRows * 2 <= tree.end[node]! - tree.begin[node]! ? left : left + 1;
      const own = this.#room(used.length);
      this.#fill(own, tree, smaller, used, gradients);
      subtractHistogram(histogram, own);
      consider(left, smaller === left ? own : histogram);
      consider(left + 1, smaller === left ? histogram : own);
    }
    for (const { histogram } of open) this.#spare.push(histogram);
    return tree;
  }

  #room(features: number): Float64Array {
    return this.#spare.pop() ?? new Float64Array(features * STRIDE);
  }

  #fill(into: Float64Array, tree: GrownTree, node: number, used: Int32Array, gradients: Float64Array): void {
    const [begin, end] = [tree.begin[node]!, tree.end[node]!];
    this.rowsVisited += end - begin;
    fillHistogram(
      into,
      this.#binned.codes,
      this.#count,
      used,
      this.order,
      begin,
      end,
      gradients,
      this.#gathered,
    );
  }

  /** Moves a leaf's rows to its two children, their order kept. @returns the left child */
  #divide(tree: GrownTree, node: number, column: number, split: Split): number {
    const { order } = this;
    const { codes } = this.#binned;
    const [begin, end] = [tree.begin[node]!, tree.end[node]!];
    const offset = column * this.#count;
    let keep = begin;
    let moved = 0;
    for (let k = begin; k < end; k++) {
      const row = order[k]!;
      const code = codes[offset + row]!;
      if (code === MISSING ? split.missingLeft : code <= split.bin) order[keep++] = row;
      else this.#scratch[moved++] = row;
    }
    order.set(this.#scratch.subarray(0, moved), keep);
    const left = tree.feature.length;
    tree.feature[node] = column;
    tree.bin[node] = split.bin;
    tree.missingLeft[node] = split.missingLeft;
    tree.left[node] = left;
    for (const isLeft of [true, false]) {
      tree.feature.push(-1);
      tree.bin.push(0);
      tree.missingLeft.push(false);
      tree.left.push(-1);
      tree.begin.push(isLeft ? begin : keep);
      tree.end.push(isLeft ? keep : end);
      tree.sum.push(isLeft ? split.leftSum : tree.sum[node]! - split.leftSum);
    }
    return left;
  }
}
