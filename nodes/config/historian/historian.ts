import type { Node, NodeAPI, NodeDef } from "node-red";
import { HISTORIAN_DEFAULTS, type Historian } from "../../../runtime/describe/historian/historian.ts";
import { services } from "../../../runtime/host/services.ts";

interface HistorianConfig extends NodeDef {
  file: string;
  retentionDays: number | string;
  memoryLimitMb: number | string;
}

/** A historian's configuration node. The historian itself belongs to the process and outlives a deploy. */
export interface HistorianNode extends Node {
  historian: Historian;
}

export default function (RED: NodeAPI): void {
  function HistorianConstructor(this: HistorianNode, config: HistorianConfig): void {
    RED.nodes.createNode(this, config);
    this.historian = services().historian({
      ...(config.file ? { file: config.file } : {}),
      retentionDays: Number(config.retentionDays) || HISTORIAN_DEFAULTS.retentionDays,
      memoryLimitMb: Number(config.memoryLimitMb) || HISTORIAN_DEFAULTS.memoryLimitMb,
    });
  }
  RED.nodes.registerType("rung-historian", HistorianConstructor);
}

/** The historian a node names, or the process's own where it names none. */
export function historianOf(RED: NodeAPI, id: string | undefined): Historian {
  const node = id ? (RED.nodes.getNode(id) as HistorianNode | null) : null;
  return node?.historian ?? services().historian();
}
