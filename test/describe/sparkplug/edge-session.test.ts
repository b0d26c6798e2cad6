import assert from "node:assert/strict";
import type { RungError } from "../../../runtime/core/errors.ts";
import {
  type EdgeListener,
  EdgeSession,
  type EdgeSessionOptions,
  type MqttMessage,
} from "../../../runtime/describe/sparkplug/edge-session.ts";
import { MemoryStore } from "../../../runtime/describe/sparkplug/edge-store.ts";
import { HostPresence } from "../../../runtime/describe/sparkplug/host-state.ts";
import {
  type DecodedPayload,
  decodePayload,
  encodePayload,
  type MetricValue,
} from "../../../runtime/describe/sparkplug/payload.ts";
import { readWire } from "../../../runtime/describe/sparkplug/wire-format.ts";
import { HostBench, rebirth, T0_MS } from "./host-bench.ts";

class EdgeBench implements EdgeListener {
  readonly sent: MqttMessage[] = [];
  readonly commands: [string | undefined, string, MetricValue][] = [];
  readonly problems: RungError[] = [];
  disconnects = 0;
  readonly session: EdgeSession;

  constructor(options: Partial<EdgeSessionOptions> = {}) {
    this.session = new EdgeSession({ group: "plant", node: "edge1", ...options, listener: this });
    this.session.declare(
      undefined,
      [{ name: "level", type: "Double", value: 1, timestampMs: T0_MS - 5 }],
      T0_MS,
    );
    this.session.declare(
      "pump",
      [
        { name: "flow", type: "Float", value: 2, timestampMs: T0_MS - 3 },
        { name: "run", type: "Boolean", value: null, timestampMs: T0_MS - 4 },
      ],
      T0_MS,
    );
  }
  publish(message: MqttMessage): void {
    this.sent.push(message);
  }
  disconnect(): void {
    this.disconnects++;
  }
  command(device: string | undefined, name: string, value: MetricValue): void {
    this.commands.push([device, name, value]);
  }
  problem(error: RungError): void {
    this.problems.push(error);
  }

  /** What was published since the last call: type, payload. */
  take(): { type: string; payload: DecodedPayload }[] {
    return this.sent.splice(0).map(({ topic, payload, qos, retain }) => {
      // tck-id-payloads-nbirth-qos, -retain and their kin of every other message but the death
      const type = topic.split("/")[2]!;
      assert.deepEqual([qos, retain], [type === "NDEATH" ? 1 : 0, false], topic);
      return { type, payload: decodePayload(payload) };
    });
  }
  connect(): DecodedPayload {
    const { will } = this.session.connecting(T0_MS);
    this.session.connected(T0_MS);
    return decodePayload(will.payload);
  }
  state(online: boolean, timestamp: number, host = "rung"): void {
    this.session.receive(`spBv1.0/STATE/${host}`, Buffer.from(JSON.stringify({ online, timestamp })), T0_MS);
  }
  set(value: number, timestampMs = T0_MS): void {
    this.session.update(undefined, [{ name: "level", value, timestampMs }], T0_MS);
  }
}

const bdSeqOf = ({ metrics }: DecodedPayload): MetricValue | undefined =>
  metrics.find(({ name }) => name === "bdSeq")?.value;

