import { callInBackground } from "../../core/background-call.ts";
import { messageOf, RungError } from "../../core/errors.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import { readB2mml } from "./b2mml-read.ts";
import { readCsvOrders } from "./order-csv.ts";
import { readJsonOrders } from "./order-json.ts";
import { checkSize, type OrdersRead } from "./read-problems.ts";

export type OrderFormat = "b2mml" | "csv" | "json";

/** A document up to this size is read on the event loop, in a millisecond or two; a larger one in a thread. */
const LARGEST_AT_ONCE = 64 * 1024;

/** What a document looks like: XML begins with `<`, JSON with a bracket, the rest is CSV. */
export function formatOf(text: string): OrderFormat {
  const first = text.replace(/^\uFEFF/, "").trimStart()[0];
  if (first === "<") return "b2mml";
  return first === "{" || first === "[" ? "json" : "csv";
}

/**
 * Reads the orders of a document. An order that is wrong is a problem beside those that are right.
 * @param bytes of the document in UTF-8
 * @param name for the errors
 * @throws RungError `too-large`, `malformed-xml`, `malformed-order`, `not-orders`
 */
export async function readOrders(bytes: Uint8Array, name: string, format?: OrderFormat): Promise<OrdersRead> {
  checkSize(bytes.byteLength, name);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RungError({
      code: "malformed-order",
      where: name,
      what: `is not in UTF-8: ${messageOf(cause)}`,
      advice: "write it in UTF-8",
      cause,
    });
  }
  const as = format ?? formatOf(text);
  if (bytes.byteLength <= LARGEST_AT_ONCE) return parseOrders(text, name, as);
  const module = siblingModule(import.meta.url, "./read-orders");
  const { problems, ...read } = await callInBackground<PlainRead>(module, "parseInBackground", [
    text,
    name,
    as,
  ]);
  return { ...read, problems: problems.map((parts) => new RungError(parts)) };
}

function parseOrders(text: string, name: string, format: OrderFormat): OrdersRead {
  if (format === "b2mml") return readB2mml(text, name);
  return format === "csv" ? readCsvOrders(text, name) : readJsonOrders(text, name);
}

/** Errors lose their class on the way between threads, so they travel as their parts. */
type PlainRead = Omit<OrdersRead, "problems"> & {
  readonly problems: readonly { code: string; where: string; what: string; advice: string }[];
};

/** Called in a thread of its own. */
export function parseInBackground(text: string, name: string, format: OrderFormat): PlainRead {
  const { problems, ...read } = parseOrders(text, name, format);
  return {
    ...read,
    problems: problems.map(({ code, where, advice, message }) => ({
      code,
      where,
      what: message.slice(where.length + 2, advice === "" ? undefined : -(advice.length + 3)),
      advice,
    })),
  };
}
