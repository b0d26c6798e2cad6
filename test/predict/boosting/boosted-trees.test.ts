import assert from "node:assert/strict";
import type { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { type BoostedModel, readBoostedModel } from "../../../runtime/predict/boosting/boosted-model.ts";
import {
  binEdges,
  binRows,
  type FeatureRows,
  MISSING,
} from "../../../runtime/predict/boosting/feature-bins.ts";
import { TreeGrower } from "../../../runtime/predict/boosting/grow-tree.ts";
import { contributions, predictRow, predictRows } from "../../../runtime/predict/boosting/predict-boosted.ts";
import { trainBoostedTrees } from "../../../runtime/predict/boosting/train-boosted.ts";

const rowsOf = (rows: readonly (readonly number[])[]): FeatureRows => ({
  features: Float64Array.from(rows.flat()),
  count: rows.length,
  columns: rows[0]!.length,
});
const at = (model: BoostedModel, ...row: number[]): number => predictRow(model, Float64Array.from(row));
/** One whole tree without shrinking: a plain regression tree. */
const ONE_TREE = { trees: 1, learningRate: 1, lambda: 0, minLeaf: 1 };

/** y = sin x0 + x1² + noise; x2 says nothing. */
function synthetic(seed: number, count: number, noise = 0.3): { rows: FeatureRows; targets: Float64Array } {
  const random = new Random(seed);
  const features = new Float64Array(count * 3);
  const targets = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < 3; j++) features[i * 3 + j] = 4 * random.uniform() - 2;
    targets[i] = Math.sin(2 * features[i * 3]!) + features[i * 3 + 1]! ** 2 + noise * random.normal();
  }
  return { rows: { features, count, columns: 3 }, targets };
}

describe("predict/boosting exact trees", () => {
  it("finds the step, halfway between its neighbours", () => {
    const model = trainBoostedTrees(rowsOf([[1], [2], [3], [4]]), Float64Array.of(10, 10, 20, 30), {
      ...ONE_TREE,
      leaves: 2,
    });
    // Gains of the cuts behind 1, 2 and 3 about the mean 17.5: 75, 225, 208.3.
    assert.deepEqual(model.trees[0]!.feature, [0, -1, -1]);
    assert.equal(model.trees[0]!.threshold[0], 2.5);
    assert.deepEqual([at(model, 2.5), at(model, 2.6), at(model, -9)], [10, 25, 10]);
  });

  it("grows where the loss falls most, and shrinks a leaf by lambda and the learning rate", () => {
    const rows = rowsOf([[1], [2], [3], [4]]);
    const targets = Float64Array.of(10, 10, 20, 30);
    const whole = trainBoostedTrees(rows, targets, { ...ONE_TREE, leaves: 3 });
    assert.deepEqual([at(whole, 1), at(whole, 3), at(whole, 4)], [10, 20, 30]);
    const shrunk = trainBoostedTrees(rows, targets, {
      trees: 1,
      leaves: 2,
      learningRate: 0.5,
      lambda: 2,
      minLeaf: 1,
    });
    // Left: half of -15 / (2 rows + 2); the mean is 17.5.
    assert.equal(at(shrunk, 1), 17.5 - 0.5 * (15 / 4));
  });

  it("learns XOR, which no single split improves by much, in one tree of four leaves", () => {
    const random = new Random(4);
    const table = Array.from({ length: 400 }, () => [random.uniform(), random.uniform()]);
    const targets = Float64Array.from(table, ([a, b]) => Number(a! > 0.5 !== b! > 0.5));
    const model = trainBoostedTrees(rowsOf(table), targets, {
      trees: 60,
      leaves: 6,
      learningRate: 0.3,
      minLeaf: 5,
    });
    for (const [a, b] of [
      [0.2, 0.2],
      [0.2, 0.8],
      [0.8, 0.2],
      [0.8, 0.8],
    ] as const) {
      const wanted = Number(a > 0.5 !== b > 0.5);
      assert.ok(Math.abs(at(model, a, b) - wanted) < 0.05, `${a}, ${b}: ${at(model, a, b)}`);
    }
  });

  it("keeps minLeaf and minimises the pinball loss in its leaves", () => {
    const rows = rowsOf([[0], [0], [0], [0], [0], [1], [1], [1], [1], [1]]);
    const targets = Float64Array.of(1, 2, 3, 4, 5, 11, 12, 13, 14, 15);
    const model = trainBoostedTrees(rows, targets, { ...ONE_TREE, loss: { quantile: 0.5 }, minLeaf: 5 });
    assert.deepEqual([at(model, 0), at(model, 1)], [3, 13]);
    const held = trainBoostedTrees(rows, targets, { ...ONE_TREE, minLeaf: 6 });
    assert.equal(held.trees.length, 0);
    assert.equal(at(held, 0), 8);
  });
});

