import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { Aedes } from "aedes";
import { Telemetry } from "../../plant/mqtt/telemetry.ts";
import { Plant } from "../../plant/physics/plant.ts";
import { until } from "./plant-home.ts";

const START_US = 1_790_000_000e6;

describe("plant/mqtt: telemetry of the booth", () => {
  let broker: Aedes;
  let server: Server;
  let telemetry: Telemetry | undefined;
  const sockets = new Set<Socket>();
  const received: { topic: string; text: string; qos: number; retain: boolean }[] = [];

  beforeEach(async () => {
    received.length = 0;
    broker = await Aedes.createBroker();
    broker.authenticate = (client, user, password, done) => {
      done(null, client.id === "plant" && user === "plant" && String(password) === "secret");
    };
    broker.on("publish", (packet, client) => {
      if (client === null) return;
      received.push({
        topic: packet.topic,
        text: String(packet.payload),
        qos: packet.qos,
        retain: packet.retain,
      });
    });
    server = createServer((socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      broker.handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });

  afterEach(async () => {
    await telemetry?.stop();
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  function start(password = "secret"): { plant: Plant; errors: string[] } {
    const plant = new Plant({ seed: 1, startTimeUs: START_US, warmUpS: 0 });
    const errors: string[] = [];
    const made = new Telemetry({
      plant,
      login: { user: "plant", password },
      brokerPort: () => (server.address() as AddressInfo | null)?.port,
      onError: (words) => errors.push(words),
    });
    telemetry = made;
    plant.onTick = (timeUs) => made.tick(timeUs);
    return { plant, errors };
  }

  it("publishes each booth value with QoS 1 under its address, the seldom ones retained", async () => {
    const { plant } = start();
    await until("the connection", () => telemetry!.connected);
    plant.step(10);
    await until("two ticks", () => received.length === 14);
    const first = received.slice(0, 8).map((message) => [message.topic, message.retain]);
    assert.deepEqual(first, [
      ["acme/leipzig/paint/booth1/air/temperature", false],
      ["acme/leipzig/paint/booth1/air/humidity", false],
      ["acme/leipzig/paint/booth1/air/temperatureSetpoint", true],
      ["acme/leipzig/paint/booth1/supply/flow", false],
      ["acme/leipzig/paint/booth1/supply/fanPower", false],
      ["acme/leipzig/paint/booth1/heater/power", false],
      ["acme/leipzig/paint/booth1/outside/temperature", false],
      ["acme/leipzig/paint/booth1/machine/state", true],
    ]);
    assert.ok(received.every((message) => message.qos === 1));
    assert.deepEqual(JSON.parse(received[2]!.text), { value: 23, timeUs: START_US + 5e6, quality: 0 });
    assert.equal(JSON.parse(received[8]!.text).timeUs, START_US + 10e6);
  });

  it("loses nothing while the broker is away", async () => {
    const { plant } = start();
    await until("the connection", () => telemetry!.connected);
    plant.step(5);
    await until("the first tick", () => received.length === 8);
    telemetry!.cut(0.2);
    await until("the cut", () => !telemetry!.connected);
    plant.step(50);
    await until("all ten ticks", () => received.length >= 68);
    const times = received
      .filter((message) => message.topic.endsWith("air/temperature"))
      .map((message) => JSON.parse(message.text).timeUs);
    assert.deepEqual(
      times,
      Array.from({ length: 11 }, (_, i) => START_US + (i + 1) * 5e6),
    );
    assert.equal(telemetry!.dropped, 0);
  });

  it("says why it is refused, and drops the oldest values when it waits for too long", async () => {
    const { plant, errors } = start("wrong");
    await until("the refusal", () => errors.length > 0);
    assert.match(errors[0]!, /mqtt: 127\.0\.0\.1:\d+: .*(refused|authori)/i);
    // 2 values once and 6 a tick: 8192 are kept.
    plant.step(2100 * 5);
    assert.equal(telemetry!.dropped, 2 + 6 * 2100 - 8192);
  });
});
