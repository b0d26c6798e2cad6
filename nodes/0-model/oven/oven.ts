import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf, RungError } from "../../../runtime/core/errors.ts";
import { services } from "../../../runtime/host/services.ts";
import { type OvenConfig, ovenConfig } from "../../../runtime/model/oven/oven-config.ts";
import { simulate } from "../../../runtime/model/oven/simulation.ts";
import { leftOutByTracker } from "../../../runtime/model/oven/tracked-model.ts";
import { StatusLine } from "../../node-status.ts";
import { serveTrial } from "./try-route.ts";

interface OvenNodeConfig extends NodeDef {
  /** Id of the twin it is the model of; empty for a model alone. */
  twin: string;
  /** The oven as JSON text: zones, nodes, conveyor, cure, energy. */
  oven: string;
}

export default function (RED: NodeAPI): void {
  serveTrial(RED);
  function OvenConstructor(this: Node, config: OvenNodeConfig): void {
    RED.nodes.createNode(this, config);
    const where = config.name || "oven";
    const status = new StatusLine(this);
    const twin = (RED.nodes.getNode(config.twin) as { address?: string } | null)?.address ?? "";
    let oven: OvenConfig | undefined;
    try {
      oven = ovenConfig(parse(config.oven, where));
      if (twin !== "") {
        services().ovens.setModel(twin, oven);
        const leftOut = leftOutByTracker(oven);
        if (leftOut.length > 0)
          this.warn(`${where}: estimate, what-if and optimise of ${twin} leave out ${leftOut.join("; ")}`);
      }
      const minutes = simulate(oven).residenceS / 60;
      status.show(`${oven.zones.length} zones · ${oven.nodes.length} nodes · ${minutes.toFixed(0)} min`);
    } catch (fault) {
      status.show("the model is wrong, see the message", "fault");
      this.error(messageOf(fault));
    }
    this.on("input", (message, send, done) => {
      try {
        if (oven === undefined) {
          throw new RungError({
            code: "oven-config",
            where,
            what: "has no valid model",
            advice: "open the node",
          });
        }
        send({
          ...message,
          topic: twin || oven.name,
          payload: simulate(ovenConfig(edited(oven, message.payload))),
        });
        done();
      } catch (fault) {
        done(fault as Error);
      }
    });
    this.on("close", (done: () => void) => {
      if (twin !== "" && oven !== undefined) services().ovens.deleteModel(twin);
      status.close();
      done();
    });
  }
  RED.nodes.registerType("rung-oven", OvenConstructor);
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (fault) {
    throw new RungError({
      code: "not-json",
      where,
      what: `the oven's form is no JSON: ${messageOf(fault)}`,
      advice: "compare examples/paint-oven.config.json",
      cause: fault,
    });
  }
}

/** The oven with the fields of a message's payload laid over it; any other payload leaves it as it is. */
function edited(oven: OvenConfig, payload: unknown): unknown {
  const isObject = typeof payload === "object" && payload !== null && !Array.isArray(payload);
  return isObject ? { ...oven, ...payload } : oven;
}
