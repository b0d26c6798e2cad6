import assert from "node:assert/strict";
import type { Reduction } from "../../runtime/compute/compute-options.ts";
import type { KernelArray } from "../../runtime/compute/kernel.ts";
import { reduce } from "../../runtime/compute/reduction.ts";
import { Random } from "../../runtime/core/random.ts";

describe("reductions of a kept array", () => {
  let breaths = 0;
  const breathe = async (): Promise<void> => {
    breaths += 1;
  };
  const of = <R extends Reduction>(array: KernelArray, reduction: R) => reduce(array, reduction, breathe);

  it("finds minimum, maximum, mean and sum of every type", async () => {
    for (const array of [Float32Array, Float64Array, Int32Array, Uint8Array]) {
      const values = array.from([3, 250, 7, 0, 40]);
      assert.equal(await of(values, { of: "min" }), 0);
      assert.equal(await of(values, { of: "max" }), 250);
      assert.equal(await of(values, { of: "sum" }), 300);
      assert.equal(await of(values, { of: "mean" }), 60);
    }
    assert.equal(await of(Float64Array.of(-5, -2), { of: "max" }), -2);
  });

  it("sums without losing small values beside large ones", async () => {
    assert.equal(await of(Float64Array.of(1e16, 1, -1e16), { of: "sum" }), 1);
    const tenths = new Float64Array(1e6).fill(0.1);
    assert.equal(await of(tenths, { of: "sum" }), 1e5);
  });

  it("says NaN where a value is none, and goes on with infinities", async () => {
    const withNaN = Float64Array.of(1, Number.NaN, 3);
    for (const kind of ["min", "max", "mean", "sum"] as const) {
      assert.equal(await of(withNaN, { of: kind }), Number.NaN);
    }
    assert.deepEqual(await of(withNaN, { quantiles: [0, 1] }), Float64Array.of(Number.NaN, Number.NaN));
    const infinite = Float64Array.of(Number.NEGATIVE_INFINITY, 1, Number.POSITIVE_INFINITY);
    assert.equal(await of(infinite, { of: "min" }), Number.NEGATIVE_INFINITY);
    assert.equal(await of(infinite, { of: "max" }), Number.POSITIVE_INFINITY);
    assert.equal(
      await of(Float64Array.of(1, Number.POSITIVE_INFINITY), { of: "sum" }),
      Number.POSITIVE_INFINITY,
    );
    assert.deepEqual(
      await of(infinite, { quantiles: [0, 0.5, 1] }),
      Float64Array.of(Number.NEGATIVE_INFINITY, 1, Number.POSITIVE_INFINITY),
    );
  });

  it("has no minimum, mean or quantile of nothing, and a sum of 0", async () => {
    const none = new Float32Array();
    assert.equal(await of(none, { of: "min" }), Number.NaN);
    assert.equal(await of(none, { of: "mean" }), Number.NaN);
    assert.equal(await of(none, { of: "sum" }), 0);
    assert.deepEqual(await of(none, { quantiles: [0.5] }), Float64Array.of(Number.NaN));
    assert.deepEqual((await of(none, { histogram: 2 })).counts, Float64Array.of(0, 0));
  });

  it("finds quantiles as sorting does, exactly, for every type", async () => {
    const random = new Random(11);
    const probabilities = [0, 0.001, 0.05, 1 / 3, 0.5, 0.95, 0.999, 1];
    const wide = Array.from({ length: 5001 }, () => random.normal() * 10 ** (random.normal() * 20));
    for (const array of [
      Float64Array.from([...wide, 0, -0, Number.MIN_VALUE, -Number.MIN_VALUE]),
      Float32Array.from({ length: 4000 }, () => random.normal()),
      Int32Array.from({ length: 3000 }, () => random.normal() * 1e8),
      Uint8Array.from({ length: 777 }, () => random.uniform() * 256),
    ]) {
      const sorted = array.slice().sort();
      const expected = probabilities.map((p) => {
        const at = (sorted.length - 1) * p;
        const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
        return low === high ? low : low + (at - Math.floor(at)) * (high - low);
      });
      const found = await of(array, { quantiles: probabilities });
      assert.deepEqual([...found], expected);
    }
    // numpy.quantile([1, 2, 3, 4], [.1, .5, .9])
    assert.deepEqual(
      [...(await of(Float64Array.of(4, 1, 3, 2), { quantiles: [0.1, 0.5, 0.9] }))],
      [1.3, 2.5, 3.7],
    );
  });

  it("counts a histogram from the least to the greatest value", async () => {
    const { low, high, counts, leftOut } = await of(
      Float64Array.of(0, 1, 1.9, 2, 3.5, 4, Number.NaN, Number.POSITIVE_INFINITY),
      { histogram: 4 },
    );
    assert.deepEqual({ low, high, leftOut }, { low: 0, high: 4, leftOut: 2 });
    assert.deepEqual(counts, Float64Array.of(1, 2, 1, 2));
    const same = await of(Float32Array.of(7, 7), { histogram: 3 });
    assert.deepEqual(same, { low: 7, high: 7, counts: Float64Array.of(2, 0, 0), leftOut: 0 });
    const widest = await of(Float64Array.of(-Number.MAX_VALUE, 0, Number.MAX_VALUE), { histogram: 2 });
    assert.deepEqual(widest.counts, Float64Array.of(1, 2));
  });

  it("breathes within a long array", async () => {
    breaths = 0;
    assert.equal(await of(new Uint8Array(4 * 2 ** 20).fill(1), { of: "sum" }), 4 * 2 ** 20);
    assert.equal(breaths, 15);
  });
});
