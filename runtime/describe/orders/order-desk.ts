import { messageOf, RungError } from "../../core/errors.ts";
import { wallTimeUs } from "../../core/time.ts";
import type { History } from "../historian/history.ts";
import { DropFolder } from "./drop-folder.ts";
import { type GenealogyQuestion, type GenealogyRow, genealogy, progressOf } from "./genealogy.ts";
import type { Order } from "./order.ts";
import { ordersOfValue } from "./order-json.ts";
import type { IntakeResult, OrderEvent, OrderStore } from "./order-store.ts";
import { type OrderFormat, readOrders } from "./read-orders.ts";
import type { OrdersRead } from "./read-problems.ts";
import { checkedTarget, ReportSender, type ReportTarget } from "./report-sender.ts";

export interface OrderDeskOptions {
  readonly name: string;
  readonly store: OrderStore;
  /** Files put there are read. */
  readonly folder?: string;
  /** Where performance reports go; without one they are only stored. */
  readonly target?: ReportTarget;
  /** Asked for genealogy. */
  readonly historian?: History;
  readonly onEvent: (event: OrderEvent) => void;
  readonly onProblem: (error: RungError) => void;
  readonly pollMs?: number;
  readonly firstRetryMs?: number;
}

/** What a genealogy question may leave out, because the desk knows it. */
export type DeskQuestion = Partial<GenealogyQuestion> & {
  /** Also store and report what the passages say of the order. */
  readonly report?: boolean;
};

/**
 * One place for orders: takes them in by file, message and REST, keeps them, tells the flow of each change at least
 * once, and reports what was done.
 */
export class OrderDesk {
  readonly #options: OrderDeskOptions;
  readonly #folder: DropFolder | undefined;
  readonly #sender: ReportSender | undefined;
  readonly #defaults: Partial<GenealogyQuestion>;

  /** @param defaults of genealogy questions @throws RungError `bad-target` */
  constructor(options: OrderDeskOptions, defaults: Partial<GenealogyQuestion> = {}) {
    const { store, folder, target, name, onProblem } = options;
    this.#options = options;
    this.#defaults = defaults;
    this.#sender =
      target &&
      new ReportSender({
        store,
        target: checkedTarget(target, name),
        onProblem,
        ...(options.firstRetryMs === undefined ? {} : { firstRetryMs: options.firstRetryMs }),
      });
    this.#folder =
      folder === undefined
        ? undefined
        : new DropFolder({
            folder,
            store,
            onProblem,
            onFile: (_path, result) => this.#taken(result),
            ...(options.pollMs === undefined ? {} : { pollMs: options.pollMs }),
          });
  }

  /** Sends what an earlier process could not, and begins to look for files. */
  start(): void {
    this.#sendEvents();
    this.#folder?.start();
    this.#sender?.wake();
  }

  async stop(): Promise<void> {
    await this.#folder?.stop();
    await this.#sender?.stop();
  }

  get store(): OrderStore {
    return this.#options.store;
  }

  /**
   * Takes a document in.
   * @throws RungError `too-large`, `malformed-xml`, `malformed-order`, `not-orders`, `orders-write`
   */
  async takeDocument(bytes: Uint8Array, source: string, format?: OrderFormat): Promise<IntakeResult> {
    return this.#take(await readOrders(bytes, source, format), source);
  }

  /** Takes a value in that is read already. @throws RungError `malformed-order`, `orders-write` */
  takeValue(value: unknown, source: string): IntakeResult {
    return this.#take(ordersOfValue(value, source), source);
  }

  /**
   * What was done of an order: kept, told to the flow, and queued for the report. The same again changes nothing and
   * is not reported again.
   */
  report(progress: Order, source: string): IntakeResult {
    return this.#reportAll({ requests: [], responses: [progress], problems: [] }, source);
  }

  /** As `report`, from the fields of a message. @throws RungError `malformed-order` */
  reportValue(value: unknown, source: string): IntakeResult {
    const { requests, responses, problems } = ordersOfValue(value, source);
    return this.#reportAll({ requests: [], responses: [...requests, ...responses], problems }, source);
  }

  /**
   * Which body saw which conditions; with `report`, also what it says of the order.
   * @throws RungError `bad-query`, `unknown-address`
   */
  async genealogy(question: DeskQuestion): Promise<GenealogyRow[]> {
    const { historian, store, name } = this.#options;
    const asked = { ...this.#defaults, ...question };
    const { entry, exit, addresses = [], fromUs = 0, toUs = wallTimeUs() } = asked;
    if (historian === undefined || !entry || !exit) {
      throw new RungError({
        code: "bad-query",
        where: name,
        what:
          historian === undefined
            ? "has no history to ask"
            : "does not know which events tell of entry and exit",
        advice: "name them in the node, or in the message as entry and exit",
      });
    }
    const rows = await genealogy(historian, store, { ...asked, entry, exit, addresses, fromUs, toUs });
    if (question.report === true) {
      const order = question.order === undefined ? undefined : store.get(question.order);
      const progress = order && progressOf(order, rows);
      if (progress !== undefined) this.report(progress, "genealogy");
    }
    return rows;
  }

  #take(read: OrdersRead, source: string): IntakeResult {
    const result = this.store.take(read, source, wallTimeUs());
    this.#taken(result);
    return result;
  }

  #reportAll(read: OrdersRead, source: string): IntakeResult {
    const result = this.store.take(read, source, wallTimeUs(), { report: true });
    this.#taken(result);
    this.#sender?.wake();
    return result;
  }

  #taken(result: IntakeResult): void {
    for (const problem of result.problems) this.#options.onProblem(problem);
    this.#sendEvents();
  }

  /** An event is forgotten only after the flow has it: a crash in between sends it again. */
  #sendEvents(): void {
    const { store, onEvent, onProblem } = this.#options;
    for (let waiting = store.events(); waiting.length > 0; waiting = store.events()) {
      for (const { seq, body } of waiting) {
        try {
          onEvent(body);
        } catch (thrown) {
          onProblem(
            new RungError({
              code: "event-not-taken",
              where: body.order.id,
              what: messageOf(thrown),
              cause: thrown,
            }),
          );
        }
        store.eventsSent(seq);
      }
    }
  }
}