describe("sparkplug edge node", () => {
  it("tck-id-message-flow-edge-node-birth-publish-will-message and -topic, -payload-bdSeq, -qos, -will-retained", () => {
    const { session } = new EdgeBench();
    const { will, clean, subscriptions } = session.connecting(T0_MS);
    assert.deepEqual(
      [will.topic, will.qos, will.retain, clean],
      ["spBv1.0/plant/NDEATH/edge1", 1, false, true],
    );
    const death = decodePayload(will.payload);
    // tck-id-topics-ndeath-payload, tck-id-payloads-ndeath-seq
    assert.deepEqual(death.metrics, [{ name: "bdSeq", timestampMs: T0_MS, type: "Int64", value: 0n }]);
    assert.equal(death.seq, undefined);
    // tck-id-message-flow-edge-node-ncmd-subscribe, tck-id-message-flow-device-dcmd-subscribe
    assert.deepEqual(subscriptions, ["spBv1.0/plant/NCMD/edge1", "spBv1.0/plant/DCMD/edge1/pump"]);
  });

  it("tck-id-topics-nbirth-bdseq-increment: counts every connection, 255 to 0", () => {
    const edge = new EdgeBench({ lastBdSeq: 253 });
    for (const expected of [254n, 255n, 0n, 1n]) {
      assert.equal(bdSeqOf(edge.connect()), expected);
      // tck-id-payloads-nbirth-bdseq-repeat
      assert.equal(bdSeqOf(edge.take()[0]!.payload), expected);
      edge.session.lost();
    }
    assert.equal(edge.session.bdSeq, 1);
  });

  it("tck-id-topics-nbirth-metrics, tck-id-payloads-dbirth-order: tells everything in births", () => {
    const edge = new EdgeBench();
    edge.connect();
    const [node, device, ...others] = edge.take();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [node!.type, node!.payload.seq, device!.type, device!.payload.seq],
      ["NBIRTH", 0, "DBIRTH", 1],
    );
    assert.deepEqual(node!.payload.metrics, [
      { name: "level", alias: 1, timestampMs: T0_MS - 5, type: "Double", value: 1 },
      { name: "bdSeq", alias: 0, timestampMs: T0_MS, type: "Int64", value: 0n },
      // tck-id-topics-nbirth-rebirth-metric, tck-id-operational-behavior-data-commands-rebirth-name-aliases
      { name: "Node Control/Rebirth", timestampMs: T0_MS, type: "Boolean", value: false },
    ]);
    // tck-id-operational-behavior-data-publish-dbirth-order, tck-id-operational-behavior-data-publish-dbirth-values
    assert.deepEqual(device!.payload.metrics, [
      { name: "run", alias: 3, timestampMs: T0_MS - 4, type: "Boolean", value: null },
      { name: "flow", alias: 2, timestampMs: T0_MS - 3, type: "Float", value: 2 },
    ]);
  });

  it("tck-id-operational-behavior-data-publish-nbirth-change: sends what changed, by alias and without a type", () => {
    const edge = new EdgeBench();
    edge.connect();
    edge.take();
    edge.set(1);
    assert.deepEqual(edge.take(), []);
    edge.set(2);
    edge.session.update(
      "pump",
      [
        { name: "run", value: true, timestampMs: T0_MS + 2 },
        { name: "flow", value: 3, timestampMs: T0_MS + 1 },
      ],
      T0_MS + 9,
    );
    // tck-id-payloads-alias-data-cmd-requirement, tck-id-payloads-metric-datatype-not-req, tck-id-payloads-ndata-seq-inc
    assert.deepEqual(
      edge
        .take()
        .map(({ type, payload: { seq, metrics, timestampMs } }) => [type, seq, timestampMs, metrics]),
      [
        ["NDATA", 2, T0_MS, [{ alias: 1, timestampMs: T0_MS, untyped: { doubleValue: 2 } }]],
        [
          "DDATA",
          3,
          T0_MS + 9,
          [
            { alias: 2, timestampMs: T0_MS + 1, untyped: { floatValue: 3 } },
            { alias: 3, timestampMs: T0_MS + 2, untyped: { booleanValue: true } },
          ],
        ],
      ],
    );
    assert.throws(() => edge.session.update("pump", [{ name: "x", value: 1, timestampMs: 0 }], 0), {
      code: "unknown-metric",
    });
  });

  it("tck-id-payloads-sequence-num-incrementing: counts 255 to 0", () => {
    const edge = new EdgeBench();
    edge.connect();
    for (let i = 0; i < 300; i++) edge.set(i + 10);
    assert.deepEqual(
      edge.sent.map(({ payload }) => readWire(payload).payload.seq),
      Array.from({ length: 302 }, (_, i) => i % 256),
    );
  });

  it("tck-id-operational-behavior-data-commands-rebirth-action-2 and -3: is born again on command", () => {
    const edge = new EdgeBench();
    edge.connect();
    edge.set(5);
    edge.take();
    const command = (value: boolean) =>
      edge.session.receive(
        "spBv1.0/plant/NCMD/edge1",
        encodePayload({ timestampMs: T0_MS, metrics: [rebirth(value)] }),
        T0_MS + 1,
      );
    command(false);
    assert.deepEqual(edge.take(), []);
    command(true);
    const births = edge.take();
    assert.deepEqual(
      births.map(({ type, payload }) => [type, payload.seq]),
      [
        ["NBIRTH", 0],
        ["DBIRTH", 1],
      ],
    );
    assert.equal(bdSeqOf(births[0]!.payload), 0n);
    assert.equal(births[0]!.payload.metrics[0]!.value, 5);
  });

  it("hands commands on with the type of the birth, and stays well with strange ones", () => {
    const edge = new EdgeBench();
    edge.connect();
    const send = (topic: string, payload: Uint8Array) => edge.session.receive(topic, payload, T0_MS);
    send(
      "spBv1.0/plant/DCMD/edge1/pump",
      encodePayload({ metrics: [{ alias: 2, untyped: { floatValue: 7 } }] }),
    );
    send("spBv1.0/plant/NCMD/edge1", encodePayload({ metrics: [{ name: "what", type: "Int8", value: 1 }] }));
    send("spBv1.0/plant/NCMD/edge1", Buffer.from("{}"));
    send("spBv1.0/plant/NCMD/edge2", encodePayload({ metrics: [rebirth(true)] }));
    assert.deepEqual(edge.commands, [["pump", "flow", 7]]);
    assert.deepEqual(
      edge.problems.map(({ code }) => code),
      ["unknown-metric", "malformed-payload"],
    );
  });

  it("tck-id-operational-behavior-device-ddeath: tells that a device is gone, and is back", () => {
    const edge = new EdgeBench();
    edge.connect();
    edge.take();
    edge.session.deviceDown("pump", T0_MS + 1);
    edge.session.update("pump", [{ name: "flow", value: 9, timestampMs: T0_MS + 2 }], T0_MS + 2);
    edge.session.deviceUp("pump", T0_MS + 3);
    assert.deepEqual(
      edge.take().map(({ type, payload }) => [type, payload.seq, payload.metrics.map(({ value }) => value)]),
      [
        ["DDEATH", 2, []],
        ["DBIRTH", 3, [null, 9]],
        ["DDATA", 4, [undefined]],
      ],
    );
  });

  it("tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath: says goodbye", () => {
    const edge = new EdgeBench();
    edge.connect();
    edge.take();
    edge.session.leave(T0_MS);
    const [death] = edge.take();
    assert.deepEqual([death!.type, bdSeqOf(death!.payload), death!.payload.seq], ["NDEATH", 0n, undefined]);
    edge.session.leave(T0_MS);
    assert.deepEqual(edge.take(), []);
  });
});

