import { OrderBook } from "../prescribe/maintain/orders/order-book.ts";
import { workOrdersFile } from "./home.ts";
import { services } from "./services.ts";

/** The book of work orders of this process: every plan opens its orders there, and every screen signs there. */
export const workOrders = (): OrderBook =>
  services().once(
    "work orders",
    () => new OrderBook(workOrdersFile(services().home)),
    () => undefined,
  );
