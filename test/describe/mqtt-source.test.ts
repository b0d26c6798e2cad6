import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync, type MqttClient } from "mqtt";
import { BAD_SENSOR_FAILURE, GOOD, UNCERTAIN } from "../../runtime/core/quality.ts";
import type { BindingRow } from "../../runtime/describe/binding-table.ts";
import { ClockRegistry } from "../../runtime/describe/clock-registry.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import type { MqttLinkOptions } from "../../runtime/describe/mqtt/link-options.ts";
import { MqttLink } from "../../runtime/describe/mqtt/mqtt-link.ts";
import { MqttSource, type MqttSourceOptions } from "../../runtime/describe/mqtt/mqtt-source.ts";
import { PAYLOAD_DEFAULTS, readPayload } from "../../runtime/describe/mqtt/payload.ts";
import { SpeedEstimate } from "../../runtime/describe/speed-estimate.ts";
import { topicMatches } from "../../runtime/describe/topic-filter.ts";
import { type RunningBroker, startBroker } from "../../runtime/host/broker.ts";
import { BrokerUsers } from "../../runtime/host/broker-rights.ts";
import { passwordDigest } from "../../runtime/host/demo-logins.ts";
import { bindings, Recorder, until } from "./opcua-recorder.ts";
import { newFolder } from "./opcua-test-server.ts";

const BOOTH = "acme/test/booth1";
/** Long past, so that the clock of no machine is before it. */
const T0 = 1_700_000_000_000_000;
const users = new BrokerUsers(
  (["plant", "twin", "actuator"] as const).map((user) => ({
    user,
    sha256: passwordDigest(`${user}-password`),
  })),
);
const onRefused = () => undefined;

