import type { TimeUs } from "../../core/time.ts";
import { bodyRecords } from "../historian/body-records.ts";
import type { History } from "../historian/history.ts";
import { askHistory, type PlainCondition, type PlainPassage } from "../historian/history-query.ts";
import type { Order } from "./order.ts";
import type { OrderStore } from "./order-store.ts";

export interface GenealogyQuestion {
  /** Addresses of the events whose value is the body: `oven1/entry/body`, `oven1/exit/body`. */
  readonly entry: string;
  readonly exit: string;
  /** Properties whose conditions are told. */
  readonly addresses: readonly string[];
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
  /** Address of what is told once of each body as it leaves: `oven1/cure`. */
  readonly records?: string;
  /** Only these bodies, or only those of one order. */
  readonly bodies?: readonly string[];
  readonly order?: string;
}

/** One passage of one body: when, for which order, and what it saw. */
export interface GenealogyRow {
  readonly body: string;
  readonly order: string | null;
  readonly product: string | null;
  readonly enteredUs: TimeUs | null;
  readonly leftUs: TimeUs | null;
  /** By address. */
  readonly conditions: Readonly<Record<string, PlainCondition>>;
  /** By the path below `records`: what was told of it as it left; absent where nothing was asked for or told. */
  readonly record?: Readonly<Record<string, unknown>>;
}

/**
 * Which body saw which conditions: body events joined to process data, and to the orders that name the bodies.
 * @throws RungError `unknown-address` for the events
 */
export async function genealogy(
  historian: History,
  store: OrderStore,
  question: GenealogyQuestion,
): Promise<GenealogyRow[]> {
  const { entry, exit, addresses, fromUs, toUs } = question;
  const [answer] = await askHistory(
    historian,
    { kind: "eventWindow", entry, exit, addresses, fromUs, toUs },
    toUs,
  );
  const passages = (answer as unknown as { passages: readonly PlainPassage[] }).passages;
  const ofOrder = question.order === undefined ? undefined : new Set(store.get(question.order)?.bodies ?? []);
  const asked = question.bodies === undefined ? undefined : new Set(question.bodies);
  const wanted = passages.filter(({ id }) => (asked?.has(id) ?? true) && (ofOrder?.has(id) ?? true));
  const told = new Map<string, Readonly<Record<string, unknown>>>();
  if (question.records !== undefined) {
    const asked = { under: question.records, fromUs, toUs };
    for (const { body, timeUs, values } of await bodyRecords(historian, asked))
      told.set(`${body} ${timeUs}`, values);
  }
  const orders = store.ordersOfBodies(new Set(wanted.map(({ id }) => id)));
  return wanted.map(({ id, enteredUs, leftUs, conditions }) => {
    const order = orders.get(id);
    const record = leftUs === null ? undefined : told.get(`${id} ${leftUs}`);
    return {
      body: id,
      order: order?.id ?? null,
      product: order?.product ?? null,
      enteredUs,
      leftUs,
      conditions,
      ...(record === undefined ? {} : { record }),
    };
  });
}

/**
 * What the passages say of an order: it began when its first body entered, and ended when the last of all its bodies
 * had left; until then it runs.
 * @returns undefined where none of its bodies was seen
 */
export function progressOf(order: Order, rows: readonly GenealogyRow[]): Order | undefined {
  const bodies = new Set(order.bodies ?? []);
  const own = rows.filter(({ body }) => bodies.has(body));
  const entered = own.flatMap(({ enteredUs }) => (enteredUs === null ? [] : [enteredUs]));
  if (entered.length === 0) return undefined;
  const leftUs = new Map<string, TimeUs>();
  for (const row of own) {
    if (row.leftUs !== null) leftUs.set(row.body, Math.max(row.leftUs, leftUs.get(row.body) ?? 0));
  }
  const isDone = leftUs.size === bodies.size;
  const unit = order.quantity?.unit;
  return {
    id: order.id,
    version: order.version,
    actualStartUs: Math.min(...entered),
    ...(isDone ? { actualEndUs: Math.max(...leftUs.values()) } : {}),
    state: isDone ? "completed" : "running",
    producedQuantity: { value: leftUs.size, ...(unit === undefined ? {} : { unit }) },
  };
}