describe("sparkplug edge node and its primary host", () => {
  it("tck-id-message-flow-edge-node-birth-publish-phid-wait, -id, -online, -timestamp: waits for it", () => {
    const edge = new EdgeBench({ primaryHost: "rung" });
    assert.deepEqual(edge.session.connecting(T0_MS).subscriptions.at(-1), "spBv1.0/STATE/rung");
    edge.session.connected(T0_MS);
    edge.state(true, 100, "another");
    edge.session.receive("spBv1.0/STATE/rung", Buffer.from("ONLINE"), T0_MS);
    edge.session.receive("spBv1.0/STATE/rung", Buffer.from('{"online":"true","timestamp":1}'), T0_MS);
    assert.deepEqual([edge.session.phase, edge.take()], ["waits-for-host", []]);
    edge.state(true, 100);
    assert.equal(edge.session.phase, "online");
    assert.deepEqual(
      edge.take().map(({ type }) => type),
      ["NBIRTH", "DBIRTH"],
    );
  });

  it("tck-id-operational-behavior-edge-node-termination-host-offline and -timestamp: leaves it, but not for an old word", () => {
    const edge = new EdgeBench({ primaryHost: "rung" });
    edge.connect();
    edge.state(true, 100);
    edge.take();
    edge.state(false, 99);
    assert.deepEqual([edge.session.phase, edge.disconnects], ["online", 0]);
    edge.state(false, 100);
    assert.deepEqual([edge.session.phase, edge.disconnects], ["offline", 1]);
    assert.deepEqual(
      edge.take().map(({ type }) => type),
      ["NDEATH"],
    );
  });

  it("tck-id-operational-behavior-primary-application-state-with-multiple-servers-walk: leaves a broker without it", () => {
    const edge = new EdgeBench({ primaryHost: "rung" });
    edge.connect();
    edge.state(false, 5);
    assert.deepEqual([edge.session.phase, edge.disconnects, edge.take()], ["offline", 1, []]);
  });

  it("keeps what it measures meanwhile and sends it as historical, the host takes it in order", () => {
    const edge = new EdgeBench({ primaryHost: "rung" });
    edge.set(2, T0_MS + 1);
    edge.connect();
    for (let i = 3; i <= 1200; i++) edge.set(i, T0_MS + i);
    edge.state(true, 100);
    const host = new HostBench();
    for (const { topic, payload } of edge.sent) host.receive(topic, payload);
    assert.equal(edge.sent.length, 2 + 3, "500 values a message");
    assert.deepEqual(host.drops, {});
    const levels = host.values.filter(({ name }) => name === "level");
    assert.deepEqual([levels[0]!.value, levels[0]!.isHistorical], [1200, false]);
    assert.deepEqual(
      levels.slice(1).map(({ value, isHistorical }) => [value, isHistorical]),
      Array.from({ length: 1199 }, (_, i) => [i + 2, true]),
    );
    const store = new MemoryStore(2);
    for (const value of [1, 2, 3]) store.put({ name: "x", value, timestampMs: value });
    assert.deepEqual([store.take(9).map(({ value }) => value), store.dropped], [[2, 3], 1]);
  });
});

