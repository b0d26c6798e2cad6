import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectAsync, type MqttClient } from "mqtt";
import { LiveClock } from "../../../runtime/core/clock.ts";
import { GOOD, UNCERTAIN_LAST_USABLE } from "../../../runtime/core/quality.ts";
import type { BindingRow } from "../../../runtime/describe/binding-table.ts";
import { ClockRegistry } from "../../../runtime/describe/clock-registry.ts";
import { EpochCounter } from "../../../runtime/describe/epoch-counter.ts";
import { MqttLink } from "../../../runtime/describe/mqtt/mqtt-link.ts";
import { MqttSource } from "../../../runtime/describe/mqtt/mqtt-source.ts";
import { HostPresence } from "../../../runtime/describe/sparkplug/host-state.ts";
import { encodePayload, type Metric } from "../../../runtime/describe/sparkplug/payload.ts";
import {
  SparkplugSource,
  type SparkplugSourceOptions,
} from "../../../runtime/describe/sparkplug/sparkplug-source.ts";
import { startBroker } from "../../../runtime/host/broker.ts";
import { BrokerUsers } from "../../../runtime/host/broker-rights.ts";
import { passwordDigest } from "../../../runtime/host/demo-logins.ts";
import { ended, freePort, needsMosquitto, startMosquitto } from "../mosquitto.ts";
import { bindings, Recorder, until } from "../opcua-recorder.ts";
import { newFolder } from "../opcua-test-server.ts";

const EDGE_PROCESS = fileURLToPath(new URL("./edge-process.ts", import.meta.url));
const STATE = "spBv1.0/STATE/rung";

interface TestBroker {
  readonly url: string;
  /** Of the twin and of the plant. */
  login(user: "twin" | "plant"): { user: string; password: string } | undefined;
  /** The link's URL and home. */
  readonly linkUrl: string;
  readonly home: string;
  close(): Promise<void>;
}

async function embedded(): Promise<TestBroker> {
  const home = newFolder("sparkplug-home");
  const users = new BrokerUsers(
    (["plant", "twin", "actuator"] as const).map((user) => ({
      user,
      sha256: passwordDigest(`${user}-password`),
    })),
  );
  const refused: string[] = [];
  const broker = await startBroker({ users, port: 0, onRefused: (sentence) => refused.push(sentence) });
  mkdirSync(join(home, "run"), { recursive: true });
  writeFileSync(join(home, "run", "host.json"), JSON.stringify({ mqttPort: broker.port }));
  return {
    url: `mqtt://127.0.0.1:${broker.port}`,
    linkUrl: "embedded",
    home,
    login: (user) => ({ user, password: `${user}-password` }),
    async close() {
      await broker.close();
      assert.deepEqual(
        refused.filter((sentence) => /refused/.test(sentence)),
        [],
      );
    },
  };
}

async function mosquitto(): Promise<TestBroker> {
  const { url, close } = await startMosquitto(await freePort());
  return { url, linkUrl: url, home: newFolder("sparkplug-mosquitto"), login: () => undefined, close };
}

