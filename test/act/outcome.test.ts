import assert from "node:assert/strict";
import { checkRecommendation } from "../../runtime/act/check-recommendation.ts";
import { envelopeFromConfig } from "../../runtime/act/envelope-config.ts";
import { missesAllowed, OutcomeBook } from "../../runtime/act/outcome.ts";
import type { ProposalResult } from "../../runtime/act/proposal.ts";
import { proposalsOf } from "../../runtime/act/proposals-of.ts";
import { readRecommendation } from "../../runtime/act/read-recommendation.ts";
import { outcomeEvidence } from "../../runtime/act/row-five-evidence.ts";
import type { Recommendation } from "../../runtime/prescribe/recommendation.ts";
import { ovenEnvelope, TWIN } from "./oven-envelope.ts";

const ZONE1 = `${TWIN}/zone1/airTemperatureSetpoint`;
const ZONE2 = `${TWIN}/zone2/airTemperatureSetpoint`;
const ROOF = `${TWIN}/exit/roof`;
const NOW_US = 1_790_000_000e6;

const recommendation = (changes: Partial<Recommendation> = {}): Recommendation => ({
  kind: "recommendation",
  id: "r1",
  twin: TWIN,
  title: "Compensate zone 1",
  changes: [
    { target: ZONE1, from: 180, to: 186, unit: "°C" },
    { target: ZONE2, from: 180, to: 180.2, unit: "°C" },
  ],
  comparisons: [],
  constraints: [],
  projected: { address: ROOF, unit: "°C", interval: { value: 172, low: 170, high: 174 }, afterUs: 600e6 },
  evidence: [],
  modelVersion: "1",
  madeAtUs: NOW_US,
  expiresUs: NOW_US + 300e6,
  ...changes,
});
const verified = (timeUs: number): ProposalResult => ({
  kind: "proposal-result",
  id: "r1/x",
  target: ZONE1,
  value: 186,
  unit: "°C",
  state: "verified",
  reason: "",
  timeUs,
});

describe("a recommendation on its way to the actuator", () => {
  it("is split into one proposal per setpoint that changes", () => {
    const proposals = proposalsOf(recommendation(), [ZONE2]);
    assert.deepEqual(
      proposals.map(({ id, target, value, unit, recommendation: of }) => [id, target, value, unit, of]),
      [[`r1/${ZONE1}`, ZONE1, 186, "°C", "r1"]],
    );
  });

  it("nothing else passes for one: a scenario, a frame, a sibling's state, a broken one", () => {
    for (const payload of [{ kind: "scenario" }, { kind: "proposal" }, {}, null, "text", { zone1: 180 }]) {
      assert.throws(() => readRecommendation(payload), /expected a recommendation from an optimise node/);
    }
    const broken = { ...recommendation(), changes: [{ target: ZONE1, from: 1, to: Number.NaN, unit: "°C" }] };
    assert.throws(() => readRecommendation(broken), /a broken one/);
  });

  it("is checked against the envelope, with every reason", () => {
    const inside = checkRecommendation(recommendation(), ovenEnvelope(), "h", NOW_US);
    assert.deepEqual([inside.verdict, inside.negligible], ["inside", [ZONE2]]);
    const changes = [
      { target: ZONE1, from: 180, to: 230, unit: "°C" },
      { target: ZONE2, from: 180, to: 185, unit: "kW" },
      { target: `${TWIN}/zone7/airTemperatureSetpoint`, from: 180, to: 185, unit: "°C" },
    ];
    const refused = checkRecommendation(
      recommendation({ changes, expiresUs: NOW_US }),
      ovenEnvelope(),
      "h",
      NOW_US,
    );
    assert.equal(refused.verdict, "refused");
    assert.deepEqual(refused.reasons, [
      "the recommendation is expired",
      `${ZONE1}: 230 °C is not within 150 to 220`,
      `${ZONE1}: a step of 50 °C, at most 10`,
      `${ZONE2} is set in °C, the recommendation says kW`,
      `${TWIN}/zone7/airTemperatureSetpoint is not in envelope Oven 1`,
    ]);
  });

  it("an envelope comes from the node's table, paths below the twin, numbers as text", () => {
    const at = "ns=1;s=Oven1.Zone1";
    const row = {
      target: "zone1/airTemperatureSetpoint",
      setpoint: `${at}.AirTempSP`,
      request: `${at}.Request`,
      local: `${at}.Local`,
      inputs: `${at}.AirTemp, ${at}.FanFlow`,
      unit: "degC",
      min: "150",
      max: "220",
      maxStep: "10",
      ratePerMinute: "15",
      deadband: "0.5",
    };
    const config = {
      id: "e1",
      name: "Oven 1",
      targets: [row],
      state: "ns=1;s=Oven1.State",
      permittedStates: "6, 11",
    };
    const [target] = envelopeFromConfig(config, TWIN).targets;
    assert.equal(target!.address, ZONE1);
    assert.equal(target!.unit, "°C");
    assert.deepEqual(target!.permittedStates, [6, 11]);
    assert.deepEqual(target!.nodeIds.inputs, [`${at}.AirTemp`, `${at}.FanFlow`]);
    assert.throws(
      () =>
        envelopeFromConfig({ ...config, state: "", targets: [{ ...row, min: "230", maxStep: "" }] }, TWIN),
      /min must be below max, got 230 and 220.*node id of the machine state is missing.*largest step must be/,
    );
  });
});

