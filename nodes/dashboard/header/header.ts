import type { Node, NodeAPI } from "node-red";
import { services } from "../../../runtime/host/services.ts";
import { FindingLog } from "../look/finding-log.ts";
import { twinOf } from "../look/twin-of.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import { DISPLAY_LEVELS, type DisplayLevel, type HeaderView } from "./header-view.ts";

interface HeaderConfig extends WidgetConfig {
  twin: string;
  label: string;
  /** Absent in flows saved before it could be chosen. */
  display?: DisplayLevel;
}

export default function (RED: NodeAPI): void {
  function HeaderWidget(this: Node, config: HeaderConfig): void {
    RED.nodes.createNode(this, config);
    const twin = twinOf(RED, config.twin);
    const log = new FindingLog();
    const display = DISPLAY_LEVELS.find((level) => level === config.display) ?? "shop";
    const staleCount = () => {
      const state = services().twins.get(twin.address);
      if (state === undefined) return 0;
      return state.dictionary.properties.filter((property, index) =>
        property.update.mode === "cyclic" && !Number.isNaN(state.last(property.address)?.value ?? Number.NaN)
          ? state.isStaleAt(index)
          : false,
      ).length;
    };
    const view = (): HeaderView => {
      const state = services().twins.get(twin.address);
      const source = state?.sources[0];
      const active = log.active;
      const count = (priority: number) => active.filter((finding) => finding.priority === priority).length;
      return {
        place: config.label || twin.name,
        display,
        reality: state?.reality ?? "none",
        speed: source === undefined ? 1 : (services().clocks.get(source.name)?.speed ?? 1),
        timeUs: source === undefined ? null : Math.floor(state!.nowUs() / 1e6) * 1e6,
        counts: { p1: count(1), p2: count(2), p3: count(3), stale: staleCount() },
      };
    };
    showWidget(RED, this, config, { take: ({ payload }) => log.take(payload), view });
  }
  RED.nodes.registerType("ui-rung-header", HeaderWidget);
}