describe("predict/boosting bins", () => {
  it("cuts between few values and at equal shares of many", () => {
    assert.deepEqual([...binEdges(Float64Array.of(1, 1, 2, 4), 255)], [1.5, 3]);
    assert.deepEqual([...binEdges(Float64Array.of(7, 7, 7), 255)], []);
    assert.deepEqual([...binEdges(new Float64Array(0), 255)], []);
    const many = Float64Array.from({ length: 1000 }, (_, i) => i);
    assert.deepEqual([...binEdges(many, 4)], [249.5, 499.5, 749.5]);
    // Half the rows hold one value: the others still get their edges.
    assert.equal(
      binEdges(
        Float64Array.from(many, (i) => Math.max(i, 500)),
        4,
      ).length,
      2,
    );
  });

  it("keeps neighbouring floating-point numbers and the largest ones apart", () => {
    const next = 1 + Number.EPSILON;
    const edges = binEdges(Float64Array.of(-1e308, 1, next, 1.7e308), 255);
    assert.ok(edges.every((edge) => Number.isFinite(edge)));
    const { codes } = binRows(
      { features: Float64Array.of(-1e308, 1, next, 1.7e308, Number.NaN), count: 5, columns: 1 },
      255,
    );
    assert.deepEqual([...codes], [0, 1, 2, 3, MISSING]);
  });
});

describe("predict/boosting missing values", () => {
  it("sends them where they belong, also when they are all there is to tell", () => {
    const rows = rowsOf([[1], [2], [3], [4], [Number.NaN], [Number.NaN]]);
    const high = trainBoostedTrees(rows, Float64Array.of(0, 0, 9, 9, 9, 9), { ...ONE_TREE, leaves: 2 });
    const low = trainBoostedTrees(rows, Float64Array.of(0, 0, 9, 9, 0, 0), { ...ONE_TREE, leaves: 2 });
    assert.deepEqual([at(high, Number.NaN), at(high, 1), at(high, 4)], [9, 0, 9]);
    assert.deepEqual([at(low, Number.NaN), at(low, 1), at(low, 4)], [0, 0, 9]);
    const alone = trainBoostedTrees(rows, Float64Array.of(5, 5, 5, 5, 1, 1), { ...ONE_TREE, leaves: 2 });
    assert.deepEqual([at(alone, Number.NaN), at(alone, 1e300)], [1, 5]);
    assert.equal(at(alone, Number.POSITIVE_INFINITY), 1);
  });

  it("sends a value that was never missing in training with most rows", () => {
    const model = trainBoostedTrees(rowsOf([[1], [2], [3], [4]]), Float64Array.of(0, 9, 9, 9), {
      ...ONE_TREE,
      leaves: 2,
    });
    assert.equal(at(model, Number.NaN), 9);
  });

  it("trains on a column with no value at all", () => {
    const model = trainBoostedTrees(
      rowsOf([
        [Number.NaN, 1],
        [Number.NaN, 2],
      ]),
      Float64Array.of(3, 5),
      ONE_TREE,
    );
    assert.deepEqual([at(model, Number.NaN, 1), at(model, 0, 2)], [3, 5]);
    assert.equal(model.gain[0], 0);
  });
});

describe("predict/boosting on synthetic data", () => {
  it("comes near the noise on unseen rows and gives no credit to what says nothing", () => {
    const train = synthetic(1, 3000);
    const test = synthetic(2, 1000);
    const model = trainBoostedTrees(train.rows, train.targets, {
      trees: 150,
      leaves: 12,
      rowShare: 0.7,
      featureShare: 0.7,
    });
    const said = predictRows(model, test.rows, new Float64Array(1000));
    const error = Math.sqrt(said.reduce((sum, value, i) => sum + (value - test.targets[i]!) ** 2, 0) / 1000);
    assert.ok(error < 0.36, `RMSE ${error} against noise of 0.3`);
    assert.ok(model.gain[2]! < 0.05 && model.gain[0]! > 0.2 && model.gain[1]! > 0.2, String(model.gain));
  });

  it("covers the share that its quantiles promise, within the binomial 99 % band", () => {
    const train = synthetic(3, 4000, 1);
    const test = synthetic(4, 4000, 1);
    for (const quantile of [0.05, 0.5, 0.95]) {
      const model = trainBoostedTrees(train.rows, train.targets, {
        trees: 60,
        leaves: 8,
        minLeaf: 100,
        loss: { quantile },
      });
      const said = predictRows(model, test.rows, new Float64Array(4000));
      const below = said.filter((value, i) => test.targets[i]! <= value).length / 4000;
      // Both the training and the test rows are a draw.
      const band = 2.58 * Math.sqrt((2 * quantile * (1 - quantile)) / 4000);
      assert.ok(Math.abs(below - quantile) < band, `${quantile}: ${below}`);
    }
  });

  it("adds up its contributions to the prediction", () => {
    const { rows, targets } = synthetic(5, 500);
    const model = trainBoostedTrees(rows, targets, { trees: 40 });
    const out = new Float64Array(3);
    for (let i = 0; i < 20; i++) {
      const row = rows.features.subarray(i * 3, i * 3 + 3);
      const known = contributions(model, row, out);
      assert.ok(Math.abs(known + out[0]! + out[1]! + out[2]! - predictRow(model, row)) < 1e-9);
    }
  });

  it("visits less than half of the rows that the subtraction trick spares", () => {
    const { rows, targets } = synthetic(6, 2048);
    const grower = new TreeGrower(binRows(rows, 255), 2048, {
      leaves: 32,
      minLeaf: 10,
      lambda: 1,
      minGain: 1e-9,
    });
    for (let i = 0; i < 2048; i++) grower.order[i] = i;
    const tree = grower.grow(2048, Int32Array.of(0, 1, 2), targets);
    let inChildren = 0;
    tree.feature.forEach((_, node) => {
      if (node > 0) inChildren += tree.end[node]! - tree.begin[node]!;
    });
    assert.equal(tree.feature.length, 63);
    assert.ok(grower.rowsVisited - 2048 <= inChildren / 2, `${grower.rowsVisited} of ${inChildren}`);
    assert.deepEqual(
      [...grower.order].sort((a, b) => a - b),
      Array.from({ length: 2048 }, (_, i) => i),
    );
  });
});

