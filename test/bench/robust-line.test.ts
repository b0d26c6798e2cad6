import assert from "node:assert/strict";
import { robustLine } from "../../bench/screens/robust-line.ts";
import { Random } from "../../runtime/core/random.ts";

const X = Array.from({ length: 60 }, (_, i) => i);

describe("a robust line", () => {
  it("is the line through points that lie on one, whatever a few of them do", () => {
    const y = X.map((x) => 100 + 2 * x);
    for (const i of [3, 20, 41, 59]) y[i] = 10_000;
    const { slope, start, low, high } = robustLine(X, y);
    assert.ok(Math.abs(slope - 2) < 1e-9 && Math.abs(start - 100) < 1e-9, `${start} + ${slope} x`);
    assert.ok(low <= 2 && high >= 2);
  });

  it("holds the true slope in its interval in about 95 of 100 seeds, where noise is independent", () => {
    let held = 0;
    for (let seed = 0; seed < 400; seed++) {
      const random = new Random(seed);
      const { low, high } = robustLine(
        X,
        X.map((x) => 0.3 * x + 5 * random.normal()),
      );
      if (low <= 0.3 && high >= 0.3) held++;
    }
    // Binomial, 400 draws of 0.95: 99.9 % of the time above 364 and below 394.
    assert.ok(held > 364 && held < 394, `${held} of 400`);
  });

  it("is refused of a few points", () => {
    assert.throws(() => robustLine([1, 2], [1, 2]), RangeError);
  });
});
