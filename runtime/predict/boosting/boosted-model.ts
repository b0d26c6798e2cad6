import { RungError } from "../../core/errors.ts";
import type { BoostingLoss } from "./boosting-options.ts";

/** One tree as columns: node 0 is the root. */
export interface BoostedTree {
  /** Per node: the feature it asks for, -1 for a leaf. */
  readonly feature: readonly number[];
  /** Per node: a value not above it goes left. */
  readonly threshold: readonly number[];
  /** Per node: 1 where a missing value goes left. */
  readonly missingLeft: readonly number[];
  /** Per inner node: the left child; the right one follows it. */
  readonly left: readonly number[];
  /** Per node: what the tree says there; an inner node's is the mean of its children by rows. */
  readonly value: readonly number[];
}

/** Boosted trees as plain data: `JSON.stringify` and back gives the same predictions to the last bit. */
export interface BoostedModel {
  readonly version: 1;
  readonly kind: "boosted-trees";
  readonly columns: number;
  readonly loss: BoostingLoss;
  /** What is said before the first tree. */
  readonly base: number;
  readonly trees: readonly BoostedTree[];
  /** Fall of the training loss by each feature, as shares of 1; all 0 where no tree was grown. */
  readonly gain: readonly number[];
}

/**
 * Boosted trees from a JSON file, checked so that no prediction can run in circles or out of a tree.
 * @param where the file, for the error
 * @throws RungError `boosted-model`
 */
export function readBoostedModel(value: unknown, where: string): BoostedModel {
  const refuse = (what: string): never => {
    const advice = "train the model again and keep its file unchanged";
    throw new RungError({ code: "boosted-model", where, what, advice });
  };
  const model = value as BoostedModel | null;
  if (typeof model !== "object" || model === null || model.kind !== "boosted-trees")
    return refuse("holds no boosted trees");
  if (model.version !== 1) refuse(`holds boosted trees of version ${String(model.version)}, known is 1`);
  if (!(Number.isInteger(model.columns) && model.columns > 0)) refuse("columns must be a whole number > 0");
  if (!Number.isFinite(model.base)) refuse("base must be a number");
  if (!isNumbers(model.gain, model.columns)) refuse("gain must have a number per column");
  if (model.loss !== "squared" && !(model.loss?.quantile > 0 && model.loss.quantile < 1))
    refuse("the loss is unknown");
  if (!Array.isArray(model.trees)) refuse("trees must be a list");
  model.trees.forEach((tree, i) => {
    if (!isTree(tree, model.columns)) refuse(`tree ${i} is broken`);
  });
  return model;
}

const isNumbers = (list: unknown, length: number): boolean =>
  Array.isArray(list) && list.length === length && list.every((each) => Number.isFinite(each));

/** Whether every node has its columns and children stand behind their parent, inside the tree. */
function isTree(tree: BoostedTree | null, columns: number): boolean {
  const nodes = tree?.feature?.length;
  if (tree === null || typeof nodes !== "number" || nodes === 0) return false;
  for (const list of [tree.feature, tree.threshold, tree.missingLeft, tree.left, tree.value])
    if (!isNumbers(list, nodes)) return false;
  return tree.feature.every((feature, node) => {
    if (feature === -1) return true;
    const left = tree.left[node]!;
    const known = Number.isInteger(feature) && feature >= 0 && feature < columns;
    return known && Number.isInteger(left) && left > node && left + 1 < nodes;
  });
}
