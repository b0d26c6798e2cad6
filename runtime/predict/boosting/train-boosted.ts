import { RungError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import { selectQuantiles } from "../../core/statistics/select-quantiles.ts";
import type { BoostedModel, BoostedTree } from "./boosted-model.ts";
import { type BoostingOptions, boostingOptions } from "./boosting-options.ts";
import { type BinnedRows, binRows, type FeatureRows, MISSING } from "./feature-bins.ts";
import { type GrownTree, TreeGrower } from "./grow-tree.ts";

/**
 * Gradient boosting of regression trees on histograms (Friedman 2001; histograms, leaf-wise growth and subtraction as
 * in LightGBM, Ke et al. 2017). Deterministic: the same rows, options and seed give the same model.
 * @param rows count x columns; NaN is a missing value and finds its own direction at each split
 * @param targets one finite value per row
 * @throws RungError `boosting-option`, `boosting-rows` (no rows, wrong lengths, infinite values)
 */
export function trainBoostedTrees(
  rows: FeatureRows,
  targets: Float64Array,
  given: Partial<BoostingOptions> = {},
): BoostedModel {
  const options = boostingOptions(given);
  checkRows(rows, targets);
  const { count, columns } = rows;
  const binned = binRows(rows, options.bins);
  const quantile = options.loss === "squared" ? undefined : options.loss.quantile;
  const base =
    quantile === undefined ? meanOf(targets) : selectQuantiles(Float64Array.from(targets), [quantile])[0]!;
  const said = new Float64Array(count).fill(base);
  const gradients = new Float64Array(count);
  let spread = 0;
  for (let i = 0; i < count; i++) spread += (targets[i]! - base) ** 2;
  // Below this a gain is rounding: gradients of a quantile are shares of 1, those of the mean have the targets' unit.
  const minGain = 1e-12 * (quantile === undefined ? spread : count);
  const grower = new TreeGrower(binned, count, { ...options, minGain });
  const random = new Random(options.seed);
  const gain = new Float64Array(columns);
  const trees: BoostedTree[] = [];
  for (let t = 0; t < options.trees; t++) {
    for (let i = 0; i < count; i++) {
      const rest = targets[i]! - said[i]!;
      gradients[i] = quantile === undefined ? rest : rest > 0 ? quantile : quantile - 1;
    }
    const sampled = drawInOrder(
      random,
      count,
      Math.max(1, Math.round(options.rowShare * count)),
      grower.order,
    );
    const used = new Int32Array(Math.max(1, Math.round(options.featureShare * columns)));
    drawInOrder(random, columns, used.length, used);
    const grown = grower.grow(sampled, used, gradients);
    // A stump says the mean of the rest, which without a draw of rows and features is nothing, again and again.
    if (grown.feature[0] === -1) {
      if (sampled === count && used.length === columns) break;
      continue;
    }
    addGain(gain, grown, options.lambda);
    const values = leafValues(grown, grower.order, options, (i) => targets[i]! - said[i]!);
    trees.push(finish(grown, values, binned));
    addTree(said, grown, values, binned.codes, count);
  }
  const total = gain.reduce((sum, each) => sum + each, 0);
  return {
    version: 1,
    kind: "boosted-trees",
    columns,
    loss: options.loss,
    base,
    trees,
    gain: Array.from(gain, (each) => (total > 0 ? each / total : 0)),
  };
}

function checkRows({ features, count, columns }: FeatureRows, targets: Float64Array): void {
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "boosting-rows", where: "boosted trees", what, advice });
  };
  if (!(Number.isInteger(columns) && columns > 0 && Number.isInteger(count) && count > 0))
    refuse(`need rows and columns, got ${count} x ${columns}`, "give at least one row with one feature");
  if (features.length !== count * columns)
    refuse(`${count} rows of ${columns} features need ${count * columns} values, got ${features.length}`, "");
  if (targets.length !== count) refuse(`${count} rows need as many targets, got ${targets.length}`, "");
  for (let i = 0; i < features.length; i++) {
    const value = features[i]!;
    if (value !== Number.POSITIVE_INFINITY && value !== Number.NEGATIVE_INFINITY) continue;
    const at = `row ${Math.floor(i / columns)}, feature ${i % columns}`;
    refuse(`${at} is infinite`, "give NaN where a value is missing");
  }
  // Squares of larger ones overflow.
  const bad = targets.findIndex((value) => !(Math.abs(value) <= 1e100));
  if (bad >= 0)
    refuse(`the target of row ${bad} is ${targets[bad]}, not a number within 1e100`, "leave out such rows");
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Draws `wanted` of 0..n-1 without replacement, ascending (selection sampling: Knuth, volume 2, algorithm S). */
function drawInOrder(random: Random, n: number, wanted: number, into: Int32Array): number {
  if (wanted >= n) {
    for (let i = 0; i < n; i++) into[i] = i;
    return n;
  }
  let taken = 0;
  for (let i = 0; taken < wanted; i++) if (random.uniform() * (n - i) < wanted - taken) into[taken++] = i;
  return taken;
}

