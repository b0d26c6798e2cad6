import type { Node, NodeAPI, NodeDef } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import type { Rung } from "../../../runtime/core/evidence.ts";
import type { Scope } from "../../../runtime/describe/twin-description.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
import { services } from "../../../runtime/host/services.ts";

interface TwinConfig extends NodeDef {
  address: string;
  scope: Scope;
  /** Id of the parent's configuration node. */
  parent: string;
  needed: boolean | string;
  neededReason: string;
  objective: string;
  targetRung?: number | string;
}

/** A twin's configuration node; `state` is missing where its configuration is wrong. */
export interface TwinNode extends Node {
  address: string;
  state?: TwinState;
}

export default function (RED: NodeAPI): void {
  function TwinConstructor(this: TwinNode, config: TwinConfig): void {
    RED.nodes.createNode(this, config);
    this.address = config.address?.trim() ?? "";
    const parent = parentAddress(RED, config.parent);
    try {
      this.state = services().twins.define({
        address: this.address,
        name: config.name || this.address.split("/").at(-1) || "",
        scope: config.scope,
        ...(parent === "" ? {} : { parent }),
        needed: parent === "" || (config.needed !== false && config.needed !== "false"),
        reason: config.neededReason ?? "",
        objective: config.objective ?? "",
        targetRung: targetRung(config.targetRung),
      }).state;
    } catch (thrown) {
      this.error(messageOf(thrown));
    }
    this.on("close", (removed: boolean, done: () => void) => {
      if (removed) services().twins.remove(this.address);
      done();
    });
  }
  RED.nodes.registerType("rung-twin", TwinConstructor);
}

/** A twin that names no target may climb as far as the evidence holds it. */
const targetRung = (saved: number | string | undefined): Rung =>
  saved === undefined || saved === "" ? 5 : (Number(saved) as Rung);

/** By id, or by address as an older flow may have it. The parent may not be made yet, so its saved form is read. */
function parentAddress(RED: NodeAPI, parent: string | undefined): string {
  if (!parent) return "";
  let address = parent.includes("/") ? parent : "";
  RED.nodes.eachNode((node) => {
    if (node.id === parent) address = (node as unknown as { address?: string }).address ?? "";
  });
  return address;
}
