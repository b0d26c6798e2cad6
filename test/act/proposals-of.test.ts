import assert from "node:assert/strict";
import { proposalsOf } from "../../runtime/act/proposals-of.ts";
import type { Constraint, Recommendation } from "../../runtime/prescribe/recommendation.ts";
import { TWIN } from "./oven-envelope.ts";

const [ZONE1, ZONE2] = [`${TWIN}/zone1/sp`, `${TWIN}/zone2/sp`];
const constraint = (changes: Partial<Constraint>): Constraint => ({
  name: "zone 3 to zone 4",
  value: 41,
  limit: 40,
  unit: "K",
  verdict: "violated",
  hard: true,
  ...changes,
});
const PROJECTED = {
  address: `${TWIN}/exit/roof`,
  unit: "°C",
  interval: { value: 172, low: 170, high: 174 },
  baseline: { value: 168, low: 166, high: 169 },
  afterUs: 600e6,
};

const recommendation = (changes: Partial<Recommendation> = {}): Recommendation => ({
  kind: "recommendation",
  id: "r1",
  twin: TWIN,
  title: "Save gas",
  changes: [
    { target: ZONE1, from: 180, to: 185, unit: "°C" },
    { target: ZONE2, from: 180, to: 180.2, unit: "°C" },
  ],
  comparisons: [],
  constraints: [],
  projected: PROJECTED,
  evidence: ["e1"],
  modelVersion: "1",
  madeAtUs: 0,
  expiresUs: 300e6,
  ...changes,
});

describe("the proposals of a recommendation", () => {
  it("carry what is projected and what the simulation says, one per setpoint that changes", () => {
    const [one, ...rest] = proposalsOf(recommendation(), [ZONE2]);
    assert.deepEqual(rest, []);
    assert.deepEqual(one, {
      kind: "proposal",
      id: `r1/${ZONE1}`,
      target: ZONE1,
      value: 185,
      unit: "°C",
      expiresUs: 300e6,
      evidence: ["e1"],
      recommendation: "r1",
      projected: PROJECTED,
      check: { passed: true, what: "no hard limit is broken" },
    });
  });

  it("say that a hard limit is broken, and leave those that are weighed to the optimiser", () => {
    const check = (constraints: Constraint[]) => proposalsOf(recommendation({ constraints }))[0]!.check!;
    assert.deepEqual(check([constraint({})]), { passed: false, what: "zone 3 to zone 4 41 K, limit 40" });
    assert.equal(check([constraint({ hard: false })]).passed, true);
    assert.equal(check([constraint({ verdict: "at limit" })]).passed, true);
  });

  it("say where the projection counts on later changes, and claim nothing that is not there", () => {
    const later = [{ afterS: 300, changes: [{ target: ZONE1, to: 190 }] }];
    assert.deepEqual(proposalsOf(recommendation({ later }))[0]!.projected, {
      ...PROJECTED,
      countsOnLater: true,
    });
    const bare = { ...recommendation(), projected: undefined, constraints: undefined };
    const [proposal] = proposalsOf(bare as unknown as Recommendation);
    assert.equal("projected" in proposal! || "check" in proposal!, false);
  });
});
