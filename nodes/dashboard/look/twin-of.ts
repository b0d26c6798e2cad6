import type { NodeAPI } from "node-red";
import { RungError } from "../../../runtime/core/errors.ts";

/** What a widget needs of a twin's configuration node. */
export interface TwinChoice {
  readonly address: string;
  readonly name: string;
}

/** The twin a widget shows. @throws RungError `no-twin` */
export function twinOf(RED: NodeAPI, id: string): TwinChoice {
  const node = RED.nodes.getNode(id) as unknown as { address?: string; name?: string } | null;
  if (!node?.address) {
    throw new RungError({
      code: "no-twin",
      where: "the widget",
      what: "names no twin",
      advice: "open it and choose one",
    });
  }
  return { address: node.address, name: node.name || node.address };
}
