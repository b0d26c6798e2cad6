/**
 * The same graph with one message per value: the least that a state, a detector and a history node can do for each
 * message. Every part is simpler than its counterpart, so that the ratio is a lower bound.
 */
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { FrameBuilder } from "../../runtime/core/frame.ts";
import { wallTimeUs } from "../../runtime/core/time.ts";
import { services } from "../../runtime/host/services.ts";

interface ValueMessage extends NodeMessage {
  topic: string;
  payload: number;
  quality: number;
  /** ms */
  timestamp: number;
}

/** Newest value per property; an older one, or the same again, goes no further. */
export function valueState(RED: NodeAPI): void {
  RED.nodes.registerType("bench-value-state", function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const last = new Map<string, { value: number; quality: number; timestamp: number }>();
    this.on("input", (message, send, done) => {
      const { topic, payload, quality, timestamp } = message as ValueMessage;
      const known = last.get(topic);
      if (known === undefined) last.set(topic, { value: payload, quality, timestamp });
      else {
        if (timestamp <= known.timestamp) {
          done();
          return;
        }
        known.value = payload;
        known.quality = quality;
        known.timestamp = timestamp;
      }
      send(message);
      done();
    });
  });
}

const LEARNT = 120;
const SMOOTHING = 0.1;
const LIMIT = 4;

/** A moving average per property against its own first values. */
export function valueDetect(RED: NodeAPI): void {
  RED.nodes.registerType("bench-value-detect", function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const normal = new Map<
      string,
      { n: number; mean: number; square: number; average: number; isOff: boolean }
    >();
    this.on("input", (message, send, done) => {
      const { topic, payload } = message as ValueMessage;
      let of = normal.get(topic);
      if (of === undefined) {
        of = { n: 0, mean: 0, square: 0, average: 0, isOff: false };
        normal.set(topic, of);
      }
      if (of.n < LEARNT) {
        of.n++;
        const delta = payload - of.mean;
        of.mean += delta / of.n;
        of.square += delta * (payload - of.mean);
      } else {
        of.average += SMOOTHING * ((payload - of.mean) / Math.sqrt(of.square / of.n) - of.average);
        const isOff = Math.abs(of.average) > LIMIT;
        if (isOff !== of.isOff) send({ topic, payload: { active: isOff, score: of.average } } as NodeMessage);
        of.isOff = isOff;
      }
      done();
    });
  });
}

const BATCH_MS = 100;

/** Gathers messages and hands them to the same historian in batches. */
export function valueHistory(RED: NodeAPI): void {
  RED.nodes.registerType(
    "bench-value-history",
    function (this: Node, config: NodeDef & { tags: number; prefix: string }) {
      RED.nodes.createNode(this, config);
      const addresses = Array.from({ length: config.tags }, (_, i) => `${config.prefix}/t${i}`);
      const dictionary = new Dictionary(
        addresses.map((address) => ({
          address,
          kind: "measurement",
          type: "number",
          update: { mode: "onChange" },
        })),
      );
      const head = { source: "bench:values", reality: "virtual" as const, dictionary };
      let builder = new FrameBuilder(head, 8192);
      let first = 0;
      const timer = setInterval(() => {
        if (builder.length === 0) return;
        const frame = builder.build({ epoch: 1, first, receiveTimeUs: wallTimeUs() });
        first += frame.length;
        builder = new FrameBuilder(head, 8192);
        services()
          .historian()
          .append(frame)
          .catch((thrown: unknown) => this.error(String(thrown)));
      }, BATCH_MS);
      this.on("input", (message, _send, done) => {
        const { topic, payload, quality, timestamp } = message as ValueMessage;
        builder.add(dictionary.indexOf(topic), payload, timestamp * 1000, quality);
        done();
      });
      this.on("close", () => clearInterval(timer));
    },
  );
}
