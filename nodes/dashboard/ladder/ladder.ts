import type { Node, NodeAPI } from "node-red";
import { RUNG_NAMES } from "../../../runtime/core/evidence.ts";
import { services } from "../../../runtime/host/services.ts";
import type { RowVerdict, TwinVerdict } from "../../../runtime/ladder/verdict.ts";
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

/** The verdict of one twin as the wall display shows it. */
export function ladderView(verdict: TwinVerdict, evaluatedUs: number): LadderView {
  return {
    name: verdict.name,
    address: verdict.address,
    class: verdict.class,
    reality: verdict.reality ?? "none",
    held: verdict.held,
    wired: verdict.wired,
    rungs: verdict.rows.map((row) => ({
      rung: row.row,
      name: RUNG_NAMES[row.row],
      wired: row.wired,
      state: row.verdict === "holds" && row.row <= verdict.held ? "held" : STATES[row.verdict],
      fact: row.fact,
      limit: row.limit,
    })),
    evaluatedUs,
    ...(verdict.enough && verdict.objective !== "" ? { enoughFor: verdict.objective } : {}),
    ...(verdict.lastFall === null ? {} : { lastFall: verdict.lastFall }),
  };
}

export default function (RED: NodeAPI): void {
  function LadderWidget(this: Node, config: LadderConfig): void {
    RED.nodes.createNode(this, config);
    const twin = twinOf(RED, config.twin);
    const verdict = () => services().ladder().twin(twin.address);
    showWidget(RED, this, config, {
      view: () => {
        const found = verdict();
        return found === undefined
          ? { rungs: [] }
          : ladderView(found, services().ladder().report().evaluatedUs);
      },
      status: () => {
        const found = verdict();
        return found === undefined ? "no twin is wired" : `${found.held} held of ${found.wired} wired`;
      },
    });
  }
  RED.nodes.registerType("ui-rung-ladder", LadderWidget);
}