/** Per node: the learning rate times its rows' mean rest (shrunk by lambda) or, for a quantile, that of their rests. */
function leafValues(
  grown: GrownTree,
  order: Int32Array,
  options: BoostingOptions,
  restOf: (row: number) => number,
): number[] {
  const { loss, learningRate, lambda } = options;
  const values = grown.feature.map((feature, node) => {
    if (feature !== -1) return 0;
    const [begin, end] = [grown.begin[node]!, grown.end[node]!];
    if (loss === "squared") return (learningRate * grown.sum[node]!) / (end - begin + lambda);
    const rests = new Float64Array(end - begin);
    for (let k = begin; k < end; k++) rests[k - begin] = restOf(order[k]!);
    return learningRate * selectQuantiles(rests, [loss.quantile])[0]!;
  });
  // Children stand behind their parent.
  for (let node = values.length - 1; node >= 0; node--) {
    if (grown.feature[node] === -1) continue;
    const left = grown.left[node]!;
    const share = (grown.end[left]! - grown.begin[left]!) / (grown.end[node]! - grown.begin[node]!);
    values[node] = share * values[left]! + (1 - share) * values[left + 1]!;
  }
  return values;
}

function finish(grown: GrownTree, value: number[], { edges }: BinnedRows): BoostedTree {
  const threshold = grown.feature.map((feature, node) => {
    if (feature === -1) return 0;
    // Behind the last edge every present value goes left; JSON has no infinity.
    return edges[feature]![grown.bin[node]!] ?? Number.MAX_VALUE;
  });
  return {
    feature: grown.feature,
    threshold,
    missingLeft: grown.missingLeft.map(Number),
    left: grown.left,
    value,
  };
}

/** Adds a tree to what is said of every row, drawn or not. */
function addTree(
  said: Float64Array,
  grown: GrownTree,
  values: number[],
  codes: Uint8Array,
  count: number,
): void {
  const { feature, bin, missingLeft, left } = grown;
  for (let i = 0; i < count; i++) {
    let node = 0;
    for (let f = feature[0]!; f >= 0; f = feature[node]!) {
      const code = codes[f * count + i]!;
      const goesLeft = code === MISSING ? missingLeft[node]! : code <= bin[node]!;
      node = goesLeft ? left[node]! : left[node]! + 1;
    }
    said[i]! += values[node]!;
  }
}

function addGain(gain: Float64Array, grown: GrownTree, lambda: number): void {
  const score = (node: number): number =>
    grown.sum[node]! ** 2 / (grown.end[node]! - grown.begin[node]! + lambda);
  grown.feature.forEach((feature, node) => {
    if (feature === -1) return;
    const left = grown.left[node]!;
    gain[feature]! += score(left) + score(left + 1) - score(node);
  });
}
