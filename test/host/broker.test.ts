import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { connect, type IClientOptions, type MqttClient } from "mqtt";
import { encodePayload } from "../../runtime/describe/sparkplug/payload.ts";
import { rebirthRequest } from "../../runtime/describe/sparkplug/rebirth-request.ts";
import { type RunningBroker, startBroker } from "../../runtime/host/broker.ts";
import { BrokerUsers } from "../../runtime/host/broker-rights.ts";
import { makeDemoLogins } from "../../runtime/host/demo-logins.ts";
import { removeHome, temporaryHome } from "./host-process.ts";

/** The next event of a client; mqtt's own types of emitter do not fit `once` of node:events. */
function next(client: MqttClient, event: "connect" | "error" | "close" | "message"): Promise<unknown[]> {
  return new Promise((resolve) => {
    (client as unknown as NodeJS.EventEmitter).once(event, (...facts: unknown[]) => resolve(facts));
  });
}

const COMMAND = "acme/leipzig/paint/booth1/cmd/air/temperatureSetpoint";
const TELEMETRY = "acme/leipzig/paint/booth1/air/temperature";

describe("the embedded broker", () => {
  let home: string;
  let broker: RunningBroker;
  let refused: string[];
  let clients: MqttClient[];
  let passwords: Record<string, string>;

  before(async () => {
    home = temporaryHome();
    makeDemoLogins(home);
    const read = (file: string) => JSON.parse(readFileSync(join(home, file), "utf8"));
    passwords = {
      plant: read("plant/logins.json").mqtt.password,
      twin: read("keyring/broker-twin.json").password,
      actuator: read("actuator/logins.json").mqtt.password,
    };
    broker = await startBroker({
      users: BrokerUsers.read(home),
      port: 0,
      onRefused: (sentence) => refused.push(sentence),
    });
  });
  beforeEach(() => {
    refused = [];
    clients = [];
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.endAsync(true)));
  });
  after(async () => {
    await broker.close();
    removeHome(home);
  });

  function client(user: string | undefined, options: IClientOptions = {}): MqttClient {
    const made = connect(`mqtt://127.0.0.1:${broker.port}`, {
      protocolVersion: 4,
      reconnectPeriod: 0,
      username: user,
      password: user && passwords[user],
      ...options,
    });
    clients.push(made);
    return made;
  }
  async function connected(user: string, options?: IClientOptions): Promise<MqttClient> {
    const made = client(user, options);
    await next(made, "connect");
    return made;
  }
  async function refusal(
    user: string | undefined,
    options?: IClientOptions,
  ): Promise<Error & { code?: number }> {
    const [error] = await next(client(user, options), "error");
    return error as Error & { code?: number };
  }

  it("carries telemetry of the plant to the twin", async () => {
    const twin = await connected("twin");
    await twin.subscribeAsync("acme/#", { qos: 1 });
    const message = next(twin, "message");
    const plant = await connected("plant");
    await plant.publishAsync(TELEMETRY, '{"value": 23.1}', { qos: 1 });
    const [topic, payload] = await message;
    assert.equal(topic, TELEMETRY);
    assert.equal(String(payload), '{"value": 23.1}');
    assert.deepEqual(refused, []);
  });

  it("lets only the actuator publish commands, and the actuator nothing else", async () => {
    const seen: string[] = [];
    const plant = await connected("plant");
    await plant.subscribeAsync("#", { qos: 1 });
    plant.on("message", (topic, payload) => seen.push(`${topic} ${payload}`));
    const attempts: [string, string][] = [
      ["plant", COMMAND],
      ["twin", COMMAND],
      ["twin", TELEMETRY],
      ["actuator", TELEMETRY],
      ["actuator", "$SYS/x"],
      ["plant", "spBv1.0/plant/NCMD/edge1"],
      ["plant", "spBv1.0/plant/DCMD/edge1/pump"],
      ["plant", "spBv1.0/STATE/rung"],
      ["twin", "spBv1.0/plant/NCMD/edge1"],
      ["twin", "spBv1.0/plant/NDATA/edge1"],
    ];
    for (const [user, topic] of attempts) {
      const one = await connected(user);
      const closed = next(one, "close");
      one.publish(topic, "refused", { qos: 1 }, () => undefined);
      await closed;
      assert.match(
        refused.join("\n"),
        new RegExp(`mqtt ${user} .*publishing to ${topic.replace("$", "\\$")} refused`),
      );
      refused = [];
    }
    const actuator = await connected("actuator");
    const arrived = next(plant, "message");
    await actuator.publishAsync(COMMAND, "24", { qos: 1 });
    await arrived;
    assert.deepEqual(seen, [`${COMMAND} 24`]);
  });

  it("lets the twin be a Sparkplug host application that asks for births and commands nothing", async () => {
    const plant = await connected("plant");
    const seen: string[] = [];
    await plant.subscribeAsync("spBv1.0/#");
    plant.on("message", (topic) => seen.push(topic));
    const twin = await connected("twin");
    const ask = rebirthRequest({ group: "plant", node: "edge1" }, 1_790_000_000_000);
    await twin.publishAsync("spBv1.0/STATE/rung", '{"online":true,"timestamp":1}', { qos: 1 });
    const arrived = next(plant, "message");
    await twin.publishAsync(ask.topic, Buffer.from(ask.payload));
    await arrived;
    assert.deepEqual(seen, ["spBv1.0/STATE/rung", "spBv1.0/plant/NCMD/edge1"]);
    assert.deepEqual(refused, []);
    const both = encodePayload({
      metrics: [
        { name: "Node Control/Rebirth", type: "Boolean", value: true },
        { name: "Node Control/Reboot", type: "Boolean", value: true },
      ],
    });
    const closed = next(twin, "close");
    twin.publish(ask.topic, Buffer.from(both), { qos: 1 }, () => undefined);
    await closed;
    assert.match(
      refused.join("\n"),
      /publishing to spBv1.0\/plant\/NCMD\/edge1 refused: the twin only reads/,
    );
  });

  it("does not let a last will past the same rights", async () => {
    const plant = await connected("plant");
    const seen: string[] = [];
    await plant.subscribeAsync("#");
    plant.on("message", (topic) => seen.push(topic));
    const twin = await connected("twin", {
      will: { topic: COMMAND, payload: Buffer.from("99"), qos: 1, retain: false },
    });
    twin.stream.destroy();
    await next(twin, "close");
    const actuator = await connected("actuator");
    const arrived = next(plant, "message");
    await actuator.publishAsync("acme/cmd/after", "24", { qos: 1 });
    await arrived;
    assert.deepEqual(seen, ["acme/cmd/after"]);
    assert.match(refused.join("\n"), /publishing to .*cmd.* refused: the twin only reads/);
  });

  it("refuses wrong passwords, strangers and the anonymous, and says so", async () => {
    for (const [user, password] of [
      ["twin", "wrong"],
      ["actuator", passwords.twin],
      ["mallory", "x"],
      [undefined, undefined],
    ] as const) {
      const error = await refusal(user, { password });
      assert.equal(error.code, 4);
      assert.match(refused.join("\n"), /sign-in as .* refused/);
      refused = [];
    }
  });

  it("refuses MQTT 5 with return code 1 and says what to do", async () => {
    const error = await refusal("twin", { protocolVersion: 5 });
    assert.match(error.message, /protocol version/i);
    assert.match(refused.join("\n"), /MQTT 5 is refused by the embedded broker: connect with MQTT 3\.1\.1/);
  });

  it("refuses shared subscriptions instead of granting them and delivering nothing", async () => {
    const twin = await connected("twin");
    const granted = await twin.subscribeAsync("$share/group/acme/#").catch((error: Error) => error);
    assert.match(
      String(granted instanceof Error ? granted.message : granted[0]?.qos),
      /128|Subscribe error|Unspecified/i,
    );
    assert.match(refused.join("\n"), /no shared subscriptions: subscribe without \$share/);
  });

  it("keeps only digests where the host can read", () => {
    const known = readFileSync(join(home, "broker-users.json"), "utf8");
    for (const password of Object.values(passwords)) assert.ok(!known.includes(password));
    const keyring = readFileSync(join(home, "keyring/virtual-plant.json"), "utf8");
    assert.ok(!keyring.includes(passwords.actuator!));
  });

  it("makes the logins once", () => {
    const before = readFileSync(join(home, "plant/logins.json"), "utf8");
    makeDemoLogins(home);
    assert.equal(readFileSync(join(home, "plant/logins.json"), "utf8"), before);
  });

  it("names a port in use and the variable to change", async () => {
    const other: Server = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    await assert.rejects(
      startBroker({ users: new BrokerUsers([]), port, onRefused: () => undefined }),
      new RegExp(
        `port ${port}: is in use by another program \\(set RUNG_MQTT_PORT to a free one, or to 0 for any\\)`,
      ),
    );
    other.close();
  });
});
