import assert from "node:assert/strict";
import { Random } from "../../runtime/core/random.ts";
import { wanders } from "../../runtime/diagnose/wandering.ts";

describe("diagnose/wandering", () => {
  it("is more than half of the variance in the means of ten stretches", () => {
    // Each stretch is its step, -a or a, plus noise of -1 and 1: a² of a² + 1 is between the stretches.
    const steps = (a: number): Float64Array =>
      Float64Array.from(
        { length: 100 },
        (_, r) => (Math.floor(r / 10) % 2 === 0 ? a : -a) + (r % 2 === 0 ? 1 : -1),
      );
    assert.equal(wanders(steps(0.99)), false);
    assert.equal(wanders(steps(1.01)), true);
  });

  it("tells a random walk from noise and from a level that comes back, over many seeds", () => {
    const walks = { 1: 0, 0.9: 0, 0: 0 };
    for (let seed = 1; seed <= 50; seed++) {
      for (const phi of [1, 0.9, 0] as const) {
        const random = new Random(seed);
        let x = 0;
        if (
          wanders(
            Float64Array.from({ length: 400 }, () => {
              x = phi * x + random.normal();
              return x;
            }),
          )
        )
          walks[phi]++;
      }
    }
    assert.equal(walks[0], 0);
    assert.ok(walks[1] >= 45, `${walks[1]} of 50 walks`);
    assert.ok(walks[0.9] <= 5, `${walks[0.9]} of 50 that come back`);
  });
});
