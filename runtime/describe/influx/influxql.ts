import type { ForeignField, PointQuestion, Whose } from "./influx-server.ts";
import { nanoseconds } from "./sample-line.ts";

/** A name in InfluxQL. Always quoted, since words such as `tag` and `value` of other makes are reserved. */
export const identifier = (name: string): string => `"${name.replaceAll(/["\\]/g, "\\$&")}"`;

/** A text in InfluxQL. */
export const literal = (text: string): string =>
  `'${text.replaceAll(/['\\]/g, "\\$&").replaceAll("\n", "\\n")}'`;

/** Columns of Rung's own measurement, in the order in which `points` asks for them. */
export const COLUMNS = [
  "address",
  "source",
  "reality",
  "unit",
  "value",
  "kind",
  "text",
  "quality",
  "received",
  "epoch",
  "sequence",
] as const;

/** Points of Rung's own measurement. @param from the measurement as `identifier`, with its retention policy */
export function pointsQuery(from: string, whose: Whose, question: PointQuestion): string {
  const conditions: string[] = [];
  if (whose.address !== undefined) conditions.push(`"address" = ${literal(whose.address)}`);
  if (whose.sources !== undefined) {
    conditions.push(`(${whose.sources.map((source) => `"source" = ${literal(source)}`).join(" OR ")})`);
  }
  return `SELECT ${COLUMNS.map(identifier).join(", ")} FROM ${from} WHERE ${tail(conditions, question)}`;
}

/** Values of one field of somebody else's measurement. */
export function foreignQuery(from: string, { tags, field }: ForeignField, question: PointQuestion): string {
  const conditions = Object.entries(tags).map(([key, value]) => `${identifier(key)} = ${literal(value)}`);
  return `SELECT ${identifier(field)} FROM ${from} WHERE ${tail(conditions, question)}`;
}

function tail(
  conditions: readonly string[],
  { fromUs, fromSlot, toUs, limit, newestFirst }: PointQuestion,
): string {
  const times = [`time >= ${nanoseconds(fromUs, fromSlot)}`, `time < ${nanoseconds(toUs)}`];
  return `${[...conditions, ...times].join(" AND ")} ORDER BY time ${newestFirst ? "DESC" : "ASC"} LIMIT ${limit}`;
}
