/**
 * node-red-contrib-opcua in Node-RED, as its "multiple" topic subscribes many items with one message: client node ->
 * a node that keeps the newest value of every tag and counts. What it asks of the server is fixed in it: a queue of
 * one value per item, and at most ten values in a response.
 */
import { join } from "node:path";
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { nodeIdOf, type OpenClient } from "../load.ts";
import { onTab, startNodeRed } from "../node-red.ts";
import type { Tally } from "../tally.ts";

export const CONTRIB_FOLDER = join(
  import.meta.dirname,
  "..",
  "..",
  "peers",
  "node_modules",
  "node-red-contrib-opcua",
);

let counted: Tally;
let tagCount = 0;
let asker: Node;

/** Registers the node that asks for the items once it is told to. */
export function ask(RED: NodeAPI): void {
  RED.nodes.registerType("bench-ask", function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    asker = this;
  });
}

/** Registers the node that counts; it hands nothing on. */
export function counter(RED: NodeAPI): void {
  RED.nodes.registerType("bench-counter", function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    const tagOf = new Map(Array.from({ length: tagCount }, (_, tag) => [nodeIdOf(tag), tag]));
    const newest = new Float64Array(tagCount);
    this.on("input", (message, _send, done) => {
      const tag = tagOf.get(message.topic ?? "");
      // Its first message is the id of the subscription.
      if (tag !== undefined) {
        const value = (message.payload as { value: { value: number } }).value.value;
        newest[tag] = value;
        counted.take(tag, value);
        counted.arrived();
      }
      done();
    });
  });
}

export const openContrib: OpenClient = async ({ endpoint, tags, periodMs, home }, tally) => {
  counted = tally;
  tagCount = tags;
  const RED = await startNodeRed(
    home,
    [
      { id: "endpoint", type: "OpcUa-Endpoint", endpoint, secpol: "None", secmode: "None", none: true },
      onTab("ask", "bench-ask", ["client"]),
      onTab("client", "OpcUa-Client", ["counter"], {
        endpoint: "endpoint",
        action: "subscribe",
        deadbandtype: "a",
        deadbandvalue: 1,
        time: String(periodMs),
        timeUnit: "ms",
        certificate: "n",
        securitymode: "None",
        securitypolicy: "None",
        name: "peer",
      }),
      onTab("counter", "bench-counter", []),
    ],
    [
      { type: "bench-ask", module: import.meta.filename, what: "ask" },
      { type: "bench-counter", module: import.meta.filename, what: "counter" },
    ],
    [CONTRIB_FOLDER],
  );
  const client = RED.nodes.getNode("client") as { session?: object };
  while (!client.session) await new Promise((resolve) => setTimeout(resolve, 50));
  const payload = Array.from({ length: tags }, (_, tag) => ({ nodeId: nodeIdOf(tag) }));
  // Of the intervals it can be told, 0 loses least: the server reports each change, every 100 ms.
  asker.send({ topic: "multiple", payload, interval: "0" } as NodeMessage);
  return {};
};
