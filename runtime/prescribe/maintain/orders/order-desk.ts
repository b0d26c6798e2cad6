import { RungError } from "../../../core/errors.ts";
import { CONDITIONS, type Condition } from "../../../core/maintenance-event.ts";
import { mayAs, type Role } from "../../../core/roles.ts";
import { isoFromUs, type TimeUs } from "../../../core/time.ts";
import type { OrderBook } from "./order-book.ts";
import { isUnderWay, type WorkOrder } from "./work-order.ts";

/** A person as the host knows them, never as a page says. */
export interface DeskPerson {
  readonly name: string;
  readonly role: Role;
}

/** What a person does to an order. Steps are counted from 0. */
export type OrderAction =
  | { readonly do: "begin" | "untick"; readonly order: string }
  | { readonly do: "tick"; readonly order: string; readonly step: number }
  | {
      readonly do: "sign";
      readonly order: string;
      readonly condition: Condition;
      readonly found: string;
      readonly isRenewed: boolean;
    }
  | { readonly do: "drop"; readonly order: string; readonly why: string };

const FOUND_MOST = 2000;

/**
 * Does to an order what a signed-in person asks, where it may be done: steps are ticked one after another, so that nobody
 * works behind a lock-out that was passed over, and an order is signed off only with all of them done. Each line says who
 * did it. Nothing here writes to a plant.
 *
 * @param person undefined: nobody is signed in
 * @throws RungError `not-signed-in`, `not-allowed` for a viewer, `no-such-order`, `order-action` that says what is missing
 */
export function doOrder(
  book: OrderBook,
  action: unknown,
  person: DeskPerson | undefined,
  nowUs: TimeUs,
  wallUs: TimeUs,
): WorkOrder {
  if (person === undefined)
    throw refusal("not-signed-in", "nobody is signed in, so nobody can answer for it", "sign in first");
  if (!mayAs(person.role, "operator"))
    throw refusal("not-allowed", `${person.name} is a ${person.role}, who only reads`, "ask an operator");
  const { order: id } = (action ?? {}) as { order?: unknown };
  const order = typeof id === "string" ? book.get(id) : undefined;
  if (order === undefined)
    throw refusal("no-such-order", `${JSON.stringify(id)} is no work order`, "look at the list anew");
  const by = { name: person.name, role: person.role };
  const done = { timeUs: nowUs, at: isoFromUs(wallUs), order: order.order, by };
  const asked = action as OrderAction;
  const wrong = (what: string, advice: string): RungError =>
    refusal("order-action", `${order.title}: ${what}`, advice);
  if (!isUnderWay(order)) throw wrong(`is ${order.state} already`, "look at the list anew");
  const next = order.ticks.length;
  switch (asked.do) {
    case "begin":
      if (order.state !== "open") throw wrong("is in work already", "go on with its steps");
      book.append({ kind: "begun", ...done });
      break;
    case "tick":
      if (order.state !== "in work") throw wrong("has not begun", "begin it first");
      if (asked.step !== next || next >= order.steps)
        throw wrong(
          `step ${Number(asked.step) + 1} is not the next one`,
          `step ${next + 1} of ${order.steps} is`,
        );
      book.append({ kind: "ticked", step: next, ...done });
      break;
    case "untick":
      if (next === 0) throw wrong("has no step that is done", "tick one first");
      book.append({ kind: "unticked", step: next - 1, ...done });
      break;
    case "sign": {
      const { condition, found, isRenewed } = asked;
      if (order.state !== "in work") throw wrong("has not begun", "begin it first");
      if (next < order.steps)
        throw wrong(`step ${next + 1} of ${order.steps} is not done`, "tick it, or drop the order");
      if (!CONDITIONS.includes(condition))
        throw wrong(`does not say how the part was found`, `say one of ${CONDITIONS.join(", ")}`);
      book.append({
        kind: "signed off",
        condition,
        found: wordsOf(found),
        isRenewed: isRenewed === true,
        ...done,
      });
      break;
    }
    case "drop": {
      const why = wordsOf(asked.why);
      if (why === "") throw wrong("is dropped without a reason", "say why");
      book.append({ kind: "dropped", why, ...done });
      break;
    }
    default:
      throw wrong(
        `${JSON.stringify((asked as { do?: unknown }).do)} cannot be done to it`,
        "begin, tick, sign or drop it",
      );
  }
  return book.get(order.order)!;
}

const wordsOf = (text: unknown): string => (typeof text === "string" ? text.trim().slice(0, FOUND_MOST) : "");

const refusal = (code: string, what: string, advice: string): RungError =>
  new RungError({ code, where: "work orders", what, advice });
