import assert from "node:assert/strict";
import { join } from "node:path";
import type { ActuatorStatus, EnvelopeStatus } from "../../runtime/act/status.ts";
import { calibrationFile } from "../../runtime/diagnose/calibration-file.ts";
import { actuatorFacts, runningFacts } from "../../runtime/host/passport/running-facts.ts";
import { Services } from "../../runtime/host/services.ts";
import type { HostFacts } from "../../runtime/ladder/passport/host-facts.ts";
import type { SourcePiece } from "../../runtime/ladder/passport/pieces.ts";
import { removeHome, temporaryHome } from "./host-process.ts";

const TWIN = "acme/oven1";

function envelope(id: string, more: Partial<EnvelopeStatus> = {}): EnvelopeStatus {
  return {
    id,
    name: id,
    twin: TWIN,
    wantedHash: "a",
    commissionedHash: "a",
    commissioned: true,
    retired: false,
    commissionedHow: "by anna",
    arming: { mode: "observe", armedBy: [], armedForMs: 0, hold: null, disarmedBecause: null },
    armedUntilMs: null,
    armRequest: null,
    checks: [],
    observed: { inside: 0, outside: 0, needed: 0, enough: true },
    targets: [],
    writes: [],
    ...more,
  };
}

const armed = (mode: "advise" | "act"): Partial<EnvelopeStatus> => ({
  arming: { mode, armedBy: ["anna"], armedForMs: 1000, hold: null, disarmedBecause: null },
  armedUntilMs: 5000,
});

function client(envelopes: readonly EnvelopeStatus[]) {
  const status: ActuatorStatus = {
    kind: "actuator-status",
    pid: 1,
    reality: "virtual",
    personsToArm: 1,
    isolation: { isolated: true, measured: true, reasons: [] },
    plant: { connected: true, problem: null, timeUs: 0, speed: 1 },
    hostSilentMs: 100,
    audit: { whole: true, breaks: [] },
    envelopes,
    approvals: [],
    counts: {},
    resultSeq: 0,
  };
  return { status, problem: null, page: "http://127.0.0.1:1/" };
}

/** Name and mode of the envelope that is told of. */
function told(envelopes: readonly EnvelopeStatus[], twins: readonly string[] = [TWIN]) {
  const facts = actuatorFacts(client(envelopes), twins);
  assert.ok(facts !== "absent" && !("notKnown" in facts));
  return facts.envelope && [facts.envelope.name, facts.envelope.mode];
}

const targetWith = (hasRequestBlock: boolean) => ({
  address: `${TWIN}/zone1/sp`,
  unit: "°C",
  min: 1,
  max: 2,
  hasRequestBlock,
  setpoint: null,
  inForce: null,
  beforeArm: null,
});

describe("what the running product knows for a passport", () => {
  it("an envelope without any request block writes nothing, armed or not", () => {
    const advised = envelope("advised", { ...armed("advise"), targets: [targetWith(false)] });
    assert.deepEqual(told([advised]), ["advised", "observe"]);
    const partly = envelope("partly", {
      ...armed("advise"),
      targets: [targetWith(false), targetWith(true)],
    });
    assert.deepEqual(told([advised, partly]), ["partly", "advise"]);
  });

  it("of several envelopes tells the one that lets the most through", () => {
    assert.deepEqual(
      told([envelope("one"), envelope("two", armed("act")), envelope("three", armed("advise"))]),
      ["two", "act"],
    );
    const gone = envelope("gone", { ...armed("act"), retired: true });
    assert.deepEqual(told([gone, envelope("here")]), ["here", "observe"]);
    const changed = envelope("changed", { ...armed("act"), commissioned: false });
    assert.deepEqual(told([changed, envelope("asks", armed("advise"))]), ["asks", "advise"]);
  });

  it("takes an envelope by its twin or by a target inside one of the twins, and no other", () => {
    const target = targetWith(true);
    const other = envelope("other", {
      twin: "acme/x",
      targets: [{ ...target, address: `${TWIN}/zone1/sp` }],
    });
    assert.deepEqual(told([other]), ["other", "observe"]);
    assert.equal(told([envelope("far", { twin: "acme/oven11" })]), null);
    assert.deepEqual(told([envelope("part")], ["acme/shop", TWIN]), ["part", "observe"]);
  });

  it("says when nobody can write, and when nobody knows", () => {
    assert.equal(actuatorFacts({ status: undefined, problem: "gone", page: null }, [TWIN]), "absent");
    assert.deepEqual(actuatorFacts({ status: undefined, problem: "refused", page: "http://x/" }, [TWIN]), {
      notKnown: "refused",
    });
  });

  describe("of a home", () => {
    let home: string;
    let services: Services;
    let facts: HostFacts;
    before(() => {
      home = temporaryHome();
      services = new Services(home);
      facts = runningFacts(services);
    });
    after(async () => {
      await services.close();
      removeHome(home);
    });

    it("reads a detector's stored calibration, and says where there is none", () => {
      const none = { notKnown: "no calibration is stored" };
      assert.deepEqual(facts.calibration(TWIN, "det"), none);
      const calibration = { version: 2, rows: 2000, fromUs: 1, toUs: 2, validUntilUs: 3 };
      calibrationFile(join(home, "detect"), "det", TWIN).save({ twin: TWIN, calibration } as never);
      const { hash, ...rest } = facts.calibration(TWIN, "det") as { hash: string };
      assert.match(hash, /^[0-9a-f]{64}$/);
      assert.deepEqual(rest, { rows: 2000, fromUs: 1, toUs: 2, validUntilUs: 3 });
      calibrationFile(join(home, "detect"), "old", TWIN).save({ calibration: { version: 1 } } as never);
      assert.deepEqual(facts.calibration(TWIN, "old"), none);
    });

    it("has heard nothing of a source that never sent, and no clock without a link", () => {
      const source = { node: "src", type: "rung-opcua-source" } as SourcePiece;
      assert.deepEqual(facts.heard(TWIN, source), { notKnown: "nothing came from it yet" });
      assert.equal(facts.clockUs(TWIN), undefined);
    });
  });
});
