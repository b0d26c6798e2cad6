import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Actuator } from "../../runtime/act/actuator.ts";
import { readAudit } from "../../runtime/act/audit/audit-log.ts";
import type { Envelope } from "../../runtime/act/envelope.ts";
import type { People, Person } from "../../runtime/act/people.ts";
import {
  type ActuatorSettings,
  pinnedCertificates,
  plantEndpoint,
  VIRTUAL_SETTINGS,
} from "../../runtime/act/plant/actuator-settings.ts";
import { PlantSession } from "../../runtime/act/plant/plant-session.ts";
import type { Proposal } from "../../runtime/act/proposal.ts";
import { canonicalHash } from "../../runtime/core/canonical-json.ts";
import { ovenEnvelope, TWIN, withoutBlock, zoneTarget } from "./oven-envelope.ts";
import { RequestBlockPlant } from "./request-block-plant.ts";

const ZONE1 = `${TWIN}/zone1/airTemperatureSetpoint`;
const ZONE2 = `${TWIN}/zone2/airTemperatureSetpoint`;
const HELD = { rowFour: { [TWIN]: { holds: true, cause: "" } } };

const engineer = (name: string): Person => ({
  name,
  role: "engineer",
  scopes: [""],
  setBy: "boss",
  setAtMs: 0,
});

