import { connect, type MqttClient, Store } from "mqtt";
import type { Plant } from "../physics/plant.ts";
import type { Login } from "../run/logins.ts";
import { TAGS } from "../tags.ts";

const PREFIX = "acme/leipzig/paint/";
/** Values kept while the broker is away: more than two plant hours of the booth. Older ones are dropped first. */
const MOST_WAITING = 8192;
const RECONNECT_MS = 1000;

interface Message {
  readonly topic: string;
  readonly text: string;
  readonly retain: boolean;
}

/** Booth tags, which go out by MQTT as well. */
const BOOTH_TAGS = TAGS.flatMap((tag, index) => (tag.path.startsWith("booth1/") ? [{ tag, index }] : []));

export interface TelemetryOptions {
  readonly plant: Plant;
  readonly login: Login;
  /** The broker's port now, or undefined while it is unknown; asked at every attempt. */
  readonly brokerPort: () => number | undefined;
  readonly onError: (words: string) => void;
}

/** The booth's telemetry: QoS 1, client id `plant`, keeps trying, loses nothing while the outage is short. */
export class Telemetry {
  readonly #options: TelemetryOptions;
  /** What the broker has not acknowledged outlives its connection, and is sent again (MQTT-4.4.0-1). */
  readonly #unacknowledged = new Store({ clean: false });
  #client: MqttClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #waiting: Message[] = [];
  #dropped = 0;
  #cutUntilMs = 0;
  #stopped = false;

  constructor(options: TelemetryOptions) {
    this.#options = options;
    this.#connect();
  }

  /** Values dropped because the broker was away for too long. */
  get dropped(): number {
    return this.#dropped;
  }

  get connected(): boolean {
    return this.#client?.connected === true;
  }

  /** After a tick: one message per booth tag that got a value. */
  tick(timeUs: number): void {
    const { fresh, values } = this.#options.plant;
    for (const { tag, index } of BOOTH_TAGS) {
      if (fresh[index] !== 1) continue;
      this.#send({
        topic: PREFIX + tag.path,
        text: JSON.stringify({ value: values[index], timeUs, quality: 0 }),
        // A value that seldom changes must be there for a reader who comes later.
        retain: !tag.cyclic,
      });
    }
  }

  /** Drops the connection and stays away for a while. */
  cut(seconds: number): void {
    this.#cutUntilMs = performance.now() + seconds * 1000;
    this.#client?.stream.destroy();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#client?.endAsync(true);
  }

  #send(message: Message): void {
    if (this.connected) {
      this.#publish(message);
      return;
    }
    if (this.#waiting.length === MOST_WAITING) {
      this.#waiting.shift();
      this.#dropped++;
    }
    this.#waiting.push(message);
  }

  #publish(message: Message): void {
    const client = this.#client!;
    client.publish(message.topic, message.text, { qos: 1, retain: message.retain }, (error) => {
      // Cut off before its acknowledgement, it goes out again on the next connection.
      if (error && client.connected) this.#options.onError(`mqtt: ${message.topic}: ${error.message}`);
    });
  }

  /** mqtt.js would reconnect by itself, but to the port it knows: the broker's may have changed. */
  #connect(): void {
    if (this.#stopped) return;
    const port = this.#options.brokerPort();
    if (port === undefined || performance.now() < this.#cutUntilMs) {
      this.#later();
      return;
    }
    const client = connect({
      protocol: "mqtt",
      host: "127.0.0.1",
      port,
      clientId: "plant",
      username: this.#options.login.user,
      password: this.#options.login.password,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: 5000,
      outgoingStore: this.#unacknowledged,
    });
    this.#client = client;
    client.on("connect", () => {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const message of waiting) this.#publish(message);
    });
    client.on("error", (error) => {
      if (!this.#stopped) this.#options.onError(`mqtt: 127.0.0.1:${port}: ${error.message}`);
    });
    client.once("close", () => {
      client.end(true);
      if (this.#client === client) this.#later();
    });
  }

  #later(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#connect(), RECONNECT_MS);
  }
}
