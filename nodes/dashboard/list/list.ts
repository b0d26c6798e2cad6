import type { Node, NodeAPI } from "node-red";
import { RungError } from "../../../runtime/core/errors.ts";
import { GapOverview } from "../../../runtime/describe/gap-overview.ts";
import type { CauseMessage, RankedCause } from "../../../runtime/diagnose/cause/cause.ts";
import type { Finding } from "../../../runtime/diagnose/finding.ts";
import { services } from "../../../runtime/host/services.ts";
import { FindingLog } from "../look/finding-log.ts";
import { showWidget, type WidgetBehaviour, type WidgetConfig } from "../widget-node.ts";
import type { GapsView } from "./gap-view.ts";
import { gapsView } from "./gaps.ts";
import type { FindingView, ListView } from "./list-view.ts";

interface ListConfig extends WidgetConfig {
  /** Absent in flows saved before it could be chosen. */
  shows?: "findings" | "gaps";
}

/** Gaps and the counts of samples go to browsers at most so often, ms. */
const GAPS_MS = 2000;

const viewOf = (finding: Finding, cause: CauseMessage | undefined): FindingView => ({
  id: finding.id,
  priority: finding.priority,
  title: finding.title,
  reason: finding.reason,
  action: finding.action,
  place: finding.contributions[0]?.address ?? finding.twin,
  sinceUs: finding.sinceUs,
  active: finding.active,
  ...(finding.active ? {} : { endedUs: finding.timeUs }),
  ...(cause?.causes[0] === undefined ? {} : { cause: causeText(cause.causes[0]) }),
});

/** "Zone 3 fan flow fell first (62 %). Zone 3 fan power follows zone 3 fan flow by 30 s ..." */
const causeText = ({ title, belief, evidence }: RankedCause): string =>
  `${title} (${Math.round(100 * belief)} %). ${evidence[0] ?? ""}`.trim();

function findings(): WidgetBehaviour {
  const log = new FindingLog();
  // On the clock of the link of the newest finding's twin, so that "for 3 min" counts on between findings.
  let newest: { readonly twin: string; readonly timeUs: number } | undefined;
  const nowUs = () =>
    newest === undefined ? null : (services().twins.get(newest.twin)?.nowUs() ?? newest.timeUs);
  return {
    take: ({ payload }) => {
      log.take(payload);
      newest = payload as Finding | CauseMessage;
    },
    view: (): ListView => ({
      findings: [...log.active, ...log.ended].map((finding) => viewOf(finding, log.causeOf(finding.id))),
      timeUs: nowUs(),
    }),
    status: () => (log.active.length === 0 ? "nothing abnormal" : `${log.active.length} active`),
  };
}

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
    const isGaps = config.shows === "gaps";
    showWidget(RED, this, config, isGaps ? gaps(RED, config.name || "gaps") : findings());
  }
  RED.nodes.registerType("ui-rung-list", RungList);
}
