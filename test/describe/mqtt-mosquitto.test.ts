import assert from "node:assert/strict";
import { connectAsync, type IClientOptions } from "mqtt";
import { ClockRegistry } from "../../runtime/describe/clock-registry.ts";
import { EpochCounter } from "../../runtime/describe/epoch-counter.ts";
import type { MqttLinkOptions } from "../../runtime/describe/mqtt/link-options.ts";
import { MqttLink } from "../../runtime/describe/mqtt/mqtt-link.ts";
import { MqttSource } from "../../runtime/describe/mqtt/mqtt-source.ts";
import { type Identity, identity } from "./identity.ts";
import { freePort, needsMosquitto, startMosquitto } from "./mosquitto.ts";
import { bindings, Recorder, until } from "./opcua-recorder.ts";
import { newFolder } from "./opcua-test-server.ts";

const TAGS = 10;

describe("mqtt source at mosquitto", function () {
  this.timeout(30_000);
  let broker: Awaited<ReturnType<typeof startMosquitto>>;
  let home: string;
  let tlsPort: number;
  let server: Identity;
  let twin: Identity;
  let stranger: Identity;

  before(async function () {
    needsMosquitto.call(this);
    [server, twin, stranger] = (await Promise.all(["broker", "twin", "stranger"].map(identity))) as [
      Identity,
      Identity,
      Identity,
    ];
    home = newFolder("mqtt-home");
    tlsPort = await freePort();
    broker = await startMosquitto(await freePort(), [
      `listener ${tlsPort} 127.0.0.1`,
      `certfile ${server.certificateFile}`,
      `keyfile ${server.keyFile}`,
      `cafile ${twin.certificateFile}`,
      "require_certificate true",
      "use_identity_as_username true",
      "allow_anonymous false",
    ]);
  });
  after(() => broker?.close());

  const open = (id: string, qos: 0 | 1 | 2, link: Partial<MqttLinkOptions>) => {
    const recorder = new Recorder();
    const rows = Array.from({ length: TAGS }, (_, i) => ({
      nodeId: `acme/test/${id}/x${i}`,
      path: `/acme/test/${id}/x${i}`,
    }));
    const mqttLink = new MqttLink({
      id,
      name: id,
      url: broker.url,
      reality: "live",
      home,
      ...link,
    });
    const source = new MqttSource({
      id,
      name: id,
      link: mqttLink,
      bindings: bindings(rows),
      filters: [`acme/test/${id}/#`],
      qos,
      format: { form: "raw" },
      clocks: new ClockRegistry(),
      epochs: new EpochCounter(home),
      listener: recorder,
    });
    return { source, recorder, link: mqttLink };
  };
  /** A retained message comes as the first answer to a subscription; nobody declared its topic. */
  const subscribed = async (id: string, recorder: Recorder) => {
    const client = await connectAsync(broker.url);
    await client.publishAsync(`acme/test/${id}/probe`, "1", { qos: 1, retain: true });
    await client.endAsync();
    await until(() => recorder.problems.some(({ code }) => code === "undeclared-topic"), "the subscription");
  };
  const publish = async (id: string, from: number, to: number, qos: 0 | 1 | 2, options: IClientOptions) => {
    const client = await connectAsync(broker.url, options);
    for (let i = from; i < to; i++)
      await client.publishAsync(`acme/test/${id}/x${i % TAGS}`, String(i), { qos });
    await client.endAsync();
  };
  const values = (recorder: Recorder) =>
    recorder.frames.flatMap((frame) => [...frame].map(({ value }) => value)).sort((a, b) => a - b);
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

  for (const protocolVersion of [4, 5] as const) {
    for (const qos of [0, 1, 2] as const) {
      it(`speaks MQTT ${protocolVersion === 4 ? "3.1.1" : "5"} with QoS ${qos} over TLS with a client certificate`, async () => {
        const id = `tls${protocolVersion}${qos}`;
        const { source, recorder } = open(id, qos, {
          url: `mqtts://127.0.0.1:${tlsPort}`,
          protocolVersion,
          tls: { ca: server.certificate, certificate: twin.certificate, key: twin.key },
        });
        source.start();
        try {
          await subscribed(id, recorder);
          await publish(id, 0, 100, qos, { protocolVersion });
          await until(() => source.counters.emitted === 100, "all messages");
          assert.deepEqual(values(recorder), numbers(100));
        } finally {
          await source.stop();
        }
      });
    }

    it(`gets with QoS 2 exactly once what was published while it was away, MQTT ${protocolVersion === 4 ? "3.1.1" : "5"}`, async () => {
      const id = `away${protocolVersion}`;
      const first = open(id, 2, { protocolVersion });
      first.source.start();
      await subscribed(id, first.recorder);
      await first.source.stop();
      await publish(id, 0, 100, 2, { protocolVersion });
      const again = open(id, 2, { protocolVersion });
      again.source.start();
      try {
        await until(() => again.source.counters.emitted >= 100, "what was published meanwhile");
        assert.deepEqual(values(again.recorder), numbers(100));
      } finally {
        await again.source.stop();
      }
    });
  }

  it("does not talk to a broker whose certificate nobody vouches for, and says what to do", async () => {
    const { source, link } = open("untrusting", 1, {
      url: `mqtts://127.0.0.1:${tlsPort}`,
      tls: { ca: stranger.certificate, certificate: twin.certificate, key: twin.key },
    });
    source.start();
    try {
      await until(() => link.state.error !== undefined, "the refusal");
      assert.equal(link.state.error!.code, "untrusted-certificate");
      assert.match(link.state.error!.advice!, /authority/);
    } finally {
      await source.stop();
    }
  });

  it("is not let in with a strange certificate, and says so", async () => {
    const { source, link } = open("stranger", 1, {
      url: `mqtts://127.0.0.1:${tlsPort}`,
      tls: { ca: server.certificate, certificate: stranger.certificate, key: stranger.key },
    });
    source.start();
    try {
      await until(() => link.state.error !== undefined, "the refusal");
      assert.notEqual(link.state.phase, "connected");
    } finally {
      await source.stop();
    }
  });
});
