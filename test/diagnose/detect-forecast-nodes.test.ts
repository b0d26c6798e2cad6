import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Node, NodeMessage } from "node-red";
import detect from "../../nodes/2-diagnose/detect/detect.ts";
import forecast from "../../nodes/3-predict/forecast/forecast.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import type { Evidence } from "../../runtime/core/evidence.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import { GOOD } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import type { Finding } from "../../runtime/diagnose/finding.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import type { ForecastMessage } from "../../runtime/predict/forecast-message.ts";
import { draw } from "../ladder/draw.ts";
import { until } from "./memory-history.ts";

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

const TWIN = "acme/leipzig/paint/oven1";
const PERIOD_US = 5e6;
const NOW_US = 1_790_000_010e6;
const PROPERTIES: Property[] = ["zone1/fanFlow", "zone2/fanFlow"].map((path) => ({
  address: `${TWIN}/${path}`,
  kind: "measurement",
  type: "number",
  unit: "m³/h",
  update: { mode: "cyclic", periodMs: 5000 },
}));
const DICTIONARY = new Dictionary(PROPERTIES);
const random = new Random(1);
const walk = [0, 0];

function frame(fromTick: number, ticks: number, shift = 0): Frame {
  const builder = new FrameBuilder({ source: "s", reality: "virtual", dictionary: DICTIONARY });
  for (let tick = fromTick; tick < fromTick + ticks; tick++) {
    for (const c of [0, 1]) {
      walk[c] = 0.95 * walk[c]! + random.normal();
      builder.add(c, 1000 + 10 * walk[c]! + (c === 1 ? shift : 0), NOW_US + tick * PERIOD_US, GOOD);
    }
  }
  return builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
}

const FLOW = [
  {
    id: "d1",
    type: "rung-detect",
    name: "",
    properties: "",
    hours: 24,
    rows: 3000,
    budget: 5,
    actions: [{ pattern: "zone2/*", action: "Clean the nozzles of zone 2", priority: "1" }],
    wires: [["found"]],
  },
  {
    id: "f1",
    type: "rung-forecast",
    name: "",
    property: "zone1/fanFlow",
    stepS: 5,
    horizonS: 30,
    seasonS: 0,
    hours: 24,
    wires: [["ahead"]],
  },
  { id: "found", type: "helper" },
  { id: "ahead", type: "helper" },
];

