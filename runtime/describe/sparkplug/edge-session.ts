import { RungError } from "../../core/errors.ts";
import type { DataType } from "./data-type.ts";
import { type EdgeStore, MemoryStore, type StoredValue } from "./edge-store.ts";
import { readHostState } from "./host-state.ts";
import type { PropertySet } from "./metric-value.ts";
import { encodePayload, type Metric, type MetricValue, readMetric } from "./payload.ts";
import { REBIRTH_METRIC } from "./rebirth-request.ts";
import { nextSequence } from "./sequence-order.ts";
import { type EdgeNodeId, formatTopic, parseTopic, type SparkplugTopic } from "./topic.ts";
import { readWire } from "./wire-format.ts";

/** A metric that an edge node will ever report; its birth tells all of them. */
export interface EdgeMetric {
  readonly name: string;
  readonly type: DataType;
  readonly value: MetricValue;
  /** When the value was acquired. */
  readonly timestampMs: number;
  readonly properties?: PropertySet;
}

export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: false;
}

/** What the transport must ask the broker for. */
export interface EdgeConnection {
  /** tck-id-message-flow-edge-node-birth-publish-will-message */
  readonly will: MqttMessage;
  readonly clean: true;
  /** To subscribe with QoS 1 before `connected` is told. */
  readonly subscriptions: readonly string[];
}

export interface EdgeListener {
  publish(message: MqttMessage): void;
  /** The primary host is gone: disconnect, and connect to the next broker. The death is published. */
  disconnect(): void;
  /** A host wants a metric to take a value. */
  command(device: string | undefined, name: string, value: MetricValue): void;
  problem(error: RungError): void;
}

export interface EdgeSessionOptions extends EdgeNodeId {
  /** Births wait until this host application says that it is online. */
  readonly primaryHost?: string;
  /** bdSeq of the connection before; the first is 0. */
  readonly lastBdSeq?: number;
  readonly store?: EdgeStore;
  readonly listener: EdgeListener;
}

/** Historical values in one message. */
const STORED_AT_ONCE = 500;

interface Scope {
  readonly metrics: Map<string, { metric: EdgeMetric; alias: number }>;
  isUp: boolean;
}

/**
 * The session of a Sparkplug edge node and its devices (Sparkplug 3.0.0, chapter 5), without transport and without a
 * clock: every call says what time it is, UTC in ms.
 */
export class EdgeSession {
  readonly #id: EdgeNodeId;
  readonly #primaryHost: string | undefined;
  readonly #listener: EdgeListener;
  readonly #store: EdgeStore;
  readonly #node: Scope = { metrics: new Map(), isUp: true };
  readonly #devices = new Map<string, Scope>();
  #phase: "offline" | "waits-for-host" | "online" = "offline";
  #bdSeq: number;
  #sequence = 0;
  /** 0 is that of bdSeq. */
  #nextAlias = 1;
  #hostStateMs: number | undefined;

  constructor(options: EdgeSessionOptions) {
    this.#id = { group: options.group, node: options.node };
    this.#primaryHost = options.primaryHost;
    this.#bdSeq = options.lastBdSeq ?? 255;
    this.#store = options.store ?? new MemoryStore();
    this.#listener = options.listener;
  }

  get phase(): "offline" | "waits-for-host" | "online" {
    return this.#phase;
  }

  /** To be kept, so that the next start of the node counts on. */
  get bdSeq(): number {
    return this.#bdSeq;
  }