describe("mqtt source", function () {
  this.timeout(20_000);
  let broker: RunningBroker;
  let plant: MqttClient;
  let home: string;

  const announce = (port: number) => {
    mkdirSync(join(home, "run"), { recursive: true });
    writeFileSync(join(home, "run", "host.json"), JSON.stringify({ pid: 1, port: 1, mqttPort: port }));
  };
  const plantOn = (port: number) =>
    connectAsync(`mqtt://127.0.0.1:${port}`, { username: "plant", password: "plant-password" });

  beforeEach(async () => {
    home = newFolder("home");
    broker = await startBroker({ users, port: 0, onRefused });
    announce(broker.port);
    plant = await plantOn(broker.port);
  });
  afterEach(async () => {
    await plant.endAsync(true);
    await broker.close();
  });

  const newLink = (options: Partial<MqttLinkOptions> = {}) =>
    new MqttLink({
      id: "link1",
      name: "test link",
      url: "embedded",
      reality: "live",
      home,
      login: () => ({ user: "twin", password: "twin-password" }),
      ...options,
    });

  const open = (
    rows: readonly BindingRow[],
    options: Partial<MqttSourceOptions> = {},
    linkOptions: Partial<MqttLinkOptions> = {},
  ) => {
    const recorder = new Recorder();
    const clocks = new ClockRegistry();
    const link = newLink(linkOptions);
    const source = new MqttSource({
      id: "source1",
      name: "test source",
      link,
      bindings: bindings(rows),
      clocks,
      epochs: new EpochCounter(home),
      listener: recorder,
      ...options,
    });
    return { source, recorder, link, clocks };
  };
  const row = (path: string, more: Partial<BindingRow> = {}): BindingRow => ({
    nodeId: `${BOOTH}/${path}`,
    path: `/${BOOTH}/${path}`,
    ...more,
  });
  const send = (path: string, payload: unknown) =>
    plant.publishAsync(`${BOOTH}/${path}`, typeof payload === "string" ? payload : JSON.stringify(payload), {
      qos: 1,
    });

  it("batches messages into frames with time, quality and unit", async () => {
    const { source, recorder, link } = open([
      row("air/temperature", { unit: "°C", plantUnit: "K" }),
      row("air/humidity", { unit: "%" }),
      row("machine/state", { type: "enum" }),
    ]);
    source.start();
    try {
      await until(() => link.state.phase === "connected", "the link");
      await send("machine/state", { value: 6, timeUs: T0, quality: 0 });
      await until(() => recorder.frames.length === 1, "the first frame");
      for (let i = 0; i < 20; i++) {
        void send("air/temperature", { value: 293.15 + i, timeUs: T0 + i * 1000, quality: 0 });
        void send("air/humidity", {
          value: 60,
          timeUs: T0 + i * 1000,
          quality: i === 3 ? BAD_SENSOR_FAILURE : 0,
        });
      }
      await until(() => source.counters.emitted === 41, "all messages");
      assert.ok(source.counters.frames < 10, `${source.counters.frames} frames for 41 messages`);
      const temperatures = recorder.samples(`${BOOTH}/air/temperature`);
      assert.deepEqual(
        temperatures.map((sample) => Math.round(sample.value * 1000) / 1000),
        Array.from({ length: 20 }, (_, i) => 20 + i),
      );
      assert.deepEqual(
        temperatures.map((sample) => sample.sourceTimeUs),
        Array.from({ length: 20 }, (_, i) => T0 + i * 1000),
      );
      const humidities = recorder.samples(`${BOOTH}/air/humidity`);
      assert.deepEqual(
        humidities.map((sample) => sample.quality),
        humidities.map((_, i) => (i === 3 ? BAD_SENSOR_FAILURE : GOOD)),
      );
      let next = 0;
      for (const frame of recorder.frames) {
        assert.equal(frame.first, next);
        next += frame.length;
      }
    } finally {
      await source.stop();
    }
    assert.equal(link.state.phase, "idle");
  });

  it("takes a message that comes twice for one sample, and for a sign of life", async () => {
    const { source, recorder, link } = open([row("air/temperature", { unit: "°C" })]);
    source.start();
    try {
      await until(() => link.state.phase === "connected", "the link");
      const sample = (i: number, value = i) => send("air/temperature", { value, timeUs: T0 + i, quality: 0 });
      for (const i of [0, 1, 2, 0, 1, 2]) await sample(i);
      await sample(2, 7);
      await until(() => source.counters.received === 7, "all messages");
      await until(() => source.counters.emitted === 4, "the samples");
      assert.deepEqual(source.counters.dropped, { "repeated-message": 3 });
      assert.deepEqual(
        recorder.samples(`${BOOTH}/air/temperature`).map(({ value }) => value),
        [0, 1, 2, 7],
      );
      const frames = recorder.frames.length;
      await sample(2, 7);
      await until(() => recorder.frames.length === frames + 1, "the sign of life");
      assert.equal(recorder.frames.at(-1)!.length, 0);
    } finally {
      await source.stop();
    }
  });

  it("counts and names a malformed payload once, and the rest goes on", async () => {
    const { source, recorder, link } = open([row("a"), row("b")]);
    source.start();
    try {
      await until(() => link.state.phase === "connected", "the link");
      for (const payload of [
        "{",
        "[1]",
        '{"value":"12","timeUs":1}',
        '{"value":1}',
        '{"value":1,"timeUs":null}',
        "\u0000",
      ]) {
        await send("a", payload);
      }
      await send("b", { value: 5, timeUs: T0 });
      await until(() => recorder.samples(`${BOOTH}/b`).length === 1, "the good one");
      assert.deepEqual(source.counters.dropped, { "malformed-payload": 6 });
      assert.equal(source.counters.received, 7);
      assert.equal(recorder.problems.length, 1, "told once until the topic is well again");
      assert.match(
        recorder.problems[0]!.message,
        new RegExp(`^${BOOTH}/a: is no JSON: .*correct the publisher`),
      );
      await send("a", { value: 1, timeUs: T0 });
      await send("a", '{"x":1}');
      await until(() => recorder.problems.length === 2, "the second complaint");
      assert.match(recorder.problems[1]!.message, /has nothing at "value"/);
    } finally {
      await source.stop();
    }
  });

  it("counts and names a topic that nobody declared", async () => {
    const { source, recorder, link } = open([row("a")], { filters: [`${BOOTH}/#`] });
    source.start();
    try {
      await until(() => link.state.phase === "connected", "the link");
      await send("strange", { value: 1, timeUs: T0 });
      await send("strange", { value: 1, timeUs: T0 });
      await send("a", { value: 1, timeUs: T0 });
      await until(() => recorder.frames.length === 1, "the declared one");
      assert.deepEqual(source.counters.dropped, { "undeclared-topic": 2 });
      assert.deepEqual(
        recorder.problems.map((problem) => [problem.code, problem.where]),
        [["undeclared-topic", `${BOOTH}/strange`]],
      );
    } finally {
      await source.stop();
    }
  });

  it("reads raw numbers, with the time of their receipt", async () => {
    const { source, recorder, link } = open([row("a"), row("b", { type: "string" })], {
      format: { form: "raw" },
    });
    source.start();
    try {
      await until(() => link.state.phase === "connected", "the link");
      await send("a", " 12.5\n");
      await send("a", "");
      await send("b", "hello");
      await until(() => recorder.samples(`${BOOTH}/b`).length === 1, "both");
      const [sample] = recorder.samples(`${BOOTH}/a`);
      assert.equal(sample!.value, 12.5);
      assert.ok(Math.abs(sample!.sourceTimeUs - Date.now() * 1000) < 5e6);
      assert.equal(recorder.samples(`${BOOTH}/b`)[0]!.other, "hello");
      assert.deepEqual(source.counters.dropped, { "malformed-payload": 1 });
    } finally {
      await source.stop();
    }
  });

  it("comes back when the broker does, at another port, with a gap where samples are missing", async () => {
    const { source, recorder, link } = open([row("a", { periodMs: 1000 })]);
    source.start();
    try {
      await until(() => link.state.phase === "connected", "the link");
      await send("a", { value: 1, timeUs: T0 });
      await until(() => recorder.frames.length === 1, "a frame");
      await plant.endAsync(true);
      await broker.close();
      await until(() => link.state.phase === "retrying", "the loss to be noticed");
      assert.equal(link.state.error!.code, "not-reachable");
      broker = await startBroker({ users, port: 0, onRefused });
      announce(broker.port);
      plant = await plantOn(broker.port);
      await until(() => link.state.phase === "connected", "the link again");
      await send("a", { value: 2, timeUs: T0 + 9e6 });
      await until(() => recorder.gaps.length === 1, "the gap");
      assert.deepEqual(recorder.gaps, [
        { source: source.source, cause: "connection-lost", fromUs: T0, toUs: T0 + 9e6 },
      ]);
      assert.deepEqual(
        recorder.samples(`${BOOTH}/a`).map((sample) => sample.value),
        [1, 2],
      );
    } finally {
      await source.stop();
    }
  });

  it("refuses a wrong password and says so, and takes the right one", async () => {
    const login = { user: "twin", password: "wrong" };
    const { source, link } = open([row("a")], {}, { login: () => login });
    source.start();
    try {
      await until(() => link.state.error?.code === "login-refused", "the refusal");
      login.password = "twin-password";
      await until(() => link.state.phase === "connected", "the link");
    } finally {
      await source.stop();
    }
  });

  it("waits for a broker that is not there yet", async () => {
    const absent = newFolder("home");
    const { source, link } = open([row("a")], {}, { home: absent });
    source.start();
    try {
      assert.equal(link.state.error?.code, "no-embedded-broker");
      mkdirSync(join(absent, "run"));
      writeFileSync(join(absent, "run", "host.json"), JSON.stringify({ mqttPort: broker.port }));
      await until(() => link.state.phase === "connected", "the link");
    } finally {
      await source.stop();
    }
  });

  it("refuses loudly what the embedded broker cannot do", () => {
    assert.throws(() => newLink({ protocolVersion: 5 }), {
      code: "mqtt5-not-supported",
      message: "test link: the embedded broker speaks MQTT 3.1.1 only (choose 3.1.1, or another broker)",
    });
    const { source, link, clocks } = open([row("a")], { filters: [`$share/g/${BOOTH}/#`] });
    assert.throws(() => source.start(), { code: "shared-subscription-not-supported" });
    assert.equal(link.userCount, 0);
    assert.equal(clocks.get(source.source), undefined);
    assert.throws(() => open([row("a")], { filters: ["a/#/b"] }).source.start(), { code: "malformed-topic" });
    assert.throws(() => newLink({ url: "mqtt://user:secret@host" }), { code: "malformed-link" });
  });

  it("names a subscription that the broker refuses", async () => {
    const { source, recorder } = open([row("a")], { filters: ["$SYS/#", `${BOOTH}/#`] });
    source.start();
    try {
      await until(() => recorder.problems.length === 1, "the refusal");
      assert.deepEqual(
        [recorder.problems[0]!.code, recorder.problems[0]!.where],
        ["subscription-refused", "test link, $SYS/#"],
      );
      await send("a", { value: 1, timeUs: T0 });
      await until(() => recorder.frames.length === 1, "the other subscription");
    } finally {
      await source.stop();
    }
  });
});

