import { createHash } from "node:crypto";
import type { Order } from "./order.ts";

/** Of all but the version: two versions may say the same. */
export function digestOf({ version: _version, ...order }: Order): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(order)))
    .digest("hex");
}

/** Members in one order, so that the same order in XML, CSV and JSON is the same. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