describe("the actuator on a plant with a request block", function () {
  this.timeout(30_000);
  let home: string;
  let plant: RequestBlockPlant;
  let actuator: Actuator;
  let hostBeat: NodeJS.Timeout;
  let next = 0;

  const settings: ActuatorSettings = {
    ...VIRTUAL_SETTINGS,
    pollMs: 50,
    hysteresisMs: 200,
    takeoverMs: 400,
    hostSilenceMs: 400,
    readBackWithinMs: 300,
  };
  const directory = () => join(home, "actuator");

  function startActuator(changes: Partial<ActuatorSettings> = {}, people?: Pick<People, "find">): Actuator {
    const all = { ...settings, ...changes };
    const made = new Actuator({
      directory: directory(),
      settings: all,
      session: new PlantSession({
        endpoint: () => plantEndpoint(all, home),
        certificates: () => pinnedCertificates(all, home),
        login: () => ({ user: "actuator", password: plant.password }),
        directory: directory(),
        retryMs: 100,
        requestMs: 1000,
      }),
      ...(people === undefined ? {} : { people }),
      home,
    });
    made.start();
    return made;
  }
  function beatAsHost(to: Actuator): void {
    clearInterval(hostBeat);
    to.heartbeat(HELD);
    hostBeat = setInterval(() => to.heartbeat(HELD), 100);
  }
  const proposal = (target: string, value: number, changes: Partial<Proposal> = {}): Proposal => ({
    kind: "proposal",
    id: `p${++next}`,
    target,
    value,
    unit: "°C",
    expiresUs: plant.nowUs() + 60e6,
    evidence: [],
    recommendation: `r${next}`,
    ...changes,
  });
  const propose = async (target: string, value: number, changes: Partial<Proposal> = {}) =>
    (await actuator.propose([proposal(target, value, changes)]))[0]!;
  const status = () => actuator.status().envelopes[0]!;
  const shown = (id: string) => actuator.status().approvals.find((one) => one.id === id)!.hash;

  async function until(what: string, holds: () => boolean): Promise<void> {
    const end = performance.now() + 8_000;
    while (!holds()) {
      if (performance.now() > end)
        assert.fail(`never: ${what}; ${JSON.stringify(actuator.status(), null, 1)}`);
      await sleep(20);
    }
  }
  async function ready(envelope: Envelope = ovenEnvelope()): Promise<void> {
    actuator.want(envelope);
    beatAsHost(actuator);
    await until("every check holds", () => status().checks.every((check) => check.holds));
  }
  async function armed(): Promise<void> {
    await ready();
    actuator.arm("envelope-oven1", "act", 10, "anna");
  }

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-act-"));
    mkdirSync(join(home, "run"));
    writeFileSync(join(home, "run", "host.json"), JSON.stringify({ pid: process.pid, port: 0 }));
    plant = new RequestBlockPlant();
    await plant.start(home);
    writeFileSync(join(home, "run", "plant.json"), JSON.stringify({ port: plant.port }));
  });
  after(async () => {
    await plant.stop();
    rmSync(home, { recursive: true, force: true });
  });
  beforeEach(() => {
    for (const file of ["audit.jsonl", "audit-head.json", "envelopes.json"]) {
      rmSync(join(directory(), file), { force: true });
    }
    Object.assign(plant, { mood: "obeys", state: 6, frozen: false, speed: 1, heartbeats: 0 });
    plant.asked.length = 0;
    for (const zone of plant.zones)
      Object.assign(zone, { setpoint: 180, local: false, inForce: false, result: 0 });
    actuator = startActuator();
  });
  afterEach(async () => {
    clearInterval(hostBeat);
    await actuator.close();
  });

  it("disarmed, only observes: nothing reaches the PLC", async () => {
    await ready();
    const result = await propose(ZONE1, 185);
    assert.equal(result.state, "observed");
    assert.match(result.reason, /inside the envelope; not written: not armed/);
    assert.equal((await propose(ZONE1, 230)).state, "refused");
    assert.deepEqual(plant.asked, []);
    assert.equal(plant.heartbeats, 0);
  });

  it("armed, writes through the request block, reads back, and keeps the value in force", async () => {
    await armed();
    const result = await propose(ZONE1, 185);
    assert.deepEqual([result.state, result.readBack], ["verified", 185]);
    assert.deepEqual(plant.asked, [{ zone: "Oven1.Zone1", value: 185 }]);
    assert.equal(plant.zone("Oven1.Zone1").request.Expected, 180);
    // Longer than the time to live of 1 s: only the heartbeat keeps it.
    await sleep(1500);
    assert.equal(plant.zone("Oven1.Zone1").setpoint, 185);
    assert.equal(status().targets[0]!.inForce, 185);
    assert.equal(status().targets[0]!.beforeArm, 180);
    const events = readAudit(directory()).records.map((record) => record.event);
    assert.deepEqual(events.slice(-4), ["arm", "decision", "write", "read-back"]);
  });

  it("refuses a replayed id, a large step and a used budget, each in the audit with its reason", async () => {
    await armed();
    const once = proposal(ZONE1, 185);
    assert.equal((await actuator.propose([once]))[0]!.state, "verified");
    assert.match((await actuator.propose([once]))[0]!.reason, /decided before/);
    assert.match((await propose(ZONE1, 200)).reason, /a step of 15 °C, at most 10/);
    const codes = readAudit(directory())
      .records.filter((record) => record.event === "decision")
      .map((record) => record.data.outcome);
    assert.deepEqual(codes, ["accepted", "replayed", "step-too-large"]);
    assert.equal(plant.asked.length, 1);
  });

  it("answers members that are no texts and no numbers, each with its reason, and goes on", async () => {
    await armed();
    // What JSON can hold and what breaks whoever asks it for its text.
    const odd: unknown[] = [{ toString: 1, valueOf: 1 }, [[[]]], null, true, { length: 1e9 }];
    const good = proposal(ZONE1, 185);
    const hostile = odd.flatMap((thing) =>
      ["id", "target", "value", "unit", "expiresUs", "evidence", "recommendation", "projected", "check"].map(
        (member) => ({
          ...proposal(ZONE2, 185),
          [member]: thing,
          ...(member === "value" ? {} : { value: 300 }),
        }),
      ),
    );
    const results = await actuator.propose([...(hostile as Proposal[]), good]);
    assert.equal(results.length, hostile.length + 1);
    assert.deepEqual(new Set(results.slice(0, -1).map(({ state }) => state)), new Set(["refused"]));
    assert.equal(results.at(-1)!.state, "verified", results.at(-1)!.reason);
    const decided = readAudit(directory()).records.filter(({ event }) => event === "decision");
    assert.equal(decided.length, hostile.length + 1, "every refusal is logged");
    clearInterval(hostBeat);
    for (const row of odd) actuator.heartbeat({ rowFour: { [TWIN]: row } });
    actuator.heartbeat({ rowFour: { [TWIN]: { holds: false, cause: odd[0] } } });
    await until("hold", () => status().arming.hold !== null);
    for (const thing of odd)
      assert.throws(
        () => actuator.want({ id: "odd", twin: TWIN, targets: [{ min: thing, unit: thing }] }),
        /target 1/,
      );
    beatAsHost(actuator);
    await until("resumed", () => status().arming.hold === null);
    assert.deepEqual(plant.asked, [{ zone: "Oven1.Zone1", value: 185 }]);
  });

  it("disarm stops the heartbeat; the PLC goes to its last safe setpoint by itself", async () => {
    await armed();
    await propose(ZONE1, 185);
    actuator.disarm("envelope-oven1", "anna");
    await until("the PLC fell back", () => plant.zone("Oven1.Zone1").setpoint === 180);
    assert.equal(plant.asked.length, 1, "the actuator wrote a revert");
    assert.equal((await propose(ZONE1, 185)).state, "observed");
  });

  it("holds on stale data and resumes by itself when it is fresh again", async () => {
    await armed();
    plant.frozen = true;
    await until("hold", () => status().arming.hold !== null);
    const result = await propose(ZONE1, 185);
    assert.equal(result.state, "refused");
    assert.match(result.reason, /old/);
    plant.frozen = false;
    await until("resumed", () => status().arming.hold === null);
    assert.equal((await propose(ZONE1, 185)).state, "verified");
  });

  it("holds when the host is silent, and while rung 4 does not hold", async () => {
    await armed();
    clearInterval(hostBeat);
    await until("hold", () => status().arming.hold !== null);
    assert.match(status().arming.hold!.causes.join(), /no heartbeat from the host/);
    assert.match((await propose(ZONE1, 185)).reason, /on hold: no heartbeat/);
    actuator.heartbeat({ rowFour: { [TWIN]: { holds: false, cause: "the compute process is dead" } } });
    await until("row 4", () => /compute process is dead/.test(status().arming.hold?.causes.join() ?? ""));
    beatAsHost(actuator);
    await until("resumed", () => status().arming.hold === null);
    assert.deepEqual(plant.asked, []);
  });

  it("a cut link stops writes; nothing queued is written when it comes back", async () => {
    await armed();
    await propose(ZONE1, 185);
    const port = plant.port;
    await plant.stop();
    await until("hold", () => status().arming.hold !== null);
    const refused = await propose(ZONE1, 188);
    assert.equal(refused.state, "refused");
    const again = new RequestBlockPlant();
    again.zone("Oven1.Zone1").setpoint = 180;
    await again.start(home, port);
    plant = again;
    writeFileSync(join(home, "run", "plant.json"), JSON.stringify({ port: plant.port }));
    await until("the plant is read again", () => actuator.status().plant.problem === null);
    await sleep(300);
    assert.deepEqual(plant.asked, []);
  });

  it("a person's own setpoint is taken over, never fought, and left alone for a while", async () => {
    await armed();
    await propose(ZONE1, 185);
    Object.assign(plant.zone("Oven1.Zone1"), { setpoint: 172, inForce: false });
    await until("taken over", () => /taken over/.test(status().arming.hold?.causes.join() ?? ""));
    assert.equal((await propose(ZONE1, 178)).state, "refused");
    await until("resumed", () => status().arming.hold === null);
    assert.equal(plant.zone("Oven1.Zone1").setpoint, 172);
    const bumpless = await propose(ZONE1, 178);
    assert.equal(bumpless.state, "verified", bumpless.reason);
    assert.equal(plant.zone("Oven1.Zone1").request.Expected, 172);
  });

  for (const [mood, tries] of [
    ["deaf", 2],
    ["takes something else", 1],
  ] as const) {
    it(`locks out after ${tries === 1 ? "one try" : "one retry"} at a PLC that ${mood === "deaf" ? "is deaf" : mood}`, async () => {
      await armed();
      plant.mood = mood;
      const result = await propose(ZONE1, 185);
      assert.equal(result.state, "failed", result.reason);
      assert.equal(plant.asked.length, tries);
      assert.equal(status().arming.mode, "observe");
      assert.match(status().arming.disarmedBecause!, /read-back lock-out/);
      plant.mood = "obeys";
      assert.match((await propose(ZONE2, 185)).reason, /disarmed: read-back lock-out/);
      assert.equal(plant.asked.length, tries);
    });
  }

  it("a changed envelope disarms, and nothing is written until it is commissioned", async () => {
    await armed();
    const wider = ovenEnvelope({ max: 260 });
    const { hash, commissioned } = actuator.want(wider);
    assert.equal(commissioned, false);
    assert.match(status().arming.disarmedBecause!, /envelope was changed/);
    assert.match((await propose(ZONE1, 185)).reason, /no commissioned envelope/);
    assert.throws(() => actuator.arm(wider.id, "act", 10, "anna"), /not commissioned/);
    assert.throws(() => actuator.commission(wider.id, "another hash", "anna"), /no longer the envelope/);
    actuator.commission(wider.id, hash, "anna");
    actuator.arm(wider.id, "act", 10, "anna");
    assert.equal((await propose(ZONE1, 185)).state, "verified");
  });

  it("commissions by itself only the first envelope this home ever had", async () => {
    await ready();
    assert.equal(status().commissionedHow, "automatically for the virtual plant");
    const further: Envelope = { ...ovenEnvelope(), id: "further", targets: [zoneTarget(3)] };
    assert.equal(actuator.want(further).commissioned, false);
    assert.throws(() => actuator.arm("further", "act", 10, "anna"), /not commissioned/);
    // Not even where the file with the commissioned ones is gone: the audit remembers.
    await actuator.close();
    rmSync(join(directory(), "envelopes.json"));
    actuator = startActuator();
    assert.equal(actuator.want(further).commissioned, false);
    assert.equal(actuator.want(ovenEnvelope()).commissioned, false);
  });

  it("a renamed envelope is a new one: it retires the old and needs a person", async () => {
    await armed();
    const renamed: Envelope = { ...ovenEnvelope(), id: "renamed" };
    assert.throws(
      () => actuator.want(renamed, ["envelope-oven1", "renamed"]),
      /is a target of envelope Oven 1 already/,
    );
    const { hash, commissioned } = actuator.want(renamed, ["renamed"]);
    assert.equal(commissioned, false);
    assert.deepEqual(
      [status().retired, status().commissioned, status().arming.mode],
      [true, false, "observe"],
    );
    assert.deepEqual(
      readAudit(directory())
        .records.slice(-3)
        .map(({ event, data }) => [event, data.envelope]),
      [
        ["disarm", "envelope-oven1"],
        ["retire", "envelope-oven1"],
        ["envelope-wanted", "renamed"],
      ],
    );
    assert.throws(() => actuator.arm("envelope-oven1", "act", 10, "anna"), /it is retired/);
    assert.throws(() => actuator.commission("envelope-oven1", hash, "anna"), /no longer the envelope/);
    assert.throws(() => actuator.arm("renamed", "act", 10, "anna"), /not commissioned/);
    assert.match((await propose(ZONE1, 185)).reason, /no commissioned envelope/);
    actuator.commission("renamed", hash, "anna");
    actuator.arm("renamed", "act", 10, "anna");
    assert.equal((await propose(ZONE1, 185)).state, "verified");
  });

  it("a request block has one envelope, whatever addresses a flow gives it", async () => {
    await ready();
    const alias = { ...zoneTarget(1), address: `${TWIN}/elsewhere/airTemperatureSetpoint`, max: 400 };
    const { hash } = actuator.want({ ...ovenEnvelope(), id: "alias", targets: [alias] });
    assert.throws(
      () => actuator.commission("alias", hash, "anna"),
      /Oven1\.Zone1\.AirTempSP is written by the commissioned envelope Oven 1/,
    );
    const changed = ovenEnvelope();
    const [first, second] = changed.targets;
    const aimed = { ...first!, nodeIds: { ...first!.nodeIds, request: "ns=1;s=Oven1.Zone4.Request" } };
    const wanted = actuator.want({ ...changed, targets: [aimed, second!] });
    assert.equal(wanted.commissioned, false, "another request block is another envelope");
    const events = readAudit(directory()).records.map(({ event }) => event);
    assert.equal(
      events.filter((event) => event === "commission").length,
      1,
      "a refused one is no commission",
    );
  });

  it("an envelope that the host names no longer is retired, and comes back as it was commissioned", async () => {
    await actuator.close();
    actuator = startActuator({ retireAfterMs: 300 });
    await armed();
    const beat = (envelopes: string[]) => {
      clearInterval(hostBeat);
      hostBeat = setInterval(() => actuator.heartbeat({ ...HELD, envelopes }), 50);
    };
    beat(["envelope-oven1"]);
    await sleep(500);
    assert.equal(status().arming.mode, "act");
    beat([]);
    await until("retired", () => status().retired);
    assert.match(status().arming.disarmedBecause!, /the flow has this envelope no longer/);
    assert.match(status().checks[0]!.value, /^retired/);
    assert.throws(() => actuator.arm("envelope-oven1", "act", 10, "anna"), /it is retired/);
    assert.match((await propose(ZONE1, 185)).reason, /no commissioned envelope/);
    assert.equal(actuator.want(ovenEnvelope()).commissioned, true);
    beat(["envelope-oven1"]);
    await until("every check holds", () => status().checks.every((check) => check.holds));
    actuator.arm("envelope-oven1", "act", 10, "anna");
  });

  it("a restart disarms, keeps the budget and the seen ids, and says so", async () => {
    await armed();
    const once = proposal(ZONE1, 185);
    await actuator.propose([once]);
    await actuator.close();
    actuator = startActuator();
    await ready();
    assert.match(status().arming.disarmedBecause!, /restarted/);
    assert.match((await propose(ZONE1, 188)).reason, /disarmed/);
    actuator.arm("envelope-oven1", "act", 10, "anna");
    assert.match((await actuator.propose([once]))[0]!.reason, /decided before/);
    assert.equal((await propose(ZONE2, 185)).state, "verified");
  });

  it("a step of the plant's clock disarms", async () => {
    await armed();
    plant.stepClock(-3600e6);
    await until("disarmed", () => status().arming.mode === "observe");
    assert.match(status().arming.disarmedBecause!, /clock went back by 3600 s/);
  });

  it("a tampered audit forbids arming", async () => {
    await ready();
    await actuator.close();
    const file = join(directory(), "audit.jsonl");
    writeFileSync(file, readFileSync(file, "utf8").replace('"start"', '"begin"'));
    actuator = startActuator();
    await until("the broken audit is seen", () => actuator.status().audit.breaks.length > 0);
    actuator.want(ovenEnvelope());
    assert.throws(() => actuator.arm("envelope-oven1", "act", 10, "anna"), /the audit is broken: line 1/);
    appendFileSync(file, "");
  });

  it("takes no more than 256 proposals before it has answered", async () => {
    await ready();
    const many = () => Array.from({ length: 64 }, (_, i) => proposal(ZONE1, 400 + i));
    const turns = [many(), many(), many(), many()].map((some) => actuator.propose(some));
    assert.throws(() => actuator.propose([proposal(ZONE1, 185)]), {
      code: "too-many",
      message: /256 wait for their answer, at most 256 may/,
    });
    assert.equal((await Promise.all(turns)).flat().length, 256);
    assert.equal((await actuator.propose([proposal(ZONE1, 400)])).length, 1);
  });

  it("advise waits for a person, and writes exactly what was approved", async () => {
    await ready();
    actuator.arm("envelope-oven1", "advise", 10, "anna");
    const waiting = await propose(ZONE1, 185, { recommendation: "rec-a" });
    assert.equal(waiting.state, "awaiting-approval");
    assert.deepEqual(plant.asked, []);
    const [written] = await actuator.approve("rec-a", shown("rec-a"), "ben");
    assert.equal(written!.state, "verified");
    assert.deepEqual(plant.asked, [{ zone: "Oven1.Zone1", value: 185 }]);
    const other = await propose(ZONE1, 186, { recommendation: "rec-a" });
    assert.equal(other.state, "refused", "an approval covered another value");
    assert.match(other.reason, /rec-a: is approved, not for 186 °C/);
    for (const attempt of [1, 2]) {
      const second = await propose(ZONE2, 185, { recommendation: "rec-a" });
      assert.equal(second.state, "refused", `attempt ${attempt} widened an approval to another target`);
    }
    assert.equal(plant.asked.length, 1);
  });

  it("an approval is spent on one write: the same value under a new id needs another one", async () => {
    await ready();
    actuator.arm("envelope-oven1", "advise", 10, "anna");
    const changes = [ZONE1, ZONE2].map((target) => ({ target, value: 185, unit: "°C" }));
    const request = { id: "rec-e", title: "Both up", twin: TWIN, changes };
    actuator.requestApproval({ ...request, expiresUs: plant.nowUs() + 60e6 });
    await actuator.approve("rec-e", shown("rec-e"), "ben");
    assert.equal((await propose(ZONE1, 185, { recommendation: "rec-e" })).state, "verified");
    Object.assign(plant.zone("Oven1.Zone1"), { setpoint: 180, inForce: false });
    await until("taken over", () => status().arming.hold !== null);
    await until("resumed", () => status().arming.hold === null);
    const again = await propose(ZONE1, 185, { recommendation: "rec-e" });
    assert.deepEqual([again.state, plant.asked.length], ["refused", 1]);
    assert.equal((await propose(ZONE2, 185, { recommendation: "rec-e" })).state, "verified");
  });

  for (const [how, end] of [
    ["a disarm", () => actuator.disarm("envelope-oven1", "anna")],
    [
      "another commission",
      () => actuator.commission("envelope-oven1", actuator.want(ovenEnvelope({ max: 225 })).hash, "anna"),
    ],
    ["a step of the plant's clock", () => plant.stepClock(-3600e6)],
  ] as const) {
    it(`an approval does not outlive ${how}`, async () => {
      await ready();
      actuator.arm("envelope-oven1", "advise", 10, "anna");
      const changes = [{ target: ZONE1, value: 185, unit: "°C" }];
      const request = { id: "rec-f", title: "Zone 1 up", twin: TWIN, changes };
      actuator.requestApproval({ ...request, expiresUs: plant.nowUs() + 60e6 });
      await actuator.approve("rec-f", shown("rec-f"), "ben");
      end();
      await until("disarmed", () => status().arming.mode === "observe");
      await until("every check holds", () => status().checks.every((check) => check.holds));
      actuator.arm("envelope-oven1", "advise", 10, "anna");
      assert.equal((await propose(ZONE1, 185, { recommendation: "rec-f" })).state, "refused");
      assert.deepEqual(plant.asked, []);
    });
  }

  it("refuses an approval that would never lapse, or only after the longest life of a proposal", async () => {
    await ready();
    const changes = [{ target: ZONE1, value: 185, unit: "°C" }];
    const request = { id: "rec-g", title: "Zone 1 up", twin: TWIN, changes };
    for (const expiresUs of [JSON.parse("1e999"), Number.NaN, plant.nowUs() + 8 * 3600e6 + 60e6]) {
      assert.throws(() => actuator.requestApproval({ ...request, expiresUs }), /at most 8 h ahead/);
    }
    assert.deepEqual(actuator.status().approvals, []);
  });

  it("refuses an approval of what is no longer what was shown", async () => {
    await ready();
    actuator.arm("envelope-oven1", "advise", 10, "anna");
    await propose(ZONE1, 185, { recommendation: "rec-d" });
    const read = shown("rec-d");
    // A second setpoint joins while the person reads.
    await propose(ZONE2, 190, { recommendation: "rec-d" });
    await assert.rejects(
      () => actuator.approve("rec-d", read, "ben"),
      /rec-d: is no longer the proposal that was shown \(read it again, then approve it\)/,
    );
    await assert.rejects(() => actuator.approve("rec-d", undefined, "ben"), /does not say which/);
    assert.deepEqual(plant.asked, []);
    const { id, title, twin, changes, expiresUs, hash } = actuator.status().approvals[0]!;
    assert.equal(
      hash,
      canonicalHash({ expiresUs, changes, twin, title, id, proposedBy: null, claims: null }),
    );
    const written = await actuator.approve("rec-d", hash, "ben");
    assert.deepEqual(
      written.map(({ state }) => state),
      ["verified", "verified"],
    );
  });

  it("refuses self-approval, and lapses what nobody approves", async () => {
    await ready();
    actuator.arm("envelope-oven1", "advise", 10, "anna");
    const changes = [{ target: ZONE1, value: 185, unit: "°C" }];
    const request = { id: "rec-b", title: "Zone 1 up", twin: TWIN, changes, proposedBy: "Ben" };
    const expiresUs = plant.nowUs() + 60e6;
    for (let i = 0; i < 10; i++) actuator.requestApproval({ ...request, expiresUs });
    assert.equal(
      readAudit(directory()).records.filter(({ event }) => event === "approval-requested").length,
      1,
    );
    await assert.rejects(() => actuator.approve("rec-b", shown("rec-b"), "ben"), /ben proposed it/);
    await propose(ZONE2, 185, { recommendation: "rec-c", expiresUs: plant.nowUs() + 300_000 });
    await until("lapsed", () => actuator.status().counts.lapsed === 1);
    await assert.rejects(() => actuator.approve("rec-c", shown("rec-c"), "ben"), /is lapsed/);
    assert.deepEqual(plant.asked, []);
  });

  it("is armed only after enough observed decisions, which a restart keeps and another envelope does not", async () => {
    await actuator.close();
    actuator = startActuator({ observedToArm: 2 });
    const air = `${TWIN}/zone2/airTemperature`;
    const envelope: Envelope = {
      ...ovenEnvelope(),
      projections: [
        { address: air, nodeId: "ns=1;s=Oven1.Zone2.AirTemp", unit: "°C", widest: 5, leastAfterMs: 300 },
      ],
    };
    actuator.want(envelope);
    beatAsHost(actuator);
    const observed = () => status().checks.find(({ what }) => what.startsWith("Observed"))!;
    await until("the plant is read", () => status().targets[1]!.setpoint === 180);
    // Nothing is done: what is projected for no change is what comes. 180 less 0.4 is what the plant measures.
    const projected = (low: number) => ({
      address: air,
      unit: "°C",
      interval: { value: 184, low: 183, high: 185 },
      baseline: { value: low + 1, low, high: low + 2 },
      afterUs: 300_000,
    });
    const records = () => readAudit(directory()).records.filter(({ event }) => event === "observed");
    for (const [n, low] of [
      [1, 179],
      [2, 190],
    ] as const) {
      assert.equal((await propose(ZONE2, 185, { projected: projected(low) })).state, "observed");
      await until("it is judged", () => records().length === n);
      assert.throws(
        () => actuator.arm("envelope-oven1", "act", 10, "anna"),
        new RegExp(`1 of 2 needed observed decisions inside their interval, ${n - 1} outside`),
      );
    }
    assert.deepEqual(
      records().map(({ data }) => [data.judgedBy, data.inside, data.realised, data.operatorSetpoint]),
      [
        ["no change", true, 179.6, 180],
        ["no change", false, 179.6, 180],
      ],
    );
    await actuator.close();
    actuator = startActuator({ observedToArm: 2 });
    actuator.want(envelope);
    beatAsHost(actuator);
    await until("the plant is read again", () => status().targets[1]!.setpoint === 180);
    assert.deepEqual(status().observed, { inside: 1, changes: 0, outside: 1, needed: 2, enough: false });
    assert.match(observed().value, /^1 of 2 needed, 1 outside \(virtual plant; a live one needs 20\)/);
    // The operator does what is proposed: then it is the projection of the change that is judged.
    await propose(ZONE2, 185, { projected: projected(190) });
    plant.zone("Oven1.Zone2").setpoint = 185;
    await until("the third is judged", () => records().length === 3);
    assert.deepEqual(
      [records()[2]!.data.judgedBy, records()[2]!.data.inside, records()[2]!.data.realised],
      ["change", true, 184.6],
    );
    await until("every check holds", () => status().checks.every((check) => check.holds));
    actuator.arm("envelope-oven1", "act", 10, "anna");
    assert.deepEqual(plant.asked, []);
    const wider = { ...envelope, targets: ovenEnvelope({ max: 225 }).targets };
    actuator.commission("envelope-oven1", actuator.want(wider).hash, "anna");
    assert.equal(observed().holds, false);
    assert.throws(() => actuator.arm("envelope-oven1", "act", 10, "anna"), /0 of 2 needed/);
  });

  it("an emergency stop that only the request block tells of disarms, and is no takeover", async () => {
    await armed();
    assert.equal((await propose(ZONE1, 185)).state, "verified");
    Object.assign(plant.zone("Oven1.Zone1"), { setpoint: 180, result: 7, inForce: false });
    await until("it is disarmed", () => status().arming.mode === "observe");
    assert.match(status().arming.disarmedBecause!, /zone1.*: the PLC tells of an emergency stop/);
    const events = readAudit(directory()).records.map(({ event }) => event);
    assert.deepEqual([events.includes("fell-back"), events.includes("taken-over")], [true, false]);
  });

  it("where the PLC has no request block a person is advised, and what they do is observed", async () => {
    const air = `${TWIN}/zone2/airTemperature`;
    const envelope: Envelope = {
      ...ovenEnvelope(),
      targets: ovenEnvelope().targets.map(withoutBlock),
      projections: [
        { address: air, nodeId: "ns=1;s=Oven1.Zone2.AirTemp", unit: "°C", widest: 5, leastAfterMs: 300 },
      ],
    };
    actuator.want(envelope);
    beatAsHost(actuator);
    const failing = () => status().checks.flatMap(({ what, holds }) => (holds ? [] : [what]));
    await until("only the block is missing", () => failing().join() === "PLC has a request block");
    assert.throws(
      () => actuator.arm("envelope-oven1", "act", 10, "anna"),
      /the PLC has no request block for .*zone1.* and 1 more: it can only advise/,
    );
    actuator.arm("envelope-oven1", "advise", 10, "anna");
    const asked = proposal(ZONE2, 185, {
      projected: {
        address: air,
        unit: "°C",
        interval: { value: 184.6, low: 184, high: 185 },
        afterUs: 300_000,
      },
    });
    assert.equal((await actuator.propose([asked]))[0]!.state, "awaiting-approval");
    assert.equal(actuator.status().approvals.at(-1)!.title, `Set by hand at ${TWIN}`);
    const [advised] = await actuator.approve(asked.recommendation, shown(asked.recommendation), "ben");
    assert.deepEqual(
      [advised!.state, advised!.reason],
      ["advised", `${ZONE2}: a person sets it, the PLC has no request block`],
    );
    // Approved once more, or sent again, it is no second advice.
    assert.equal((await actuator.propose([asked]))[0]!.state, "refused");
    plant.zone("Oven1.Zone2").setpoint = 185;
    const observed = () => readAudit(directory()).records.filter(({ event }) => event === "observed");
    await until("what was done is judged", () => observed().length === 1);
    const { judgedBy, inside, operatorSetpoint } = observed()[0]!.data;
    assert.deepEqual([judgedBy, inside, operatorSetpoint], ["change", true, 185]);
    assert.deepEqual([status().arming.mode, status().arming.hold], ["advise", null]);
    assert.deepEqual([plant.asked, plant.heartbeats, status().writes], [[], 0, []]);
  });

  it("keeps two setpoints together: on what was proposed, and on what a person did", async () => {
    const apart = {
      label: "zone 1 above zone 2",
      nodeId: "ns=1;s=Oven1.Zone1.AirTempSP",
      minus: "ns=1;s=Oven1.Zone2.AirTempSP",
      max: 6,
      update: "onChange",
      maxAgeMs: 2_000,
    } as const;
    await ready(ovenEnvelope({ interlocks: [apart] }));
    actuator.arm("envelope-oven1", "act", 10, "anna");
    assert.match(
      (await propose(ZONE1, 187)).reason,
      /with 187 °C, zone 1 above zone 2 is 7, needs at most 6/,
    );
    assert.equal((await propose(ZONE1, 186)).state, "verified");
    assert.match((await propose(ZONE2, 178)).reason, /with 178 °C, zone 1 above zone 2 is 8/);
    assert.equal((await propose(ZONE2, 182)).state, "verified");
    assert.deepEqual(
      plant.asked.map(({ value }) => value),
      [186, 182],
    );
    plant.zone("Oven1.Zone2").setpoint = 170;
    await until("hold", () => /zone 1 above zone 2 is 16/.test(status().arming.hold?.causes.join() ?? ""));
    assert.match((await propose(ZONE2, 178)).reason, /zone 1 above zone 2 is 16, needs at most 6/);
    assert.equal(plant.asked.length, 2, "the person mends it, not the actuator");
  });

  it("holds while its envelope is not valid yet, or any more", async () => {
    const day = (offsetMs: number) => new Date(plant.nowUs() / 1000 + offsetMs).toISOString();
    const soon = { ...ovenEnvelope(), validUntil: day(3_000) };
    await ready(soon);
    actuator.arm("envelope-oven1", "act", 10, "anna");
    assert.equal((await propose(ZONE1, 185)).state, "verified");
    await until("hold", () => /was valid until/.test(status().arming.hold?.causes.join() ?? ""));
    assert.match((await propose(ZONE2, 185)).reason, /the envelope was valid until/);
    assert.equal(plant.asked.length, 1);
  });

  it("with two people required, one alone cannot arm", async () => {
    await actuator.close();
    actuator = startActuator({ personsToArm: 2 });
    await ready();
    assert.equal(actuator.arm("envelope-oven1", "act", 10, "anna"), "second-person-needed");
    assert.equal(actuator.arm("envelope-oven1", "act", 10, "anna"), "second-person-needed");
    assert.equal((await propose(ZONE1, 185)).state, "observed");
    assert.equal(actuator.arm("envelope-oven1", "act", 10, "ben"), "armed");
    assert.deepEqual(status().arming.armedBy, ["anna", "ben"]);
    assert.equal((await propose(ZONE1, 186)).state, "verified");
  });

  it("a second person arms only what the first asked for, of the envelope both saw", async () => {
    await actuator.close();
    actuator = startActuator({ personsToArm: 2 });
    await ready();
    const id = "envelope-oven1";
    assert.equal(actuator.arm(id, "advise", 10, "anna"), "second-person-needed");
    assert.deepEqual(status().armRequest, { by: "anna", mode: "advise", minutes: 10 });
    for (const [mode, minutes] of [
      ["act", 10],
      ["advise", 600],
    ] as const) {
      assert.throws(
        () => actuator.arm(id, mode, minutes, "ben"),
        new RegExp(`anna asked for advise for 10 min, ben for ${mode} for ${minutes} min`),
      );
    }
    assert.equal(status().arming.mode, "observe");
    // Another envelope, commissioned meanwhile, is not the one anna asked for; nor is one that went there and back.
    const { hash } = actuator.want(ovenEnvelope({ max: 230 }));
    assert.equal(status().armRequest, null);
    actuator.commission(id, hash, "ben");
    assert.equal(actuator.arm(id, "advise", 10, "ben"), "second-person-needed");
    actuator.commission(id, hash, "ben");
    assert.equal(status().armRequest, null);
    assert.equal(actuator.arm(id, "advise", 10, "anna"), "second-person-needed");
    assert.equal(actuator.arm(id, "advise", 10, "ben"), "armed");
    assert.equal(status().armRequest, null);
    const asked = readAudit(directory()).records.findLast(({ event }) => event === "arm-requested")!;
    assert.deepEqual(asked.data, { envelope: id, by: "anna", mode: "advise", minutes: 10, hash });
  });

  it("on a live plant does not commission by itself, and does not arm unless isolated", async () => {
    await actuator.close();
    actuator = startActuator({ reality: "live", personsToArm: 1 }, { find: engineer });
    const { hash, commissioned } = actuator.want(ovenEnvelope());
    assert.equal(commissioned, false);
    actuator.commission("envelope-oven1", hash, "anna");
    assert.throws(
      () => actuator.arm("envelope-oven1", "act", 10, "anna"),
      /not isolated from the host: same operating system user/,
    );
  });
});
