/** Rung's own nodes in Node-RED: opc ua source -> state -> a node that counts. */
import type { Node, NodeAPI, NodeDef } from "node-red";
import type { Frame } from "../../../runtime/core/frame.ts";
import { type OpenClient, PUBLISHING_MS, SURVIVE_MS } from "../load.ts";
import { onTab, productNode, startNodeRed } from "../node-red.ts";
import type { Tally } from "../tally.ts";
import { bindingRows, countFrame, TWIN } from "./rung.ts";

let counted: Tally;

/** Registers the node that counts; it hands nothing on. */
export function counter(RED: NodeAPI): void {
  RED.nodes.registerType("bench-counter", function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    this.on("input", (message, _send, done) => {
      countFrame(message.payload as Frame, counted);
      done();
    });
  });
}

export const openInNodeRed: OpenClient = async (load, tally) => {
  counted = tally;
  await startNodeRed(
    load.home,
    [
      {
        id: "twin",
        type: "rung-twin",
        name: "machine",
        address: TWIN,
        scope: "machine",
        targetRung: 1,
        objective: "bench",
      },
      {
        id: "link",
        type: "rung-opcua-link",
        name: "bench",
        endpoint: load.endpoint,
        reality: "live",
        securityMode: "None",
        securityPolicy: "None",
        surviveS: SURVIVE_MS / 1000,
        login: "anonymous",
      },
      onTab("source", "rung-opcua-source", ["state"], {
        link: "link",
        twin: "twin",
        publishingMs: PUBLISHING_MS,
        samplingMs: 0,
        emit: "frames",
        bindings: bindingRows(load),
      }),
      onTab("state", "rung-state", ["counter"], { twin: "twin" }),
      onTab("counter", "bench-counter", []),
    ],
    [
      ...["config/opcua-link", "config/twin", "1-describe/opcua-source", "1-describe/state"].map(productNode),
      { type: "bench-counter", module: import.meta.filename, what: "counter" },
    ],
  );
  return {};
};
