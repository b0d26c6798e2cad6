import { parse } from "csv-parse/sync";
import { messageOf, type RungError } from "../../core/errors.ts";
import { isoFromUs, type TimeUs } from "../../core/time.ts";
import { type Amount, FIRST_VERSION, MOST_BODIES, type Order, type OrderSegment, told } from "./order.ts";
import { isResponse } from "./order-json.ts";
import {
  equipmentIn,
  idIn,
  MOST_ORDERS,
  malformed,
  numberIn,
  type OrdersRead,
  type Place,
  stateIn,
  textIn,
  timeIn,
  tryRead,
} from "./read-problems.ts";

/** Columns that are read, in the order in which they are written; `id` is needed. */
export const ORDER_COLUMNS = [
  "id",
  "version",
  "product",
  "quantity",
  "produced",
  "unit",
  "plannedStart",
  "plannedEnd",
  "actualStart",
  "actualEnd",
  "segment",
  "equipment",
  "bodies",
  "state",
  "priority",
  "description",
] as const;
type Column = (typeof ORDER_COLUMNS)[number];

type Cells = Readonly<Partial<Record<Column, string>>>;

/**
 * Reads orders from CSV with a header line, separated by comma or semicolon. Lines of one id and version are the
 * segments of one order, each with its own equipment, times and state; bodies are separated by blanks or `|`.
 * @param name of the document, for the errors
 * @throws RungError `malformed-order` where there is no header with `id`, or a column nobody knows
 */
export function readCsvOrders(text: string, name: string): OrdersRead {
  const problems: RungError[] = [];
  const lines = recordsOf(text, name);
  const groups = new Map<string, { where: Place; lines: { where: Place; cells: Cells }[] }>();
  for (const { line, cells } of lines) {
    const where = `${name}:${line}`;
    tryRead(problems, () => {
      const id = idIn(cells.id ?? "", `${where}, id`);
      const version = cells.version ? idIn(cells.version, `${where}, version`) : FIRST_VERSION;
      const key = JSON.stringify([id, version]);
      const group = groups.get(key) ?? { where, lines: [] };
      group.lines.push({ where, cells });
      groups.set(key, group);
    });
  }
  if (groups.size > MOST_ORDERS)
    throw malformed(name, `has ${groups.size} orders, at most ${MOST_ORDERS}`, "send it in parts");
  const requests: Order[] = [];
  const responses: Order[] = [];
  for (const { lines: own } of groups.values()) {
    const order = tryRead(problems, () => orderOf(own));
    if (order !== undefined) (isResponse(order) ? responses : requests).push(order);
  }
  return { requests, responses, problems };
}

function recordsOf(text: string, name: string): { line: number; cells: Cells }[] {
  const header = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0]!;
  const delimiter = header.split(";").length > header.split(",").length ? ";" : ",";
  let records: { record: string[]; info: { lines: number } }[];
  try {
    // With `info` each record comes with the line it stands on; the types know only plain records.
    records = parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (cause) {
    throw malformed(
      name,
      `is no CSV: ${messageOf(cause)}`,
      `write a header line with ${ORDER_COLUMNS.join(", ")}`,
    );
  }
  const names = records[0]?.record ?? [];
  const unknown = names.find((each) => !ORDER_COLUMNS.includes(each as Column));
  if (!names.includes("id") || unknown !== undefined || new Set(names).size < names.length) {
    const what =
      unknown !== undefined
        ? `has an unknown column ${JSON.stringify(unknown.slice(0, 40))}`
        : names.includes("id")
          ? "names a column twice"
          : "has no column id";
    throw malformed(`${name}:1`, what, `columns are ${ORDER_COLUMNS.join(", ")}`);
  }
  return records.slice(1).map(({ record, info }) => ({
    line: info.lines,
    cells: Object.fromEntries(names.map((each, i) => [each, record[i] ?? ""])),
  }));
}