describe("mqtt payload", () => {
  const read = (payload: string, format = {}, type: "number" | "structure" = "number") =>
    readPayload("t", Buffer.from(payload), type, { ...PAYLOAD_DEFAULTS, ...format });

  it("follows paths and units of time", () => {
    const nested = { valuePath: "d.v", timePath: "d.t", timeUnit: "iso" as const, qualityPath: "" };
    assert.deepEqual(read('{"d":{"v":true,"t":"2026-01-02T03:04:05.678Z"}}', nested), {
      value: 1,
      quality: GOOD,
      sourceTimeUs: Date.UTC(2026, 0, 2, 3, 4, 5, 678) * 1000,
    });
    const ms = { timePath: "ts", timeUnit: "ms" as const };
    assert.equal(read('{"value":1,"ts":1790000000000.5}', ms).sourceTimeUs, 1790000000000500);
    assert.equal(read('{"value":1}', { timePath: "" }).sourceTimeUs, undefined);
    assert.equal(read('{"value":1,"timeUs":5,"quality":"Uncertain"}').quality, UNCERTAIN);
    assert.ok(Number.isNaN(read('{"value":null,"timeUs":5,"quality":"bad"}').value));
    assert.deepEqual(read('{"value":{"a":[1]},"timeUs":5}', {}, "structure").other, { a: [1] });
  });

  for (const [payload, message] of [
    ['{"value":null,"timeUs":5}', /null is no number/],
    ['{"value":1,"timeUs":5,"quality":"fine"}', /"fine" is no quality/],
    ['{"value":1,"timeUs":"5"}', /"5" is no time/],
    ['{"__proto__":{"value":1},"timeUs":5}', /has nothing at "value"/],
    ["5", /has nothing at "value"/],
  ] as const) {
    it(`refuses ${payload}`, () =>
      assert.throws(() => read(payload), { code: "malformed-payload", message }));
  }
});