for (const [name, start, check] of [
  ["the embedded broker", embedded, () => undefined],
  ["mosquitto", mosquitto, needsMosquitto],
] as const) {
  describe(`sparkplug source at ${name}`, function () {
    this.timeout(30_000);
    let broker: TestBroker;
    let watcher: MqttClient;
    const seen: { topic: string; text: string; retain: boolean }[] = [];
    const children = new Set<ChildProcess>();
    const opened = new Set<SparkplugSource>();

    before(check);
    beforeEach(async () => {
      broker = await start();
      const login = broker.login("plant");
      watcher = await connectAsync(broker.url, {
        reconnectPeriod: 0,
        ...(login === undefined ? {} : { username: login.user, password: login.password }),
      });
      seen.length = 0;
      watcher.on("message", (topic, payload, { retain }) =>
        seen.push({ topic, text: payload.toString("utf8"), retain }),
      );
      await watcher.subscribeAsync(["spBv1.0/STATE/#", "spBv1.0/+/NCMD/#"], { qos: 1 });
    });
    afterEach(async () => {
      for (const child of children) await ended(child, "SIGKILL");
      children.clear();
      for (const source of opened) await source.stop();
      opened.clear();
      await watcher?.endAsync(true);
      await broker?.close();
    });

    const open = (
      options: Partial<SparkplugSourceOptions> & { rows?: readonly BindingRow[]; protocolVersion?: 5 } = {},
    ) => {
      const recorder = new Recorder();
      const link = new MqttLink({
        id: "link1",
        name: "test link",
        url: broker.linkUrl,
        reality: "live",
        home: broker.home,
        login: () => broker.login("twin"),
        presence: new HostPresence("rung"),
        ...(options.protocolVersion === undefined ? {} : { protocolVersion: options.protocolVersion }),
      });
      const source = new SparkplugSource({
        id: "source1",
        name: "test source",
        link,
        twin: "acme/leipzig/paint",
        bindings: bindings(options.rows ?? []),
        filters: ["spBv1.0/acme-leipzig-paint/#"],
        clocks: new ClockRegistry(),
        epochs: new EpochCounter(broker.home),
        listener: recorder,
        ...options,
      });
      opened.add(source);
      return { recorder, link, source };
    };
    const edge = (node: string, more: object = {}) => {
      const child = spawn(
        process.execPath,
        [
          EDGE_PROCESS,
          JSON.stringify({
            url: broker.url,
            ...broker.login("plant"),
            group: "acme-leipzig-paint",
            node,
            ...more,
          }),
        ],
        { stdio: ["pipe", "pipe", "inherit"] },
      );
      children.add(child);
      return { child, tell: (command: object) => child.stdin!.write(`${JSON.stringify(command)}\n`) };
    };
    const states = () =>
      seen
        .filter(({ topic }) => topic === STATE)
        .map(({ text }) => JSON.parse(text) as { online: boolean; timestamp: number });
    const levelOf = (node: string) => `acme/leipzig/paint/${node}/level`;

    it("tck-id-message-flow-phid-sparkplug-state-publish: tells its STATE, edge nodes that waited are born, one is killed", async () => {
      const a = edge("oven1", { primaryHost: "rung" });
      const b = edge("oven2");
      const { recorder, source, link } = open();
      source.start();
      await until(() => source.nodes.online === 2, "both edge nodes");
      await until(() => states().length > 0, "the STATE");
      assert.equal(states()[0]!.online, true);
      a.tell({ set: 7 });
      b.tell({ set: 8 });
      const good = (node: string, value: number) =>
        recorder.samples(levelOf(node)).some((sample) => sample.value === value && sample.quality === GOOD);
      await until(() => good("oven1", 7) && good("oven2", 8), "values of both");
      const epochBefore = recorder.frames.at(-1)!.epoch;

      await ended(a.child, "SIGKILL");
      await until(
        () => recorder.samples(levelOf("oven1")).at(-1)!.quality === UNCERTAIN_LAST_USABLE,
        "stale values after the will",
      );
      const last = recorder.samples(levelOf("oven1")).at(-1)!;
      assert.equal(last.value, 7);
      assert.equal(
        recorder.samples("acme/leipzig/paint/oven1/pump/flow").at(-1)!.quality,
        UNCERTAIN_LAST_USABLE,
      );
      assert.equal(recorder.samples(levelOf("oven2")).at(-1)!.quality, GOOD);
      assert.deepEqual(source.nodes, { online: 1, known: 2 });
      assert.equal(source.sparkplug.deaths, 1);

      edge("oven1", { lastBdSeq: 0 });
      await until(() => source.nodes.online === 2, "the edge node again");
      await until(() => recorder.samples(levelOf("oven1")).at(-1)!.quality === GOOD, "good values");
      assert.deepEqual(
        recorder.gaps.map(({ cause, addresses }) => [cause, addresses]),
        [["connection-lost", [levelOf("oven1"), "acme/leipzig/paint/oven1/pump/flow"]]],
      );
      assert.ok(recorder.frames.at(-1)!.epoch > epochBefore, "a birth begins an epoch");
      const { counters } = source;
      await until(
        () => counters.received === counters.emitted + total(counters.dropped),
        "every value accounted for",
      );
      opened.delete(source);
      await source.stop();
      assert.equal(link.state.phase, "idle");
      // tck-id-operational-behavior-host-application-termination
      await until(() => states().at(-1)!.online === false, "the farewell");
      let next = 0;
      let epoch = 0;
      for (const frame of recorder.frames) {
        if (frame.epoch !== epoch) next = 0;
        epoch = frame.epoch;
        assert.equal(frame.first, next);
        next += frame.length;
      }
    });

    it("tck-id-operational-behavior-host-reordering-rebirth: asks when a message is lost, once; late deaths change nothing", async () => {
      const a = edge("oven1");
      const { recorder, source } = open({
        reorderMs: 200,
        rows: [{ nodeId: ".", path: `/${levelOf("oven1")}` }],
      });
      source.start();
      await until(() => source.nodes.online === 1, "the edge node");
      const births = source.sparkplug.births;
      a.tell({ set: 1 });
      a.tell({ lose: true });
      a.tell({ set: 2 });
      a.tell({ set: 3 });
      await until(() => source.sparkplug.sequenceGaps === 1, "the gap");
      await until(() => recorder.samples(levelOf("oven1")).at(-1)?.value === 3, "the value after it");
      const login = broker.login("plant");
      const other = await connectAsync(broker.url, {
        ...(login === undefined ? {} : { username: login.user, password: login.password }),
      });
      const bdSeq: Metric = { name: "bdSeq", type: "Int64", value: 77n };
      await other.publishAsync(
        "spBv1.0/acme-leipzig-paint/NDEATH/oven1",
        Buffer.from(encodePayload({ metrics: [bdSeq] })),
        { qos: 1 },
      );
      for (const topic of ["spBv1.0/acme-leipzig-paint/NDATA/oven1", "spBv1.0/acme-leipzig-paint/XX/oven1"]) {
        await other.publishAsync(topic, "{}", { qos: 1 });
      }
      await other.endAsync();
      await until(() => source.counters.dropped["malformed-topic"] === 1, "the bad input");
      assert.equal(source.sparkplug.lateDeaths, 1);
      assert.equal(source.counters.dropped["malformed-payload"], 1);
      assert.equal(source.nodes.online, 1);
      // The connection's own request may have been before; the gap waits out the pause of 10 s after it.
      assert.ok(source.sparkplug.rebirthsAsked - births <= 1, "the limit holds");
      assert.deepEqual(
        recorder.gaps.map(({ cause }) => cause),
        ["notification-missing"],
      );
    });

    it("tck-id-message-flow-hid-sparkplug-state-message-delivered: contradicts who says that it is offline", async () => {
      const { source, link } = open();
      source.start();
      await until(() => states().length === 1, "the STATE");
      // At the embedded broker nobody but the twin may say so; a second twin can.
      const login = broker.login("twin");
      const other = await connectAsync(broker.url, {
        ...(login === undefined ? {} : { username: login.user, password: login.password }),
      });
      await other.publishAsync(STATE, JSON.stringify({ online: false, timestamp: 1 }), {
        qos: 1,
        retain: true,
      });
      await until(() => states().length === 3, "the answer");
      assert.deepEqual(states()[2], states()[0]);
      await other.endAsync();
      assert.equal(link.state.phase, "connected");
    });

    it("shows that it is there while edge nodes are online and nothing changes", async () => {
      edge("oven1");
      const { recorder, source } = open();
      source.start();
      await until(() => recorder.frames.some(({ length }) => length === 0), "a frame without rows");
      assert.deepEqual(source.summary().tags, 2);
    });
  });
}

