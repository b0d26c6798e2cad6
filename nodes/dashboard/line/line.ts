import type { Node, NodeAPI } from "node-red";
import { type LineMessage, takeLine } from "../../../runtime/predict/line/line-message.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import type { LineView } from "./line-view.ts";

/** As often as a line node tells of a line. */
const VIEW_MS = 2000;

export default function (RED: NodeAPI): void {
  function LineWidget(this: Node, config: WidgetConfig): void {
    RED.nodes.createNode(this, config);
    let line: LineMessage | undefined;
    showWidget(RED, this, config, {
      everyMs: VIEW_MS,
      take: ({ payload }) => {
        line = takeLine(payload, config.name || "line");
      },
      view: (): LineView => ({ line: line ?? null }),
      status: () => (line === undefined ? "no line yet" : `${line.stations.length} stations`),
    });
  }
  RED.nodes.registerType("ui-rung-line", LineWidget);
}
