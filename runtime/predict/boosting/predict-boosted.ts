import { RungError } from "../../core/errors.ts";
import type { BoostedModel, BoostedTree } from "./boosted-model.ts";
import type { FeatureRows } from "./feature-bins.ts";

/** A value that is not a number, or infinite, is missing: it takes the direction learned for missing values. */
function child(tree: BoostedTree, node: number, value: number): number {
  const left = tree.left[node]!;
  if (Number.isFinite(value)) return value <= tree.threshold[node]! ? left : left + 1;
  return tree.missingLeft[node] === 1 ? left : left + 1;
}

function check(model: BoostedModel, got: number): void {
  if (got === model.columns) return;
  throw new RungError({
    code: "boosting-columns",
    where: "boosted trees",
    what: `were trained on ${model.columns} features, got ${got}`,
    advice: "give the features of the training, in their order",
  });
}

function predictAt(model: BoostedModel, features: Float64Array, at: number): number {
  let sum = model.base;
  for (const tree of model.trees) {
    let node = 0;
    for (let feature = tree.feature[0]!; feature >= 0; feature = tree.feature[node]!)
      node = child(tree, node, features[at + feature]!);
    sum += tree.value[node]!;
  }
  return sum;
}

/** What the trees say of one row. @param row one value per column @throws RungError `boosting-columns` */
export function predictRow(model: BoostedModel, row: Float64Array): number {
  check(model, row.length);
  return predictAt(model, row, 0);
}

/** What the trees say of many rows. @param out room for `rows.count` values @returns `out` */
export function predictRows(model: BoostedModel, rows: FeatureRows, out: Float64Array): Float64Array {
  check(model, rows.columns);
  for (let i = 0; i < rows.count; i++) out[i] = predictAt(model, rows.features, i * rows.columns);
  return out;
}

/**
 * What each feature adds to a prediction: the sum of the steps along the row's way through each tree (Saabas 2014).
 * @param out columns values, overwritten; with the returned number they add up to the prediction
 * @returns what the trees say of a row of which nothing is known
 */
export function contributions(model: BoostedModel, row: Float64Array, out: Float64Array): number {
  check(model, row.length);
  out.fill(0);
  let known = model.base;
  for (const tree of model.trees) {
    known += tree.value[0]!;
    let node = 0;
    for (let feature = tree.feature[0]!; feature >= 0; feature = tree.feature[node]!) {
      const next = child(tree, node, row[feature]!);
      out[feature]! += tree.value[next]! - tree.value[node]!;
      node = next;
    }
  }
  return known;
}
