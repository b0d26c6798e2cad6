import type { Node, NodeAPI } from "node-red";
import { messageOf } from "../../../runtime/core/errors.ts";
import { wallTimeUs } from "../../../runtime/core/time.ts";
import { services } from "../../../runtime/host/services.ts";
import { workOrders } from "../../../runtime/host/work-orders.ts";
import { doOrder } from "../../../runtime/prescribe/maintain/orders/order-desk.ts";
import { isUnderWay, type WorkOrder } from "../../../runtime/prescribe/maintain/orders/work-order.ts";
import {
  type MaintenancePlanMessage,
  planWords,
  takeMaintenancePlan,
} from "../../../runtime/prescribe/maintain/rolling/plan-message.ts";
import type { PartMark } from "../cell/cell-view.ts";
import { showWidget, type WidgetConfig } from "../widget-node.ts";
import type { MaintenanceView } from "./maintenance-view.ts";
import { markedPart } from "./plan-timeline.ts";

/** So soon a person sees that a tick was taken. */
const VIEW_MS = 500;
/** Of those that were signed off the last few are shown; the book keeps all. */
const SIGNED_SHOWN = 5;

/** What a cell's screen is to mark while an order is in work; nothing once it is over. */
function markOf(order: WorkOrder): PartMark {
  const words = markedPart(order)?.label.en ?? order.title;
  const isAtWork = order.state === "in work" && order.mark !== "";
  return { kind: "part-mark", robot: isAtWork ? order.mark : "", words: isAtWork ? words : "" };
}

export default function (RED: NodeAPI): void {
  function MaintenanceWidget(this: Node, config: WidgetConfig): void {
    RED.nodes.createNode(this, config);
    const book = workOrders();
    let plan: MaintenancePlanMessage | undefined;
    let refused: MaintenanceView["refused"] = null;
    const nowUs = (twin: string): number => services().twins.get(twin)?.nowUs() ?? wallTimeUs();
    const shown = (twin: string): WorkOrder[] => {
      const orders = book.query({ twin });
      const signed = orders
        .filter(({ state }) => state === "signed off")
        .sort((a, b) => b.signed!.timeUs - a.signed!.timeUs);
      const open = orders.filter(isUnderWay).sort((a, b) => a.plannedUs - b.plannedUs);
      return [...open, ...signed.slice(0, SIGNED_SHOWN)];
    };

    showWidget(RED, this, config, {
      everyMs: VIEW_MS,
      take: ({ payload }) => {
        plan = takeMaintenancePlan(payload, config.name || "maintenance");
      },
      act: (action, _by, person) => {
        const id = String((action as { order?: unknown } | null)?.order ?? "");
        try {
          const order = doOrder(book, action, person, nowUs(book.get(id)?.twin ?? ""), wallTimeUs());
          refused = null;
          return { topic: order.asset, payload: markOf(order) };
        } catch (fault) {
          refused = { order: id, what: messageOf(fault) };
          throw fault;
        }
      },
      view: (): MaintenanceView => ({
        plan: plan ?? null,
        orders: plan === undefined ? [] : shown(plan.twin),
        // To the minute: a clock alone is no news.
        nowUs: Math.floor(nowUs(plan?.twin ?? "") / 60e6) * 60e6,
        refused,
      }),
      status: () => (plan === undefined ? "no plan yet" : planWords(plan)),
    });
  }
  RED.nodes.registerType("ui-rung-maintenance", MaintenanceWidget);
}
