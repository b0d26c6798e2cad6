import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { connect, type MqttClient } from "mqtt";
import { type LinkClock, LiveClock, VirtualClock } from "../../core/clock.ts";
import { messageOf, RungError } from "../../core/errors.ts";
import { monotonicMs } from "../../core/time.ts";
import type { LinkState } from "../link-state.ts";
import {
  checkMqttOptions,
  checkTopicFilter,
  currentUrl,
  MQTT_DEFAULTS,
  type MqttLinkOptions,
} from "./link-options.ts";

/** Who uses a link: it connects for the first and disconnects after the last. */
export interface MqttLinkUser {
  readonly filters: readonly string[];
  readonly qos: 0 | 1 | 2;
  /** Any message of the link; the user knows its own. */
  message(topic: string, payload: Buffer): void;
  /** `resumed`: the broker kept the session, and with it what was published meanwhile. */
  opened(resumed: boolean): void;
  /** The subscriptions stand and the link may publish. */
  ready?(): void;
  closed(): void;
  state(state: LinkState): void;
  problem(error: RungError): void;
}

/** One connection to one broker, shared by its users; it tries again for ever, with growing pauses. */
export class MqttLink {
  readonly options: MqttLinkOptions;
  readonly clock: LinkClock;
  readonly #users = new Set<MqttLinkUser>();
  #state: LinkState = { phase: "idle", sinceMs: monotonicMs() };
  #client: MqttClient | undefined;
  #retry: NodeJS.Timeout | undefined;
  #retryMs = MQTT_DEFAULTS.firstRetryMs;
  /** False until the presence, where there is one, has been published on this connection. */
  #mayPublish = false;

  /** @throws RungError `malformed-link`, `mqtt5-not-supported` */
  constructor(options: MqttLinkOptions) {
    checkMqttOptions(options);
    this.options = options;
    this.clock = options.reality === "virtual" ? new VirtualClock() : new LiveClock();
  }

  get state(): LinkState {
    return this.#state;
  }

  get userCount(): number {
    return this.#users.size;
  }