const total = (dropped: Readonly<Record<string, number>>): number =>
  Object.values(dropped).reduce((sum, count) => sum + count, 0);

describe("mqtt 5 and shared subscriptions at mosquitto", function () {
  this.timeout(30_000);
  let broker: TestBroker;
  before(async function () {
    needsMosquitto.call(this);
    broker = await mosquitto();
  });
  after(() => broker?.close());

  const source = (id: string, filters: string[], more: object = {}) => {
    const recorder = new Recorder();
    const link = new MqttLink({
      id,
      name: id,
      url: broker.url,
      reality: "live",
      home: broker.home,
      protocolVersion: 5,
      ...more,
    });
    const made = new MqttSource({
      id,
      name: id,
      link,
      bindings: bindings(
        Array.from({ length: 20 }, (_, i) => ({ nodeId: `shared/${i}`, path: `/acme/test/shared/x${i}` })),
      ),
      filters,
      format: { form: "raw" },
      clocks: new ClockRegistry(),
      epochs: new EpochCounter(broker.home),
      listener: recorder,
    });
    return { made, link, recorder };
  };

  it("share the messages of one subscription, each to one of both", async () => {
    const both = ["a", "b"].map((id) => source(id, ["$share/group/shared/#"]));
    for (const { made } of both) made.start();
    const publisher = await connectAsync(broker.url, { protocolVersion: 5 });
    try {
      await until(() => both.every(({ link }) => link.state.phase === "connected"), "both links");
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (let i = 0; i < 200; i++) await publisher.publishAsync(`shared/${i % 20}`, String(i), { qos: 1 });
      const received = () => both.map(({ made }) => made.counters.received);
      await until(() => received().reduce((a, b) => a + b) >= 200, "all messages");
      assert.equal(
        received().reduce((a, b) => a + b),
        200,
      );
      assert.ok(
        received().every((count) => count > 0),
        `each has some: ${received()}`,
      );
      await until(
        () => both.every(({ made: { counters } }) => counters.emitted === counters.received),
        "the frames",
      );
      const values = both.flatMap(({ recorder }) => recorder.frames.flatMap((frame) => [...frame]));
      assert.deepEqual(new Set(values.map(({ value }) => value)).size, 200);
    } finally {
      await publisher.endAsync();
      for (const { made } of both) await made.stop();
    }
  });

  it("keep the session of an MQTT 5 link while it is away", async () => {
    const first = source("kept", ["shared/#"]);
    first.made.start();
    const publisher = await connectAsync(broker.url, { protocolVersion: 5 });
    await until(() => first.link.state.phase === "connected", "the link");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await first.made.stop();
    for (let i = 0; i < 20; i++) await publisher.publishAsync(`shared/${i}`, String(i), { qos: 1 });
    const again = source("kept", ["shared/#"]);
    again.made.start();
    try {
      await until(() => again.made.counters.emitted === 20, "what was published meanwhile");
    } finally {
      await publisher.endAsync();
      await again.made.stop();
    }
  });
});

