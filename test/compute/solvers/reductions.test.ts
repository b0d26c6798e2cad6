import assert from "node:assert/strict";
import type { KernelArray } from "../../../runtime/compute/kernel.ts";
import type { Reduction } from "../../../runtime/compute/solvers/reductions.ts";
import { reduce } from "../../../runtime/compute/solvers/reductions-kernel.ts";
import { reducePlain } from "../../../runtime/compute/solvers/reductions-plain.ts";
import { AT_ONCE } from "../../../runtime/compute/solvers/solver-control.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";

describe("reductions", () => {
  const of = <R extends Reduction>(values: KernelArray, reduction: R) => reduce(values, reduction, AT_ONCE);

  it("sums a tenth ten million times without drift", async () => {
    const tenths = new Float32Array(10_000_000).fill(0.1);
    const exact = 10_000_000 * Math.fround(0.1);
    assert.ok(Math.abs((await reduce(tenths, { of: "sum" }, AT_ONCE)) / exact - 1) < 1e-14);
    assert.ok(Math.abs((await reduce(tenths, { of: "mean" }, AT_ONCE)) / Math.fround(0.1) - 1) < 1e-14);
  });

  it("keeps small numbers beside a large one within a block", async () => {
    const values = new Float64Array(4096).fill(1);
    values[0] = 2 ** 52;
    // Two of the four running sums hold no large number; the plain lane, compensated, loses nothing at all.
    assert.equal(await reduce(values, { of: "sum" }, AT_ONCE), 2 ** 52 + 4095);
    assert.equal(reducePlain(values, { of: "sum" }), 2 ** 52 + 4095);
  });

  it("takes quantiles as numpy does: linear between order statistics", async () => {
    const values = Float64Array.of(7, -1, 3, 5);
    const parts = [0, 0.25, 0.5, 0.9, 1];
    const found = await reduce(values, { quantiles: parts }, AT_ONCE);
    // numpy.quantile([7, -1, 3, 5], parts)
    const expected = [-1, 2, 4, 6.4, 7];
    for (const [i, quantile] of found.entries()) assert.ok(Math.abs(quantile - expected[i]!) < 1e-15);
  });

  it("counts as numpy does: the last bin holds the greatest value", async () => {
    const { low, high, counts } = await reduce(Int32Array.of(0, 1, 2, 3, 4, 4), { histogram: 4 }, AT_ONCE);
    assert.deepEqual([low, high, [...counts]], [0, 4, [1, 1, 1, 3]]);
    const alike = await reduce(Uint8Array.of(9, 9, 9), { histogram: 3 }, AT_ONCE);
    assert.deepEqual([...alike.counts], [3, 0, 0]);
  });

  it("agrees with the plain lane on every kind of array, and gives the same bits with any number of threads", async () => {
    const random = new Random(11);
    const normal = () => random.normal() * 10 ** random.integer(6) * (random.integer(2) - 0.5);
    const reductions: Reduction[] = [
      { of: "sum" },
      { of: "mean" },
      { of: "min" },
      { of: "max" },
      { quantiles: [0, 0.001, 0.5, 0.77, 1] },
      { histogram: 37 },
    ];
    for (const length of [1, 2, 5, 4095, 4096, 4097, 300_001]) {
      const arrays: KernelArray[] = [
        Float32Array.from({ length }, normal),
        Float64Array.from({ length }, normal),
        Int32Array.from({ length }, () => random.integer(2 ** 31) - 2 ** 30),
        Uint8Array.from({ length }, () => random.integer(256)),
      ];
      for (const values of arrays)
        for (const reduction of reductions) {
          const one = await reduce(values, reduction, AT_ONCE, 1);
          assert.deepEqual(await reduce(values, reduction, AT_ONCE, 2), one);
          const plain = reducePlain(values, reduction);
          if (!("of" in reduction)) assert.deepEqual(one, plain);
          else {
            const size = Array.from(values).reduce((sum, value) => sum + Math.abs(value), 0);
            assert.ok(Math.abs((one as number) - (plain as number)) <= 1e-14 * size);
          }
        }
    }
  });

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

  it("leaves values that are not finite out of a histogram, wherever they stand, for every type of floats", async () => {
    const random = new Random(5);
    for (const array of [Float32Array, Float64Array]) {
      const values = array.from(Array.from({ length: 600_000 }, () => random.normal()));
      for (let i = 0; i < values.length; i += 1000)
        values[i] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][i % 3]!;
      const found = await of(values, { histogram: 21 });
      assert.equal(found.leftOut, 600);
      assert.deepEqual(found, reducePlain(values, { histogram: 21 }));
    }
    const none = await of(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY), { histogram: 2 });
    assert.deepEqual(none, { low: Number.NaN, high: Number.NaN, counts: new Float64Array(2), leftOut: 2 });
  });

  it("has bins for ranges that overflow and for ranges below the smallest normal number", async () => {
    const most = Number.MAX_VALUE;
    const wide = Float64Array.of(-most, -most / 2, 0, most / 2, most);
    assert.deepEqual((await of(wide, { histogram: 4 })).counts, Float64Array.of(1, 1, 1, 2));
    const least = Number.MIN_VALUE;
    const narrow = Float64Array.of(0, least, 2 * least, 3 * least, 4 * least);
    assert.deepEqual((await of(narrow, { histogram: 4 })).counts, Float64Array.of(1, 1, 1, 2));
    for (const values of [wide, narrow])
      assert.deepEqual(await of(values, { histogram: 3 }), reducePlain(values, { histogram: 3 }));
  });

  it("breathes within a long array", async () => {
    let breaths = 0;
    const breathe = async (): Promise<void> => {
      breaths += 1;
    };
    const ones = new Uint8Array(4 * 2 ** 20).fill(1);
    assert.equal(await reduce(ones, { of: "sum" }, { breathe }), 4 * 2 ** 20);
    assert.equal(breaths, 15);
  });

  it("refuses what is no reduction", async () => {
    for (const reduction of [{ quantiles: [95] }, { histogram: 0 }, { histogram: 1.5 }])
      await assert.rejects(
        of(Float32Array.of(1), reduction as Reduction),
        (error) => error instanceof RungError && error.code === "compute-reduction",
      );
  });
});
