import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { quantile } from "../../../runtime/core/statistics/quantile.ts";
import { selectQuantiles } from "../../../runtime/core/statistics/select-quantiles.ts";

const SHARES = [0, 0.001, 0.05, 0.5, 0.5, 0.95, 1];

describe("quantiles by selection", () => {
  it("are those of the sorted sample, for any size, ties and order", () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed);
      const size = 1 + random.integer(200);
      // Every third sample has many ties, every fourth is in order already.
      const values = Float64Array.from({ length: size }, () =>
        seed % 3 === 0 ? random.integer(4) : random.normal(),
      );
      if (seed % 4 === 0) values.sort();
      const expected = SHARES.map((share) => quantile(values, share));
      const found = selectQuantiles(Float64Array.from(values), SHARES);
      found.forEach((value, i) => {
        assert.ok(Math.abs(value - expected[i]!) < 1e-12, `seed ${seed}, share ${SHARES[i]}`);
      });
    }
  });

  it("of nothing are no number", () => {
    assert.deepEqual(selectQuantiles(new Float32Array(), [0.5]), [Number.NaN]);
  });
});