describe("sparkplug source without a broker", () => {
  it("sends historical rows in historical frames, and everything else as of now", async () => {
    const recorder = new Recorder();
    const link = {
      options: { id: "link1", reality: "live" },
      clock: new LiveClock(),
      use: () => async () => undefined,
      publish: () => true,
    } as unknown as MqttLink;
    const source = new SparkplugSource({
      id: "source1",
      name: "test source",
      link,
      twin: "acme/leipzig/paint",
      bindings: [],
      filters: ["spBv1.0/acme-leipzig-paint/#"],
      clocks: new ClockRegistry(),
      epochs: new EpochCounter(newFolder("sparkplug-epochs")),
      listener: recorder,
    });
    const nowMs = Date.now();
    const level = (value: number, timestampMs: number, isHistorical?: boolean): Metric => ({
      name: "level",
      type: "Double",
      value,
      timestampMs,
      ...(isHistorical === undefined ? {} : { isHistorical }),
    });
    const send = (type: string, seq: number, metrics: Metric[]) =>
      source.message(
        `spBv1.0/acme-leipzig-paint/${type}/oven1`,
        Buffer.from(encodePayload({ timestampMs: nowMs, seq, metrics })),
      );
    source.start();
    source.ready();
    try {
      send("NBIRTH", 0, [{ name: "bdSeq", type: "Int64", value: 0n }, level(1, nowMs)]);
      send("NDATA", 1, [level(2, nowMs - 2000, true), level(3, nowMs - 1000, true), level(4, nowMs + 1)]);
      await until(
        () => recorder.frames.some((frame) => frame.length > 0 && frame.valueAt(0) === 4),
        "the last value",
      );
    } finally {
      await source.stop();
    }
    assert.deepEqual(
      recorder.frames
        .filter(({ length }) => length > 0)
        .map((frame) => [frame.historical, [...frame].map(({ value }) => value)]),
      [
        [false, [1]],
        [true, [2, 3]],
        [false, [4]],
      ],
    );
    assert.equal(source.sparkplug.historical, 2);
  });
});
