import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import { services } from "../../../runtime/host/services.ts";
import { forkOven } from "../../../runtime/prescribe/fork-oven.ts";
import { StatusLine } from "../../node-status.ts";

interface SiblingConfig extends NodeDef {
  /** Id of the twin it forks. */
  twin: string;
}

export default function (RED: NodeAPI): void {
  function SiblingConstructor(this: Node, config: SiblingConfig): void {
    RED.nodes.createNode(this, config);
    const status = new StatusLine(this);
    const twin = (RED.nodes.getNode(config.twin) as { address?: string } | null)?.address ?? "";
    this.on("input", (message, send, done) => {
      try {
        const sibling = forkOven(services().ovens, services().twins, twin);
        const { zoneNames, bodies } = sibling.situation;
        status.show(
          sibling.basis === "estimate"
            ? `forked · ${zoneNames.length} zones · ${bodies.length} bodies inside`
            : `forked from the model alone · ${zoneNames.length} zones`,
        );
        send({ ...message, topic: twin, payload: sibling } as never);
        done();
      } catch (fault) {
        status.show(messageOf(fault), "fault");
        done(fault as Error);
      }
    });
    this.on("close", (done: () => void) => {
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-sibling", SiblingConstructor);
}