  /**
   * Declares the metrics of the node, or of a device. In a session the births are sent anew, since a birth tells
   * every metric there will be.
   */
  declare(device: string | undefined, metrics: readonly EdgeMetric[], nowMs: number): void {
    const scope: Scope = { metrics: new Map(), isUp: true };
    for (const metric of metrics) scope.metrics.set(metric.name, { metric, alias: this.#nextAlias++ });
    if (device === undefined) this.#node.metrics.clear();
    for (const [name, each] of scope.metrics) if (device === undefined) this.#node.metrics.set(name, each);
    const isNew = device !== undefined && !this.#devices.has(device);
    if (device !== undefined) this.#devices.set(device, scope);
    if (this.#phase !== "online") return;
    if (isNew) this.#birthOfDevice(device, scope, nowMs);
    else this.#births(nowMs);
  }

  /** The transport is about to connect. Every connection has the next bdSeq. */
  connecting(nowMs: number): EdgeConnection {
    this.#bdSeq = nextSequence(this.#bdSeq);
    this.#phase = "offline";
    const command = formatTopic({ kind: "NCMD", ...this.#id });
    return {
      will: this.#deathMessage(nowMs),
      clean: true,
      subscriptions: [
        command,
        ...[...this.#devices.keys()].map((device) => formatTopic({ kind: "DCMD", ...this.#id, device })),
        ...(this.#primaryHost === undefined ? [] : [formatTopic({ kind: "STATE", host: this.#primaryHost })]),
      ],
    };
  }

  /** The connection stands, and so do its subscriptions. */
  connected(nowMs: number): void {
    this.#hostStateMs = undefined;
    // tck-id-message-flow-edge-node-birth-publish-phid-wait
    if (this.#primaryHost !== undefined) this.#phase = "waits-for-host";
    else this.#goOnline(nowMs);
  }

  /** The connection broke; the broker publishes the will. */
  lost(): void {
    this.#phase = "offline";
  }

  /** tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath: then the transport disconnects. */
  leave(nowMs: number): void {
    if (this.#phase === "online") this.#listener.publish(this.#deathMessage(nowMs));
    this.#phase = "offline";
  }

  receive(topic: string, payload: Uint8Array, nowMs: number): void {
    try {
      const parsed = parseTopic(topic);
      if (parsed?.kind === "STATE" && parsed.host === this.#primaryHost) this.#hostState(payload, nowMs);
      else if (parsed?.kind === "NCMD" || parsed?.kind === "DCMD") this.#command(parsed, payload, nowMs);
    } catch (thrown) {
      if (!(thrown instanceof RungError)) throw thrown;
      this.#listener.problem(thrown);
    }
  }

  /**
   * New values, sent by exception: what is as it was is not sent. Out of a session they are kept and sent later.
   * @throws RungError `unknown-metric` for a name that was not declared
   */
  update(
    device: string | undefined,
    changes: readonly { name: string; value: MetricValue; timestampMs: number }[],
    nowMs: number,
  ): void {
    const scope = device === undefined ? this.#node : this.#devices.get(device);
    const sent: Metric[] = [];
    // tck-id-operational-behavior-data-publish-nbirth-order
    for (const { name, value, timestampMs } of [...changes].sort((a, b) => a.timestampMs - b.timestampMs)) {
      const known = scope?.metrics.get(name);
      if (known === undefined) {
        throw new RungError({
          code: "unknown-metric",
          where: `${this.#id.group}/${this.#id.node}${device === undefined ? "" : `/${device}`}, ${name}`,
          what: "was not declared",
          advice: "declare every metric before its first value",
        });
      }
      if (isSame(known.metric.value, value)) continue;
      known.metric = { ...known.metric, value, timestampMs };
      if (this.#phase === "online" && scope!.isUp) {
        sent.push({ alias: known.alias, timestampMs, type: known.metric.type, value });
      } else this.#store.put({ device, name, value, timestampMs });
    }
    if (sent.length > 0) this.#data(device, sent, nowMs);
  }

  /** tck-id-operational-behavior-device-ddeath */
  deviceDown(device: string, nowMs: number): void {
    const scope = this.#devices.get(device);
    if (scope === undefined || !scope.isUp) return;
    scope.isUp = false;
    if (this.#phase === "online") {
      this.#publish({ kind: "DDEATH", ...this.#id, device }, { timestampMs: nowMs, metrics: [] });
    }
  }

  deviceUp(device: string, nowMs: number): void {
    const scope = this.#devices.get(device);
    if (scope === undefined || scope.isUp) return;
    scope.isUp = true;
    if (this.#phase === "online") {
      this.#birthOfDevice(device, scope, nowMs);
      this.#sendStored(nowMs);
    }
  }

  #hostState(payload: Uint8Array, nowMs: number): void {
    const state = readHostState(payload);
    // An older STATE is that of a session that is over: tck-id-message-flow-edge-node-birth-publish-phid-wait-timestamp.
    if (state === undefined || (this.#hostStateMs !== undefined && state.timestamp < this.#hostStateMs))
      return;
    this.#hostStateMs = state.timestamp;
    if (state.online) {
      if (this.#phase === "waits-for-host") this.#goOnline(nowMs);
      return;
    }
    // tck-id-message-flow-edge-node-birth-publish-phid-offline
    if (this.#phase === "offline") return;
    this.leave(nowMs);
    this.#listener.disconnect();
  }

  #command(topic: Exclude<SparkplugTopic, { kind: "STATE" }>, bytes: Uint8Array, nowMs: number): void {
    if (topic.group !== this.#id.group || topic.node !== this.#id.node) return;
    const scope = topic.device === undefined ? this.#node : this.#devices.get(topic.device);
    const byAlias = new Map([...(scope?.metrics ?? [])].map(([name, { alias }]) => [alias, name]));
    for (const wire of readWire(bytes).payload.metrics ?? []) {
      if (topic.kind === "NCMD" && wire.name === REBIRTH_METRIC) {
        if (wire.booleanValue === true && this.#phase === "online") this.#births(nowMs);
        continue;
      }
      const name = wire.name ?? byAlias.get(Number(wire.alias));
      const known = name === undefined ? undefined : scope?.metrics.get(name);
      // tck-id-operational-behavior-data-commands-ncmd-metric-name: be resilient to names that were not in the birth.
      if (known === undefined) {
        this.#listener.problem(
          new RungError({
            code: "unknown-metric",
            where: `${topic.kind}, ${name ?? `alias ${wire.alias}`}`,
            what: "is commanded and was not declared",
          }),
        );
        continue;
      }
      const { value } = readMetric(wire, known.metric.name, { type: known.metric.type });
      this.#listener.command(topic.device, known.metric.name, value ?? null);
    }
  }

  #goOnline(nowMs: number): void {
    this.#phase = "online";
    this.#births(nowMs);
    this.#sendStored(nowMs);
  }

  /** tck-id-operational-behavior-data-commands-rebirth-action-2 and -3: all births, under the bdSeq of the connection. */
  #births(nowMs: number): void {
    this.#sequence = 0;
    this.#publish(
      { kind: "NBIRTH", ...this.#id },
      {
        timestampMs: nowMs,
        metrics: [
          ...birthMetrics(this.#node),
          { ...this.#bdSeqMetric(nowMs), alias: 0 },
          // tck-id-operational-behavior-data-commands-rebirth-name-aliases: the one metric without an alias.
          { name: REBIRTH_METRIC, timestampMs: nowMs, type: "Boolean", value: false },
        ],
      },
    );
    for (const [device, scope] of this.#devices) if (scope.isUp) this.#birthOfDevice(device, scope, nowMs);
  }

  #birthOfDevice(device: string, scope: Scope, nowMs: number): void {
    this.#publish(
      { kind: "DBIRTH", ...this.#id, device },
      { timestampMs: nowMs, metrics: birthMetrics(scope) },
    );
  }

  #sendStored(nowMs: number): void {
    const notYet: StoredValue[] = [];
    for (let values = this.#store.take(STORED_AT_ONCE); values.length > 0; ) {
      for (const [device, of] of Map.groupBy(values, (value) => value.device)) {
        if (device !== undefined && this.#devices.get(device)?.isUp === false) notYet.push(...of);
        else this.#sendHistorical(device, of, nowMs);
      }
      values = this.#store.take(STORED_AT_ONCE);
    }
    for (const value of notYet) this.#store.put(value);
  }

  #sendHistorical(device: string | undefined, values: readonly StoredValue[], nowMs: number): void {
    const scope = device === undefined ? this.#node : this.#devices.get(device);
    const metrics = values.flatMap(({ name, value, timestampMs }): Metric[] => {
      const known = scope?.metrics.get(name);
      return known === undefined
        ? []
        : [{ alias: known.alias, timestampMs, type: known.metric.type, isHistorical: true, value }];
    });
    if (metrics.length > 0) this.#data(device, metrics, nowMs);
  }

  #data(device: string | undefined, metrics: readonly Metric[], nowMs: number): void {
    const topic: SparkplugTopic =
      device === undefined ? { kind: "NDATA", ...this.#id } : { kind: "DDATA", ...this.#id, device };
    this.#publish(topic, { timestampMs: nowMs, metrics });
  }

  #publish(
    topic: SparkplugTopic,
    { timestampMs, metrics }: { timestampMs: number; metrics: readonly Metric[] },
  ): void {
    const isBirth = topic.kind === "NBIRTH" || topic.kind === "DBIRTH";
    const payload = encodePayload({ timestampMs, seq: this.#sequence, metrics }, { withTypes: isBirth });
    this.#sequence = nextSequence(this.#sequence);
    this.#listener.publish({ topic: formatTopic(topic), payload, qos: 0, retain: false });
  }

  /** tck-id-payloads-ndeath-seq: no sequence number; tck-id-topics-ndeath-payload: bdSeq and nothing else. */
  #deathMessage(nowMs: number): MqttMessage {
    return {
      topic: formatTopic({ kind: "NDEATH", ...this.#id }),
      payload: encodePayload({ timestampMs: nowMs, metrics: [this.#bdSeqMetric(nowMs)] }),
      qos: 1,
      retain: false,
    };
  }

  #bdSeqMetric(nowMs: number): Metric {
    return { name: "bdSeq", timestampMs: nowMs, type: "Int64", value: BigInt(this.#bdSeq) };
  }
}

/** tck-id-payloads-alias-birth-requirement: name, alias, type and value, in the order of their times. */
const birthMetrics = ({ metrics }: Scope): Metric[] =>
  [...metrics.values()]
    .map(({ metric, alias }) => ({ ...metric, alias }))
    .sort((a, b) => a.timestampMs - b.timestampMs);

const isSame = (a: MetricValue, b: MetricValue): boolean =>
  typeof a === "object" || typeof b === "object" ? a === null && b === null : Object.is(a, b);
