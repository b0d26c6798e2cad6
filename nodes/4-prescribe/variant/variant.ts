import type { Node, NodeAPI } from "node-red";
import { changeOrders, changeOrdersCsv } from "../../../runtime/prescribe/cell/change-orders.ts";
import { type CellStudyConfig, studyNode } from "../cell-study-node.ts";

interface VariantConfig extends CellStudyConfig {
  fixes: boolean;
}

export default function (RED: NodeAPI): void {
  function VariantConstructor(this: Node, config: VariantConfig): void {
    RED.nodes.createNode(this, config);
    studyNode(RED, this, config, {
      order: { study: "variant", fixes: config.fixes },
      outputs: (study) => [study, changeOrdersCsv(changeOrders(study))],
    });
  }
  RED.nodes.registerType("rung-variant", VariantConstructor);
}
