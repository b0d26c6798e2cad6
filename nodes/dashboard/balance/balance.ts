import type { Node, NodeAPI } from "node-red";
import { services } from "../../../runtime/host/services.ts";
import {
  type BalanceMessage,
  proofText,
  takeBalance,
} from "../../../runtime/prescribe/balance/balance-message.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import type { BalanceView } from "./balance-view.ts";
import { BoardEdit } from "./board-edit.ts";
import { editedBalance } from "./edited-balance.ts";

/** A balance changes when somebody makes one. */
const VIEW_MS = 2000;

export default function (RED: NodeAPI): void {
  function BalanceWidget(this: Node, config: WidgetConfig): void {
    RED.nodes.createNode(this, config);
    let balance: BalanceMessage | undefined;
    const nowUs = () =>
      services()
        .twins.get(balance?.twin ?? "")
        ?.nowUs() ?? Date.now() * 1000;
    showWidget(RED, this, config, {
      everyMs: VIEW_MS,
      take: ({ payload }) => {
        const came = takeBalance(payload, config.name || "balance board");
        // A board that cannot be laid out must not reach the page.
        new BoardEdit(came);
        balance = came;
      },
      act: (action, by) => {
        balance = editedBalance(balance, action, by, nowUs());
        return { topic: balance.twin, payload: balance };
      },
      view: (): BalanceView => ({ balance: balance ?? null }),
      status: () => (balance === undefined ? "no balance yet" : proofText(balance)),
    });
  }
  RED.nodes.registerType("ui-rung-balance", BalanceWidget);
}
