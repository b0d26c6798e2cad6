import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Node, NodeAPI, NodeDef } from "node-red";
import actuateNode from "../../nodes/5-act/actuate/actuate.ts";
import envelopeNode from "../../nodes/5-act/envelope/envelope.ts";
import outcomeNode from "../../nodes/5-act/outcome/outcome.ts";
import actuatorNode from "../../nodes/config/actuator/actuator.ts";
import { Actuator } from "../../runtime/act/actuator.ts";
import { serveActuator } from "../../runtime/act/http/actuator-server.ts";
import { HostToken } from "../../runtime/act/http/host-token.ts";
import { People } from "../../runtime/act/people.ts";
import {
  pinnedCertificates,
  plantEndpoint,
  VIRTUAL_SETTINGS,
} from "../../runtime/act/plant/actuator-settings.ts";
import { PlantSession } from "../../runtime/act/plant/plant-session.ts";
import type { ProposalResult } from "../../runtime/act/proposal.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import type { Rung } from "../../runtime/core/evidence.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import { RecentChanges } from "../../runtime/ladder/change-store.ts";
import { LadderService } from "../../runtime/ladder/ladder-service.ts";
import type { Recommendation } from "../../runtime/prescribe/recommendation.ts";
import { RequestBlockPlant } from "../act/request-block-plant.ts";
import { draw, OVEN } from "./draw.ts";
import { record } from "./ladder-rig.ts";

interface TestHelper {
  init(nodeRed: string): void;
  load(nodes: unknown, flow: object[]): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): Node;
}
const load = createRequire(import.meta.url);
/** It ships no types. */
const helper = load("node-red-node-test-helper") as TestHelper;

const ZONE1 = `${OVEN}/zone1/airTemperatureSetpoint`;
const ROOF = `${OVEN}/exit/roof`;
const AFTER_US = 60e6;
const at = "ns=1;s=Oven1.Zone1";

/** What the ladder sees: wired for 5, with the nodes of rung 5 that really run under the same ids. */
const WIRED = draw(
  "src opcua-source > st state > his history; st > det detect; st > fc forecast; st > wi whatif > opt optimise > env envelope > do actuate > out outcome; st > out",
);
const RUNNING = [
  { id: "tab", type: "tab" },
  { id: "oven", type: "rung-twin", address: OVEN },
  { id: "act", type: "rung-actuator" },
  {
    id: "env",
    z: "tab",
    type: "rung-envelope",
    twin: "oven",
    actuator: "act",
    targets: [
      {
        target: "zone1/airTemperatureSetpoint",
        setpoint: `${at}.AirTempSP`,
        request: `${at}.Request`,
        local: `${at}.Local`,
        inputs: `${at}.AirTemp`,
        unit: "°C",
        min: "150",
        max: "220",
        maxStep: "10",
        ratePerMinute: "1000",
        deadband: "0.5",
        effect: `${at}.AirTemp`,
        effectDirection: "same",
        effectLeast: "0.5",
        effectWithinS: "1",
      },
    ],
    state: "ns=1;s=Oven1.State",
    permittedStates: "6",
    maxInputAgeMs: "5000",
    budgetPerShift: "50",
    ttlMs: "20000",
    wires: [["do"], []],
  },
  { id: "do", z: "tab", type: "rung-actuate", actuator: "act", wires: [["out", "told"]] },
  { id: "out", z: "tab", type: "rung-outcome", twin: "oven", wires: [[]] },
  { id: "told", z: "tab", type: "helper" },
];

function twinNode(RED: NodeAPI): void {
  RED.nodes.registerType("rung-twin", function (this: Node & { address?: string }, config: NodeDef) {
    RED.nodes.createNode(this, config);
    this.address = (config as NodeDef & { address: string }).address;
  });
}

