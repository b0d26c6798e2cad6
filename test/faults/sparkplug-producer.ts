/** A Sparkplug edge node in a process of its own, whose metrics all take a new value every period. */
import { connect, type MqttClient } from "mqtt";
import { EdgeSession } from "../../runtime/describe/sparkplug/edge-session.ts";
import { answer, givenOptions, tell } from "./child-side.ts";
import { ProductionLog, tagName } from "./production.ts";

export interface SparkplugProducerOptions {
  readonly log: string;
  readonly url: string;
  readonly tags: number;
  readonly periodMs: number;
  /** Tells two publishers of one edge node id apart. */
  readonly clientId: string;
  readonly firstValue: number;
  /** Seconds; how soon the broker notices that the connection is dead. */
  readonly keepAliveS?: number;
  readonly lastBdSeq?: number;
}

export const EDGE = { group: "acme-test", node: "line1" };
const RETRY_MS = 200;

const options = givenOptions<SparkplugProducerOptions>();
const log = new ProductionLog(options.log);
let url = options.url;
let client: MqttClient | undefined;
let count = options.firstValue;
let lastUs = 0;
let messages = 0;
let lost = 0;
/** The next so many data messages are counted and not sent, or sent twice. */
let losing = 0;
let doubling = 0;
let isLeaving = false;
let ticking: NodeJS.Timeout | undefined;

const session = new EdgeSession({
  ...EDGE,
  lastBdSeq: options.lastBdSeq ?? 255,
  listener: {
    publish({ topic, payload, qos, retain }) {
      messages++;
      const isData = topic.includes("/NDATA/");
      if (isData && losing > 0) {
        losing--;
        lost++;
        return;
      }
      client?.publish(topic, Buffer.from(payload), { qos, retain });
      if (isData && doubling > 0) {
        doubling--;
        client?.publish(topic, Buffer.from(payload), { qos, retain });
      }
    },
    disconnect: () => client?.end(true),
    command: () => undefined,
    problem: (error) => process.stderr.write(`${error.message}\n`),
  },
});

const nowMs = Date.now();
lastUs = nowMs * 1000;
log.note(lastUs, count, 0, options.tags);
session.declare(
  undefined,
  Array.from({ length: options.tags }, (_, tag) => ({
    name: tagName(tag),
    type: "Double" as const,
    value: count,
    timestampMs: nowMs,
  })),
  nowMs,
);

/** A connection of its own with the next bdSeq; when it breaks, the next one. */
function open(): void {
  const { will, clean, subscriptions } = session.connecting(Date.now());
  const mine = connect(url, {
    clean,
    clientId: `${options.clientId}-${session.bdSeq}`,
    reconnectPeriod: 0,
    keepalive: options.keepAliveS ?? 60,
    connectTimeout: 2000,
    queueQoSZero: false,
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos, retain: will.retain },
  });
  client = mine;
  mine.on("error", () => undefined);
  mine.on("connect", () => {
    mine.subscribe([...subscriptions], { qos: 1 }, (error) => {
      if (error || client !== mine) return;
      session.connected(Date.now());
      // The birth has told the values it was declared with; every later one is kept until it can be sent.
      ticking ??= setInterval(tick, options.periodMs);
      tell("ready", { bdSeq: session.bdSeq });
    });
  });
  mine.on("message", (topic, payload) => {
    if (client === mine) session.receive(topic, payload, Date.now());
  });
  mine.on("close", () => {
    if (client !== mine) return;
    session.lost();
    client = undefined;
    if (!isLeaving) setTimeout(open, RETRY_MS);
  });
}
open();

function tick(): void {
  const timestampMs = Date.now();
  count++;
  lastUs = timestampMs * 1000;
  log.note(lastUs, count, 0, options.tags);
  const changes = Array.from({ length: options.tags }, (_, tag) => ({
    name: tagName(tag),
    value: count,
    timestampMs,
  }));
  session.update(undefined, changes, timestampMs);
}

answer({
  async stop() {
    clearInterval(ticking);
    // Nothing may wait any more when the last value is asked for.
    losing = 0;
    return { lastUs, count, messages, lost, bdSeq: session.bdSeq };
  },
  lose({ messages: number }: { messages: number }) {
    losing = number;
  },
  double({ messages: number }: { messages: number }) {
    doubling = number;
  },
  /** Leaves the old connection as it is and opens another one: the broker finds the old one dead later. */
  reopen({ url: to }: { url: string }) {
    url = to;
    client = undefined;
    session.lost();
    open();
  },
  leave() {
    isLeaving = true;
    session.leave(Date.now());
    client?.end();
  },
  counts: () => ({ messages, lost, bdSeq: session.bdSeq, lastUs }),
});
