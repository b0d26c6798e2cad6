import type { Node, NodeAPI } from "node-red";
import { isWithin } from "../../../runtime/core/address.ts";
import type { Reality } from "../../../runtime/core/frame.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
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

const WEAKEST_FIRST: readonly Reality[] = ["recorded", "virtual", "live"];

export default function (RED: NodeAPI): void {
  function HeaderWidget(this: Node, config: HeaderConfig): void {
    RED.nodes.createNode(this, config);
    const twin = twinOf(RED, config.twin);
    const log = new FindingLog();
    const display = DISPLAY_LEVELS.find((level) => level === config.display) ?? "shop";
    // A twin without a source of its own, such as a plant, is known by the twins below it.
    const statesOf = (): TwinState[] => {
      const own = services().twins.get(twin.address);
      if (own !== undefined && own.sources.length > 0) return [own];
      return services()
        .twins.list()
        .filter(({ state }) => isWithin(state.address, twin.address) && state.sources.length > 0)
        .map(({ state }) => state);
    };
    const staleCount = (state: TwinState) =>
      state.dictionary.properties.filter((property, index) =>
        property.update.mode === "cyclic" && !Number.isNaN(state.last(property.address)?.value ?? Number.NaN)
          ? state.isStaleAt(index)
          : false,
      ).length;
    const view = (): HeaderView => {
      const states = statesOf();
      // Shops may run on clocks of their own: the fastest is the one that a reader must not take for wall time.
      const speedOf = (state: TwinState) => services().clocks.get(state.sources[0]!.name)?.speed ?? 1;
      const lead = states.reduce<TwinState | undefined>(
        (fastest, state) => (fastest === undefined || speedOf(state) > speedOf(fastest) ? state : fastest),
        undefined,
      );
      const active = log.active;
      const count = (priority: number) => active.filter((finding) => finding.priority === priority).length;
      return {
        place: config.label || twin.name,
        address: twin.address,
        display,
        reality: WEAKEST_FIRST.find((reality) => states.some((state) => state.reality === reality)) ?? "none",
        speed: lead === undefined ? 1 : speedOf(lead),
        timeUs: lead === undefined ? null : Math.floor(lead.nowUs() / 1e6) * 1e6,
        counts: {
          p1: count(1),
          p2: count(2),
          p3: count(3),
          stale: states.reduce((sum, state) => sum + staleCount(state), 0),
        },
      };
    };
    showWidget(RED, this, config, { take: ({ payload }) => log.take(payload), view });
  }
  RED.nodes.registerType("ui-rung-header", HeaderWidget);
}