/** Rows 1 to 4 hold by records of their own; row 5 by what nodes, actuator and plant really do. */
describe("row 5, live: an actuator over a plant with a request block", function () {
  this.timeout(60_000);
  const homeBefore = process.env.RUNG_HOME;
  const plant = new RequestBlockPlant();
  let home: string;
  let actuator: Actuator;
  let server: Server;
  let ladder: LadderService;
  let told: ProposalResult[] = [];
  let actions = 0;
  let starts = 0;
  /** The ladder's own time, which the test turns. */
  const clock = { wallUs: Date.now() * 1000, steadyMs: 0 };

  const node = (id: string) => helper.getNode(id);
  const directory = () => join(home, "actuator");
  async function until(what: string, holds: () => boolean): Promise<void> {
    const end = performance.now() + 12_000;
    while (!holds()) {
      if (performance.now() > end) {
        assert.fail(
          `never: ${what}; ${JSON.stringify(
            [
              services()
                .evidence.of(OVEN)
                .filter(({ rung }) => rung === 5),
              ladder.twin(OVEN)?.rows[5],
              actuator.status(),
            ],
            null,
            1,
          )}`,
        );
      }
      await sleep(20);
    }
  }
  async function startActuator(): Promise<void> {
    actuator = new Actuator({
      directory: directory(),
      settings: { ...VIRTUAL_SETTINGS, pollMs: 50, hysteresisMs: 200 },
      session: new PlantSession({
        endpoint: () => plantEndpoint(VIRTUAL_SETTINGS, home),
        certificates: () => pinnedCertificates(VIRTUAL_SETTINGS, home),
        login: () => ({ user: "actuator", password: plant.password }),
        directory: directory(),
        retryMs: 100,
      }),
      home,
    });
    // One process plays several: the host knows a new one by its number.
    const status = actuator.status.bind(actuator);
    const pid = process.pid + ++starts;
    actuator.status = () => ({ ...status(), pid });
    const token = HostToken.prepare(home);
    const served = await serveActuator({ actuator, people: new People(directory()), token, port: 0 });
    server = served.server;
    actuator.start();
    writeFileSync(
      join(home, "run", "actuator.json"),
      JSON.stringify({ pid: process.pid, port: served.port }),
    );
  }
  async function cutActuator(): Promise<void> {
    server.closeAllConnections();
    server.close();
    await actuator.close();
  }
  const recommendation = (to: number): Recommendation => ({
    kind: "recommendation",
    id: `r${++actions}`,
    twin: OVEN,
    title: "Compensate zone 1",
    changes: [{ target: ZONE1, from: plant.zone("Oven1.Zone1").setpoint, to, unit: "°C" }],
    comparisons: [],
    constraints: [],
    projected: {
      address: ROOF,
      unit: "°C",
      interval: { value: 172, low: 170, high: 174 },
      afterUs: AFTER_US,
    },
    evidence: [],
    modelVersion: "1",
    madeAtUs: plant.nowUs(),
    expiresUs: plant.nowUs() + 60e6,
  });
  const dictionary = new Dictionary([
    { address: ROOF, kind: "measurement", type: "number", unit: "°C", update: { mode: "onChange" } },
  ]);
  function roof(value: number, timeUs: number): Frame {
    const builder = new FrameBuilder({ source: "test", reality: "virtual", dictionary });
    builder.add(0, value, timeUs, 0);
    return builder.build({ epoch: 1, first: 0, receiveTimeUs: timeUs });
  }
  /** One action through envelope, actuate, actuator and plant. */
  async function act(): Promise<ProposalResult> {
    told = [];
    const now = plant.zone("Oven1.Zone1").setpoint;
    node("env").receive({ payload: recommendation(now > 180 ? 178 : 185) } as never);
    await until("told", () => told.length > 0);
    return told[0]!;
  }
  /** What came of it: the measurement at its time. */
  async function measure({ timeUs }: ProposalResult, value: number): Promise<void> {
    node("out").receive({ payload: roof(value, timeUs + AFTER_US) } as never);
    await until("judged", () => evidence("outcome")?.progress?.n === 1);
  }
  /** Actions as actuate tells them, and what came: without the plant, for there are many. */
  async function judged(values: readonly number[]): Promise<void> {
    for (const value of values) {
      const rung = { recommendation: recommendation(185) };
      const timeUs = Math.trunc(plant.nowUs()) + actions * 1000;
      const result = { kind: "proposal-result", id: rung.recommendation.id, state: "verified", timeUs };
      node("out").receive({ payload: result, rung } as never);
      node("out").receive({ payload: roof(value, timeUs + AFTER_US) } as never);
      await sleep(5);
    }
  }
  const evidence = (name: string) => services().evidence.get(`${OVEN}/5/${name}`);
  /** One evaluation, after so many seconds of the ladder's time. */
  function evaluate(afterS = 5) {
    clock.wallUs += afterS * 1e6;
    clock.steadyMs += afterS * 1000;
    return ladder.evaluate().twins.find(({ address }) => address === OVEN)!;
  }
  const held = () => evaluate().held;
  /** Comes back by the ladder's hysteresis, and not before. */
  function comesBack(): void {
    const { rows, held: then } = evaluate();
    assert.deepEqual([rows[5]!.verdict, then], ["recovering", 4], rows[5]!.fact);
    assert.deepEqual([held(), held()], [5, 5]);
  }
  async function arm(): Promise<void> {
    await until("every check holds", () => {
      const [envelope] = actuator.status().envelopes;
      return envelope?.checks.every((check) => check.holds) === true;
    });
    actuator.arm("env", "act", 60, "anna");
    await until("armed on the board", () => evidence("armed")?.verdict === "holds");
  }

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-row-five-"));
    mkdirSync(join(home, "run"));
    writeFileSync(join(home, "run", "host.json"), JSON.stringify({ pid: process.pid, port: 0 }));
    process.env.RUNG_HOME = home;
    await closeServices();
    await plant.start(home);
    // The twin has no link here, so the envelope node's clock is the wall's.
    plant.stepClock(Date.now() * 1000 - plant.nowUs());
    writeFileSync(join(home, "run", "plant.json"), JSON.stringify({ port: plant.port }));
    await startActuator();
    ladder = new LadderService({
      board: services().evidence,
      changes: new RecentChanges(500),
      wallUs: () => clock.wallUs,
      steadyMs: () => clock.steadyMs,
      clock: () => ({ reality: "virtual", speed: 1, nowUs: () => clock.wallUs }),
    });
    services().ladder = () => ladder;
    for (let row = 1; row <= 4; row++) services().evidence.put(record(row as Rung, "holds"));
    ladder.setFlow(WIRED);
    helper.init(load.resolve("node-red"));
    await helper.load([twinNode, actuatorNode, envelopeNode, actuateNode, outcomeNode], RUNNING);
    node("told").on("input", (message) => told.push(message.payload as ProposalResult));
  });
  after(async () => {
    await helper.unload();
    await closeServices();
    await cutActuator();
    await plant.stop();
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
    rmSync(home, { recursive: true, force: true });
  });

  it("collects until it is armed, has written, and 20 actions are judged; then it holds 5", async () => {
    assert.equal(held(), 4);
    await arm();
    const result = await act();
    assert.equal(result.state, "verified", result.reason);
    await measure(result, 171.5);
    await until("read-back on the board", () => evidence("read-back")?.verdict === "holds");
    assert.equal(held(), 4, "one action is not twenty");
    await judged(Array(19).fill(172));
    await until("twenty judged", () => evidence("outcome")?.verdict === "holds");
    // It never held before, so that nothing is to be recovered.
    assert.equal(held(), 5);
  });

  it("a cut actuator lowers it in one evaluation and names it; back, it is disarmed, and people bring it back", async () => {
    await cutActuator();
    await until("the host noticed", () => evidence("heartbeat")?.verdict === "fails");
    const fallen = evaluate();
    assert.equal(fallen.held, 4);
    const { lastFall } = ladder.twin(OVEN)!;
    assert.deepEqual([lastFall!.from, lastFall!.to, lastFall!.row], [5, 4, 5]);
    assert.match(lastFall!.cause, /fetch failed|ECONNREFUSED|does not answer/);
    await startActuator();
    await until("told why", () => /restarted|stopped/.test(evidence("armed")?.cause ?? ""));
    assert.equal(held(), 4);
    await arm();
    assert.equal((await act()).state, "verified");
    await until("read-back on the board", () => evidence("read-back")?.verdict === "holds");
    comesBack();
  });

  it("a wrong effect lowers it in one evaluation and names it; re-armed, it comes back", async () => {
    plant.follows = false;
    const asked = plant.asked.length;
    assert.equal((await act()).state, "verified");
    assert.equal(held(), 5, "its time is not over");
    await until("disarmed", () => evidence("armed")?.verdict === "fails");
    assert.equal(held(), 4);
    assert.match(ladder.twin(OVEN)!.lastFall!.cause, /wrong physical effect: .*zone1.* moved by/);
    assert.equal(plant.asked.length, asked + 1, "nothing is written back by itself");
    const [envelope] = actuator.status().envelopes;
    assert.equal(typeof envelope!.targets[0]!.proposedBack, "number");
    plant.follows = true;
    await arm();
    comesBack();
  });

  it("missed projections lower it at the fifth of twenty, and inside ones bring it back", async () => {
    // Of the actions before, which waited for theirs, too.
    await judged([172]);
    await judged(Array(4).fill(200));
    assert.equal(held(), 5);
    await judged([200]);
    await until("the fifth miss", () => evidence("outcome")?.verdict === "fails");
    assert.equal(held(), 4);
    assert.match(ladder.twin(OVEN)!.lastFall!.cause, /5 of the last 20 actions missed their projection/);
    // Until the first of the five is out of the window.
    await judged(Array(16).fill(172));
    await until("four are left", () => evidence("outcome")?.verdict === "holds");
    comesBack();
  });
});
