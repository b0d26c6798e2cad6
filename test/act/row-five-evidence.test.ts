import assert from "node:assert/strict";
import { actuatorEvidence } from "../../runtime/act/row-five-evidence.ts";
import type { ActuatorStatus, EnvelopeStatus, WriteRecord } from "../../runtime/act/status.ts";
import { TWIN } from "./oven-envelope.ts";

const ABOUT = { twin: TWIN, node: "n", timeUs: 1_790_000_000e6 };

/** What an actuator says whose envelope is armed to act. */
function armedStatus({ writes = [], targets = [] }: Partial<EnvelopeStatus>): ActuatorStatus {
  return {
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
        observed: { inside: 20, outside: 0, needed: 20, enough: true },
        targets,
        writes,
      },
    ],
    approvals: [],
    counts: {},
    resultSeq: 0,
  };
}

/** The record of that name. */
function record(status: ActuatorStatus, name: string) {
  const { value, limit, verdict, cause } = actuatorEvidence(status, null, ABOUT).find(
    ({ id }) => id === `${TWIN}/5/${name}`,
  )!;
  return { value, limit, verdict, ...(cause === undefined ? {} : { cause }) };
}

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
  return record(armedStatus({ writes }), "read-back");
}

describe("what a request block says about row 5", () => {
  const target = (zone: number, hasRequestBlock: boolean) => ({
    address: `${TWIN}/zone${zone}/sp`,
    unit: "°C",
    min: 150,
    max: 220,
    hasRequestBlock,
    setpoint: 180,
    inForce: null,
    beforeArm: null,
  });

  it("without one it fails, however it is armed, and says so", () => {
    assert.equal(record(armedStatus({ targets: [target(1, true)] }), "armed").verdict, "holds");
    assert.deepEqual(
      record(armedStatus({ targets: [target(1, true), target(2, false), target(3, false)] }), "armed"),
      {
        value: 0,
        limit: "armed to act",
        verdict: "fails",
        cause: `the PLC has no request block for ${TWIN}/zone2/sp and 1 more: it can only advise`,
      },
    );
  });
});

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
