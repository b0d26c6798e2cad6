import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { connectAsync, type MqttClient } from "mqtt";
import mqttSource from "../../nodes/1-describe/mqtt-source/mqtt-source.ts";
import mqttLink from "../../nodes/config/mqtt-link/mqtt-link.ts";
import twin from "../../nodes/config/twin/twin.ts";
import { Frame, type Sample } from "../../runtime/core/frame.ts";
import { GOOD, UNCERTAIN_LAST_USABLE } from "../../runtime/core/quality.ts";
import { EdgeSession } from "../../runtime/describe/sparkplug/edge-session.ts";
import { type RunningBroker, startBroker } from "../../runtime/host/broker.ts";
import { BrokerUsers } from "../../runtime/host/broker-rights.ts";
import { passwordDigest } from "../../runtime/host/demo-logins.ts";
import { closeServices } from "../../runtime/host/services.ts";
import { until } from "../describe/opcua-recorder.ts";
import { newFolder } from "../describe/opcua-test-server.ts";

/** The part of node-red-node-test-helper that is used here; it ships no types. */
interface Helper {
  init(runtimePath: string): void;
  load(nodes: unknown, flow: unknown, credentials: unknown): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): { on(event: "input", react: (message: { payload: unknown }) => void): void };
  log(): { getCalls(): { args: [{ level: number; id?: string; msg?: unknown }] }[] };
}
const require = createRequire(import.meta.url);
const helper = require("node-red-node-test-helper") as Helper;
const ERROR_LEVEL = 20;
const TWIN = "acme/leipzig/paint/oven1";

describe("mqtt source node with Sparkplug B", function () {
  this.timeout(20_000);
  let broker: RunningBroker;
  let client: MqttClient;
  const homeBefore = process.env.RUNG_HOME;

  before(async () => {
    helper.init(require.resolve("node-red"));
    await closeServices();
    process.env.RUNG_HOME = newFolder("sparkplug-node-home");
    broker = await startBroker({
      users: new BrokerUsers(
        (["plant", "twin"] as const).map((user) => ({ user, sha256: passwordDigest(user) })),
      ),
      port: 0,
      onRefused: () => undefined,
    });
  });
  afterEach(async () => {
    await helper.unload();
    await client?.endAsync(true);
  });
  after(async () => {
    await closeServices();
    await broker.close();
    if (homeBefore === undefined) delete process.env.RUNG_HOME;
    else process.env.RUNG_HOME = homeBefore;
  });

  const flow = (source: object) => [
    { id: "tab", type: "tab" },
    { id: "twin", type: "rung-twin", name: "oven 1", address: TWIN, scope: "machine", targetRung: 0 },
    {
      id: "link",
      type: "rung-mqtt-link",
      name: "broker",
      url: `mqtt://127.0.0.1:${broker.port}`,
      reality: "live",
      login: "given",
      hostId: "rung",
      persistentSession: true,
    },
    {
      id: "source",
      type: "rung-mqtt-source",
      z: "tab",
      link: "link",
      twin: "twin",
      form: "sparkplug",
      wires: [["sink"]],
      ...source,
    },
    { id: "sink", type: "helper", z: "tab" },
  ];
  const errors = (): string[] =>
    helper
      .log()
      .getCalls()
      .map((call) => call.args[0])
      .filter((entry) => entry.level === ERROR_LEVEL)
      .map((entry) => String(entry.msg));

  /** An edge node `acme-leipzig-paint/oven1` that waits for the host `rung`. */
  const startEdge = async (): Promise<EdgeSession> => {
    const session: EdgeSession = new EdgeSession({
      group: "acme-leipzig-paint",
      node: "oven1",
      primaryHost: "rung",
      listener: {
        publish: ({ topic, payload, qos }) => void client.publish(topic, Buffer.from(payload), { qos }),
        // The broker still holds the farewell of the host before: a new session waits for the next one.
        disconnect: () => {
          session.connecting(Date.now());
          session.connected(Date.now());
        },
        command: () => undefined,
        problem: (error) => assert.fail(error),
      },
    });
    const now = Date.now();
    session.declare(undefined, [{ name: "speed", type: "Float", value: 3.5, timestampMs: now }], now);
    session.declare("zone3", [{ name: "air", type: "Double", value: 453.15, timestampMs: now }], now);
    const { subscriptions } = session.connecting(now);
    client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { username: "plant", password: "plant" });
    client.on("message", (topic, payload) => session.receive(topic, payload, Date.now()));
    await client.subscribeAsync([...subscriptions], { qos: 1 });
    session.connected(Date.now());
    return session;
  };

  const samplesInto = (): Sample[] => {
    const samples: Sample[] = [];
    helper.getNode("sink").on("input", ({ payload }) => {
      assert.ok(Frame.is(payload));
      samples.push(...payload);
    });
    return samples;
  };
  const credentials = { link: { user: "twin", password: "twin" } };

  it("takes every metric of the twin where its table is empty", async () => {
    await helper.load([twin, mqttLink, mqttSource], flow({ bindings: [] }), credentials);
    const samples = samplesInto();
    const edge = await startEdge();
    await until(() => samples.length >= 2, "the births");
    edge.update(undefined, [{ name: "speed", value: 4.5, timestampMs: Date.now() }], Date.now());
    await until(() => samples.some(({ value }) => value === 4.5), "the change");
    edge.leave(Date.now());
    await until(
      () => samples.filter(({ quality }) => quality === UNCERTAIN_LAST_USABLE).length === 2,
      "its death",
    );
    assert.deepEqual(
      samples.filter(({ quality }) => quality === GOOD).map(({ address, value }) => [address, value]),
      [
        [`${TWIN}/speed`, 3.5],
        [`${TWIN}/zone3/air`, 453.15],
        [`${TWIN}/speed`, 4.5],
      ],
    );
    assert.deepEqual(errors(), []);
  });

  it("takes what its table says, in the twin's unit", async () => {
    const bindings = [
      {
        nodeId: "acme-leipzig-paint/oven1/zone3#air",
        path: "zone3/airTemperature",
        unit: "°C",
        plantUnit: "K",
      },
    ];
    await helper.load([twin, mqttLink, mqttSource], flow({ bindings }), credentials);
    const samples = samplesInto();
    await startEdge();
    await until(() => samples.length === 1, "the birth");
    assert.equal(samples[0]!.address, `${TWIN}/zone3/airTemperature`);
    assert.ok(Math.abs(samples[0]!.value - 180) < 1e-9);
  });

  it("refuses a row that names no metric", async () => {
    const bindings = [{ nodeId: "acme/leipzig/paint/oven1/x", path: "x" }];
    await helper.load([twin, mqttLink, mqttSource], flow({ bindings }), credentials);
    await until(() => errors().length === 1, "the error");
    assert.match(errors()[0]!, /names no Sparkplug metric \(write group\/node#metric/);
  });
});
