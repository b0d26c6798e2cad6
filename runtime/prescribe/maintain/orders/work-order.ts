import type { Condition } from "../../../core/maintenance-event.ts";
import type { TimeUs } from "../../../core/time.ts";
import type { Instruction } from "../instructions/instruction.ts";
import type { UsageMark } from "../rolling/usage-meter.ts";

export const ORDER_STATES = ["open", "in work", "signed off", "dropped"] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** Who did something, as the host knows them. */
export interface Signer {
  readonly name: string;
  readonly role: string;
}

/** When something was done: on the twin's clock, and on the wall. */
interface Done {
  readonly timeUs: TimeUs;
  /** ISO 8601. */
  readonly at: string;
}

/** What an order is opened with. */
export interface OrderOpening {
  readonly order: string;
  readonly twin: string;
  readonly component: string;
  readonly label: string;
  readonly asset: string;
  readonly title: string;
  readonly why: string;
  /** As it stood when the order was opened; null: none is known, and the order has no steps. */
  readonly instruction: Instruction | null;
  readonly steps: number;
  readonly plannedUs: TimeUs;
  /** What the machine is called in a drawing; empty: it is in none. */
  readonly mark: string;
}

/** A line of the book of work orders. It only grows; what an order is now follows from its lines. */
export type OrderLine =
  | (OrderOpening & Done & { readonly kind: "opened" })
  | (Done & { readonly kind: "planned"; readonly order: string; readonly plannedUs: TimeUs })
  | (Done & { readonly kind: "begun"; readonly order: string; readonly by: Signer })
  | (Done & {
      readonly kind: "ticked" | "unticked";
      readonly order: string;
      readonly step: number;
      readonly by: Signer;
    })
  | (Done & {
      readonly kind: "signed off";
      readonly order: string;
      readonly by: Signer;
      readonly condition: Condition;
      readonly found: string;
      /** The component is as good as new. */
      readonly isRenewed: boolean;
    })
  | (Done & { readonly kind: "dropped"; readonly order: string; readonly by: Signer; readonly why: string })
  | (UsageMark & { readonly kind: "used"; readonly twin: string; readonly component: string });

/** A work order as it stands. */
export interface WorkOrder extends OrderOpening {
  readonly state: OrderState;
  readonly openedUs: TimeUs;
  readonly begun: (Done & { readonly by: Signer }) | null;
  /** Of each step that is done, in order, who ticked it and when. */
  readonly ticks: readonly (Done & { readonly by: Signer })[];
  readonly signed:
    | (Done & {
        readonly by: Signer;
        readonly condition: Condition;
        readonly found: string;
        readonly isRenewed: boolean;
      })
    | null;
  readonly dropped: (Done & { readonly by: Signer; readonly why: string }) | null;
}

/** An order with one more line; undefined where the line is of an order that was never opened. */
export function withLine(order: WorkOrder | undefined, line: OrderLine): WorkOrder | undefined {
  if (line.kind === "opened") {
    const { kind: _, timeUs, at: _at, ...opening } = line;
    return {
      ...opening,
      state: "open",
      openedUs: timeUs,
      begun: null,
      ticks: [],
      signed: null,
      dropped: null,
    };
  }
  if (order === undefined || line.kind === "used") return order;
  const { timeUs, at } = line;
  switch (line.kind) {
    case "planned":
      return { ...order, plannedUs: line.plannedUs };
    case "begun":
      return { ...order, state: "in work", begun: { timeUs, at, by: line.by } };
    case "ticked":
      return { ...order, ticks: [...order.ticks, { timeUs, at, by: line.by }] };
    case "unticked":
      return { ...order, ticks: order.ticks.slice(0, line.step) };
    case "signed off": {
      const { by, condition, found, isRenewed } = line;
      return { ...order, state: "signed off", signed: { timeUs, at, by, condition, found, isRenewed } };
    }
    case "dropped":
      return { ...order, state: "dropped", dropped: { timeUs, at, by: line.by, why: line.why } };
  }
}

export const isUnderWay = ({ state }: WorkOrder): boolean => state === "open" || state === "in work";
