import assert from "node:assert/strict";
import { createRequire } from "node:module";
import historyNode from "../../nodes/1-describe/history/history.ts";
import opcuaSource from "../../nodes/1-describe/opcua-source/opcua-source.ts";
import stateNode from "../../nodes/1-describe/state/state.ts";
import opcuaLink from "../../nodes/config/opcua-link/opcua-link.ts";
import twin from "../../nodes/config/twin/twin.ts";
import { frameOf } from "../../nodes/frame-input.ts";
import type { Frame } from "../../runtime/core/frame.ts";
import { metricsRegistry } from "../../runtime/host/metrics.ts";
import { closeServices, openSynchronisers, services } from "../../runtime/host/services.ts";
import { tellSpools } from "../../runtime/host/spool-metrics.ts";
import { wholeCounts } from "../describe/opcua-path.ts";
import { until } from "../describe/opcua-recorder.ts";
import {
  killTestServers,
  newFolder,
  startTestServer,
  type TestServer,
} from "../describe/opcua-test-server.ts";
import { TcpCut } from "../describe/tcp-cut.ts";
import { property, T0, TestSource } from "../describe/twin-fixture.ts";

/** The part of node-red-node-test-helper that is used here; it ships no types. */
interface Helper {
  init(runtimePath: string): void;
  startServer(done: () => void): void;
  stopServer(done: () => void): void;
  load(nodes: unknown, flow: unknown): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): { on(event: "input", react: (message: { payload: unknown }) => void): void };
}
const require = createRequire(import.meta.url);
const helper = require("node-red-node-test-helper") as Helper;
const TWIN = "acme/test/oven1";
const TAGS = ["Tag0", "Tag1", "Tag2"];

describe("a gap in a flow", function () {
  this.timeout(60_000);
  let server: TestServer;
  let relay: TcpCut;
  const homeBefore = process.env.RUNG_HOME;

  before(async () => {
    helper.init(require.resolve("node-red"));
    await closeServices();
    process.env.RUNG_HOME = newFolder("gap-home");
    server = await startTestServer({
      pki: newFolder("gap-pki"),
      periodMs: 50,
      tags: TAGS.length + 1,
      historyValues: 5000,
      mostQueued: 10,
    });
    relay = await TcpCut.to(server.port);
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });
  after(async () => {
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    await relay.close();
    await killTestServers();
    await closeServices();
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
  });

  it("is filled in from the server's history, through the state into the history, and /metrics says so", async () => {
    await helper.load(
      [twin, opcuaLink, opcuaSource, stateNode, historyNode],
      [
        { id: "twin", type: "rung-twin", name: "oven 1", address: TWIN, scope: "machine", targetRung: 1 },
        {
          id: "link",
          type: "rung-opcua-link",
          name: "plc",
          endpoint: relay.endpoint,
          reality: "live",
          securityMode: "None",
          securityPolicy: "None",
          login: "anonymous",
        },
        {
          id: "source",
          type: "rung-opcua-source",
          name: "oven PLC",
          link: "link",
          twin: "twin",
          bindings: TAGS.map((tag) => ({ nodeId: `ns=1;s=${tag}`, path: tag, periodMs: 50 })),
          publishingMs: 100,
          wires: [["state"]],
        },
        {
          id: "state",
          type: "rung-state",
          twin: "twin",
          emit: "values",
          wires: [["history", "frames"], ["values"]],
        },
        { id: "history", type: "rung-history" },
        { id: "frames", type: "helper" },
        { id: "values", type: "helper" },
      ],
    );
    tellSpools(openSynchronisers);
    const frames: Frame[] = [];
    const values: unknown[] = [];
    helper.getNode("frames").on("input", ({ payload }) => frames.push(payload as Frame));
    helper.getNode("values").on("input", ({ payload }) => values.push(payload));
    const synchroniser = await services().synchroniser();
    const gaps = () => synchroniser.gaps.query();
    await until(() => frames.length > 5, "frames");
    relay.cut();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    relay.mend();
    await until(
      () => gaps().length > 0 && gaps().every(({ state }) => state === "closed"),
      "the gap to be filled in",
    );
    await helper.unload();
    await until(() => synchroniser.totals("historian").queued === 0, "the historian");

    const past = frames.filter(({ historical }) => historical);
    const filledIn = past.reduce((sum, { length }) => sum + length, 0);
    assert.ok(filledIn >= TAGS.length * 10, `${filledIn} samples were filled in`);
    assert.equal(
      gaps().reduce((sum, { backfilled }) => sum + backfilled, 0),
      filledIn,
    );
    for (const tag of TAGS) {
      const range = await services().historian().range(`${TWIN}/${tag}`, 0, Number.MAX_SAFE_INTEGER);
      const { values: stored, whole } = wholeCounts([...range.value]);
      assert.deepEqual(stored, whole);
    }
    const sent = frames.reduce((sum, { length }) => sum + length, 0);
    assert.equal(values.length, sent - filledIn, "plain messages tell of now only");
    const text = await metricsRegistry.metrics();
    const source = 'history="rung.duckdb",source="opcua:link:source"';
    assert.match(text, new RegExp(`^rung_open_gaps{${source}} 0$`, "m"));
    assert.match(text, new RegExp(`^rung_samples_backfilled_total{${source}} ${filledIn}$`, "m"));
  });

  it("means nothing to nodes that look at now", () => {
    const source = new TestSource([property("x")]);
    const past = source.past([{ index: 0, value: 1, timeUs: T0 }]);
    assert.equal(frameOf({ _msgid: "1", topic: TWIN, payload: past } as never, "detect"), undefined);
    const now = source.frame([{ index: 0, value: 1, timeUs: T0 }]);
    assert.equal(frameOf({ _msgid: "1", topic: TWIN, payload: now } as never, "detect")?.frame, now);
  });
});
