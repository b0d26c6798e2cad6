import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Node, NodeMessage } from "node-red";
import historyNode from "../../nodes/1-describe/history/history.ts";
import sourceNode from "../../nodes/1-describe/opcua-source/opcua-source.ts";
import stateNode from "../../nodes/1-describe/state/state.ts";
import detectNode from "../../nodes/2-diagnose/detect/detect.ts";
import forecastNode from "../../nodes/3-predict/forecast/forecast.ts";
import historianNode from "../../nodes/config/historian/historian.ts";
import linkNode from "../../nodes/config/opcua-link/opcua-link.ts";
import twinNode from "../../nodes/config/twin/twin.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import type { Evidence, Rung } from "../../runtime/core/evidence.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { type BindingRow, readBindings } from "../../runtime/describe/binding-table.ts";
import type { StoredCalibration } from "../../runtime/diagnose/detector-session.ts";
import { ladderChangesFile } from "../../runtime/host/home.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import { ChangeFile } from "../../runtime/ladder/change-file.ts";
import type { RowVerdict, RungChange } from "../../runtime/ladder/verdict.ts";
import { newFolder } from "../describe/opcua-test-server.ts";
import { LivePhysics, type LivePlant, PERIOD_MS, startLivePlant, TAGS } from "./live-plant.ts";

/** The part of the untyped helper that is used here. */
interface TestHelper {
  init(runtime: string): void;
  load(nodes: readonly unknown[], flow: readonly object[]): Promise<void>;
  unload(): Promise<void>;
  startServer(done: () => void): void;
  stopServer(done: () => void): void;
  getNode(id: string): Node;
}
const require = createRequire(import.meta.url);
const helper = require("node-red-node-test-helper") as TestHelper;

const NODES = [
  linkNode,
  twinNode,
  historianNode,
  sourceNode,
  stateNode,
  historyNode,
  detectNode,
  forecastNode,
];
const TWIN = "acme/test/press1";
const START_MS = Date.UTC(2030, 0, 1);
const PERIOD_US = 1000 * PERIOD_MS;
const AGE_LIMIT_US = 3 * PERIOD_US;
/** Two windows of 200 periods. */
const RECOVERY_US = 2 * 200 * PERIOD_US;
/** Periods that the historian knows before the first deploy: what the detector calibrates on. */
const PAST = 2000;
/** A few scores of before, so that not too many must come before those of a spoilt forecast weigh little again. */
const PAST_OF_FORECAST_S = (400 * PERIOD_MS) / 1000;
/** Wall time between two evaluations. */
const EVALUATION_MS = 100;

const tag = (name: string): BindingRow => ({
  nodeId: `ns=1;s=${name}`,
  path: name.toLowerCase(),
  kind: "measurement",
  type: "number",
  unit: "1",
  periodMs: PERIOD_MS,
});

const flowAt = (endpoint: string) => [
  { id: "tab", type: "tab", label: "press" },
  {
    id: "link",
    type: "rung-opcua-link",
    name: "plant",
    endpoint,
    reality: "virtual",
    securityMode: "None",
    securityPolicy: "None",
    surviveS: 30,
  },
  { id: "twin", type: "rung-twin", name: "press 1", address: TWIN, scope: "machine", targetRung: "3" },
  {
    id: "src",
    type: "rung-opcua-source",
    z: "tab",
    name: "press PLC",
    link: "link",
    twin: "twin",
    publishingMs: 10,
    samplingMs: 0,
    fillGaps: false,
    bindings: TAGS.map(tag),
    wires: [["st"]],
  },
  {
    id: "st",
    type: "rung-state",
    z: "tab",
    twin: "twin",
    emit: "frames",
    wires: [["his", "det", "fc", "read"]],
  },
  { id: "his", type: "rung-history", z: "tab", historian: "", wires: [] },
  { id: "read", type: "helper", z: "tab" },
  {
    id: "det",
    type: "rung-detect",
    z: "tab",
    properties: "flow, pressure",
    hours: 24,
    rows: 1500,
    budget: 10,
    actions: [],
    wires: [[]],
  },
  {
    id: "fc",
    type: "rung-forecast",
    z: "tab",
    property: "load",
    stepS: PERIOD_MS / 1000,
    horizonS: (6 * PERIOD_MS) / 1000,
    seasonS: 0,
    hours: PAST_OF_FORECAST_S / 3600,
    wires: [[]],
  },
];

/** What one evaluation found. */
interface Look {
  readonly plantUs: number;
  readonly held: Rung;
  readonly rows: readonly RowVerdict[];
  /** The greatest age of a property, before and after the evaluation. */
  readonly ageUs: readonly [number, number];
}

