import type { Node, NodeAPI } from "node-red";
import { type CellStudyConfig, studyNode } from "../cell-study-node.ts";

interface ReachConfig extends CellStudyConfig {
  placement: boolean;
  rebalance: boolean;
}

export default function (RED: NodeAPI): void {
  function ReachConstructor(this: Node, config: ReachConfig): void {
    RED.nodes.createNode(this, config);
    studyNode(RED, this, config, {
      order: { study: "reach", placement: config.placement, rebalance: config.rebalance },
      outputs: (study) => [study],
    });
  }
  RED.nodes.registerType("rung-reach", ReachConstructor);
}
