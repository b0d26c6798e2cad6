import assert from "node:assert/strict";
import { Random } from "../../runtime/core/random.ts";
import { ExactSum } from "../../runtime/describe/historian/exact-sum.ts";

const sumOf = (values: readonly number[]): number => {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum.value;
};

/** The true sum as an integer count of 2^-1074, rounded by BigInt to Float64 conversion. */
function trueSum(values: readonly number[]): number {
  const view = new DataView(new ArrayBuffer(8));
  let total = 0n;
  for (const value of values) {
    view.setFloat64(0, value);
    const bits = view.getBigUint64(0);
    const exponent = Number((bits >> 52n) & 0x7ffn);
    const fraction = bits & 0xfffffffffffffn;
    const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
    total += bits >> 63n ? -magnitude : magnitude;
  }
  // Number(BigInt) rounds to nearest, ties to even; the scale by 2^-1074 is exact while the result is normal.
  const size = total < 0n ? -total : total;
  const shift = BigInt(Math.max(0, size.toString(2).length - 1000));
  assert.equal(shift, 0n);
  return Number(total) * 2 ** -537 * 2 ** -537;
}

describe("exact sum", () => {
  it("knows the cases where a plain sum is wrong", () => {
    assert.equal(sumOf([]), 0);
    assert.equal(sumOf(Array.from({ length: 10 }, () => 0.1)), 1);
    assert.equal(sumOf([1e100, 1, -1e100]), 1);
    assert.equal(sumOf([1e16, 1, 1e-16]), 10000000000000002);
    assert.equal(sumOf([Number.POSITIVE_INFINITY, 1]), Number.POSITIVE_INFINITY);
    assert.equal(sumOf([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]), Number.NaN);
  });

  it("equals the sum in whole numbers, rounded once, in any order, 200 seeds", () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = new Random(seed);
      // Within 2^-1074 * 2^1000, so that the reference stays a finite Float64 count.
      const values = Array.from({ length: 50 }, () => random.normal() * 2 ** (random.integer(60) - 200));
      const expected = trueSum(values);
      assert.equal(sumOf(values), expected, `seed ${seed}`);
      assert.equal(sumOf([...values].reverse()), expected, `seed ${seed}, backwards`);
    }
  });
});
