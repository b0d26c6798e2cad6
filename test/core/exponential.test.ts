import assert from "node:assert/strict";
import { exponential, toExponential } from "../../runtime/core/exponential.ts";
import { Random } from "../../runtime/core/random.ts";

/** Uniform numbers, and some near both ends and near every step of the table. */
function numbers(): Float64Array {
  const random = new Random(7);
  const drawn = new Float64Array(50_000);
  random.fillUniform(drawn);
  const ends = Array.from({ length: 52 }, (_, e) => [2 ** -(e + 1), 1 - 2 ** -(e + 1)]).flat();
  const steps = Array.from({ length: 257 }, (_, j) => (256 - j) / 512).flatMap((u) => [
    u,
    u - 1e-12,
    u + 1e-12,
  ]);
  return Float64Array.from([0, 1 - 2 ** -53, ...ends, ...steps.filter((u) => u > 0 && u < 1), ...drawn]);
}

describe("an exponential draw", () => {
  it("is -mean log(1 - u) within 1e-15 of Math.log", () => {
    for (const u of numbers()) {
      const exact = -3.7 * Math.log(1 - u);
      const own = exponential(u, 3.7);
      assert.ok(Math.abs(own - exact) <= 1e-15 * exact, `${u}: ${own} is not ${exact}`);
    }
  });

  it("is the same by itself and in a block of any length", () => {
    const all = numbers();
    for (const length of [0, 1, 255, 256, 257, all.length]) {
      const block = all.slice(0, length);
      toExponential(block, 0.2);
      for (const [i, own] of block.entries()) assert.ok(Object.is(own, exponential(all[i]!, 0.2)));
    }
  });
});
