import type { Node, NodeAPI } from "node-red";
import { RungError } from "../../../runtime/core/errors.ts";
import { wallTimeUs } from "../../../runtime/core/time.ts";
import { GapOverview } from "../../../runtime/describe/gap-overview.ts";
import { services } from "../../../runtime/host/services.ts";
import { showWidget, type WidgetBehaviour, type WidgetConfig } from "../widget-node.ts";
import { alarms } from "./alarms.ts";
import type { GapsView } from "./gap-view.ts";
import { gapsView } from "./gaps.ts";

interface ListConfig extends WidgetConfig {
  /** Absent in flows saved before it could be chosen. */
  shows?: "findings" | "gaps";
}

/** Gaps and the counts of samples go to browsers at most so often, ms. */
const GAPS_MS = 2000;

function gaps(RED: NodeAPI, where: string): WidgetBehaviour {
  const overview = new GapOverview();
  // A source's identity ends with the id of its node.
  const nameOf = (source: string) => RED.nodes.getNode(source.split(":").at(-1)!)?.name || source;
  let open = 0;
  return {
    everyMs: GAPS_MS,
    take: () => {
      throw new RungError({
        code: "no-input",
        where,
        what: "shows gaps and takes no messages",
        advice: "remove the wire, or let it show findings",
      });
    },
    view: (): GapsView => {
      const view = gapsView(overview, services().synchronisers, nameOf);
      open = view.open;
      return view;
    },
    status: () => (open === 0 ? "no open gaps" : `${open.toLocaleString("en")} open`),
  };
}

export default function (RED: NodeAPI): void {
  function RungList(this: Node, config: ListConfig): void {
    RED.nodes.createNode(this, config);
    const nowUsOf = (twin: string) => services().twins.get(twin)?.nowUs() ?? wallTimeUs();
    showWidget(
      RED,
      this,
      config,
      config.shows === "gaps" ? gaps(RED, config.name || "gaps") : alarms(services().alarms(), nowUsOf),
    );
  }
  RED.nodes.registerType("ui-rung-list", RungList);
}
