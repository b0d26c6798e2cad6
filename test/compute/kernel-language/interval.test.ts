import assert from "node:assert/strict";
import {
  arithmeticInterval,
  between,
  callInterval,
  eitherInterval,
  exactly,
  type Interval,
  narrowed,
  negativeInterval,
} from "../../../runtime/compute/kernel-language/interval.ts";
import { Random } from "../../../runtime/core/random.ts";

/** A number as a backend has it, rounded to a float at each step, and what is claimed of it. */
interface Claim {
  readonly value: number;
  readonly of: Interval;
}

function drawn(random: Random, depth: number): Claim {
  if (depth === 0) {
    if (random.uniform() < 0.2) {
      const value = Math.fround((random.uniform() - 0.5) * 10 ** random.integer(10));
      return { value, of: exactly(value) };
    }
    const low = random.integer(40) - 20;
    const high = low + random.integer(40);
    if (random.uniform() < 0.7)
      return { value: low + random.integer(high - low + 1), of: between(low, high, true) };
    return { value: Math.fround(low + (high - low) * random.uniform()), of: between(low, high, false) };
  }
  const a = drawn(random, depth - 1);
  const b = drawn(random, depth - 1);
  const call = (name: string, value: number, ...of: Interval[]): Claim => ({
    value: Math.fround(value),
    of: callInterval(name, of),
  });
  switch (random.integer(13)) {
    case 0:
    case 1:
      return { value: Math.fround(a.value + b.value), of: arithmeticInterval("+", a.of, b.of) };
    case 2:
      return { value: Math.fround(a.value - b.value), of: arithmeticInterval("-", a.of, b.of) };
    case 3:
      return { value: Math.fround(a.value * b.value), of: arithmeticInterval("*", a.of, b.of) };
    case 4:
      return { value: Math.fround(a.value / b.value), of: arithmeticInterval("/", a.of, b.of) };
    case 5:
      return { value: -a.value, of: negativeInterval(a.of) };
    case 6:
      return call("floor", Math.floor(a.value), a.of);
    case 7:
      return call("round", Math.round(a.value), a.of);
    case 8:
      return call("min", Math.min(a.value, b.value), a.of, b.of);
    case 9:
      return call("max", Math.max(a.value, b.value), a.of, b.of);
    case 10:
      return call("abs", Math.abs(a.value), a.of);
    case 11:
      return call("remainder", a.value % b.value, a.of, b.of);
    default:
      return { value: random.uniform() < 0.5 ? a.value : b.value, of: eitherInterval(a.of, b.of) };
  }
}

describe("intervals of a kernel's numbers", () => {
  it("hold what 32-bit floats make of 20 000 random expressions", () => {
    const random = new Random(11);
    let known = 0;
    for (let round = 0; round < 20_000; round++) {
      const { value, of } = drawn(random, 1 + random.integer(4));
      if (!Number.isFinite(value)) continue;
      const text = `${value} in ${JSON.stringify(of)}, round ${round}`;
      assert.ok(value >= of.low - of.slack && value <= of.high + of.slack, text);
      if (of.whole) assert.ok(Number.isInteger(value), text);
      if (Number.isFinite(of.low)) known += 1;
    }
    assert.ok(known > 10_000, `${known} are bounded`);
  });

  it("narrow by what a test tells", () => {
    const x = between(0, 9, true);
    const told = (operator: Parameters<typeof narrowed>[1], than: Interval): [number, number] => {
      const { low, high } = narrowed(x, operator, than);
      return [low, high];
    };
    assert.deepEqual(told("<", exactly(4)), [0, 3]);
    assert.deepEqual(told("<=", exactly(4)), [0, 4]);
    assert.deepEqual(told(">", exactly(4)), [5, 9]);
    assert.deepEqual(told(">=", exactly(4)), [4, 9]);
    assert.deepEqual(told("===", exactly(4)), [4, 4]);
    assert.deepEqual(told("!==", exactly(0)), [1, 9]);
    assert.deepEqual(told("!==", exactly(9)), [0, 8]);
    assert.deepEqual(told("!==", exactly(4)), [0, 9]);
    assert.deepEqual(told("<", between(2, 6, true)), [0, 5]);
    assert.deepEqual(told("<", exactly(4.5)), [0, 4.5]);
  });
});
