import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Node, NodeMessage } from "node-red";
import historyNode from "../../nodes/1-describe/history/history.ts";
import queryNode from "../../nodes/1-describe/query/query.ts";
import recordingNode from "../../nodes/1-describe/recording/recording.ts";
import stateNode from "../../nodes/1-describe/state/state.ts";
import historianNode from "../../nodes/config/historian/historian.ts";
import twinNode from "../../nodes/config/twin/twin.ts";
import { RecordedClock } from "../../runtime/core/clock.ts";
import type { Frame } from "../../runtime/core/frame.ts";
import { metricsRegistry } from "../../runtime/host/metrics.ts";
import { measureSamples } from "../../runtime/host/sample-metrics.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import { OVEN, property, T0, TestSource } from "./twin-fixture.ts";

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
helper.init(require.resolve("node-red"));

const NODES = [twinNode, historianNode, stateNode, historyNode, queryNode, recordingNode];
const TWIN = {
  id: "oven",
  type: "rung-twin",
  name: "Oven 1",
  address: OVEN,
  scope: "machine",
  targetRung: "5",
};

interface Caught {
  readonly node: Node;
  readonly text: string;
}

/** Errors and what reached a helper node. */
class Rig {
  readonly errors: Caught[] = [];

  async load(flow: object[]): Promise<void> {
    await helper.load(NODES, flow);
  }

  node(id: string): Node {
    return helper.getNode(id);
  }

  /** The next message of a helper node. */
  next(id: string): Promise<NodeMessage & Record<string, unknown>> {
    return new Promise((resolve) => this.node(id).once("input", (message) => resolve(message as never)));
  }

  /** What a node told as an error. */
  errorOf(id: string): Promise<string> {
    return new Promise((resolve) => {
      this.node(id).once(
        "call:error" as never,
        ((call: { firstArg: unknown }) =>
          resolve(String((call.firstArg as Error)?.message ?? call.firstArg))) as never,
      );
    });
  }
}

