import assert from "node:assert/strict";
import { createRequire } from "node:module";
import mqttSource from "../../nodes/1-describe/mqtt-source/mqtt-source.ts";
import opcuaSource from "../../nodes/1-describe/opcua-source/opcua-source.ts";
import mqttLink from "../../nodes/config/mqtt-link/mqtt-link.ts";
import opcuaLink from "../../nodes/config/opcua-link/opcua-link.ts";
import twin from "../../nodes/config/twin/twin.ts";
import { Frame } from "../../runtime/core/frame.ts";
import { closeServices, services } from "../../runtime/host/services.ts";
import { until } from "../describe/opcua-recorder.ts";
import {
  killTestServers,
  newFolder,
  startTestServer,
  type TestServer,
} from "../describe/opcua-test-server.ts";

/** The part of node-red-node-test-helper that is used here; it ships no types. */
interface Helper {
  init(runtimePath: string): void;
  startServer(done: () => void): void;
  stopServer(done: () => void): void;
  load(nodes: unknown, flow: unknown, credentials: unknown): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): {
    on(event: "input", react: (message: unknown) => void): void;
    status: { called: boolean };
  };
  log(): { getCalls(): { args: [{ level: number; id?: string; msg?: unknown }] }[] };
  request(): Record<
    "get" | "post",
    (path: string) => Promise<unknown> & { send(body: object): Promise<unknown> }
  >;
}
const require = createRequire(import.meta.url);
const helper = require("node-red-node-test-helper") as Helper;
/** Node-RED's level of an error in its log. */
const ERROR_LEVEL = 20;

const TWIN = "acme/test/oven1";
const NODES = [twin, opcuaLink, mqttLink, opcuaSource, mqttSource];

interface Sent {
  topic: string;
  payload: unknown;
}

