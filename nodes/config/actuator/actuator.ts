import type { Node, NodeAPI, NodeDef } from "node-red";
import type { ActuatorClient } from "../../../runtime/act/actuator-client.ts";
import { services } from "../../../runtime/host/services.ts";

/** What the nodes of rung 5 find at their configuration. */
export interface ActuatorNode extends Node {
  client?: ActuatorClient;
}

export default function (RED: NodeAPI): void {
  function ActuatorConstructor(this: ActuatorNode, config: NodeDef): void {
    RED.nodes.createNode(this, config);
    this.client = services().actuator();
  }
  RED.nodes.registerType("rung-actuator", ActuatorConstructor);
}
