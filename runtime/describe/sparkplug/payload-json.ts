import type { DecodedPayload, Metric } from "./payload.ts";

/** Times that JSON can tell as ISO 8601 (ECMA-262, 21.4.1.1), ms. */
const LARGEST_DATE_MS = 8.64e15;

/** A payload as plain data for JSON: nothing is lost that a number of JSON could not hold. */
export function sparkplugJson(payload: DecodedPayload): object {
  const { timestampMs, seq, uuid, body, metrics, problems, unknown } = payload;
  return {
    ...(timestampMs === undefined ? {} : { timestamp: timestampMs }),
    ...(seq === undefined ? {} : { seq }),
    ...(uuid === undefined ? {} : { uuid }),
    ...(body === undefined ? {} : { body: told(body) }),
    metrics: metrics.map(metricJson),
    ...(unknown.length === 0 ? {} : { unknownFields: unknown }),
    ...(problems.length === 0 ? {} : { errors: problems.map((problem) => problem.toJSON()) }),
  };
}

function metricJson(metric: Metric): object {
  const { timestampMs, value, type, untyped, ...rest } = metric;
  return {
    ...(told(rest) as object),
    ...(timestampMs === undefined ? {} : { timestamp: timestampMs }),
    ...(type === undefined ? {} : { type }),
    ...(untyped === undefined ? {} : { untyped: told(untyped) }),
    ...(value === undefined
      ? {}
      : { value: type === "DateTime" && value !== null ? isoOf(value as number) : told(value) }),
  };
}

function told(value: unknown): unknown {
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  }
  // JSON has no word for them.
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString("base64") };
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>, told);
  if (Array.isArray(value)) return value.map((each) => (isMetric(each) ? metricJson(each) : told(each)));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, told(each)]));
  }
  return value;
}

const isMetric = (thing: unknown): thing is Metric =>
  typeof thing === "object" && thing !== null && "timestampMs" in thing;

const isoOf = (ms: number): string | number =>
  Math.abs(ms) <= LARGEST_DATE_MS ? new Date(ms).toISOString() : ms;
