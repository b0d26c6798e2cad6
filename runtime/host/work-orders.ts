import { join } from "node:path";
import { OrderBook } from "../prescribe/maintain/orders/order-book.ts";
import { services } from "./services.ts";

/** Where work orders are kept, for good. */
export const workOrdersFile = (home: string): string => join(home, "maintenance", "work-orders.jsonl");

/** The book of work orders of this process: every plan opens its orders there, and every screen signs there. */
export const workOrders = (): OrderBook =>
  services().once(
    "work orders",
    () => new OrderBook(workOrdersFile(services().home)),
    () => undefined,
  );