describe("outcome", () => {
  it("judges by the first measurement at or after the projected time", () => {
    const book = new OutcomeBook();
    book.acted(recommendation(), verified(NOW_US));
    book.acted(recommendation(), verified(NOW_US + 10e6));
    assert.deepEqual(book.measured(ROOF, 100, "°C", NOW_US + 609e6), []);
    assert.deepEqual(book.measured(ZONE1, 100, "°C", NOW_US + 700e6), []);
    const [outcome] = book.measured(ROOF, 445.15, "K", NOW_US + 610e6);
    assert.equal(outcome!.inside, true);
    assert.ok(Math.abs(outcome!.realised - 172) < 1e-9);
    assert.equal(outcome!.actedUs, NOW_US + 10e6);
    assert.deepEqual(book.measured(ROOF, 100, "°C", NOW_US + 900e6), []);
    assert.deepEqual(book.judged, [true]);
  });

  it("counts no action that was not verified, and marks one that a later action overlaps", () => {
    const book = new OutcomeBook();
    book.acted(recommendation(), { ...verified(NOW_US), state: "observed" });
    assert.equal(book.waiting, 0);
    book.acted(recommendation(), verified(NOW_US));
    book.acted(recommendation({ id: "r2" }), verified(NOW_US + 60e6));
    const first = book.measured(ROOF, 180, "°C", NOW_US + 600e6);
    assert.deepEqual(
      first.map(({ recommendation: of, inside, superseded }) => [of, inside, superseded]),
      [["r1", false, true]],
    );
    assert.equal(book.waiting, 1);
  });

  it("allows 4 misses of 20 and not 5; before 20 it collects", () => {
    assert.equal(missesAllowed(4, 20), true);
    assert.equal(missesAllowed(5, 20), false);
    const about = { twin: TWIN, node: "n", timeUs: NOW_US };
    const of = (misses: number, n: number) => [...Array(misses).fill(false), ...Array(n - misses).fill(true)];
    assert.deepEqual(outcomeEvidence(of(0, 19), about).progress, { n: 19, of: 20 });
    assert.equal(outcomeEvidence(of(0, 19), about).verdict, "collecting");
    assert.equal(outcomeEvidence(of(4, 20), about).verdict, "holds");
    assert.equal(outcomeEvidence(of(5, 20), about).verdict, "fails");
    assert.match(outcomeEvidence(of(5, 20), about).cause!, /5 of the last 20/);
  });
});