  /**
   * Registers a user and connects if it is the first.
   * @returns releases it; resolves when, after the last user, the connection is closed
   * @throws RungError `shared-subscription-not-supported`, `malformed-topic`
   */
  use(user: MqttLinkUser): () => Promise<void> {
    for (const filter of user.filters) checkTopicFilter(this.options, filter);
    this.#users.add(user);
    user.state(this.#state);
    if (this.#client === undefined && this.#retry === undefined) this.#connect();
    else if (this.#client?.connected) {
      const client = this.#client;
      void this.#subscribe(user).then(() => {
        if (this.#mayPublish && client === this.#client && this.#users.has(user)) user.ready?.();
      });
      user.opened(false);
    }
    return async () => {
      if (!this.#users.delete(user)) return;
      if (this.#users.size === 0) await this.#disconnect();
      else this.#unsubscribe(user);
    };
  }

  /**
   * Publishes with QoS 0, not retained, if the link is connected. A link with a presence tells that first, so that
   * until then nothing else is published.
   * @returns false where it was not published
   */
  publish(topic: string, payload: Uint8Array): boolean {
    if (!this.#mayPublish || !this.#client?.connected) return false;
    this.#client.publish(topic, Buffer.from(payload), { qos: 0, retain: false });
    return true;
  }

  #connect(): void {
    this.#retry = undefined;
    let url: string;
    let login: ReturnType<NonNullable<MqttLinkOptions["login"]>>;
    try {
      url = currentUrl(this.options);
      login = this.options.login?.();
    } catch (thrown) {
      this.#fail(thrown);
      this.#later();
      return;
    }
    if (this.#state.phase !== "retrying") this.#set("connecting");
    const { tls, presence } = this.options;
    const protocolVersion = this.options.protocolVersion ?? MQTT_DEFAULTS.protocolVersion;
    const keepsSession =
      presence === undefined && (this.options.persistentSession ?? MQTT_DEFAULTS.persistentSession);
    const client = connect(url, {
      clientId: this.#clientId(),
      protocolVersion,
      clean: !keepsSession,
      // MQTT 5 ends a session with its connection unless it is told how long to keep it.
      ...(keepsSession && protocolVersion === 5
        ? { properties: { sessionExpiryInterval: MQTT_DEFAULTS.sessionExpiryS } }
        : {}),
      ...(presence === undefined
        ? {}
        : { will: { topic: presence.topic, payload: presence.will(), qos: 1 as const, retain: true } }),
      keepalive: MQTT_DEFAULTS.keepAliveS,
      connectTimeout: MQTT_DEFAULTS.connectTimeoutMs,
      // This class tries again itself, since the embedded broker may come back at another port.
      reconnectPeriod: 0,
      resubscribe: false,
      ...(login === undefined ? {} : { username: login.user, password: login.password }),
      ...(tls?.ca ? { ca: tls.ca } : {}),
      ...(tls?.certificate ? { cert: tls.certificate } : {}),
      ...(tls?.key ? { key: tls.key } : {}),
    });
    this.#client = client;
    client.on("connect", ({ sessionPresent }) => {
      this.#retryMs = MQTT_DEFAULTS.firstRetryMs;
      this.#set("connected");
      const subscribed = [...this.#users].map((user) => {
        const answered = this.#subscribe(user);
        // At once: what the broker kept may come before its answer to the subscription.
        user.opened(sessionPresent);
        return answered;
      });
      if (presence === undefined) this.#mayPublish = true;
      else {
        subscribed.push(
          new Promise((resolve) => client.subscribe(presence.topic, { qos: 1 }, () => resolve())),
        );
      }
      void Promise.all(subscribed).then(() => {
        // Meanwhile the link may have been closed, or have another connection.
        if (this.#client !== client || !client.connected) return;
        if (presence !== undefined) this.#tell(client, presence.birth());
        this.#mayPublish = true;
        for (const user of this.#users) user.ready?.();
      });
    });
    client.on("message", (topic, payload) => {
      if (topic === presence?.topic) {
        const answer = presence.answer(payload);
        if (answer !== undefined) this.#tell(client, answer);
      }
      for (const user of this.#users) user.message(topic, payload);
    });
    client.on("error", (error) => {
      if (this.#client === client) this.#fail(error);
    });
    client.once("close", () => {
      client.end(true);
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#mayPublish = false;
      if (this.#state.phase === "connected") this.#fail(new Error("connection lost"));
      for (const user of this.#users) user.closed();
      this.#later();
    });
  }

  #later(): void {
    if (this.#users.size === 0) return;
    this.#retry = setTimeout(() => this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, MQTT_DEFAULTS.longestRetryMs);
  }

  async #disconnect(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const client = this.#client;
    this.#client = undefined;
    this.#mayPublish = false;
    if (client !== undefined) {
      const { presence } = this.options;
      const told =
        presence !== undefined && client.connected
          ? this.#tell(client, presence.farewell())
          : Promise.resolve();
      // A broker that is away does not answer; it is not waited for.
      const gone = told.then(
        () => new Promise<void>((resolve) => client.end(!client.connected, () => resolve())),
      );
      await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
      client.end(true);
    }
    this.#set("idle");
  }

  /** @returns resolves when it was tried, where something was published at all */
  #tell(client: MqttClient, payload: Buffer): Promise<void> {
    const { topic } = this.options.presence!;
    return new Promise((resolve) =>
      client.publish(topic, payload, { qos: 1, retain: true }, (error) => {
        if (error && client === this.#client) this.#fail(error);
        resolve();
      }),
    );
  }

  /** @returns resolves with the broker's answer, or when there will be none */
  #subscribe(user: MqttLinkUser): Promise<void> {
    const client = this.#client;
    if (user.filters.length === 0 || client === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      client.subscribe([...user.filters], { qos: user.qos }, (error, _asked, answer) => {
        if (error) this.#subscriptionRefused(client, user, error, answer);
        resolve();
      });
    });
  }

  #subscriptionRefused(client: MqttClient, user: MqttLinkUser, error: Error, answer: unknown): void {
    const codes = (answer as { granted?: number[] } | undefined)?.granted;
    // The connection ended first, by a deploy or a broken line: with the next one it is asked again.
    if (codes === undefined && (client !== this.#client || !client.connected)) return;
    // 3.9.3: one code a filter, 0x80 is a refusal of this filter alone. Without an answer none was heard.
    const refused = user.filters.filter((_, i) => codes === undefined || (codes[i] ?? 0x80) >= 0x80);
    for (const topic of refused) {
      user.problem(
        new RungError({
          code: "subscription-refused",
          where: `${this.options.name}, ${topic}`,
          what: "the broker refuses the subscription",
          advice: "allow it for this user at the broker; the other topics go on",
          cause: error,
        }),
      );
    }
  }

  /** Only what no other user wants. */
  #unsubscribe(user: MqttLinkUser): void {
    const wanted = new Set([...this.#users].flatMap(({ filters }) => [...filters]));
    const own = user.filters.filter((filter) => !wanted.has(filter));
    if (own.length > 0 && this.#client?.connected) this.#client.unsubscribe(own);
  }

  #fail(thrown: unknown): void {
    this.#set("retrying", mqttError(`${this.options.name} (${this.options.url})`, thrown));
  }

  #set(phase: LinkState["phase"], error?: RungError): void {
    this.#state = { phase, sinceMs: monotonicMs(), ...(error === undefined ? {} : { error }) };
    for (const user of this.#users) user.state(this.#state);
  }

  /** The same at every start, so that the broker finds the session; 23 characters fit every broker (3.1.3.1). */
  #clientId(): string {
    const own = createHash("sha256")
      .update(`${hostname()} ${this.options.home} ${this.options.id}`)
      .digest("hex");
    return `rung${own.slice(0, 19)}`;
  }
}

/** A failure of the connection as an error that says what to do. */
export function mqttError(where: string, thrown: unknown): RungError {
  if (thrown instanceof RungError) return thrown;
  const message = messageOf(thrown);
  const { code } = thrown as { code?: unknown };
  // Return codes of CONNACK: 4 bad user name or password, 5 not authorised (MQTT 3.1.1, 3.2.2.3); 134, 135 in MQTT 5.
  if ([4, 5, 134, 135].includes(code as number)) {
    return new RungError({
      code: "login-refused",
      where,
      what: "the broker refused the login",
      advice: "correct user and password in the link",
      cause: thrown,
    });
  }
  if (code === 1 || code === 132) {
    return new RungError({
      code: "protocol-refused",
      where,
      what: "the broker does not speak this version of MQTT",
      advice: "choose MQTT 3.1.1 in the link",
      cause: thrown,
    });
  }
  if (/certificate|self[- ]signed|altnames|CERT_/i.test(`${message} ${String(code)}`)) {
    return new RungError({
      code: "untrusted-certificate",
      where,
      what: `the broker's certificate is not trusted: ${message}`,
      advice: "give the certificate of its authority in the link",
      cause: thrown,
    });
  }
  return new RungError({
    code: "not-reachable",
    where,
    what:
      message === "connection lost" ? "the connection to the broker is lost" : "the broker does not answer",
    advice: "it is tried again until it does",
    cause: thrown,
  });
}