describe("detect and forecast nodes", () => {
  let home: string;
  const before_ = process.env.RUNG_HOME;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "rung-detect-"));
    process.env.RUNG_HOME = home;
    helper.init(require.resolve("node-red"));
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });

  afterEach(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    await closeServices();
    if (before_ === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = before_;
    rmSync(home, { recursive: true, force: true });
  });

  const give = (id: string, payload: unknown, topic: string | undefined = TWIN): void =>
    helper.getNode(id).receive({ topic, payload } as NodeMessage);

  it("calibrate and fit on what arrives, speak, and put evidence on the board until they close", async function () {
    this.timeout(30_000);
    await helper.load([detect, forecast], FLOW);
    const findings: Finding[] = [];
    const forecasts: ForecastMessage[] = [];
    helper.getNode("found").on("input", (message: NodeMessage) => findings.push(message.payload as Finding));
    helper
      .getNode("ahead")
      .on("input", (message: NodeMessage) => forecasts.push(message.payload as ForecastMessage));
    const records = (): Evidence[] => services().evidence.of(TWIN);

    for (const id of ["d1", "f1"]) give(id, frame(0, 1));
    let tick = 1;
    // The nodes work while they learn: frames go on arriving until both have something to say.
    await until(() => {
      const next = frame(tick, 60);
      tick += 60;
      for (const id of ["d1", "f1"]) give(id, next);
      return records().filter(({ verdict }) => verdict === "holds").length >= 5;
    }, "five records hold");
    assert.deepEqual(
      records()
        .map(({ rung, node, verdict }) => `${rung} ${node} ${verdict}`)
        .sort(),
      ["2 d1 holds", "2 d1 holds", "2 d1 holds", "3 f1 holds", "3 f1 holds"],
    );
    assert.equal(findings.length, 0);
    assert.equal(forecasts.at(-1)!.mean.length, 6);
    assert.equal(forecasts.at(-1)!.twin, TWIN);

    give("d1", frame(tick, 60, -300));
    await until(() => findings.length === 1, "a finding");
    assert.match(findings[0]!.title, /^Zone 2 fan flow \d+(\.\d+)? % below normal$/);
    assert.equal(findings[0]!.action, "Clean the nozzles of zone 2");
    assert.equal(findings[0]!.priority, 1);

    await helper.unload();
    assert.deepEqual(records(), []);
  });

  it("shelve nothing, and say so where a saved flow or a message asks for it", async () => {
    await helper.load([detect], [{ ...FLOW[0]!, shelved: "zone1/*" }]);
    const node = helper.getNode("d1") as unknown as Record<"warn" | "error", { args: unknown[][] }>;
    assert.match(String(node.warn.args[0]), /shelves zone1\/\* no more: shelve its alarm on the alarm list/);
    give("d1", { shelve: "zone2/fanFlow", minutes: 60 });
    await until(() => node.error.args.length > 0, "the refusal");
    assert.match(String(node.error.args[0]), /expected a frame from a state node, got/);
  });

  it("take plans before the first frame too, whatever their topic, and say which they do not read", async () => {
    await helper.load([forecast], [{ ...FLOW[1]!, knownAhead: "plan" }]);
    const { error } = helper.getNode("f1") as unknown as { error: { args: unknown[][] } };
    const plan = (path: string) => ({
      kind: "ahead",
      path,
      points: [{ timeUs: NOW_US, value: 1 }],
      untilUs: NOW_US + 1000 * PERIOD_US,
    });
    for (const path of ["price", "plan"]) give("f1", plan(path), "");
    assert.equal(error.args.length, 0);
    give("f1", frame(0, 1));
    await until(() => error.args.length === 1, "the refusal");
    assert.match(String(error.args[0]), /the forecast reads no price ahead of time \(it reads plan\)/);
    give("f1", frame(1, 1));
    give("f1", { ...plan("plan"), untilUs: 0 }, "");
    await until(() => error.args.length === 2, "the second refusal");
    assert.match(String(error.args[1]), /the plan of plan has no later time after point 1/);
  });

  it("lose what they measured within one evaluation of a source that stops", async function () {
    this.timeout(30_000);
    await helper.load([detect, forecast], FLOW);
    // One tick for the nodes is one for the plant: the clock of the source runs on when no sample comes any more.
    let tick = 5000;
    const nowUs = () => NOW_US + tick * PERIOD_US;
    const clock = { reality: "virtual" as const, speed: Number.POSITIVE_INFINITY, nowUs };
    const { twins, clocks } = services();
    const { state } = twins.define({
      address: TWIN,
      name: "oven 1",
      scope: "process",
      needed: true,
      objective: "cure",
      targetRung: 3,
    });
    const ladder = services().ladder();
    clocks.set("s", clock);
    const give60 = () => {
      const next = frame(tick, 60);
      tick += 60;
      state.accept(next);
      for (const id of ["d1", "f1"]) give(id, next);
    };
    const capabilities = () => ladder.evaluate().twins[0]!.heldCapabilities.filter((row) => row > 1);
    ladder.setFlow(draw("src opcua-source > st state > his history; st > d1 detect; st > f1 forecast"));
    await until(() => {
      give60();
      return capabilities().length === 2;
    }, "rows 2 and 3 hold");

    tick += 12;
    assert.deepEqual(capabilities(), []);
    for (const row of [2, 3] as const) {
      assert.match(
        ladder.twin(TWIN)!.rows[row]!.fact,
        /: no sample since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC/,
      );
    }
    // Not before two windows, which are 400 ticks; how good the forecasts of the walk turn out then is chance.
    for (let i = 0; i < 7; i++) {
      give60();
      assert.deepEqual(capabilities(), [], `${60 * i} ticks of 400`);
    }
    await until(() => {
      give60();
      return capabilities().length === 2;
    }, "rows 2 and 3 hold again");
    clocks.delete("s");
    assert.deepEqual(capabilities(), [], "the source was taken away");
  });

  it("say what they expected, and do not stop the flow", async () => {
    await helper.load([detect, forecast], FLOW);
    for (const id of ["d1", "f1"]) {
      const errors: string[] = [];
      const node = helper.getNode(id) as Node & { error: (e: Error) => void };
      node.error = (error: Error) => errors.push(error.message);
      give(id, 42);
      give(id, frame(0, 1), "");
      await until(() => errors.length === 2, "two errors");
      assert.match(errors[0]!, /expected a frame from a state node, got/);
      assert.match(errors[1]!, /does not say which twin it is of/);
    }
  });
});
