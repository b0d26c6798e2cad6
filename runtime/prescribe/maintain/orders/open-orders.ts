import type { MaintenanceEvent } from "../../../core/maintenance-event.ts";
import { isoFromUs, type TimeUs } from "../../../core/time.ts";
import type { Instruction } from "../instructions/instruction.ts";
import type { InstructionShelf } from "../instructions/instruction-shelf.ts";
import { HOUR_US } from "../rolling/foretold-life.ts";
import type { MaintainedPlant } from "../rolling/maintained-plant.ts";
import type { MaintenancePlanMessage } from "../rolling/plan-message.ts";
import type { ComponentPast } from "../rolling/rolling-plan.ts";
import type { OrderBook } from "./order-book.ts";
import type { OrderLine, WorkOrder } from "./work-order.ts";

/** A planned time that moved by less is left as it stands in the order, µs. */
const MOVED_US = 60e6;

/**
 * Opens an order for each work of a plan that begins soon, and moves those that are open with the plan. A work has one
 * order, whatever plans it is in; one that was dropped is not opened again, and the work stays in the plan.
 * @returns the orders that were opened
 */
export function openOrders(
  book: OrderBook,
  plan: MaintenancePlanMessage,
  plant: MaintainedPlant,
  shelf: InstructionShelf,
  wallUs: TimeUs,
): WorkOrder[] {
  const opened: WorkOrder[] = [];
  const done = { timeUs: plan.madeAtUs, at: isoFromUs(wallUs) };
  for (const stop of plan.stops) {
    for (const work of stop.works) {
      const order = orderId(plan.twin, work.id);
      const known = book.get(order);
      if (known?.state === "open" && Math.abs(known.plannedUs - stop.fromUs) > MOVED_US)
        book.append({ kind: "planned", order, plannedUs: stop.fromUs, ...done });
      if (known !== undefined || stop.fromUs - plan.madeAtUs > plant.openH * HOUR_US) continue;
      const component = plant.components.find(({ id }) => id === work.component)!;
      const fault = work.by === "finding" ? work.because : "";
      const instruction = shelf.find({ assetClass: component.assetClass, component: component.id, fault });
      book.append({
        kind: "opened",
        order,
        twin: plan.twin,
        component: component.id,
        label: component.label,
        asset: component.asset,
        title: titleOf(component.label, instruction),
        why: work.because,
        instruction: instruction ?? null,
        steps: instruction?.steps.length ?? 0,
        plannedUs: stop.fromUs,
        mark: component.mark ?? "",
        ...done,
      });
      opened.push(book.get(order)!);
    }
  }
  return opened;
}

const titleOf = (label: string, instruction: Instruction | undefined): string =>
  instruction === undefined ? label : `${label}: ${instruction.title.en}`;

export const orderId = (twin: string, work: string): string => `${twin} ${work}`;

/** What the book says of a component: how often it was worked on, when last, and whether its next work is under way. */
export function pastOf(book: OrderBook, twin: string, component: string): ComponentPast {
  const orders = book.query({ twin, component });
  const signed = orders.flatMap((order) => (order.signed === null ? [] : [order.signed]));
  const lastOf = (isRenewed: boolean): TimeUs | undefined =>
    signed
      .filter((one) => one.isRenewed === isRenewed)
      .map(({ timeUs }) => timeUs)
      .sort((a, b) => b - a)[0];
  return {
    // Only what is signed off is over: a work whose order was dropped stays due, and stays in the plan.
    signed: signed.length,
    renewedUs: lastOf(true),
    lookedUs: lastOf(false),
    isAtWork: orders.some(({ state }) => state === "in work"),
  };
}

/** What a line tells the rest of the flow; undefined where it is no sign-off. */
export function eventOf(order: WorkOrder, line: OrderLine): MaintenanceEvent | undefined {
  if (line.kind !== "signed off") return undefined;
  const { twin, asset, component, title, begun } = order;
  const { timeUs, at, by, condition, found, isRenewed } = line;
  return {
    kind: "maintenance",
    order: order.order,
    twin,
    asset,
    component,
    title,
    timeUs,
    begunUs: begun?.timeUs ?? timeUs,
    at,
    by: by.name,
    condition,
    found,
    isRenewed,
  };
}
