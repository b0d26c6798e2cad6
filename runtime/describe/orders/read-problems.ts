import { isAddress } from "../../core/address.ts";
import { RungError } from "../../core/errors.ts";
import { isStorableTimeUs, type TimeUs } from "../../core/time.ts";
import { timeOfCell } from "../recording/time-cell.ts";
import { LONGEST_ID, LONGEST_TEXT, ORDER_STATES, type Order, type OrderState } from "./order.ts";

/** What a document held: the orders that could be read, and an error for each that could not. */
export interface OrdersRead {
  /** What was asked for. */
  readonly requests: readonly Order[];
  /** What was done. */
  readonly responses: readonly Order[];
  readonly problems: readonly RungError[];
}

/** A document larger than this is no schedule, bytes; and it holds at most so many orders. */
export const LARGEST_DOCUMENT = 16 * 1024 * 1024;
export const MOST_ORDERS = 50_000;

/** Where in a document something stands: `orders.xml:12, OperationsSchedule/OperationsRequest/StartTime`. */
export type Place = string;

export function malformed(where: Place, what: string, advice = "correct the document"): RungError {
  return new RungError({ code: "malformed-order", where, what, advice });
}

const DATE = /^\s*\d{4}-\d{2}-\d{2}/;

/** ISO 8601, UTC where no zone stands behind it. @throws RungError `malformed-order` */
export function timeIn(text: string, where: Place): TimeUs {
  const timeUs = DATE.test(text) ? timeOfCell(text) : Number.NaN;
  if (isStorableTimeUs(timeUs)) return timeUs;
  throw malformed(where, `${shown(text)} is no time`, "write 2026-09-21T12:00:00Z, between 1970 and 2255");
}

/** @throws RungError `malformed-order` */
export function numberIn(text: string, where: Place): number {
  const value = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw malformed(where, `${shown(text)} is no number`, "write digits with a decimal point");
}

/** @throws RungError `malformed-order` */
export function idIn(text: string, where: Place): string {
  const id = text.trim();
  if (id === "") throw malformed(where, "is empty", "every order has an id");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u001f\u007f]/.test(id)) throw malformed(where, "contains a control character");
  if (id.length <= LONGEST_ID) return id;
  throw malformed(where, `is longer than ${LONGEST_ID} characters`);
}

/** @throws RungError `malformed-order` */
export function textIn(text: string, where: Place): string {
  if (text.length <= LONGEST_TEXT) return text;
  throw malformed(where, `is longer than ${LONGEST_TEXT} characters`);
}

/** @throws RungError `malformed-order` */
export function stateIn(text: string, where: Place): OrderState {
  const state = text.trim().toLowerCase() as OrderState;
  if (ORDER_STATES.includes(state)) return state;
  throw malformed(where, `${shown(text)} is no state`, `one of ${ORDER_STATES.join(", ")}`);
}

/** @throws RungError `malformed-order` */
export function equipmentIn(text: string, where: Place): string {
  const address = text.trim();
  if (isAddress(address)) return address;
  throw malformed(where, `${shown(text)} is no address of equipment`, "write enterprise/site/area/line/cell");
}

const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** Takes what `read` gives, or keeps its error, so that one wrong order does not hide the others. */
export function tryRead<T>(problems: RungError[], read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof RungError)) throw thrown;
    problems.push(thrown);
    return undefined;
  }
}

/** @throws RungError `too-large` */
export function checkSize(bytes: number, where: Place): void {
  if (bytes <= LARGEST_DOCUMENT) return;
  throw new RungError({
    code: "too-large",
    where,
    what: `has ${bytes} bytes, at most ${LARGEST_DOCUMENT} are read`,
    advice: "send it in parts",
  });
}
