import assert from "node:assert/strict";
import { actuatorEvidence } from "../../runtime/act/row-five-evidence.ts";
import type { ActuatorStatus, WriteRecord } from "../../runtime/act/status.ts";
import { TWIN } from "./oven-envelope.ts";

const ABOUT = { twin: TWIN, node: "n", timeUs: 1_790_000_000e6 };

/** The record on read-back after these writes, newest first. */
function readBack(...states: WriteRecord["state"][]) {
  const writes = states.map(
    (state): WriteRecord => ({
      target: `${TWIN}/zone1/airTemperatureSetpoint`,
      value: 185,
      prior: 180,
      unit: "°C",
      state,
      readBack: 185,
      reason: `${state}: why`,
      plantTimeUs: 0,
      atMs: 0,
    }),
  );
  const status: ActuatorStatus = {
    kind: "actuator-status",
    pid: 1,
    reality: "virtual",
    personsToArm: 1,
    isolation: { isolated: true, measured: true, reasons: [] },
    plant: { connected: true, problem: null, timeUs: 0, speed: 1 },
    hostSilentMs: 100,
    audit: { whole: true, breaks: [] },
    envelopes: [
      {
        id: "envelope-oven1",
        name: "Oven 1",
        twin: TWIN,
        wantedHash: "a",
        commissionedHash: "a",
        commissioned: true,
        retired: false,
        commissionedHow: "by anna",
        arming: { mode: "act", armedBy: ["anna"], armedForMs: 1, hold: null, disarmedBecause: null },
        armedUntilMs: 1,
        armRequest: null,
        checks: [],
        targets: [],
        writes,
      },
    ],
    approvals: [],
    counts: {},
    resultSeq: 0,
  };
  const { value, limit, verdict, cause } = actuatorEvidence(status, null, ABOUT).find(
    ({ id }) => id === `${TWIN}/5/read-back`,
  )!;
  return { value, limit, verdict, ...(cause === undefined ? {} : { cause }) };
}

describe("what the read-back says about row 5", () => {
  it("a person who took over, or turned the key, is no write that was not verified", () => {
    assert.deepEqual(readBack("taken-over", "verified", "local", "verified"), {
      value: 2,
      limit: "all of the last 2",
      verdict: "holds",
    });
  });

  it("nor is it one that was verified", () => {
    assert.deepEqual(readBack("taken-over", "local"), {
      value: null,
      limit: "all of the last 1",
      verdict: "collecting",
    });
  });

  for (const state of ["mismatch", "link-lost"] as const) {
    it(`a ${state} fails it, with its reason`, () => {
      assert.deepEqual(readBack("taken-over", state, "verified"), {
        value: 1,
        limit: "all of the last 2",
        verdict: "fails",
        cause: `1 of 2 not read back: ${state}: why`,
      });
    });
  }
});
