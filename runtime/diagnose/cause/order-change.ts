import type { OrderEvent } from "../../describe/orders/order-store.ts";
import type { RecentChange } from "./recent-change.ts";

/** An order's begin or end as a change of the machine it ran on; undefined for an event that changed nothing there. */
export function orderChange({ order }: OrderEvent, twin: string): RecentChange | undefined {
  const { id, product, equipment, actualStartUs, actualEndUs } = order;
  const timeUs = actualEndUs ?? actualStartUs;
  if (timeUs === undefined) return undefined;
  const of = product === undefined ? "" : ` of ${product}`;
  return {
    kind: "order",
    address: equipment ?? twin,
    timeUs,
    what: `Order ${id}${of} ${actualEndUs === undefined ? "began" : "ended"}`,
  };
}
