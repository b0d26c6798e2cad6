import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from "node-red";
import type { ActuatorClient } from "../../runtime/act/actuator-client.ts";
import type { EnvelopeCheck } from "../../runtime/act/check-recommendation.ts";
import { messageOf, RungError } from "../../runtime/core/errors.ts";
import type { Recommendation } from "../../runtime/prescribe/recommendation.ts";
import type { ActuatorNode } from "../config/actuator/actuator.ts";
import { StatusLine } from "../node-status.ts";

/** What a message gathers on its way through rung 5, beside its payload. */
export interface ActMessage extends NodeMessageInFlow {
  rung?: {
    readonly envelope?: EnvelopeCheck;
    readonly approval?: { readonly by: string };
    readonly recommendation?: Recommendation;
  };
}

/** The client of a chosen actuator. @throws RungError `no-actuator-chosen` */
export function clientOf(RED: NodeAPI, id: string, where: string): ActuatorClient {
  const client = (RED.nodes.getNode(id) as ActuatorNode | null)?.client;
  if (client !== undefined) return client;
  throw new RungError({
    code: "no-actuator-chosen",
    where,
    what: "has no actuator",
    advice: "choose one and deploy",
  });
}

/** The address of a chosen twin. @throws RungError `no-twin-chosen` */
export function twinAddressOf(RED: NodeAPI, id: string, where: string): string {
  const address = (RED.nodes.getNode(id) as { address?: string } | null)?.address;
  if (address !== undefined && address !== "") return address;
  throw new RungError({
    code: "no-twin-chosen",
    where,
    what: "has no twin",
    advice: "choose one and deploy",
  });
}

/** Hours and minutes of a time, as clocks in a plant show it. */
export const clockTime = (ms: number): string => new Date(ms).toTimeString().slice(0, 5);

/** The constructor of a node of rung 5: one that cannot start says why, and stays on the canvas. */
export function actNode<Config extends NodeDef>(
  RED: NodeAPI,
  start: (RED: NodeAPI, node: Node, config: Config, status: StatusLine) => void,
): (this: Node, config: Config) => void {
  return function ActNode(this: Node, config: Config): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(this);
    try {
      start(RED, this, config, status);
    } catch (error) {
      status.show("not ready, see the message", "fault");
      this.error(messageOf(error));
      this.on("close", () => status.close());
    }
  };
}