describe("sparkplug host STATE", () => {
  const read = (payload: Buffer): unknown => JSON.parse(payload.toString("utf8"));

  it("tck-id-host-topic-phid-birth-payload-timestamp: birth and will say the same time", () => {
    let now = 1000;
    const presence = new HostPresence("rung 1", () => now);
    assert.equal(presence.topic, "spBv1.0/STATE/rung 1");
    assert.deepEqual(read(presence.will()), { online: false, timestamp: 1000 });
    now = 2000;
    assert.deepEqual(read(presence.birth()), { online: true, timestamp: 1000 });
    // tck-id-message-flow-hid-sparkplug-state-message-delivered
    assert.deepEqual(read(presence.answer(Buffer.from('{"online":false,"timestamp":5}'))!), {
      online: true,
      timestamp: 1000,
    });
    assert.equal(presence.answer(Buffer.from('{"online":true,"timestamp":1000}')), undefined);
    assert.equal(presence.answer(Buffer.from("OFFLINE")), undefined);
    // tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean
    assert.deepEqual(read(presence.farewell()), { online: false, timestamp: 2000 });
    assert.equal(presence.answer(Buffer.from('{"online":false,"timestamp":2000}')), undefined);
    assert.throws(() => new HostPresence("a/b"), { code: "malformed-topic" });
  });
});