describe("nodes of rung 1", () => {
  let home: string;
  let rig: Rig;

  beforeEach((done) => {
    home = mkdtempSync(join(tmpdir(), "rung-nodes-"));
    process.env.RUNG_HOME = home;
    rig = new Rig();
    helper.startServer(done);
  });

  afterEach(async () => {
    await helper.unload();
    await closeServices();
    await new Promise<void>((resolve) => helper.stopServer(() => resolve()));
    delete process.env.RUNG_HOME;
    rmSync(home, { recursive: true, force: true });
  });

  it("carries frames through state into history and answers queries", async () => {
    await rig.load([
      TWIN,
      { id: "state", type: "rung-state", twin: "oven", emit: "values", wires: [["his", "out"], ["values"]] },
      { id: "his", type: "rung-history", historian: "" },
      { id: "out", type: "helper" },
      { id: "values", type: "helper" },
      { id: "query", type: "rung-query", twin: "oven", kind: "range", paths: "x", wires: [["answer"]] },
      { id: "answer", type: "helper" },
    ]);
    const source = new TestSource([property("x"), property("y")]);
    const clock = new RecordedClock();
    clock.observe(T0 + 2);
    services().clocks.set(source.name, clock);
    const frame = source.frame([
      { index: 0, value: 1, timeUs: T0 },
      { index: 1, value: Number.NaN, timeUs: T0 + 1, other: "two-tone" },
      { index: 0, value: 2, timeUs: T0 + 2 },
    ]);
    const got: Promise<NodeMessage> = rig.next("out");
    const value = rig.next("values");
    rig.node("state").receive({ payload: frame } as never);
    assert.equal((await got).payload, frame, "the accepted frame travels by reference");
    const first = await value;
    assert.deepEqual(
      [first.topic, first.payload, first.quality, first.timestamp],
      [`${OVEN}/x`, 1, 0, T0 / 1000],
    );
    assert.equal(services().twins.require(OVEN).require(`${OVEN}/x`).value, 2);
    while (services().historian().counts.stored < 3) await wait(20);
    const answer = rig.next("answer");
    rig.node("query").receive({ payload: { fromUs: T0, toUs: T0 + 10 } } as never);
    assert.deepEqual((await answer).payload, {
      address: `${OVEN}/x`,
      unit: "°C",
      samples: [
        { timeUs: T0, value: 1, quality: 0 },
        { timeUs: T0 + 2, value: 2, quality: 0 },
      ],
      complete: true,
    });
    const last = rig.next("answer");
    rig.node("query").receive({ payload: { kind: "last", addresses: ["x", "y"] } } as never);
    assert.deepEqual(
      ((await last).payload as { value: unknown; other?: unknown }[]).map(({ value, other }) => [
        value,
        other,
      ]),
      [
        [2, undefined],
        [null, "two-tone"],
      ],
    );
  });

  it("asks as its form says for joins and windows, and otherwise where a message says so", async () => {
    await rig.load([
      TWIN,
      {
        id: "join",
        type: "rung-query",
        twin: "oven",
        kind: "asof",
        paths: "x",
        base: "y",
        wires: [["answer"]],
      },
      {
        id: "window",
        type: "rung-query",
        twin: "oven",
        kind: "eventWindow",
        paths: "y",
        windowBy: "values",
        // What the form keeps of the choice that is not made.
        entry: "in",
        exit: "out",
        event: "x",
        begin: "1",
        end: "",
        wires: [["answer"]],
      },
      { id: "answer", type: "helper" },
    ]);
    const source = new TestSource([property("x"), property("y")]);
    await services()
      .historian()
      .append(
        source.frame([
          { index: 0, value: 1, timeUs: T0 },
          { index: 1, value: 5, timeUs: T0 + 1 },
          { index: 0, value: 2, timeUs: T0 + 2 },
          { index: 0, value: 3, timeUs: T0 + 4 },
          { index: 1, value: 6, timeUs: T0 + 6 },
        ]),
      );
    const ask = async (node: string, payload: object): Promise<unknown> => {
      const answer = rig.next("answer");
      rig.node(node).receive({ payload: { fromUs: T0, toUs: T0 + 10, ...payload } } as never);
      return (await answer).payload;
    };
    const joined = (await ask("join", {})) as {
      base: string;
      rows: { at: Record<string, { value: number }> }[];
    };
    assert.deepEqual(
      [joined.base, joined.rows.map(({ at }) => at[`${OVEN}/x`]!.value)],
      [`${OVEN}/y`, [1, 3]],
    );
    const spans = async (payload: object) => {
      const { event, passages } = (await ask("window", payload)) as {
        event: string;
        passages: { enteredUs: number; leftUs: number }[];
      };
      return [event, ...passages.map(({ enteredUs, leftUs }) => [enteredUs - T0, leftUs - T0])];
    };
    assert.deepEqual(await spans({}), [`${OVEN}/x`, [0, 2]]);
    assert.deepEqual(await spans({ event: "x", begin: 1, end: 3 }), [`${OVEN}/x`, [0, 4]]);
    const bodies = (await ask("window", { entry: "x", exit: "x" })) as { entry: string; exit: string };
    assert.deepEqual([bodies.entry, bodies.exit], [`${OVEN}/x`, `${OVEN}/x`]);
  });

  it("tells what is wrong with a payload, an address, a twin, and goes on", async () => {
    await rig.load([
      TWIN,
      { id: "bad", type: "rung-twin", name: "Bad", address: "a//b", scope: "machine", targetRung: "5" },
      { id: "state", type: "rung-state", twin: "oven", emit: "frames", wires: [["out"]] },
      { id: "lost", type: "rung-state", twin: "bad", name: "Lost", wires: [[]] },
      { id: "his", type: "rung-history" },
      { id: "query", type: "rung-query", kind: "last", paths: "no/such/thing", wires: [[]] },
      { id: "out", type: "helper" },
    ]);
    const cases: [string, unknown, RegExp][] = [
      ["state", 42, /expected a frame from a source node, got the number "42"/],
      ["state", { kind: "finding" }, /got a finding/],
      ["his", "hot", /expected a frame from a state node, got the text "hot"/],
      ["lost", 1, /Lost: has no twin, or the twin's configuration is wrong/],
      ["query", {}, /no\/such\/thing: was never stored/],
      ["query", { kind: "guess" }, /"guess" is no kind of query/],
    ];
    for (const [id, payload, message] of cases) {
      const error = rig.errorOf(id);
      rig.node(id).receive({ payload } as never);
      assert.match(await error, message);
    }
    const source = new TestSource([property("x")]);
    const out = rig.next("out");
    rig.node("state").receive({ payload: source.frame([{ index: 0, value: 1, timeUs: T0 }]) } as never);
    assert.equal(((await out).payload as Frame).length, 1);
  });

  it("plays a recording through state into history, and again after a restart without storing it twice", async () => {
    const file = join(home, "line.csv");
    writeFileSync(
      file,
      `time;speed;note\n${Array.from({ length: 250 }, (_, i) => `2026-01-01 00:0${Math.floor(i / 60)}:${String(i % 60).padStart(2, "0")};${i / 4};ok`).join("\n")}\n`,
    );
    const flow = [
      { ...TWIN, address: "acme/plant/line1" },
      {
        id: "rec",
        type: "rung-recording",
        twin: "oven",
        file,
        timeColumn: "time",
        separator: ";",
        speed: 0,
        wires: [["state"]],
      },
      { id: "state", type: "rung-state", twin: "oven", emit: "frames", wires: [["his"]] },
      { id: "his", type: "rung-history" },
    ];
    await rig.load(flow);
    while (services().historian().counts.stored < 500) await wait(20);
    const state = services().twins.require("acme/plant/line1");
    assert.equal(state.reality, "recorded");
    assert.equal(state.require("acme/plant/line1/speed").value, 249 / 4);
    assert.equal(state.require("acme/plant/line1/speed").stale, false);
    assert.equal(state.require("acme/plant/line1/note").other, "ok");
    await helper.unload();
    await rig.load(flow);
    const synchroniser = await services().synchroniser();
    while (synchroniser.totals("historian").deduplicated < 500) await wait(20);
    assert.deepEqual(synchroniser.totals("historian"), {
      received: 1000,
      stored: 500,
      queued: 0,
      deduplicated: 500,
      dropped: {},
    });
    const stranger = new TestSource([property("x")]).frame([{ index: 0, value: 1, timeUs: T0 }]);
    const refused = rig.errorOf("state");
    rig.node("state").receive({ payload: stranger } as never);
    assert.match(await refused, /has no property of this twin/);
    measureSamples();
    const text = await metricsRegistry.metrics();
    const figuresOf = (place: string): Record<string, number> =>
      Object.fromEntries(
        [...text.matchAll(new RegExp(`^rung_${place}_samples_(\\w+?)(?:_total)?\\{.*\\} (\\d+)$`, "gm"))].map(
          ([, part, value]) => [part!, Number(value)],
        ),
      );
    const { received, ...became } = figuresOf("historian");
    // The repetitions ended at the synchroniser; the historian never saw them.
    assert.deepEqual({ received, ...became }, { received: 500, stored: 500, queued: 0, deduplicated: 0 });
    assert.equal(
      received,
      Object.values(became).reduce((sum, value) => sum + value, 0),
    );
    // The state takes a replay anew, which is not stored twice; the stranger's sample it drops.
    assert.deepEqual(figuresOf("twin"), { received: 1001, accepted: 1000, deduplicated: 0, dropped: 1 });
    assert.match(
      text,
      /^rung_twin_samples_dropped_total\{twin="acme\/plant\/line1",reason="other-twin"\} 1$/m,
    );
    assert.match(
      text,
      /^rung_historian_samples_stored_total\{historian="history\/rung\.duckdb",source="recording:\w+"\} 500$/m,
    );
    assert.match(text, /^rung_historian_memory_bytes\{historian="history\/rung\.duckdb"\} \d+$/m);
  });

  it("names a recording's missing file in an error and stays up", async () => {
    await rig.load([
      TWIN,
      { id: "rec", type: "rung-recording", twin: "oven", file: "/nowhere.csv", timeColumn: "t", wires: [[]] },
    ]);
    assert.match(await rig.errorOf("rec"), /\/nowhere\.csv: does not exist/);
  });

  it("lets a twin without a target climb as far as it may, and refuses only a wrong one", async () => {
    const { targetRung: _, ...open } = TWIN;
    await rig.load([open]);
    assert.equal(services().twins.describe(OVEN)?.targetRung, 5);
    await helper.unload();
    await closeServices();
    await rig.load([{ ...TWIN, targetRung: "high" }]);
    assert.equal(services().twins.get(OVEN), undefined);
  });

  it("takes a parent from its configuration node and refuses a twin not needed without a reason", async () => {
    await rig.load([
      { ...TWIN, parent: "hall", needed: true },
      {
        id: "hall",
        type: "rung-twin",
        name: "Paint",
        address: "acme/leipzig/paint",
        scope: "system",
        targetRung: "3",
      },
      {
        ...TWIN,
        id: "odd",
        name: "Odd",
        address: "acme/leipzig/paint/booth1",
        parent: "hall",
        needed: false,
      },
    ]);
    assert.equal(services().twins.describe(OVEN)?.parent, "acme/leipzig/paint");
    assert.equal(services().twins.get("acme/leipzig/paint/booth1"), undefined);
  });
});
