import assert from "node:assert/strict";
import { type AuditedWrite, auditedWrites, envelopeBreaches } from "./envelope-breaches.ts";

const LIMITS = [{ address: "z1", min: 150, max: 220, maxStep: 8, ratePerMinute: 12 }];
const write = (prior: number, value: number, atS: number, target = "z1"): AuditedWrite => ({
  target,
  value,
  prior,
  plantTimeUs: 1_790_000_000e6 + atS * 1e6,
});

describe("what the closed loop's test calls outside the envelope", () => {
  it("nothing at the limits themselves", () => {
    assert.deepEqual(envelopeBreaches([write(212, 220, 0), write(220, 216, 59)], LIMITS), []);
    assert.deepEqual(envelopeBreaches([write(158, 150, 0), write(150, 158, 60)], LIMITS), []);
  });

  for (const [what, writes, breaches] of [
    ["a value", [write(216, 221, 0)], ["z1: 221 is not within 150 to 220"]],
    ["no value", [write(216, Number.NaN, 0)], 3],
    ["a write without a prior", [write(Number.NaN, 180, 0)], 2],
    ["a step", [write(190, 181, 0)], ["z1: a step of 9, at most 8"]],
    ["steps to and fro", [write(180, 187, 0), write(187, 180, 59)], ["z1: 14 in a minute, at most 12"]],
    ["another target", [write(180, 181, 0, "z2")], ["z2 is not in the envelope"]],
  ] as const) {
    it(`${what}`, () => {
      const found = envelopeBreaches(writes, LIMITS);
      if (typeof breaches === "number") assert.equal(found.length, breaches, found.join("; "));
      else assert.deepEqual(found, breaches);
    });
  }

  it("reads value, prior and plant time from the audit, which writes them", () => {
    const data = {
      id: "p1",
      envelope: "e",
      target: "z1",
      value: 185,
      prior: 180,
      unit: "°C",
      plantTimeUs: 7,
    };
    const record = { seq: 1, at: "", event: "write", data, previous: "", hash: "" };
    assert.deepEqual(auditedWrites([record, { ...record, event: "decision" }] as never), [
      { target: "z1", value: 185, prior: 180, plantTimeUs: 7 },
    ]);
  });
});