describe("mqtt topics", () => {
  it("match filters as clause 4.7 says", () => {
    for (const [filter, topic, matches] of [
      ["a/b", "a/b", true],
      ["a/+", "a/b", true],
      ["a/+", "a/b/c", false],
      ["a/#", "a", true],
      ["a/#", "a/b/c", true],
      ["#", "$SYS/x", false],
      ["+/x", "$SYS/x", false],
      ["$SYS/#", "$SYS/x", true],
      ["$share/g/a/#", "a/b", true],
      ["+", "/a", false],
      ["/+", "/a", true],
    ] as const) {
      assert.equal(topicMatches(filter, topic), matches, `${filter} ${topic}`);
    }
  });
});

describe("speed of a simulated plant", () => {
  it("is measured over five seconds of messages", () => {
    const estimate = new SpeedEstimate();
    let speed = 0;
    for (let ms = 0; ms <= 6000; ms += 83) speed = estimate.observe(T0 + ms * 60_000, 1000 + ms);
    assert.ok(Math.abs(speed - 60) < 1e-9);
    for (let ms = 0; ms <= 6000; ms += 83)
      speed = estimate.observe(T0 + 6000 * 60_000 + ms * 1000, 7000 + ms);
    assert.ok(Math.abs(speed - 1) < 0.5, `slows down: ${speed}`);
  });
});
