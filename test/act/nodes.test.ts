import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Node, NodeAPI, NodeDef } from "node-red";
import actuateNode from "../../nodes/5-act/actuate/actuate.ts";
import approveNode from "../../nodes/5-act/approve/approve.ts";
import envelopeNode from "../../nodes/5-act/envelope/envelope.ts";
import outcomeNode from "../../nodes/5-act/outcome/outcome.ts";
import actuatorNode from "../../nodes/config/actuator/actuator.ts";
import { Actuator } from "../../runtime/act/actuator.ts";
import { serveActuator } from "../../runtime/act/http/actuator-server.ts";
import { HostToken } from "../../runtime/act/http/host-token.ts";
import type { Outcome } from "../../runtime/act/outcome.ts";
import { People } from "../../runtime/act/people.ts";
import {
  pinnedCertificates,
  plantEndpoint,
  VIRTUAL_SETTINGS,
} from "../../runtime/act/plant/actuator-settings.ts";
import { PlantSession } from "../../runtime/act/plant/plant-session.ts";
import type { ProposalResult } from "../../runtime/act/proposal.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { FrameBuilder } from "../../runtime/core/frame.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import type { LadderService } from "../../runtime/ladder/ladder-service.ts";
import type { Recommendation } from "../../runtime/prescribe/recommendation.ts";
import { TWIN } from "./oven-envelope.ts";
import { RequestBlockPlant } from "./request-block-plant.ts";

interface TestHelper {
  init(nodeRed: string): void;
  load(nodes: unknown, flow: object[]): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): Node;
  log(): { args: { level?: number; msg?: unknown }[][] };
}
const load = createRequire(import.meta.url);
/** It ships no types. */
const helper = load("node-red-node-test-helper") as TestHelper;

const ZONE1 = `${TWIN}/zone1/airTemperatureSetpoint`;
const ROOF = `${TWIN}/exit/roof`;

/** Stands in for the twin's configuration node: an address is all that rung 5 asks of it. */
function twinNode(RED: NodeAPI): void {
  RED.nodes.registerType("rung-twin", function (this: Node & { address?: string }, config: NodeDef) {
    RED.nodes.createNode(this, config);
    this.address = (config as NodeDef & { address: string }).address;
  });
}

const at = "ns=1;s=Oven1.Zone1";
const row = {
  target: "zone1/airTemperatureSetpoint",
  setpoint: `${at}.AirTempSP`,
  request: `${at}.Request`,
  local: `${at}.Local`,
  inputs: `${at}.AirTemp`,
  unit: "°C",
  min: "150",
  max: "220",
  maxStep: "10",
  ratePerMinute: "15",
  deadband: "0.5",
};
const envelopeConfig = {
  id: "env",
  z: "tab",
  type: "rung-envelope",
  twin: "twin",
  actuator: "act",
  targets: [row],
  state: "ns=1;s=Oven1.State",
  permittedStates: "6",
  maxInputAgeMs: "5000",
  budgetPerShift: "20",
  ttlMs: "5000",
};
const flow = (changes: object = {}) => [
  { id: "tab", type: "tab" },
  { id: "twin", type: "rung-twin", address: TWIN },
  { id: "act", type: "rung-actuator" },
  { ...envelopeConfig, wires: [["do"], ["no"]], ...changes },
  { id: "do", z: "tab", type: "rung-actuate", actuator: "act", wires: [["out", "told"]] },
  { id: "out", z: "tab", type: "rung-outcome", twin: "twin", wires: [["judged"]] },
  ...["told", "no", "judged", "yes"].map((id) => ({ id, z: "tab", type: "helper" })),
  { id: "ask", z: "tab", type: "rung-approve", actuator: "act", wires: [["yes"], []] },
  { id: "errors", z: "tab", type: "catch", scope: null, wires: [["caught"]] },
  { id: "caught", z: "tab", type: "helper" },
];

