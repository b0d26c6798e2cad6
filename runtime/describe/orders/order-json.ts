import type { RungError } from "../../core/errors.ts";
import { messageOf } from "../../core/errors.ts";
import {
  type Amount,
  FIRST_VERSION,
  MOST_BODIES,
  MOST_SEGMENTS,
  type Order,
  type OrderSegment,
  type OrderState,
  told,
} from "./order.ts";
import {
  equipmentIn,
  idIn,
  MOST_ORDERS,
  malformed,
  type OrdersRead,
  type Place,
  stateIn,
  textIn,
  timeIn,
  tryRead,
} from "./read-problems.ts";

const ORDER_FIELDS = [
  "id",
  "version",
  "description",
  "product",
  "quantity",
  "unit",
  "produced",
  "priority",
  "equipment",
  "plannedStart",
  "plannedEnd",
  "actualStart",
  "actualEnd",
  "state",
  "bodies",
  "segments",
];
const SEGMENT_FIELDS = [
  "id",
  "processSegment",
  "equipment",
  "plannedStart",
  "plannedEnd",
  "actualStart",
  "actualEnd",
  "state",
];

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads orders from JSON: one object, a list, or `{orders: [...]}`. Times are ISO 8601; an order with an actual time, a
 * produced quantity or no product and no plan is a response.
 * @param name of the document, for the errors
 * @throws RungError `malformed-order` where it is no JSON
 */
export function readJsonOrders(text: string, name: string): OrdersRead {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw malformed(name, `is no JSON: ${messageOf(cause)}`, "send one order, a list, or {orders: [...]}");
  }
  return ordersOfValue(content, name);
}

/** As `readJsonOrders`, from a value that is read already: the payload of a message. */
export function ordersOfValue(content: unknown, name: string): OrdersRead {
  const wrapped = isFields(content) && Array.isArray(content.orders) ? content.orders : content;
  const list = Array.isArray(wrapped) ? wrapped : [wrapped];
  if (list.length > MOST_ORDERS)
    throw malformed(name, `has ${list.length} orders, at most ${MOST_ORDERS}`, "send it in parts");
  const requests: Order[] = [];
  const responses: Order[] = [];
  const problems: RungError[] = [];
  for (const [i, each] of list.entries()) {
    const order = tryRead(problems, () => orderOf(each, `${name}, order ${i + 1}`));
    if (order !== undefined) (isResponse(order) ? responses : requests).push(order);
  }
  return { requests, responses, problems };
}

/** Whether it tells what was done rather than what is wanted. */
export function isResponse(order: Order): boolean {
  const plans = order.plannedStartUs ?? order.plannedEndUs ?? order.quantity;
  const did = order.actualStartUs ?? order.actualEndUs ?? order.producedQuantity;
  return plans === undefined && did !== undefined;
}

const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === "object" && !Array.isArray(value);

function orderOf(value: unknown, where: Place): Order {
  const fields = fieldsOf(value, ORDER_FIELDS, where);
  const segments = listIn(fields, "segments", where, MOST_SEGMENTS)?.map((each, i) =>
    segmentOf(each, `${where}, segment ${i + 1}`),
  );
  const bodies = listIn(fields, "bodies", where, MOST_BODIES)?.map((each, i) =>
    idIn(wordOf(each, `${where}, body ${i + 1}`), `${where}, body ${i + 1}`),
  );
  return told<Order>({
    id: read(fields, "id", where, idIn) ?? needed(where),
    version: read(fields, "version", where, idIn) ?? FIRST_VERSION,
    responseId: undefined,
    description: read(fields, "description", where, textIn),
    product: read(fields, "product", where, idIn),
    quantity: amountIn(fields, "quantity", where),
    producedQuantity: amountIn(fields, "produced", where),
    priority: read(fields, "priority", where, textIn),
    equipment: read(fields, "equipment", where, equipmentIn),
    ...timesIn(fields, where),
    state: read(fields, "state", where, stateIn),
    bodies: bodies?.length ? [...new Set(bodies)] : undefined,
    segments: segments?.length ? segments : undefined,
  });
}

function segmentOf(value: unknown, where: Place): OrderSegment {
  const fields = fieldsOf(value, SEGMENT_FIELDS, where);
  return told<OrderSegment>({
    id: read(fields, "id", where, idIn) ?? needed(where),
    processSegment: read(fields, "processSegment", where, idIn),
    equipment: read(fields, "equipment", where, equipmentIn),
    ...timesIn(fields, where),
    state: read<OrderState>(fields, "state", where, stateIn),
    materials: undefined,
    actualMaterials: undefined,
    values: undefined,
  });
}

function timesIn(fields: Fields, where: Place) {
  return {
    plannedStartUs: read(fields, "plannedStart", where, timeIn),
    plannedEndUs: read(fields, "plannedEnd", where, timeIn),
    actualStartUs: read(fields, "actualStart", where, timeIn),
    actualEndUs: read(fields, "actualEnd", where, timeIn),
  };
}

/** A field nobody knows is most often a misspelt one, and would be missed silently. */
function fieldsOf(value: unknown, known: readonly string[], where: Place): Fields {
  if (!isFields(value)) throw malformed(where, "is no object", "send {id, product, quantity, ...}");
  const strange = Object.keys(value).find((key) => !known.includes(key));
  if (strange === undefined) return value;
  throw malformed(
    where,
    `has an unknown field ${JSON.stringify(strange.slice(0, 40))}`,
    `known are ${known.join(", ")}`,
  );
}

function read<T>(
  fields: Fields,
  key: string,
  where: Place,
  as: (text: string, where: Place) => T,
): T | undefined {
  const value = fields[key];
  if (value === undefined || value === null || value === "") return undefined;
  return as(wordOf(value, `${where}, ${key}`), `${where}, ${key}`);
}

function wordOf(value: unknown, where: Place): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  throw malformed(where, `must be text, got ${Array.isArray(value) ? "a list" : typeof value}`);
}

/** `quantity: 12`, `quantity: {value: 12, unit: "EA"}`, or `quantity: 12, unit: "EA"`. */
function amountIn(fields: Fields, key: string, where: Place): Amount | undefined {
  const given = fields[key];
  if (given === undefined || given === null) return undefined;
  const value = isFields(given) ? given.value : given;
  const unit = isFields(given) ? given.unit : fields.unit;
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw malformed(`${where}, ${key}`, "must be a number of 0 or more");
  }
  return told<Amount>({
    value,
    unit: unit === undefined || unit === null ? undefined : textIn(wordOf(unit, `${where}, ${key}`), where),
    dataType: undefined,
  });
}

function listIn(fields: Fields, key: string, where: Place, most: number): readonly unknown[] | undefined {
  const value = fields[key];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw malformed(`${where}, ${key}`, "must be a list");
  if (value.length > most)
    throw malformed(`${where}, ${key}`, `has ${value.length} entries, at most ${most}`);
  return value;
}

function needed(where: Place): never {
  throw malformed(where, "has no id");
}
