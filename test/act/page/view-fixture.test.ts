import assert from "node:assert/strict";
import { VIEWS } from "./view-fixture.ts";

describe("states of the page that are looked at", () => {
  it("say of an observed decision what its figures say", () => {
    let judged = 0;
    for (const [state, { envelopes }] of Object.entries(VIEWS))
      for (const { observed } of Object.values(envelopes))
        for (const { id, judgedBy, projected, realised, inside } of observed) {
          if (realised === undefined) continue;
          const { low, high } = judgedBy === "change" ? projected.interval : projected.baseline!;
          assert.equal(inside, low <= realised && realised <= high, `${state}, ${id}: ${realised}`);
          judged += 1;
        }
    assert.ok(judged > 0);
  });
});