function orderOf(lines: readonly { where: Place; cells: Cells }[]): Order {
  const { where, cells } = lines[0]!;
  const hasSegments = lines.length > 1 || lines.some((line) => Boolean(line.cells.segment));
  const segments = hasSegments ? lines.map((line, i) => segmentOf(line.where, line.cells, i)) : undefined;
  const bodies = lines.flatMap((line) =>
    (line.cells.bodies ?? "")
      .split(/[\s|]+/)
      .filter((body) => body !== "")
      .map((body) => idIn(body, `${line.where}, bodies`)),
  );
  if (bodies.length > MOST_BODIES) throw malformed(where, `has more than ${MOST_BODIES} bodies`);
  const times = lines.map((line) => timesOf(line.where, line.cells));
  return told<Order>({
    id: idIn(cells.id!, `${where}, id`),
    version: cells.version ? idIn(cells.version, `${where}, version`) : FIRST_VERSION,
    responseId: undefined,
    description: cellIn(cells, "description", where, textIn),
    product: cellIn(cells, "product", where, idIn),
    quantity: amountOf(cells, "quantity", where),
    producedQuantity: amountOf(cells, "produced", where),
    priority: cellIn(cells, "priority", where, textIn),
    equipment: hasSegments ? undefined : cellIn(cells, "equipment", where, equipmentIn),
    plannedStartUs: edge(
      times.map((each) => each.plannedStartUs),
      Math.min,
    ),
    plannedEndUs: edge(
      times.map((each) => each.plannedEndUs),
      Math.max,
    ),
    actualStartUs: edge(
      times.map((each) => each.actualStartUs),
      Math.min,
    ),
    actualEndUs: edge(
      times.map((each) => each.actualEndUs),
      Math.max,
    ),
    state: hasSegments && lines.length > 1 ? undefined : cellIn(cells, "state", where, stateIn),
    bodies: bodies.length === 0 ? undefined : [...new Set(bodies)],
    segments,
  });
}

function segmentOf(where: Place, cells: Cells, index: number): OrderSegment {
  return told<OrderSegment>({
    id: cellIn(cells, "segment", where, idIn) ?? String(index + 1),
    processSegment: undefined,
    equipment: cellIn(cells, "equipment", where, equipmentIn),
    ...timesOf(where, cells),
    state: cellIn(cells, "state", where, stateIn),
    materials: undefined,
    actualMaterials: undefined,
    values: undefined,
  });
}

function timesOf(where: Place, cells: Cells) {
  return {
    plannedStartUs: cellIn(cells, "plannedStart", where, timeIn),
    plannedEndUs: cellIn(cells, "plannedEnd", where, timeIn),
    actualStartUs: cellIn(cells, "actualStart", where, timeIn),
    actualEndUs: cellIn(cells, "actualEnd", where, timeIn),
  };
}

function cellIn<T>(
  cells: Cells,
  column: Column,
  where: Place,
  as: (text: string, where: Place) => T,
): T | undefined {
  const text = cells[column] ?? "";
  return text === "" ? undefined : as(text, `${where}, ${column}`);
}

function amountOf(cells: Cells, column: "quantity" | "produced", where: Place): Amount | undefined {
  const value = cellIn(cells, column, where, numberIn);
  if (value === undefined) return undefined;
  return told<Amount>({ value, unit: cellIn(cells, "unit", where, textIn), dataType: undefined });
}

function edge(
  times: readonly (TimeUs | undefined)[],
  pick: (...times: number[]) => number,
): TimeUs | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : pick(...known);
}

/** Orders as CSV, a line per segment, or one where an order has none. */
export function writeCsvOrders(orders: readonly Order[]): string {
  const lines = orders.flatMap((order) =>
    (order.segments ?? [undefined]).map((segment, i) => {
      const own = segment ?? order;
      const cells: Record<Column, string> = {
        id: order.id,
        version: order.version,
        product: order.product ?? "",
        quantity: numberText(order.quantity),
        produced: numberText(order.producedQuantity),
        unit: order.quantity?.unit ?? order.producedQuantity?.unit ?? "",
        plannedStart: timeText(own.plannedStartUs),
        plannedEnd: timeText(own.plannedEndUs),
        actualStart: timeText(own.actualStartUs),
        actualEnd: timeText(own.actualEndUs),
        segment: segment?.id ?? "",
        equipment: own.equipment ?? "",
        bodies: i === 0 ? (order.bodies ?? []).join(" ") : "",
        state: own.state ?? "",
        priority: order.priority ?? "",
        description: order.description ?? "",
      };
      return ORDER_COLUMNS.map((column) => quoted(cells[column])).join(",");
    }),
  );
  return `${[ORDER_COLUMNS.join(","), ...lines].join("\n")}\n`;
}

const numberText = (amount: Amount | undefined): string => (amount === undefined ? "" : String(amount.value));

function timeText(timeUs: TimeUs | undefined): string {
  if (timeUs === undefined) return "";
  const us = timeUs % 1000;
  return isoFromUs(timeUs - us).replace("Z", `${String(us).padStart(3, "0")}Z`);
}

/** RFC 4180: quoted where it must be. */
const quoted = (text: string): string => (/[",\r\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
