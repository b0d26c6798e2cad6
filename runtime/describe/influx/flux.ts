import type { ForeignField, PointQuestion, Whose } from "./influx-server.ts";
import { nanoseconds } from "./sample-line.ts";

/** A text in Flux. `${` begins an expression there. */
export const fluxText = (text: string): string =>
  `"${text.replaceAll(/["\\]/g, "\\$&").replaceAll("${", "\\${").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`;

/** Points of Rung's own measurement, one row each with a column per field. */
export function fluxPoints(
  bucket: string,
  measurement: string,
  whose: Whose,
  question: PointQuestion,
): string {
  const conditions = [`r._measurement == ${fluxText(measurement)}`];
  if (whose.address !== undefined) conditions.push(`r.address == ${fluxText(whose.address)}`);
  if (whose.sources !== undefined) {
    conditions.push(`(${whose.sources.map((source) => `r.source == ${fluxText(source)}`).join(" or ")})`);
  }
  return [
    ...head(bucket, question),
    `|> filter(fn: (r) => ${conditions.join(" and ")})`,
    // Fields of one point come as tables of their own, one per type.
    '|> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")',
    ...tail(question),
  ].join("\n  ");
}

/** Values of one field of somebody else's measurement. */
export function fluxForeign(
  bucket: string,
  { measurement, tags, field }: ForeignField,
  question: PointQuestion,
): string {
  const conditions = [
    `r._measurement == ${fluxText(measurement)}`,
    `r._field == ${fluxText(field)}`,
    ...Object.entries(tags).map(([key, value]) => `r[${fluxText(key)}] == ${fluxText(value)}`),
  ];
  return [
    ...head(bucket, question),
    `|> filter(fn: (r) => ${conditions.join(" and ")})`,
    '|> keep(columns: ["_time", "_value"])',
    ...tail(question),
  ].join("\n  ");
}

/** Every address of a measurement. */
export const fluxAddresses = (bucket: string, measurement: string): string =>
  [
    'import "influxdata/influxdb/schema"',
    `schema.tagValues(bucket: ${fluxText(bucket)}, tag: "address", predicate: (r) => r._measurement == ${fluxText(measurement)}, start: 0)`,
  ].join("\n");

const head = (bucket: string, { fromUs, fromSlot, toUs }: PointQuestion): string[] => [
  `from(bucket: ${fluxText(bucket)})`,
  `|> range(start: time(v: ${nanoseconds(fromUs, fromSlot)}), stop: time(v: ${nanoseconds(toUs)}))`,
];

const tail = ({ limit, newestFirst }: PointQuestion): string[] => [
  "|> group()",
  `|> sort(columns: ["_time"], desc: ${newestFirst === true})`,
  `|> limit(n: ${limit})`,
];
