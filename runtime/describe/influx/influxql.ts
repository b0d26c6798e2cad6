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
  const of =
    "address" in whose
      ? `"address" = ${literal(whose.address)}`
      : `(${whose.sources.map((source) => `"source" = ${literal(source)}`).join(" OR ")})`;
  return `SELECT ${COLUMNS.map(identifier).join(", ")} FROM ${from} WHERE ${of}${tail(question)}`;
}

/** Values of one field of somebody else's measurement. */
export function foreignQuery(from: string, { tags, field }: ForeignField, question: PointQuestion): string {
  const of = Object.entries(tags).map(([key, value]) => `${identifier(key)} = ${literal(value)} AND`);
  return `SELECT ${identifier(field)} FROM ${from} WHERE ${of.join(" ")}${of.length > 0 ? " " : ""}${tail(question).replace(/^ AND /, "")}`;
}

function tail({ fromUs, toUs, limit, newestFirst }: PointQuestion): string {
  const order = newestFirst ? "DESC" : "ASC";
  return ` AND time >= ${nanoseconds(fromUs)} AND time < ${nanoseconds(toUs)} ORDER BY time ${order} LIMIT ${limit}`;
}
