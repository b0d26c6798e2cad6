import assert from "node:assert/strict";
import { recommendationView } from "../../nodes/dashboard/recommendation/recommendation.ts";
import type { Comparison, Recommendation } from "../../runtime/prescribe/recommendation.ts";
import { riskOf } from "../../runtime/prescribe/risk.ts";

const exactly = (value: number) => ({ value, low: value, high: value });
const gas = (baseline: number, scenario: number): Comparison => ({
  what: "gas per body",
  unit: "kWh",
  baseline: exactly(baseline),
  scenario: exactly(scenario),
  difference: exactly(scenario - baseline),
});

function recommendation(nominalKWh: number, nominalHits: number): Recommendation {
  const risks = (hits: number) => ({ underCure: riskOf(hits, 4000), overBake: riskOf(0, 4000) });
  return {
    kind: "recommendation",
    id: "oven1/setpoints/1",
    twin: "oven1",
    title: "Save gas: zone 6 −8.0 K",
    changes: [{ target: "oven1/zone6/airTemperatureSetpoint", from: 180, to: 172, unit: "°C" }],
    comparisons: [gas(24.16, 23.5)],
    constraints: [
      {
        name: "bodies below E170 10 min",
        value: 0,
        limit: 0.1,
        unit: "%",
        verdict: "free",
        hard: false,
      },
    ],
    projected: { address: "oven1/exit/rocker", unit: "°C", interval: exactly(170), afterUs: 1 },
    nominal: { changes: [], comparisons: [gas(24.16, nominalKWh)] },
    risks: { baseline: risks(5), scenario: risks(0), nominal: risks(nominalHits) },
    evidence: [],
    modelVersion: "oven-1",
    madeAtUs: 0,
    expiresUs: 10,
  };
}

describe("recommendation card", () => {
  it("shows the risk of each side with its bound, and what nominal would save and cost", () => {
    const view = recommendationView(recommendation(19.8, 1240), 1);
    assert.equal(
      view.nominalWarning,
      "Nominal would save 18.0 % of the gas, but 31 % of the bodies would be under-cured.",
    );
    assert.deepEqual(view.underCure!.nominal.percent, 31);
    assert.equal(view.underCure!.scenario.percent, 0);
    // No hit in 4,000: 1 - 0.05^(1/4000).
    assert.ok(Math.abs(view.underCure!.scenario.upperPercent - 100 * (1 - 0.05 ** (1 / 4000))) < 1e-9);
  });

  it("says nothing of a nominal optimum that risks no more than is allowed, or of no risks", () => {
    assert.equal(recommendationView(recommendation(23, 4), 1).nominalWarning, "");
    const { risks: _, ...older } = recommendation(19.8, 1240);
    const view = recommendationView(older, 1);
    assert.deepEqual([view.underCure, view.nominalWarning], [null, ""]);
  });

  it("does not call it a saving where nominal would need more gas", () => {
    assert.equal(
      recommendationView(recommendation(25, 1240), 1).nominalWarning,
      "Nominal would use 3.5 % more gas, and 31 % of the bodies would be under-cured.",
    );
  });
});
