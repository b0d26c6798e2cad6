import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { isoFromUs } from "../core/time.ts";
import { homeFolder, workOrdersFile } from "../host/home.ts";
import { OrderBook } from "../prescribe/maintain/orders/order-book.ts";
import { ORDER_STATES, type OrderState, type WorkOrder } from "../prescribe/maintain/orders/work-order.ts";
import { readArguments } from "./read-arguments.ts";
import { textTable } from "./text-table.ts";

export const ordersUsage = `rung maintain orders [--home <folder>] [--asset <address>] [--state <${ORDER_STATES.join("|")}>] [--json]

Work orders as they stand: what, why, and who signed it off with what was found.`;

/**
 * Answers `rung maintain orders`.
 * @throws RungError `usage`, `no-work-orders` where there is no file, `orders-unreadable`
 */
export function tellOrders(args: readonly string[]): string {
  const fault = (what: string) =>
    new RungError({ code: "usage", where: "rung maintain orders", what, advice: ordersUsage });
  const { positionals, values } = readArguments(
    () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          home: { type: "string" },
          asset: { type: "string" },
          state: { type: "string" },
          json: { type: "boolean" },
        },
      }),
    fault,
  );
  const { home, asset, state, json } = values;
  if (positionals.length > 0) throw fault(`${positionals[0]} means nothing here`);
  if (state !== undefined && !(ORDER_STATES as readonly string[]).includes(state))
    throw fault(`--state must be one of ${ORDER_STATES.join(", ")}, got ${state}`);
  const file = workOrdersFile(homeFolder(home === undefined ? process.env : { RUNG_HOME: home }));
  if (!existsSync(file)) {
    throw new RungError({
      code: "no-work-orders",
      where: file,
      what: "is not there: no work order was opened yet",
      advice: "name the home with --home",
    });
  }
  const book = new OrderBook(file);
  const orders = book.query({ asset, states: state === undefined ? undefined : [state as OrderState] });
  if (json) return `${JSON.stringify({ orders, broken: book.broken }, null, 2)}\n`;
  const told =
    orders.length === 0
      ? ["no work orders"]
      : textTable(["order", "state", "planned", "by", "found"], orders.map(rowOf), 0);
  const broken = book.broken === 0 ? [] : [`${book.broken} lines of the file could not be read`];
  return `${[...told, ...broken].join("\n")}\n`;
}

function rowOf({ title, state, plannedUs, begun, signed, dropped }: WorkOrder): string[] {
  const by = signed?.by ?? dropped?.by ?? begun?.by;
  const found = signed === null ? (dropped?.why ?? "") : `${signed.condition}. ${signed.found}`.trim();
  return [title, state, isoFromUs(plannedUs), by?.name ?? "", found];
}