describe("predict/boosting models", () => {
  const { rows, targets } = synthetic(7, 300);
  const options = { trees: 20, rowShare: 0.6, featureShare: 0.67 };

  it("gives the same model by the same seed, another by another", () => {
    const model = trainBoostedTrees(rows, targets, options);
    assert.deepEqual(trainBoostedTrees(rows, targets, options), model);
    assert.notDeepEqual(trainBoostedTrees(rows, targets, { ...options, seed: 2 }), model);
  });

  it("is the same after JSON", () => {
    const features = Float64Array.from(rows.features);
    features[5] = Number.NaN;
    const holed = { ...rows, features };
    const model = trainBoostedTrees(holed, targets, options);
    const back = readBoostedModel(JSON.parse(JSON.stringify(model)), "model.json");
    const said = predictRows(model, holed, new Float64Array(300));
    assert.deepEqual(predictRows(back, holed, new Float64Array(300)), said);
  });

  it("says the constant of constant targets, with no tree", () => {
    const model = trainBoostedTrees(rows, new Float64Array(300).fill(0.1), { trees: 9 });
    assert.equal(model.trees.length, 0);
    assert.ok(Math.abs(at(model, 0, 0, 0) - 0.1) < 1e-12);
    assert.equal(at(trainBoostedTrees(rowsOf([[1]]), Float64Array.of(7)), 3), 7);
  });

  it("refuses what is broken, naming it", () => {
    const thrown = (run: () => unknown, code: string, text: RegExp): void =>
      assert.throws(run, (error: RungError) => error.code === code && text.test(error.message));
    const one = rowsOf([[1], [2]]);
    const y = Float64Array.of(1, 2);
    thrown(
      () => trainBoostedTrees(rowsOf([[1], [Number.NEGATIVE_INFINITY]]), y),
      "boosting-rows",
      /row 1, feature 0 is infinite/,
    );
    thrown(
      () => trainBoostedTrees(one, Float64Array.of(1, Number.NaN)),
      "boosting-rows",
      /target of row 1 is NaN/,
    );
    thrown(() => trainBoostedTrees(one, Float64Array.of(1)), "boosting-rows", /2 rows need as many targets/);
    thrown(() => trainBoostedTrees({ ...one, columns: 2 }, y), "boosting-rows", /need 4 values, got 2/);
    thrown(
      () => trainBoostedTrees({ features: new Float64Array(0), count: 0, columns: 1 }, y),
      "boosting-rows",
      /need rows/,
    );
    for (const bad of [
      { trees: 0 },
      { leaves: 1 },
      { bins: 256 },
      { minLeaf: 0.5 },
      { learningRate: 0 },
      { rowShare: 2 },
      { featureShare: Number.NaN },
      { lambda: -1 },
      { seed: 0.5 },
      { loss: { quantile: 1 } },
    ])
      thrown(() => trainBoostedTrees(one, y, bad), "boosting-option", new RegExp(Object.keys(bad)[0]!));
    const model = trainBoostedTrees(one, y, ONE_TREE);
    thrown(() => at(model, 1, 2), "boosting-columns", /trained on 1 features, got 2/);
    const broken = (change: object): void =>
      thrown(() => readBoostedModel({ ...model, ...change }, "m.json"), "boosted-model", /^m.json/);
    thrown(() => readBoostedModel(null, "m.json"), "boosted-model", /no boosted trees/);
    broken({ version: 2 });
    broken({ columns: 0 });
    broken({ base: null });
    broken({ loss: "huber" });
    broken({ trees: {} });
    broken({ gain: [] });
    for (const change of [
      { left: [0, -1, -1] },
      { left: [2, -1, -1] },
      { feature: [1, -1, -1] },
      { value: [1, 2] },
    ])
      broken({ trees: [{ ...model.trees[0]!, ...change }] });
  });
});
