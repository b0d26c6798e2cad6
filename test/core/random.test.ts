import assert from "node:assert/strict";
import { Random } from "../../runtime/core/random.ts";

describe("random", () => {
  // Golden values from an implementation written apart, in Python.
  it("gives the same stream for the same seed, for ever", () => {
    const random = new Random(42);
    assert.deepEqual(
      Array.from({ length: 5 }, () => random.uint32()),
      [3704290710, 166753127, 957952423, 1464233848, 469586928],
    );
    const other = new Random(42, 1);
    assert.deepEqual(
      Array.from({ length: 3 }, () => other.uniform()),
      [0.828823903304252, 0.7280524827169305, 0.29752421052240663],
    );
    const normal = new Random(7);
    assert.deepEqual(
      Array.from({ length: 3 }, () => normal.normal()),
      [-0.45299824265139216, -0.1527346985422818, -1.2285244290933768],
    );
  });

  it("gives unrelated streams for neighbouring seeds and streams", () => {
    const first = new Set([0, 1, 2, 3].flatMap((seed) => [0, 1].map((s) => new Random(seed, s).uint32())));
    assert.equal(first.size, 8);
  });

  it("has the moments of its distributions (100,000 draws, 5 sigma)", () => {
    const n = 100_000;
    const random = new Random(1);
    let sum = 0;
    let normalSum = 0;
    let normalSquares = 0;
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < n; i++) {
      const u = random.uniform();
      assert.ok(u >= 0 && u < 1);
      sum += u;
      const z = random.normal();
      normalSum += z;
      normalSquares += z * z;
      bins[random.integer(10)]! += 1;
    }
    assert.ok(Math.abs(sum / n - 0.5) < 5 / Math.sqrt(12 * n));
    assert.ok(Math.abs(normalSum / n) < 5 / Math.sqrt(n));
    assert.ok(Math.abs(normalSquares / n - 1) < 5 * Math.sqrt(2 / n));
    for (const count of bins) assert.ok(Math.abs(count - n / 10) < 5 * Math.sqrt(n * 0.09));
  });

  it("fills an array with what it draws one by one", () => {
    const [one, other] = [new Random(7, 3), new Random(7, 3)];
    const out = new Float64Array(1000);
    one.fillUniform(out);
    assert.deepEqual(
      out,
      Float64Array.from({ length: 1000 }, () => other.uniform()),
    );
    assert.equal(one.uniform(), other.uniform());
  });
});
