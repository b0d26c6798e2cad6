import assert from "node:assert/strict";
import { Plant } from "../../plant/physics/plant.ts";
import { OvenPlc } from "../../plant/plc/oven-plc.ts";
import {
  freshRequestState,
  RESULT,
  type RequestInputs,
  type RequestState,
  scanRequest,
  setByHand,
} from "../../plant/plc/request-block.ts";

const LIMITS = { low: 110, high: 200 };
const T0 = 1_790_000_000e6;
const IDLE: RequestInputs = { value: 195, expected: 195, ttlMs: 60_000, heartbeat: 0, sequence: 0 };
const start = (): RequestState => freshRequestState(195, IDLE);
const ask = (more: Partial<RequestInputs>): RequestInputs => ({ ...IDLE, sequence: 1, ...more });
const scan = (
  state: RequestState,
  inputs: RequestInputs,
  nowUs = T0,
  local = false,
  emergencyStop = false,
): RequestState => scanRequest(state, inputs, LIMITS, nowUs, { local, emergencyStop });

describe("plant/plc: request block", () => {
  it("does nothing until the sequence changes", () => {
    const state = start();
    assert.equal(scan(state, { ...IDLE, value: 150, heartbeat: 9 }), state);
  });

  it("accepts, echoes the sequence and puts the value in force", () => {
    const state = scan(start(), ask({ value: 197.5 }));
    assert.deepEqual(
      [state.setpointC, state.result, state.echoSequence, state.remote],
      [197.5, RESULT.accepted, 1, true],
    );
    assert.equal(state.safeC, 195);
  });

  it("looks once: a value written after the sequence waits for the next sequence", () => {
    const state = scan(start(), ask({ value: 197 }));
    assert.equal(scan(state, ask({ value: 150 })).setpointC, 197);
  });

  for (const [value, inForce] of [
    [250, 200],
    [20, 110],
  ] as const) {
    it(`clamps ${value} to ${inForce} and says so`, () => {
      const state = scan(start(), ask({ value }));
      assert.deepEqual([state.setpointC, state.result], [inForce, RESULT.clamped]);
    });
  }

  const refusals: [string, Partial<RequestInputs>, boolean, number][] = [
    ["an expected value that is not in force", { value: 197, expected: 190 }, false, RESULT.refusedExpected],
    ["while the key is on local", { value: 197 }, true, RESULT.refusedLocal],
    ["a value that is no number", { value: Number.NaN }, false, RESULT.refusedNotANumber],
    ["a value beyond any REAL", { value: 1.1e38 }, false, RESULT.refusedNotANumber],
    ["an infinite value", { value: Number.POSITIVE_INFINITY }, false, RESULT.refusedNotANumber],
    ["an expected value that is no number", { expected: Number.NaN }, false, RESULT.refusedNotANumber],
  ];
  for (const [what, inputs, local, result] of refusals) {
    it(`refuses ${what}`, () => {
      const state = scan(start(), ask(inputs), T0, local);
      assert.deepEqual(
        [state.setpointC, state.result, state.echoSequence, state.remote],
        [195, result, 1, false],
      );
    });
  }

  it("forgives rounding of the expected value", () => {
    assert.equal(scan(start(), ask({ value: 196, expected: 195.04 })).result, RESULT.accepted);
    assert.equal(scan(start(), ask({ value: 196, expected: 195.06 })).result, RESULT.refusedExpected);
  });

  it("falls back to the last safe setpoint when the heartbeat stops, and keeps it while it beats", () => {
    let state = scan(start(), ask({ value: 198 }));
    state = scan(state, ask({ value: 198, heartbeat: 1 }), T0 + 50e6);
    state = scan(state, ask({ value: 198, heartbeat: 1 }), T0 + 109.999e6);
    assert.deepEqual([state.setpointC, state.result], [198, RESULT.accepted]);
    state = scan(state, ask({ value: 198, heartbeat: 1 }), T0 + 110e6);
    assert.deepEqual([state.setpointC, state.result, state.remote], [195, RESULT.timedOut, false]);
    const later = scan(state, ask({ value: 198, heartbeat: 2 }), T0 + 120e6);
    assert.equal(later.setpointC, 195, "a late heartbeat brings nothing back");
  });

  it("looks at the time before a heartbeat or a request that came too late", () => {
    const state = scan(start(), ask({ value: 198 }));
    const late = scan(state, ask({ value: 198, heartbeat: 1 }), T0 + 60e6);
    assert.deepEqual([late.setpointC, late.result], [195, RESULT.timedOut]);
    const further = scan(state, ask({ value: 199, expected: 198, sequence: 2 }), T0 + 60e6);
    assert.deepEqual([further.setpointC, further.result], [195, RESULT.refusedExpected]);
  });

  it("bounds the time to live by its own greatest, and refuses none at all", () => {
    const state = scan(start(), ask({ value: 198, ttlMs: 2 ** 32 - 1 }));
    assert.equal(scan(state, ask({ value: 198 }), T0 + 599.999e6).setpointC, 198);
    assert.equal(scan(state, ask({ value: 198 }), T0 + 600e6).setpointC, 195);
    const none = scan(start(), ask({ value: 198, ttlMs: 0 }));
    assert.deepEqual([none.setpointC, none.result], [195, RESULT.refusedUnusable]);
  });

  it("an emergency stop ends the request at once and refuses further ones until it is over", () => {
    let state = scan(start(), ask({ value: 198 }));
    state = scan(state, ask({ value: 198 }), T0 + 1e6, false, true);
    assert.deepEqual([state.setpointC, state.result, state.remote], [195, RESULT.emergencyStop, false]);
    state = scan(state, ask({ value: 197, sequence: 2 }), T0 + 2e6, false, true);
    assert.deepEqual([state.setpointC, state.result], [195, RESULT.emergencyStop]);
    assert.equal(scan(state, ask({ value: 197, sequence: 2 }), T0 + 3e6).setpointC, 195, "nothing replays");
    assert.equal(scan(state, ask({ value: 197, sequence: 3 }), T0 + 3e6).setpointC, 197);
  });

  it("keeps the setpoint within limits that are narrowed, and takes nothing within limits that are none", () => {
    const state = scan(start(), ask({ value: 198 }));
    const switches = { local: false, emergencyStop: false };
    const narrow = scanRequest(state, ask({ value: 198 }), { low: 110, high: 190 }, T0, switches);
    assert.deepEqual([narrow.setpointC, narrow.remote], [190, true]);
    assert.equal(
      scanRequest(narrow, ask({ value: 198 }), { low: 110, high: 190 }, T0 + 60e6, switches).setpointC,
      190,
    );
    for (const limits of [
      { low: 200, high: 110 },
      { low: Number.NaN, high: 200 },
      { low: 110, high: Number.POSITIVE_INFINITY },
    ]) {
      const refused = scanRequest(start(), ask({ value: 150 }), limits, T0, switches);
      assert.deepEqual([refused.setpointC, refused.result], [195, RESULT.refusedUnusable]);
      assert.equal(setByHand(start(), 150, limits).setpointC, 195);
    }
  });

  it("takes a chain of requests and falls back to the value before the first", () => {
    let state = scan(start(), ask({ value: 197 }));
    state = scan(state, ask({ value: 199, expected: 197, sequence: 2 }), T0 + 10e6);
    assert.deepEqual([state.setpointC, state.safeC], [199, 195]);
    state = scan(state, ask({ value: 199, expected: 197, sequence: 2 }), T0 + 71e6);
    assert.equal(state.setpointC, 195);
  });

  it("a refusal leaves the value in force, and its time to live running", () => {
    let state = scan(start(), ask({ value: 197 }));
    state = scan(state, ask({ value: 150, expected: 195, sequence: 2 }), T0 + 30e6);
    assert.deepEqual([state.setpointC, state.result, state.remote], [197, RESULT.refusedExpected, true]);
    assert.equal(scan(state, ask({ expected: 195, sequence: 2 }), T0 + 61e6).setpointC, 195);
  });

  it("the key on local takes over bumpless and for good", () => {
    let state = scan(start(), ask({ value: 197 }));
    state = scan(state, ask({ value: 197 }), T0 + 1e6, true);
    assert.deepEqual([state.setpointC, state.safeC, state.remote], [197, 197, false]);
    assert.equal(scan(state, ask({ value: 197 }), T0 + 999e6, false).setpointC, 197);
  });

  it("a value set by hand ends the request and becomes the safe one, clamped", () => {
    assert.equal(setByHand(start(), Number.NaN, LIMITS).setpointC, 195);
    const state = setByHand(scan(start(), ask({ value: 197 })), 203, LIMITS);
    assert.deepEqual([state.setpointC, state.safeC, state.remote], [200, 200, false]);
    assert.equal(scan(state, ask({ value: 197 }), T0 + 999e6).setpointC, 200);
  });

  it("wraps its sequence", () => {
    const last = ask({ value: 197, sequence: 2 ** 32 - 1 });
    const state = scan(start(), last);
    assert.equal(scan(state, ask({ value: 198, expected: 197, sequence: 0 })).setpointC, 198);
  });

  it("in the oven's PLC: the setpoint reaches the zone, and the PLC starts on safe setpoints", () => {
    const plant = new Plant({ seed: 1, startTimeUs: T0, warmUpS: 0 });
    plant.setSetpoint(3, 170);
    const plc = new OvenPlc(plant);
    assert.equal(plant.setpoint(3), 195);
    Object.assign(plc.inputs[2]!, ask({ value: 198 }));
    plc.scan();
    assert.equal(plant.setpoint(3), 198);
    assert.equal(plant.setpoint(2), 180);
    plant.step(61);
    plc.scan();
    assert.equal(plant.setpoint(3), 195);
    assert.equal(plc.state(3).result, RESULT.timedOut);
    assert.throws(() => plc.setByHand(0, 150), /zone: expected 1 to 6, got 0/);
    assert.throws(() => plc.turnKey(9, true), /zone: expected 1 to 6, got 9/);
  });
});
