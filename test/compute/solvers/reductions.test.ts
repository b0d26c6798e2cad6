import assert from "node:assert/strict";
import type { ReducibleArray, Reduction } from "../../../runtime/compute/solvers/reductions.ts";
import { reduce } from "../../../runtime/compute/solvers/reductions-kernel.ts";
import { reducePlain } from "../../../runtime/compute/solvers/reductions-plain.ts";
import { AT_ONCE } from "../../../runtime/compute/solvers/solver-control.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";

describe("reductions", () => {
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
      const arrays: ReducibleArray[] = [
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

  it("refuses what has no order or no sum, and says where it stands", async () => {
    const values = new Float32Array(5000).fill(1);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      values[4321] = odd;
      for (const reduction of [{ of: "max" }, { quantiles: [0.5] }, { histogram: 3 }] as const)
        await assert.rejects(
          reduce(values, reduction, AT_ONCE),
          (error) => error instanceof RungError && error.message.includes(`value 4321 is ${odd}`),
        );
    }
    for (const [array, reduction] of [
      [new Float32Array(0), { of: "sum" }],
      [Float32Array.of(1), { quantiles: [95] }],
      [Float32Array.of(1), { histogram: 0 }],
    ] as const)
      await assert.rejects(
        reduce(array, reduction, AT_ONCE),
        (error) => error instanceof RungError && error.code === "solver-input",
      );
  });
});
