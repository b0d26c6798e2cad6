import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Approvals } from "../../runtime/act/approvals.ts";
import { AuditLog, readAudit } from "../../runtime/act/audit/audit-log.ts";
import { Authority } from "../../runtime/act/authority.ts";
import { envelopeHash } from "../../runtime/act/envelope.ts";
import { EnvelopeDesk } from "../../runtime/act/envelope-desk.ts";
import { EnvelopeKeeper, type KeptEnvelope } from "../../runtime/act/envelope-keeper.ts";
import type { ObservedCount } from "../../runtime/act/observed-decision.ts";
import { readActuatorSettings } from "../../runtime/act/plant/actuator-settings.ts";
import type { Person } from "../../runtime/act/rights.ts";
import type { RungError } from "../../runtime/core/errors.ts";
import { ovenEnvelope, withoutBlock, zoneTarget } from "./oven-envelope.ts";

const ID = "envelope-oven1";
const DAY_MS = 86_400_000;

describe("the envelope desk of a live plant", () => {
  let directory: string;
  let audit: AuditLog;
  let keeper: EnvelopeKeeper;
  let desk: EnvelopeDesk;
  let people: Map<string, Person>;
  let observed: ObservedCount;

  const put = (name: string, changes: Partial<Person> = {}) =>
    people.set(name, { name, role: "engineer", scopes: [""], setBy: "boss", setAtMs: 0, ...changes });
  const kept = (): KeptEnvelope => keeper.require(ID);
  const arm = (by: string) => desk.arm(ID, "act", 10, by);

  function open(): void {
    audit = new AuditLog(directory);
    keeper = new EnvelopeKeeper(directory, {}, new Set());
    desk = new EnvelopeDesk({
      keeper,
      audit,
      approvals: new Approvals(),
      settings: { reality: "live", personsToArm: 2 },
      authority: new Authority("live", (name) => people.get(name)),
      judge: () => undefined,
      isolation: () => ({ isolated: true, measured: true, reasons: [] }),
      observed: () => observed,
    });
  }
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rung-desk-"));
    people = new Map();
    observed = { inside: 20, outside: 0, needed: 20, enough: true };
    for (const name of ["anna", "ben"]) put(name);
    open();
    const { hash } = desk.want(ovenEnvelope());
    desk.commission(ID, hash, "anna");
  });
  afterEach(() => {
    audit.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it("is armed by two engineers, and by no one twice", () => {
    assert.equal(arm("anna"), "second-person-needed");
    assert.equal(arm("anna"), "second-person-needed");
    assert.equal(kept().arming.armed, false);
    assert.equal(arm("ben"), "armed");
    assert.deepEqual(kept().arming.state(0).armedBy, ["anna", "ben"]);
  });

  for (const [what, changes] of [
    ["an operator", { role: "operator" }],
    ["a viewer", { role: "viewer" }],
    ["an engineer of another shop", { scopes: ["acme/leipzig/press"] }],
  ] as const) {
    it(`lets ${what} neither commission nor arm`, () => {
      put("cleo", changes);
      assert.throws(() => arm("cleo"), /cleo: /);
      assert.throws(() => desk.commission(ID, kept().wantedHash, "cleo"), /cleo: /);
      assert.equal(kept().armRequest, undefined);
    });
  }

  it("may be armed to advise without a request block, and never to act", () => {
    const targets = [zoneTarget(1), withoutBlock(zoneTarget(2))];
    desk.commission(ID, desk.want({ ...ovenEnvelope(), targets }).hash, "anna");
    assert.throws(
      () => arm("anna"),
      /no request block for acme\/leipzig\/paint\/oven1\/zone2\/airTemperatureSetpoint: it can only advise/,
    );
    assert.equal(kept().armRequest, undefined);
    assert.equal(desk.arm(ID, "advise", 10, "anna"), "second-person-needed");
    assert.equal(desk.arm(ID, "advise", 10, "ben"), "armed");
    desk.commission(ID, desk.want(ovenEnvelope()).hash, "anna");
    assert.equal(arm("anna"), "second-person-needed");
    assert.equal(arm("ben"), "armed");
  });

  it("is stopped by an operator of the shop and by the host, not by a viewer", () => {
    put("cleo", { role: "operator", scopes: ["acme/leipzig/paint"] });
    put("dora", { role: "viewer" });
    for (const by of ["cleo", undefined]) {
      arm("anna");
      arm("ben");
      assert.throws(() => desk.disarm(ID, "dora"), /is viewer: disarm needs operator/);
      assert.equal(kept().arming.armed, true);
      desk.disarm(ID, by);
      assert.equal(kept().arming.armed, false);
      assert.equal(readAudit(directory).records.at(-1)!.data.cause, `by ${by ?? "the host"}`);
    }
  });

  it("1,000 envelopes wanted and disarmed by the host are 32, and no disarm stands in the audit", () => {
    const codes = new Map<string, number>();
    const lines = readAudit(directory).records.length;
    for (let i = 0; i < 1_000; i++) {
      const target = zoneTarget(1);
      const targets = [{ ...target, address: `${target.address}${i}` }];
      try {
        desk.want({ ...ovenEnvelope(), id: `made up ${i}`, targets });
        desk.disarm(`made up ${i}`, undefined);
      } catch (error) {
        const { code } = error as RungError;
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
    }
    assert.deepEqual([...codes], [["too-many", 968]]);
    const added = readAudit(directory).records.slice(lines);
    assert.deepEqual(
      [added.length, new Set(added.map(({ event }) => event))],
      [32, new Set(["envelope-wanted"])],
    );
    desk.disarm(ID, undefined);
    assert.equal(readAudit(directory).records.length, lines + 32, "it was not armed");
    // A known one is taken all the same, and one that is retired makes room.
    desk.want(ovenEnvelope({ max: 215 }));
    desk.retire(keeper.require("made up 0"));
    desk.want({ ...ovenEnvelope(), id: "new", targets: [zoneTarget(7)] });
  });

  it("a disarm ends what a first person asked for, and says so", () => {
    arm("anna");
    desk.disarm(ID, undefined);
    assert.equal(readAudit(directory).records.at(-1)!.event, "disarm");
    assert.equal(arm("ben"), "second-person-needed");
  });

  it("forgets a first person who lost the right, the account or the password's owner meanwhile", () => {
    arm("anna");
    put("anna", { role: "operator" });
    assert.throws(() => arm("ben"), /anna: is operator: arm needs engineer/);
    people.delete("anna");
    assert.throws(() => arm("ben"), /anna: is nobody/);
    put("anna", { setBy: "ben", setAtMs: Date.now() });
    assert.throws(() => arm("ben"), /in one hand within 24 h, that of ben/);
    assert.equal(kept().arming.armed, false);
  });

  it("does not take two accounts that one made within a day for two people", () => {
    put("anna", { setBy: "boss", setAtMs: Date.now() - DAY_MS / 2 });
    put("ben", { setBy: "boss", setAtMs: Date.now() - DAY_MS / 2 });
    arm("anna");
    assert.throws(() => arm("ben"), /accounts of anna and ben were in one hand within 24 h, that of boss/);
    put("ben", { setBy: "boss", setAtMs: Date.now() - DAY_MS - 1000 });
    assert.equal(arm("ben"), "armed");
  });

  it("is not armed before enough was observed", () => {
    observed = { inside: 19, outside: 2, needed: 20, enough: false };
    assert.throws(() => arm("anna"), /19 of 20 needed observed decisions inside their interval, 2 outside/);
    observed = { inside: 20, outside: 2, needed: 20, enough: true };
    assert.equal(arm("anna"), "second-person-needed");
    observed = { inside: 20, outside: 9, needed: 20, enough: false };
    assert.throws(() => arm("ben"), /9 outside/);
  });

  it("puts in force no commission that it cannot keep", () => {
    const file = join(directory, "envelopes.json");
    rmSync(file);
    mkdirSync(join(file, "in the way"), { recursive: true });
    const before = kept().commission;
    const { hash } = desk.want(ovenEnvelope({ max: 225 }));
    assert.throws(() => desk.commission(ID, hash, "anna"), /EISDIR|ENOTEMPTY|EEXIST/);
    assert.deepEqual([kept().commission, kept().governing], [before, undefined]);
  });

  it("lets an earlier arm stand where another is refused, and the audit tells of none", () => {
    arm("anna");
    arm("ben");
    kept().arming.causesAre(["zone 1 is stale"], 0);
    for (const [minutes, what] of [
      [10, /not now: zone 1 is stale/],
      [0, /must last more than 0 and at most 720 minutes/],
    ] as const) {
      desk.arm(ID, "act", minutes, "anna");
      assert.throws(() => desk.arm(ID, "act", minutes, "ben"), what);
    }
    assert.equal(kept().arming.mode, "act");
    const events = readAudit(directory).records.map(({ event }) => event);
    assert.deepEqual(
      events.filter((event) => event === "arm" || event === "disarm"),
      ["arm"],
    );
  });

  for (const mode of ["observe", "ACT", "", undefined, { toString: () => "act" }]) {
    it(`takes ${JSON.stringify(mode) ?? "nothing"} for no mode to arm in`, () => {
      assert.throws(() => desk.arm(ID, mode, 10, "anna"), /arms to advise or to act, not to/);
    });
  }

  describe("of two that were commissioned for one request block, one while the other was retired", () => {
    const other = { ...ovenEnvelope(), id: "other", name: "Other" };
    const renamed = {
      ...other,
      targets: other.targets.map((target) => ({ ...target, address: `${target.address}2` })),
    };
    const inForce = () => keeper.all().flatMap(({ id, governing }) => (governing === undefined ? [] : [id]));

    for (const [what, envelope] of [
      ["under the same addresses", other],
      ["under other addresses", renamed],
    ] as const) {
      it(`one is in force, ${what}, whichever comes back and after a restart`, () => {
        desk.retire(kept());
        desk.commission("other", desk.want(envelope).hash, "anna");
        assert.throws(
          () => desk.want(ovenEnvelope()),
          /is a target of envelope Other|is written by .* Other/,
        );
        assert.deepEqual(inForce(), ["other"]);
        audit.close();
        open();
        assert.deepEqual(inForce(), [], "the file does not tell which of them the flow has");
        assert.equal(keeper.holding(ovenEnvelope().targets[0]!.address), undefined);
        desk.want(ovenEnvelope());
        assert.deepEqual(inForce(), [ID]);
        assert.throws(() => desk.want(envelope), /is a target of envelope Oven 1|is written by .* Oven 1/);
        assert.deepEqual(inForce(), [ID]);
      });
    }

    it("a changed one comes back, and is not in force by its old commission", () => {
      desk.retire(kept());
      desk.commission("other", desk.want(renamed).hash, "anna");
      const { hash } = desk.want(ovenEnvelope({ max: 215 }));
      assert.throws(() => desk.commission(ID, hash, "anna"), { code: "node-taken" });
      assert.throws(() => desk.want(ovenEnvelope()), { code: "node-taken" });
      assert.deepEqual(inForce(), ["other"]);
    });
  });

  it("comes back from its retirement with a line in the audit", () => {
    desk.retire(kept());
    const { hash, commissioned } = desk.want(ovenEnvelope());
    assert.equal(commissioned, true);
    const { event, data } = readAudit(directory).records.at(-1)!;
    assert.deepEqual([event, data], ["envelope-wanted", { envelope: ID, hash }]);
  });

  it("takes a kept envelope for commissioned only where it says every limit it was commissioned with", () => {
    const file = join(directory, "envelopes.json");
    const [commission] = JSON.parse(readFileSync(file, "utf8"));
    const isInForce = (changed: object) => {
      writeFileSync(file, JSON.stringify([changed]));
      return new EnvelopeKeeper(directory, {}, new Set()).all().length === 1;
    };
    assert.equal(isInForce(commission), true);
    assert.equal(isInForce({ ...commission, hash: "0".repeat(64) }), false);
    // As an older version kept it: no rate per hour, and a hash that fits.
    const old = structuredClone(commission.envelope);
    for (const target of old.targets) delete target.ratePerHour;
    assert.equal(isInForce({ ...commission, envelope: old, hash: envelopeHash(old) }), false);
    const broken = { ...commission.envelope, targets: [] };
    assert.equal(isInForce({ ...commission, envelope: broken, hash: envelopeHash(broken) }), false);
  });
});

describe("settings of the actuator", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "rung-settings-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const read = (settings: object) => {
    writeFileSync(join(directory, "settings.json"), JSON.stringify(settings), { mode: 0o600 });
    return readActuatorSettings(directory);
  };
  const live = { reality: "live", endpoint: "opc.tcp://plc:4840", serverCertificate: "/plc.pem" };

  it("obey fewer people and fewer observed decisions on a virtual plant only", () => {
    const { personsToArm, observedToArm } = read({ ...live, personsToArm: 1, observedToArm: 3 });
    assert.deepEqual([personsToArm, observedToArm], [2, 20]);
    assert.equal(read({ ...live, observedToArm: 50 }).observedToArm, 50);
    assert.equal(read({ reality: "virtual", observedToArm: 3 }).observedToArm, 3);
    assert.equal(read({ reality: "virtual" }).observedToArm, 0, "the demo needs none");
  });

  it("refuse a limit that is no number", () => {
    for (const wrong of [
      { personsToArm: "two" },
      { observedToArm: null },
      { pollMs: -1 },
      { takeoverMs: {} },
    ])
      assert.throws(() => read({ ...live, ...wrong }), /must be a number of at least 0, got/);
  });
});
