import type { Node, NodeAPI } from "node-red";
import type { Finding } from "../../../runtime/diagnose/finding.ts";
import { services } from "../../../runtime/host/services.ts";
import { FindingLog } from "../look/finding-log.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import type { FindingView, ListView } from "./list-view.ts";

const viewOf = (finding: Finding): FindingView => ({
  id: finding.id,
  priority: finding.priority,
  title: finding.title,
  reason: finding.reason,
  action: finding.action,
  place: finding.contributions[0]?.address ?? finding.twin,
  sinceUs: finding.sinceUs,
  active: finding.active,
  ...(finding.active ? {} : { endedUs: finding.timeUs }),
});

export default function (RED: NodeAPI): void {
  function FindingList(this: Node, config: WidgetConfig): void {
    RED.nodes.createNode(this, config);
    const log = new FindingLog();
    // On the clock of the link of the newest finding's twin, so that "for 3 min" counts on between findings.
    let newest: Finding | undefined;
    const nowUs = () =>
      newest === undefined ? null : (services().twins.get(newest.twin)?.nowUs() ?? newest.timeUs);
    showWidget(RED, this, config, {
      take: ({ payload }) => {
        log.take(payload);
        newest = payload as Finding;
      },
      view: (): ListView => ({ findings: [...log.active, ...log.ended].map(viewOf), timeUs: nowUs() }),
      status: () => (log.active.length === 0 ? "nothing abnormal" : `${log.active.length} active`),
    });
  }
  RED.nodes.registerType("ui-rung-list", FindingList);
}
