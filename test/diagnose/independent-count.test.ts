import assert from "node:assert/strict";
import { Random } from "../../runtime/core/random.ts";
import { independentCount } from "../../runtime/diagnose/independent-count.ts";

describe("diagnose/independent count", () => {
  it("counts what stays on a side once, and what alternates in full", () => {
    assert.equal(independentCount(new Float64Array(64).fill(2), 1), 1);
    assert.equal(
      independentCount(
        Float64Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? 1 : -1)),
        1,
      ),
      50,
    );
    assert.equal(independentCount(new Float64Array(50), 1), 50);
    assert.equal(independentCount(Float64Array.of(1, 9, 1, 9), 2), 1, "looks at every second value only");
  });

  it("is a case done by hand: lags 1 and 2 of 1, 1, 0, -1, -1", () => {
    // Squares sum to 4; lag 1: 1 + 0 + 0 + 1 = 2; lag 2: 0 - 1 + 0 = -1, where it ends. 5 / (1 + 2 * 2 / 4).
    assert.equal(independentCount(Float64Array.of(1, 1, 0, -1, -1), 1), 2.5);
  });

  it("comes to n (1 - phi) / (1 + phi) for an autoregressive series, over many seeds", () => {
    let sum = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed);
      let x = 0;
      const values = Float64Array.from({ length: 4000 }, () => (x = 0.8 * x + random.normal()));
      sum += independentCount(values, 1);
    }
    const expected = (4000 * 0.2) / 1.8;
    assert.ok(Math.abs(sum / 40 / expected - 1) < 0.15, `${sum / 40}, expected ${expected}`);
  });
});
