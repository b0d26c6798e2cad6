import type { Node, NodeAPI } from "node-red";
import { RUNG_NAMES } from "../../../runtime/core/evidence.ts";
import { services } from "../../../runtime/host/services.ts";
import { familyOf } from "../../../runtime/ladder/passport/family.ts";
import { aboveInWords } from "../../../runtime/ladder/rung-words.ts";
import type { RowVerdict, RungChange, TwinVerdict } from "../../../runtime/ladder/verdict.ts";
import { twinOf } from "../look/twin-of.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import type { LadderView, RungView } from "./ladder-view.ts";

interface LadderConfig extends WidgetConfig {
  twin: string;
}

const STATES: Readonly<Record<RowVerdict["verdict"], RungView["state"]>> = {
  holds: "own row holds",
  fails: "fails",
  collecting: "collecting",
  recovering: "recovering",
  "not wired": "not wired",
};

/**
 * The verdict of one twin as the wall display shows it.
 * @param twins every verdict of the flow: its parts are among them
 * @param adminRoot path of Node-RED's admin API; undefined where it has none
 */
export function ladderView(
  verdict: TwinVerdict,
  twins: readonly TwinVerdict[],
  evaluatedUs: number,
  adminRoot?: string,
): LadderView {
  return {
    name: verdict.name,
    address: verdict.address,
    class: verdict.class,
    reality: verdict.reality ?? "none",
    held: verdict.held,
    wired: verdict.wired,
    heldAbove: aboveInWords(verdict.held, verdict.heldCapabilities),
    wiredAbove: aboveInWords(verdict.wired, verdict.capabilities),
    rungs: verdict.rows.map((row) => ({
      rung: row.row,
      name: RUNG_NAMES[row.row],
      wired: row.wired,
      state: row.verdict === "holds" && row.row <= verdict.held ? "held" : STATES[row.verdict],
      fact: row.fact,
      limit: row.limit.replaceAll("<=", "≤").replaceAll(">=", "≥"),
      ...takesOf(row),
    })),
    evaluatedUs,
    objective: verdict.objective,
    target: verdict.target,
    enough: verdict.enough,
    parts: familyOf(twins, verdict.address).children.map(({ name, held = 0, wired, needed, limits }) => ({
      name,
      held,
      wired,
      needed,
      limits,
    })),
    ...(verdict.states[0] === undefined ? {} : { state: verdict.states[0] }),
    ...(verdict.lastFall === null ? {} : { lastFall: fallOf(verdict.lastFall) }),
    ...(adminRoot === undefined ? {} : { passport: passportPath(adminRoot, verdict.address) }),
  };
}

/** What rung 5 still takes, each with its limit. */
function takesOf({ row, wired, verdict, evidence }: RowVerdict): Pick<RungView, "takes"> {
  if (row !== 5 || !wired || verdict === "holds") return {};
  const open = evidence.filter((record) => record.verdict !== "holds");
  return { takes: open.map(({ what, limit }) => (limit === "" ? what : `${what}: ${limit}`)) };
}

/** What the screen shows of a fall, and nothing that it does not. */
const fallOf = ({ from, to, timeUs, cause }: RungChange) => ({ from, to, timeUs, cause });

function passportPath(adminRoot: string, address: string): string {
  const path = address.split("/").map(encodeURIComponent).join("/");
  return `${adminRoot.replace(/\/$/, "")}/rung/passport/${path}?print`;
}

export default function (RED: NodeAPI): void {
  function LadderWidget(this: Node, config: LadderConfig): void {
    RED.nodes.createNode(this, config);
    const twin = twinOf(RED, config.twin);
    const verdict = () => services().ladder().twin(twin.address);
    const { httpAdminRoot } = RED.settings as { httpAdminRoot?: string | false };
    const adminRoot = httpAdminRoot === false ? undefined : (httpAdminRoot ?? "/");
    showWidget(RED, this, config, {
      view: () => {
        const found = verdict();
        const { twins, evaluatedUs } = services().ladder().report();
        return found === undefined ? { rungs: [] } : ladderView(found, twins, evaluatedUs, adminRoot);
      },
      status: () => {
        const found = verdict();
        return found === undefined ? "no twin is wired" : `${found.held} held of ${found.wired} wired`;
      },
    });
  }
  RED.nodes.registerType("ui-rung-ladder", LadderWidget);
}