describe("the nodes of rung 5", function () {
  this.timeout(30_000);
  let home: string;
  let actuator: Actuator;
  let server: Server;
  const plant = new RequestBlockPlant();
  const homeBefore = process.env.RUNG_HOME;

  const node = (id: string) => helper.getNode(id);
  const next = async <T>(id: string): Promise<T> => {
    const [message] = (await once(node(id), "input", { signal: AbortSignal.timeout(8_000) })) as [T];
    return message;
  };
  async function until(what: string, holds: () => boolean): Promise<void> {
    const end = performance.now() + 8_000;
    while (!holds()) {
      if (performance.now() > end)
        assert.fail(`never: ${what}; ${JSON.stringify(actuator.status(), null, 1)}`);
      await sleep(30);
    }
  }
  const recommendation = (id: string, to: number): Recommendation => ({
    kind: "recommendation",
    id,
    twin: TWIN,
    title: "Compensate zone 1",
    changes: [{ target: ZONE1, from: 180, to, unit: "°C" }],
    comparisons: [],
    constraints: [],
    projected: { address: ROOF, unit: "°C", interval: { value: 172, low: 170, high: 174 }, afterUs: 60e6 },
    evidence: [],
    modelVersion: "1",
    madeAtUs: plant.nowUs(),
    expiresUs: plant.nowUs() + 60e6,
  });

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-act-nodes-"));
    mkdirSync(join(home, "run"));
    writeFileSync(join(home, "run", "host.json"), JSON.stringify({ pid: process.pid, port: 0 }));
    process.env.RUNG_HOME = home;
    await closeServices();
    await plant.start(home);
    // The twin has no link here, so the envelope node's clock is the wall's.
    plant.stepClock(Date.now() * 1000 - plant.nowUs());
    writeFileSync(join(home, "run", "plant.json"), JSON.stringify({ port: plant.port }));
    const directory = join(home, "actuator");
    actuator = new Actuator({
      directory,
      settings: { ...VIRTUAL_SETTINGS, pollMs: 50, hysteresisMs: 200 },
      session: new PlantSession({
        endpoint: () => plantEndpoint(VIRTUAL_SETTINGS, home),
        certificates: () => pinnedCertificates(VIRTUAL_SETTINGS, home),
        login: () => ({ user: "actuator", password: plant.password }),
        directory,
        retryMs: 100,
      }),
      home,
    });
    const token = HostToken.prepare(home);
    const served = await serveActuator({ actuator, people: new People(directory), token, port: 0 });
    server = served.server;
    actuator.start();
    writeFileSync(
      join(home, "run", "actuator.json"),
      JSON.stringify({ pid: process.pid, port: served.port }),
    );
    const ladder = { twin: () => ({ rows: [{ row: 4, verdict: "holds", fact: "", evidence: [] }] }) };
    services().ladder = () => ladder as unknown as LadderService;
    helper.init(load.resolve("node-red"));
  });
  after(async () => {
    await closeServices();
    server.closeAllConnections();
    server.close();
    await actuator.close();
    await plant.stop();
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
    rmSync(home, { recursive: true, force: true });
  });
  const deploy = (flows: object[]) =>
    helper.load(
      [twinNode, actuatorNode, envelopeNode, approveNode, actuateNode, outcomeNode],
      flows as never,
    );
  afterEach(() => helper.unload());

  it("take a recommendation to the plant, and judge it by what came back", async () => {
    await deploy(flow());
    await until("the envelope is commissioned", () => actuator.status().envelopes[0]?.commissioned === true);
    await until("the plant is read", () =>
      actuator.status().envelopes[0]!.checks.every((check) => check.holds),
    );
    const told = next<{ payload: ProposalResult }>("told");
    node("env").receive({ payload: recommendation("r1", 185) } as never);
    assert.equal((await told).payload.state, "observed");

    actuator.arm("env", "act", 10, "anna");
    const written = next<{ payload: ProposalResult; topic: string }>("told");
    node("env").receive({ payload: recommendation("r2", 185) } as never);
    const { payload: result, topic } = await written;
    assert.deepEqual([result.state, result.readBack, topic], ["verified", 185, TWIN]);
    assert.equal(plant.zone("Oven1.Zone1").setpoint, 185);

    const dictionary = new Dictionary([
      { address: ROOF, kind: "measurement", type: "number", unit: "°C", update: { mode: "onChange" } },
    ]);
    const frame = (value: number, timeUs: number) => {
      const builder = new FrameBuilder({ source: "test", reality: "virtual", dictionary });
      builder.add(0, value, timeUs, 0);
      return builder.build({ epoch: 1, first: 0, receiveTimeUs: timeUs });
    };
    const judged = next<{ payload: Outcome }>("judged");
    node("out").receive({ payload: frame(200, result.timeUs + 59e6) } as never);
    node("out").receive({ payload: frame(171.5, result.timeUs + 61e6) } as never);
    const { payload: outcome } = await judged;
    assert.deepEqual([outcome.recommendation, outcome.inside, outcome.realised], ["r2", true, 171.5]);
    const { records } = services().outcomes().query({ twin: TWIN });
    assert.deepEqual(records, [outcome], "the same on the disk");

    const of = (name: string) => services().evidence.get(`${TWIN}/5/${name}`);
    await until("the evidence is on the board", () => of("armed")?.verdict === "holds");
    assert.equal(of("isolation")?.what, "isolation measured: not isolated");
    await until("read-back counts", () => of("read-back")?.verdict === "holds");
    assert.equal(of("heartbeat")?.verdict, "holds");
    assert.deepEqual(of("outcome")?.progress, { n: 1, of: 20 });
    actuator.disarm("env", "anna");
    await until("the evidence falls", () => of("armed")?.verdict === "fails");
    assert.equal(of("armed")?.cause, "not armed");
  });

  it("send what is outside by the second output, with the reason, and never to the actuator", async () => {
    await deploy(flow());
    const asked = plant.asked.length;
    const refused = next<{ rung: { envelope: { reasons: string[] } } }>("no");
    node("env").receive({ payload: recommendation("r3", 230) } as never);
    assert.deepEqual((await refused).rung.envelope.reasons, [
      `${ZONE1}: 230 °C is not within 150 to 220`,
      `${ZONE1}: a step of 50 °C, at most 10`,
    ]);
    assert.equal(plant.asked.length, asked);
  });

  it("wait for a person where approve stands in the way", async () => {
    await deploy(flow());
    await until("seen by the client", () => services().actuator().problem === null);
    node("ask").receive({ payload: recommendation("r4", 184) } as never);
    await until("the actuator asks", () => actuator.status().approvals.some((one) => one.id === "r4"));
    const approved = next<{ payload: Recommendation; rung: { approval: { by: string } } }>("yes");
    await actuator.approve("r4", actuator.status().approvals.find((one) => one.id === "r4")!.hash, "ben");
    const { payload, rung } = await approved;
    assert.deepEqual([payload.id, rung.approval.by], ["r4", "ben"]);
  });

  it("answer a wrong payload with an error, and go on", async () => {
    await deploy(flow());
    for (const id of ["env", "do", "ask", "out"]) {
      const caught = next<{ error: { message: string } }>("caught");
      node(id).receive({ payload: { kind: "scenario" } } as never);
      assert.match((await caught).error.message, /expected a re(commendation|sult)/, id);
    }
  });

  it("a broken table is named at deploy, and nothing of it is wanted", async () => {
    await deploy(flow({ id: "broken", targets: [{ ...row, max: "100", unit: "furlong" }] }));
    const error = helper
      .log()
      .args.flat(2)
      .find((entry) => entry.level === 20);
    assert.match(String(error?.msg), /min must be below max, got 150 and 100.*furlong is no unit Rung knows/);
    assert.equal(
      actuator.status().envelopes.some(({ id }) => id === "broken"),
      false,
    );
  });
});