describe("link and source nodes", function () {
  this.timeout(30_000);
  let server: TestServer;
  const homeBefore = process.env.RUNG_HOME;

  before(async () => {
    helper.init(require.resolve("node-red"));
    await closeServices();
    process.env.RUNG_HOME = newFolder("nodes-home");
    server = await startTestServer({ pki: newFolder("nodes-pki"), periodMs: 100 });
    await new Promise<void>((resolve) => helper.startServer(resolve));
  });
  after(async () => {
    await new Promise<void>((resolve) => helper.stopServer(resolve));
    await killTestServers();
    await closeServices();
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
  });
  afterEach(() => helper.unload());

  const flow = (source: object, link: object = {}) => [
    { id: "tab", type: "tab" },
    {
      id: "twin",
      type: "rung-twin",
      name: "oven 1",
      address: TWIN,
      scope: "machine",
      targetRung: 1,
      objective: "test",
    },
    {
      id: "link",
      type: "rung-opcua-link",
      name: "plc",
      endpoint: server.endpoint,
      reality: "live",
      securityMode: "SignAndEncrypt",
      securityPolicy: "Basic256Sha256",
      login: "given",
      ...link,
    },
    {
      id: "source",
      type: "rung-opcua-source",
      z: "tab",
      name: "oven PLC",
      link: "link",
      twin: "twin",
      wires: [["sink"]],
      publishingMs: 100,
      ...source,
    },
    { id: "sink", type: "helper", z: "tab" },
  ];
  const bindings = [{ nodeId: "ns=1;s=Tag0", path: "count", periodMs: 100 }];
  /** What the runtime logged as errors of a node. */
  const errorsOf = (id: string): string[] =>
    helper
      .log()
      .getCalls()
      .map((call) => call.args[0])
      .filter((entry) => entry.level === ERROR_LEVEL && entry.id === id)
      .map((entry) => String(entry.msg));
  const load = (nodes: object[], credentials: object = {}) => helper.load(NODES, nodes, credentials);
  const ask = async (method: "get" | "post", name: string, body?: object) => {
    const request = helper.request()[method](`/rung/opcua-link/link/${name}`);
    return (await (body === undefined ? request : request.send(body))) as { status: number; body: never };
  };

  it("ask about the server first, and send frames once an engineer trusts it", async () => {
    await load(flow({ bindings }), { link: { user: "twin", password: "right" } });
    const sent: Sent[] = [];
    helper.getNode("sink").on("input", (message) => sent.push(message as Sent));
    let state = { phase: "", peer: { fingerprint: "" } };
    await until(() => {
      void ask("get", "state").then(({ body }) => {
        state = body;
      });
      return state.phase === "waits-for-trust";
    }, "the question");
    assert.equal(sent.length, 0);
    const wrong = await ask("post", "trust", { fingerprint: "00" });
    assert.equal(wrong.status, 409);
    const trusted = await ask("post", "trust", { fingerprint: state.peer.fingerprint });
    assert.equal(trusted.status, 200);
    await until(() => sent.some(({ payload }) => (payload as Frame).length > 0), "a frame");
    const { topic, payload } = sent.find((message) => (message.payload as Frame).length > 0)!;
    assert.ok(Frame.is(payload));
    assert.equal(topic, TWIN);
    assert.equal(payload.addressAt(0), `${TWIN}/count`);
    assert.ok(services().clocks.get("opcua:link:source") !== undefined);

    const preview = await ask("post", "preview", {
      twin: TWIN,
      rows: [
        { nodeId: "ns=1;s=Fahrenheit", path: "t", unit: "°C", plantUnit: "°F" },
        { nodeId: "ns=1;s=Fahrenheit", path: "t", unit: "bar", plantUnit: "°F" },
        { nodeId: "ns=1;s=Fahrenheit", path: "t", unit: "°C" },
      ],
    });
    const rows = preview.body as {
      plantValue: number;
      twinValue: number;
      plantUnit: string;
      problem?: string;
    }[];
    assert.deepEqual(
      [rows[0]!.plantValue, rows[0]!.plantUnit, Math.round(rows[0]!.twinValue), rows[0]!.problem],
      [212, "°F", 100, undefined],
    );
    assert.match(rows[1]!.problem!, /°F cannot be told in bar/);
    assert.equal(
      rows[2]!.problem,
      "ns=1;s=Fahrenheit: the server says °F, the table °C (correct the unit at the plant)",
    );
    const search = (await ask("get", "search?text=fahrenheit")) as unknown as { text: string };
    const steps = search.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { tags: { nodeId: string }[]; progress: { ended?: string } });
    assert.deepEqual(
      steps.flatMap(({ tags }) => tags.map(({ nodeId }) => nodeId)),
      ["ns=1;s=Fahrenheit"],
    );
    assert.equal(steps.at(-1)!.progress.ended, "all");
    const malformed = (await ask("get", "search?text=/(/")) as unknown as { text: string };
    assert.match((JSON.parse(malformed.text) as { error: string }).error, /Invalid regular expression/);
    const suggested = await ask("post", "suggest", {
      twin: "acme/test/zone1",
      tags: [{ nodeId: "ns=1;s=Fahrenheit" }, { nodeId: "ns=1;s=Sampled" }, { nodeId: "ns=1;s=Flag" }],
      publishingMs: "250",
    });
    assert.deepEqual(suggested.body, [
      {
        nodeId: "ns=1;s=Fahrenheit",
        path: "fahrenheit",
        unit: "°F",
        plantUnit: "",
        kind: "measurement",
        type: "number",
        // Sampled on change: as often as it is published.
        periodMs: 250,
        label: "",
      },
      {
        nodeId: "ns=1;s=Sampled",
        path: "sampled",
        unit: "",
        plantUnit: "",
        kind: "measurement",
        type: "number",
        periodMs: 400,
        label: "",
      },
      {
        nodeId: "ns=1;s=Flag",
        path: "flag",
        unit: "",
        plantUnit: "",
        kind: "measurement",
        type: "boolean",
        periodMs: 0,
        label: "",
      },
    ]);
  });

  it("refuse a table with a unit that does not fit, at deploy and by name", async () => {
    await load(
      flow({
        bindings: [...bindings, { nodeId: "ns=1;s=Bad", path: "flow", unit: "m³/h", plantUnit: "bar" }],
      }),
    );
    assert.deepEqual(errorsOf("source"), [
      `${TWIN}/flow: bar cannot be told in m³/h (correct the unit of the property or of the port)`,
    ]);
    assert.equal(helper.getNode("source").status.called, true);
  });

  it("say what is missing where a link or a table is", async () => {
    await load(flow({ bindings, link: "" }));
    assert.deepEqual(errorsOf("source"), ["oven PLC: has no link (choose one and deploy)"]);
    await helper.unload();
    await load(flow({ bindings: [] }));
    assert.deepEqual(errorsOf("source"), [
      "oven PLC: no tag is bound (tick tags in the node's dialog, or load a table)",
    ]);
  });

  it("refuse the twin of a training, which has no link", async () => {
    const practised = flow({ bindings }).map((node) =>
      (node as { type: string }).type === "rung-twin" ? { ...node, address: `training/${TWIN}` } : node,
    );
    await load(practised);
    assert.match(errorsOf("source").join(), /oven PLC: has a link, and training\/.* is a training twin/);
  });

  it("name a link whose settings make no sense, and keep the runtime", async () => {
    await load(flow({ bindings }, { endpoint: "http://plc" }));
    assert.deepEqual(errorsOf("link"), [
      'plc: "http://plc" is no endpoint (write opc.tcp://host:4840, virtual-plant or virtual-station)',
    ]);
    assert.equal((await ask("get", "state")).status, 404);
  });

  it("do not go to another machine without security, unless that is ticked", async () => {
    // An address that is none of this machine's own names, and that leads nowhere else.
    const open = { endpoint: "opc.tcp://0.0.0.0:4840", securityMode: "None", securityPolicy: "None" };
    await load(flow({ bindings }, open));
    assert.match(
      errorsOf("link")[0]!,
      /^plc: without security anybody on the way to opc.tcp:\/\/0.0.0.0:4840/,
    );
    await helper.unload();
    await load(flow({ bindings }, { ...open, allowNoSecurity: true }));
    assert.deepEqual(errorsOf("link").slice(1), []);
  });

  it("say what is missing where a link signs in with a certificate", async () => {
    await load(
      flow(
        { bindings },
        { login: "certificate", userCertificate: "anna", securityMode: "None", securityPolicy: "None" },
      ),
    );
    let code: string | undefined;
    await until(() => {
      void ask("get", "state").then(({ body }) => {
        code = (body as { error?: { code: string } }).error?.code;
      });
      return code === "no-user-certificate";
    }, "the missing certificate");
  });

  it("send plain messages, one per value, where that is asked for", async () => {
    await load(
      flow(
        { bindings, emit: "values" },
        { securityMode: "None", securityPolicy: "None", login: "anonymous" },
      ),
    );
    const sent: (Sent & { timestamp: number; quality: number })[] = [];
    helper.getNode("sink").on("input", (message) => sent.push(message as (typeof sent)[number]));
    await until(() => sent.length > 2, "messages");
    assert.equal(sent[0]!.topic, `${TWIN}/count`);
    assert.equal(sent[1]!.payload, (sent[0]!.payload as number) + 1);
    assert.equal(sent[0]!.quality, 0);
    assert.ok(Math.abs(sent[0]!.timestamp - Date.now()) < 10_000);
  });

  it("refuse on the embedded broker what it cannot do", async () => {
    await load([
      { id: "tab", type: "tab" },
      {
        id: "twin",
        type: "rung-twin",
        name: "b",
        address: TWIN,
        scope: "machine",
        targetRung: 1,
        objective: "test",
      },
      {
        id: "link2",
        type: "rung-mqtt-link",
        name: "broker",
        url: "embedded",
        reality: "virtual",
        protocolVersion: 4,
      },
      {
        id: "mqtt",
        type: "rung-mqtt-source",
        z: "tab",
        name: "booth",
        link: "link2",
        twin: "twin",
        filters: "$share/g/x",
        bindings: [{ nodeId: ".", path: "a" }],
      },
    ]);
    assert.deepEqual(errorsOf("mqtt"), [
      "broker, $share/g/x: the embedded broker grants shared subscriptions and delivers nothing (subscribe to the plain topic, or use another broker)",
    ]);
  });
});
