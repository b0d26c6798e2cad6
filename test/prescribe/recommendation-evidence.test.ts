import assert from "node:assert/strict";
import type { Comparison, Constraint, Recommendation } from "../../runtime/prescribe/recommendation.ts";
import {
  recommendationEvidence,
  recommendationFaults,
} from "../../runtime/prescribe/recommendation-evidence.ts";

const TWIN = "acme/leipzig/paint/oven1";
const interval = { value: 20, low: 19, high: 21 };
const gas: Comparison = {
  what: "gas per body",
  unit: "kWh",
  baseline: interval,
  scenario: interval,
  difference: { value: 0, low: -1, high: 1 },
};
const step: Constraint = {
  name: "largest step between zones",
  value: 30,
  limit: 40,
  unit: "K",
  verdict: "free",
  hard: true,
};
/** What is weighed where not all can be kept. */
const soft: Constraint = {
  name: "bodies below E170 10 min",
  value: 0.25,
  limit: 0.1,
  unit: "%",
  verdict: "violated",
  hard: false,
};
const recommendation: Recommendation = {
  kind: "recommendation",
  id: "r1",
  twin: TWIN,
  title: "less gas",
  changes: [{ target: `${TWIN}/zone3/airTemperatureSetpoint`, from: 195, to: 193, unit: "°C" }],
  comparisons: [gas],
  constraints: [step],
  projected: { address: `${TWIN}/exit/rocker`, unit: "°C", interval, afterUs: 1 },
  evidence: [],
  modelVersion: "m",
  madeAtUs: 0,
  expiresUs: 1,
};
const look = (proposed: Recommendation | undefined, modelVersion = "m") =>
  recommendationEvidence(
    { twin: TWIN, proposed, modelVersion, timeUs: 9e6, newestUs: 9e6, periodUs: 30e6, readingsPeriodUs: 5e6 },
    "o",
  );

describe("recommendation as evidence of row 4", () => {
  it("holds where every figure has its interval and no constraint is broken, and where nothing is proposed", () => {
    for (const proposed of [recommendation, undefined]) {
      const { verdict, value, validUntilUs, periodUs } = look(proposed);
      assert.deepEqual([verdict, value, validUntilUs, periodUs], ["holds", 0, 309e6, 5e6]);
    }
  });

  it("fails naming the figure without an interval, and the constraint that is broken", () => {
    const bare = { ...gas, scenario: { value: 20, low: Number.NaN, high: 21 } };
    const outside = { ...recommendation.projected, interval: { value: 20, low: 21, high: 22 } };
    const point = { ...recommendation.projected, interval: { value: 20, low: 20, high: 20 } };
    for (const [proposed, cause] of [
      [{ ...recommendation, comparisons: [bare] }, /how sure it is of gas per body$/],
      [{ ...recommendation, projected: outside }, /how sure it is of the projected .*exit\/rocker$/],
      [{ ...recommendation, projected: point }, /the projected/],
      [{ ...recommendation, comparisons: [] }, /no figure is projected/],
      [{ ...recommendation, constraints: [] }, /no constraint is told$/],
      [
        { ...recommendation, constraints: [step, soft] },
        /does not respect its constraints: bodies below E170 10 min \(0\.25 % against 0\.1 %\)$/,
      ],
      [
        { ...recommendation, constraints: [{ ...step, verdict: "violated" }] },
        /does not respect its constraints: largest step/,
      ],
    ] as const) {
      const record = look(proposed as Recommendation);
      assert.equal(record.verdict, "fails");
      assert.match(record.cause!, cause);
      assert.ok(record.value! >= 1);
    }
    assert.deepEqual(recommendationFaults(recommendation), { uncertain: [], broken: [], beyond: [] });
  });

  it("holds for one that mends a cure which is beyond its limits already, and names what it leaves beyond", () => {
    const mend = { ...recommendation, mends: true, constraints: [step, soft] };
    const { verdict, what } = look(mend);
    assert.equal(verdict, "holds");
    assert.match(
      what,
      /which mends the cure and leaves beyond: bodies below E170 10 min \(0\.25 % against 0\.1 %\)$/,
    );
    const stretched = { ...step, verdict: "violated" as const };
    assert.equal(
      look({ ...mend, constraints: [stretched, soft] }).verdict,
      "fails",
      "zones and steps are hard",
    );
  });

  it("collects once the model is calibrated anew, and names both versions", () => {
    const { verdict, what, progress } = look(recommendation, "n");
    assert.deepEqual([verdict, progress], ["collecting", { n: 0, of: 1 }]);
    assert.match(what, /the model as it is \(n; the last one was made with m\)/);
    assert.equal(look(undefined, "n").verdict, "holds", "nothing proposed stands on no model");
    const both = { ...recommendation, constraints: [soft] };
    assert.equal(look(both, "n").verdict, "fails", "what is broken stays broken");
  });
});