describe("ladder, live over OPC UA", function () {
  this.timeout(120_000);
  const homeBefore = process.env.RUNG_HOME;
  let home: string;
  let pki: string;
  let plant: LivePlant;
  const looks: Look[] = [];

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-live-"));
    process.env.RUNG_HOME = home;
    pki = newFolder("live-plant-pki");
    plant = await startLivePlant({ pki, fromMs: START_MS, seed: 1 });
    helper.init(require.resolve("node-red"));
    await new Promise<void>((resolve) => helper.startServer(resolve));
    await services().historian().append(past());
    await deploy();
    await held(3);
  });

  after(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    await closeServices();
    await plant?.kill();
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
    rmSync(home, { recursive: true, force: true });
  });

  function past(): Frame {
    const { bindings } = readBindings(TAGS.map(tag), TWIN);
    const dictionary = new Dictionary(bindings.map(({ property }) => property));
    const builder = new FrameBuilder({ source: "past", reality: "virtual", dictionary });
    const physics = new LivePhysics(3);
    for (let timeMs = START_MS - PAST * PERIOD_MS; timeMs < START_MS; timeMs += PERIOD_MS) {
      for (const [i, value] of physics.values(timeMs).entries()) builder.add(i, value, timeMs * 1000, GOOD);
    }
    return builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
  }

  async function deploy(): Promise<void> {
    const flow = flowAt(plant.endpoint);
    await helper.load(NODES, flow);
    helper.getNode("read").on("input", ({ payload }: NodeMessage) => {
      const frame = payload as Frame;
      plant.read(Math.max(...Array.from(frame, ({ sourceTimeUs }) => sourceTimeUs)) / 1000);
    });
    services().ladder().setFlow(flow);
  }

  const state = () => services().twins.require(TWIN);
  const oldestUs = () =>
    Math.max(...state().dictionary.properties.map(({ address }) => state().ageUs(address)));

  /** One evaluation. Whatever a record says, its row says in the same one. */
  function look(): Look {
    const before = state().dictionary.size === 0 ? 0 : oldestUs();
    const twin = services()
      .ladder()
      .evaluate()
      .twins.find(({ address }) => address === TWIN)!;
    for (const { rung, verdict, id } of services().evidence.of(TWIN)) {
      const row = twin.rows[rung]!;
      if (verdict === "fails") assert.equal(row.verdict, "fails", `${id} fails, row ${rung} ${row.verdict}`);
      if (verdict !== "holds") assert.ok(twin.held < rung, `${id} ${verdict}, and it holds ${twin.held}`);
    }
    const after = state().dictionary.size === 0 ? 0 : oldestUs();
    const found = {
      plantUs: state().nowUs(),
      held: twin.held,
      rows: twin.rows,
      ageUs: [before, after] as const,
    };
    looks.push(found);
    return found;
  }

  /** Evaluates until what is asked for is there. */
  async function until(what: string, isThere: (look: Look) => boolean): Promise<Look> {
    const endMs = performance.now() + 60_000;
    for (;;) {
      const found = look();
      if (isThere(found)) return found;
      if (performance.now() > endMs) {
        const rows = found.rows.map(({ row, verdict, fact }) => `${row} ${verdict}: ${fact}`);
        throw new Error(`waited in vain for ${what}; ${rows.join("; ")}`);
      }
      await wait(EVALUATION_MS);
    }
  }
  const held = (rung: Rung) => until(`rung ${rung}`, (found) => found.held === rung);

  /** That a row which fell was recovering for two windows of the plant's time, and did not count before. */
  async function recovers(row: Rung): Promise<void> {
    await until(`row ${row} to hold by its records`, (found) => found.rows[row]!.verdict === "recovering");
    const from = looks.length - 1;
    const back = await until(`row ${row} to count`, (found) => found.rows[row]!.verdict === "holds");
    const way = looks.slice(from, -1);
    const begun = way.findLastIndex(({ rows }) => rows[row]!.verdict !== "recovering") + 1;
    assert.ok(way.length > begun, "it was seen recovering");
    const passedUs = back.plantUs - way[begun]!.plantUs;
    assert.ok(passedUs >= RECOVERY_US - PERIOD_US, `it counted after ${passedUs / 1e6} s`);
    for (const { held } of way.slice(begun)) assert.ok(held < row, `it held ${held} on the way`);
  }

  const lastFall = () => services().ladder().twin(TWIN)!.lastFall!;
  const recordOf = (part: string): Evidence =>
    services()
      .evidence.of(TWIN)
      .find(({ id }) => id.includes(part))!;

  it("climbs to 3 by its evidence alone", () => {
    const verdicts = services().ladder().twin(TWIN)!.rows.slice(0, 4);
    assert.deepEqual(
      verdicts.map(({ verdict }) => verdict),
      ["holds", "holds", "holds", "holds"],
    );
  });

  it("a forecast that is spoilt lowers it to 2, and comes back after two windows", async () => {
    plant.stick(true);
    const from = looks.length;
    await held(2);
    assert.ok(looks.slice(from, -1).every(({ held }) => held === 3));
    assert.equal(lastFall().row, 3);
    assert.match(lastFall().cause, /^3 predictive: (not shown to beat|the 90 % interval covers)/);
    await until("a MASE that is not below 1", () => recordOf("/3/skill/").verdict === "fails");
    assert.ok(recordOf("/3/skill/").value! >= 1, "its 95 % upper bound");
    plant.stick(false);
    await recovers(3);
    await held(3);
  });

  it("a source that stops lowers it in the evaluation after the age limit, and it comes back after two windows", async () => {
    const { port } = plant;
    const from = looks.length;
    await plant.kill();
    await held(0);
    const stopped = looks.slice(from);
    for (const { ageUs, held } of stopped) if (ageUs[0] > AGE_LIMIT_US) assert.equal(held, 0);
    const fallen = stopped.at(-1)!;
    assert.ok(fallen.ageUs[1] > AGE_LIMIT_US, `it fell at an age of ${fallen.ageUs[1] / 1000} ms`);
    assert.equal(lastFall().from, 3);
    assert.match(lastFall().cause, /^1 descriptive: no sample of (flow|pressure|load) for 0\.\d s( \(|$)/);
    assert.equal(lastFall().row, 1);

    plant = await startLivePlant({ pki, port, fromMs: Math.ceil(state().nowUs() / 1000) + 100, seed: 2 });
    await recovers(1);
    await held(3);
  });

  it("a calibration that runs out lowers it to 1, and a new one counts after two windows", async () => {
    const validUntilUs = Math.round(state().nowUs() + 20e6);
    await helper.unload();
    const [name] = readdirSync(join(home, "detect"));
    const file = join(home, "detect", name!);
    const stored = JSON.parse(readFileSync(file, "utf8")) as StoredCalibration;
    const calibration = { ...stored.calibration, validUntilUs };
    writeFileSync(file, JSON.stringify({ ...stored, calibration }));
    await deploy();
    const back = await held(3);
    assert.ok(back.plantUs < validUntilUs, "it is valid still");
    const from = looks.length;
    await until("row 2 to fail", ({ rows }) => rows[2]!.verdict === "fails");
    // A forecast that drifted is fitted anew meanwhile, and collects for a moment: row 3 may fail, row 2 must not.
    assert.ok(looks.slice(from, -1).every(({ held }) => held >= 2));
    assert.equal(looks.at(-2)!.held, 3, "until it ran out");
    assert.ok(looks.at(-1)!.plantUs > validUntilUs);
    assert.equal(looks.at(-1)!.held, 1);
    assert.match(
      lastFall().cause,
      /^2 diagnostic: the calibration ran out at 2030-01-01T.*; calibrate again$/,
    );
    assert.deepEqual([lastFall().from, lastFall().to, lastFall().row], [3, 1, 2]);

    helper.getNode("det").receive({ payload: "calibrate" } as NodeMessage);
    await recovers(2);
    await held(3);
  });

  it("keeps every change in a file, with its cause and what was measured", () => {
    const file = new ChangeFile(ladderChangesFile(home), { readOnly: true });
    const changes = file.query({ twin: TWIN, limit: 1000 }).reverse();
    file.close();
    const held = changes.filter((change): change is RungChange => change.kind === "held");
    assert.deepEqual(held, JSON.parse(JSON.stringify(services().ladder().changes())));
    const causes = [
      [3, /^3 predictive: .+/, "/3/"],
      [1, /^1 descriptive: no sample of /, "/1/age"],
      [2, /^2 diagnostic: the calibration ran out at /, "/2/calibration/det"],
    ] as const;
    let after = 0;
    for (const [row, cause, id] of causes) {
      const at = held.findIndex(
        (change, i) => i >= after && change.to < change.from && cause.test(change.cause),
      );
      assert.ok(at >= 0, `a fall of row ${row}`);
      const fall = held[at]!;
      assert.deepEqual([fall.from, fall.to], [3, row - 1]);
      assert.ok(fall.linkTimeUs! > START_MS * 1000);
      const [first] = fall.evidence;
      assert.ok(first!.id.includes(id), first!.id);
      assert.deepEqual([first!.verdict, typeof first!.value], ["fails", "number"]);
      after = held.findIndex(({ to }, i) => i > at && to === 3);
      assert.ok(after > at, "and the way back to 3");
      const way = changes
        .filter((change) => change.kind === "row" && change.row === row && change.timeUs >= fall.timeUs)
        .map(({ to }) => to);
      assert.equal(way[0], "fails");
      assert.ok(way.indexOf("recovering") > 0 && way.indexOf("recovering") < way.indexOf("holds"), `${way}`);
    }
  });
});
