import type { Node, NodeAPI } from "node-red";
import { services } from "../../../runtime/host/services.ts";
import { twinOf } from "../look/twin-of.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import { barOf, rowsOf } from "./bars.ts";
import type { TileView } from "./tile-view.ts";

interface TileConfig extends WidgetConfig {
  twin: string;
  rows: string;
}

export default function (RED: NodeAPI): void {
  function TileWidget(this: Node, config: TileConfig): void {
    RED.nodes.createNode(this, config);
    const twin = twinOf(RED, config.twin);
    const rows = rowsOf(config.rows);
    showWidget(RED, this, config, {
      view: (): TileView => {
        const state = services().twins.get(twin.address);
        if (state === undefined) return { bars: [], noState: twin.name };
        if (rows.length === 0) return { bars: [] };
        return { bars: rows.map((row) => barOf(state, row)) };
      },
      news: () => services().twins.get(twin.address)?.counts.accepted,
      status: () => `${rows.length} values`,
    });
  }
  RED.nodes.registerType("ui-rung-tile", TileWidget);
}
