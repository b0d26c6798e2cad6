import assert from "node:assert/strict";
import { RIGHT_CAUSES } from "../../../bench/quality/tep-right-causes.ts";
import { ANCHORS, TepRuns } from "../../../bench/quality/tep-runs.ts";
import { TEP_ARCHIVE } from "../../../bench/quality/tep-series.ts";
import { needsFile } from "../../needs.ts";

describe("diagnose/cause on the Tennessee Eastman process", function () {
  this.timeout(30_000);
  let runs: TepRuns;
  before(function () {
    needsFile(this, TEP_ARCHIVE);
    runs = new TepRuns();
  });

  it("misses as many faulty rows as the anchors, within 0.02", () => {
    for (const [fault, t2, spe] of ANCHORS) {
      const [missedT2, missedSpe] = runs.missed(fault);
      assert.ok(Math.abs(missedT2 - t2) <= 0.02, `IDV ${fault} T²: ${missedT2}, anchor ${t2}`);
      assert.ok(Math.abs(missedSpe - spe) <= 0.02, `IDV ${fault} SPE: ${missedSpe}, anchor ${spe}`);
    }
  });

  it("has the right cause among the first four for at least five of seven faults, 3 h after the alarm", () => {
    const right = RIGHT_CAUSES.filter(({ fault, variables }) =>
      runs
        .causes(fault, 60, true)
        .slice(0, 4)
        .some(({ id }) => variables.includes(id)),
    );
    assert.ok(right.length >= 5, right.map(({ fault }) => fault).join());
  });
});
