import assert from "node:assert/strict";
import { createRequire } from "node:module";
import historyNode from "../../nodes/1-describe/history/history.ts";
import opcuaSource from "../../nodes/1-describe/opcua-source/opcua-source.ts";
import stateNode from "../../nodes/1-describe/state/state.ts";
import opcuaLink from "../../nodes/config/opcua-link/opcua-link.ts";
import twin from "../../nodes/config/twin/twin.ts";
import { LiveCurve } from "../../runtime/describe/decimate/live-curve.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import { wholeCounts } from "../describe/opcua-path.ts";
import { until } from "../describe/opcua-recorder.ts";
import {
  killTestServers,
  newFolder,
  startTestServer,
  type TestServer,
} from "../describe/opcua-test-server.ts";
import { TcpCut } from "../describe/tcp-cut.ts";

interface Helper {
  init(runtimePath: string): void;
  startServer(done: () => void): void;
  stopServer(done: () => void): void;
  load(nodes: unknown, flow: unknown): Promise<void>;
  unload(): Promise<void>;
}
const require = createRequire(import.meta.url);
const helper = require("node-red-node-test-helper") as Helper;
const TWIN = "acme/test/oven1";
const ADDRESS = `${TWIN}/Tag0`;
const PERIOD_MS = 50;

describe("a trend over a cut of the plant's connection", function () {
  this.timeout(120_000);
  let server: TestServer;
  let relay: TcpCut;
  const curves: LiveCurve[] = [];
  const homeBefore = process.env.RUNG_HOME;

  before(async () => {
    helper.init(require.resolve("node-red"));
    await closeServices();
    process.env.RUNG_HOME = newFolder("trend-home");
    server = await startTestServer({
      pki: newFolder("trend-pki"),
      periodMs: PERIOD_MS,
      tags: 2,
      historyValues: 5000,
      mostQueued: 10,
    });
    relay = await TcpCut.to(server.port);
    await new Promise<void>((resolve) => helper.startServer(resolve));
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
          bindings: [{ nodeId: "ns=1;s=Tag0", path: "Tag0", periodMs: PERIOD_MS }],
          publishingMs: 100,
          wires: [["state"]],
        },
        { id: "state", type: "rung-state", twin: "twin", emit: "frames", wires: [["history"], []] },
        { id: "history", type: "rung-history" },
      ],
    );
  });
  after(async () => {
    for (const curve of curves) curve.close();
    await helper.unload();
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    await relay.close();
    await killTestServers();
    await closeServices();
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
  });

  /** Columns so narrow that each sample has its own: what is drawn can be counted. */
  const curve = () => {
    const made = new LiveCurve({
      address: ADDRESS,
      spanUs: 60e6,
      columns: 6000,
      history: () => services().historian(),
      problem: (error) => assert.fail(String(error)),
    });
    made.attach(services().twins.ownerOf(ADDRESS));
    curves.push(made);
    return made;
  };

  it("is whole again once the plant's server has told what it kept: no value missing, none twice", async () => {
    const state = () => services().twins.ownerOf(ADDRESS);
    await until(() => state()?.last(ADDRESS) !== undefined, "the first sample");
    const shown = curve();
    const synchroniser = await services().synchroniser();
    const gaps = () => synchroniser.gaps.query();
    await until(() => shown.columns.samples().timeUs.length > 10, "a curve");
    const beforeCut = shown.columns.newestUs!;
    relay.cut();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    relay.mend();
    const widest = () => {
      const { timeUs } = shown.columns.samples();
      return Math.max(...timeUs.slice(1).map((us, i) => us - timeUs[i]!));
    };
    await until(() => shown.columns.newestUs! > beforeCut + 1.5e6, "samples after the cut");
    assert.ok(widest() > 3 * PERIOD_MS * 1000, "a piece is missing before it is filled in");
    await until(
      () => gaps().length > 0 && gaps().every((gap) => gap.state === "closed"),
      "the gap to be filled in",
      60_000,
    );
    const { timeUs, value } = shown.columns.samples();
    const { values, whole } = wholeCounts([...value]);
    assert.deepEqual(values, whole);
    assert.equal(new Set(timeUs).size, timeUs.length);
    assert.ok(shown.asked <= 2, "filled in by what came, not by asking anew");

    // A trend that is opened now, after the cut, shows the same from history.
    const later = curve();
    // What came just before is stored a moment later, and asked for once more.
    await until(() => {
      const counts = wholeCounts([...later.columns.samples().value]);
      return counts.values.length >= timeUs.length && counts.values.length === counts.whole.length;
    }, "the whole curve from history");
    const first = later.columns.samples().timeUs[0]!;
    assert.ok(first <= timeUs[0]!, "from the first sample on");
  });
});
