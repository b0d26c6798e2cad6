import { RungError } from "../../core/errors.ts";
import { codeOfType, type DataType } from "./data-type.ts";
import type { MetaData, Uint64, WireMetric, WireTemplate, WireValue } from "./message-fields.ts";
import {
  memberOf,
  msOf,
  type PlainValue,
  type PropertySet,
  readPropertySet,
  readValue,
  requireType,
  type ScalarValue,
  uint64OfMs,
  writePropertySet,
  writeValue,
} from "./metric-value.ts";
import { malformed, readWire, type UnknownField, writeWire } from "./wire-format.ts";

/** A structure of metrics, defined once in an NBIRTH and sent as instances (6.4.14). */
export interface Template {
  readonly version?: string;
  readonly isDefinition: boolean;
  /** Name of the definition; only an instance has one. */
  readonly templateRef?: string;
  readonly metrics: readonly Metric[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly type: DataType;
    readonly value: ScalarValue;
  }[];
}

export type MetricValue = PlainValue | Template;

/** A metric of a payload (6.4.6). */
export interface Metric {
  readonly name?: string;
  readonly alias?: Uint64;
  /** Milliseconds since 1970 in UTC; a publisher may send any. */
  readonly timestampMs?: number;
  /** Absent in data messages: the birth has told it. */
  readonly type?: DataType;
  readonly isHistorical?: boolean;
  readonly isTransient?: boolean;
  readonly metadata?: MetaData;
  readonly properties?: PropertySet;
  /** Null where the publisher says so; absent where the type is not known. */
  readonly value?: MetricValue;
  /** The value as it stands on the wire, where its type is not known. */
  readonly untyped?: WireValue;
}

export interface Payload {
  /** When it was sent: milliseconds since 1970 in UTC. */
  readonly timestampMs?: number;
  readonly seq?: number;
  readonly uuid?: string;
  readonly body?: Uint8Array;
  readonly metrics: readonly Metric[];
}

export interface DecodedPayload extends Payload {
  /** Metrics that could not be read, each by its own error; the others are in `metrics`. */
  readonly problems: readonly RungError[];
  /** Fields the specification does not have; passed over. */
  readonly unknown: readonly UnknownField[];
}

/** What the births have told about types, for messages that leave them out. */
export interface KnownTypes {
  /** Of a metric without a datatype. */
  readonly type?: DataType | undefined;
  /** Of a member of a template's instance without a datatype. */
  member?(templateRef: string, member: string): DataType | undefined;
}

/**
 * Reads a payload. A metric that cannot be read is named in `problems` and the others go on.
 * @throws RungError `malformed-payload` where the payload as a whole cannot be taken apart
 */
export function decodePayload(bytes: Uint8Array): DecodedPayload {
  const { payload, unknown } = readWire(bytes);
  const metrics: Metric[] = [];
  const problems: RungError[] = [];
  for (const [i, wire] of (payload.metrics ?? []).entries()) {
    try {
      metrics.push(readMetric(wire, nameOf(wire, i)));
    } catch (thrown) {
      if (!(thrown instanceof RungError)) throw thrown;
      problems.push(thrown);
    }
  }
  return {
    ...(payload.timestamp === undefined ? {} : { timestampMs: msOf(payload.timestamp) }),
    ...(payload.seq === undefined ? {} : { seq: Number(payload.seq) }),
    ...(payload.uuid === undefined ? {} : { uuid: payload.uuid }),
    ...(payload.body === undefined ? {} : { body: payload.body }),
    metrics,
    problems,
    unknown,
  };
}

/**
 * Writes a payload.
 * @param withTypes false leaves the datatype of metrics out, as data messages should
 * (tck-id-payloads-metric-datatype-not-req)
 * @throws RungError `malformed-payload` naming the metric whose value does not fit its type
 */
export function encodePayload(payload: Payload, { withTypes = true } = {}): Uint8Array {
  return writeWire({
    ...(payload.timestampMs === undefined ? {} : { timestamp: uint64OfMs(payload.timestampMs) }),
    metrics: payload.metrics.map((metric, i) => {
      const { datatype, ...rest } = writeMetric(metric, metric.name ?? `metrics[${i}]`);
      return withTypes && datatype !== undefined ? { ...rest, datatype } : rest;
    }),
    ...(payload.seq === undefined ? {} : { seq: payload.seq }),
    ...(payload.uuid === undefined ? {} : { uuid: payload.uuid }),
    ...(payload.body === undefined ? {} : { body: payload.body }),
  });
}

/** What an error calls a metric. */
export const nameOf = (wire: WireMetric, index: number): string =>
  wire.name ?? (wire.alias === undefined ? `metrics[${index}]` : `alias ${wire.alias}`);

/**
 * Reads one metric, its value by its own datatype or by that of its birth.
 * @throws RungError `malformed-payload`
 */
export function readMetric(wire: WireMetric, where: string, known: KnownTypes = {}): Metric {
  // Number 0, "Unknown", says nothing; any other number has to be one of the specification's.
  const told =
    wire.datatype === undefined || wire.datatype === 0 ? undefined : requireType(wire.datatype, where);
  const type = told ?? known.type;
  const common: Metric = {
    ...(wire.name === undefined ? {} : { name: wire.name }),
    ...(wire.alias === undefined ? {} : { alias: wire.alias }),
    ...(wire.timestamp === undefined ? {} : { timestampMs: msOf(wire.timestamp) }),
    ...(type === undefined ? {} : { type }),
    ...(wire.isHistorical === undefined ? {} : { isHistorical: wire.isHistorical }),
    ...(wire.isTransient === undefined ? {} : { isTransient: wire.isTransient }),
    ...(wire.metadata === undefined ? {} : { metadata: wire.metadata }),
    ...(wire.properties === undefined ? {} : { properties: readPropertySet(wire.properties, where) }),
  };
  if (wire.isNull === true) return { ...common, value: null };
  if (type === undefined) return { ...common, untyped: untypedOf(wire) };
  if (type !== "Template") return { ...common, value: readValue(wire, type, where) };
  if (wire.templateValue !== undefined) {
    return { ...common, value: readTemplate(wire.templateValue, where, known) };
  }
  const member = memberOf(wire);
  throw malformed(
    where,
    member === undefined ? "is a Template and has no value" : `is a Template and comes as ${member}`,
  );
}

function writeMetric(metric: Metric, where: string): WireMetric {
  const { type, value } = metric;
  if (value !== undefined && value !== null && type === undefined && metric.untyped === undefined) {
    throw malformed(where, "has a value and no type");
  }
  return {
    ...(metric.name === undefined ? {} : { name: metric.name }),
    ...(metric.alias === undefined ? {} : { alias: metric.alias }),
    ...(metric.timestampMs === undefined ? {} : { timestamp: uint64OfMs(metric.timestampMs) }),
    ...(type === undefined ? {} : { datatype: codeOfType(type) }),
    ...(metric.isHistorical === undefined ? {} : { isHistorical: metric.isHistorical }),
    ...(metric.isTransient === undefined ? {} : { isTransient: metric.isTransient }),
    ...(value === null ? { isNull: true } : {}),
    ...(metric.metadata === undefined ? {} : { metadata: metric.metadata }),
    ...(metric.properties === undefined ? {} : { properties: writePropertySet(metric.properties, where) }),
    ...metric.untyped,
    ...(value === undefined || value === null
      ? {}
      : type === "Template"
        ? { templateValue: writeTemplate(value as Template, where) }
        : writeValue(type!, value, where)),
  };
}

function untypedOf(wire: WireMetric): WireValue {
  const {
    name: _name,
    alias: _alias,
    timestamp: _timestamp,
    datatype: _datatype,
    isHistorical: _historical,
    isTransient: _transient,
    isNull: _null,
    metadata: _metadata,
    properties: _properties,
    ...value
  } = wire;
  return value;
}

function readTemplate(wire: WireTemplate, where: string, known: KnownTypes): Template {
  const ref = wire.templateRef;
  const isDefinition = wire.isDefinition ?? ref === undefined;
  if (isDefinition && ref !== undefined) {
    throw malformed(where, `is a template's definition and refers to "${ref}"`);
  }
  if (!isDefinition && ref === undefined)
    throw malformed(where, "is a template's instance and names no definition");
  const memberType = (name: string | undefined): DataType | undefined =>
    ref === undefined || name === undefined ? undefined : known.member?.(ref, name);
  return {
    ...(wire.version === undefined ? {} : { version: wire.version }),
    isDefinition,
    ...(ref === undefined ? {} : { templateRef: ref }),
    metrics: (wire.metrics ?? []).map((member, i) => {
      const type = memberType(member.name);
      return readMember(member, `${where}.${nameOf(member, i)}`, isDefinition, {
        ...known,
        type,
      });
    }),
    ...(wire.parameters === undefined
      ? {}
      : {
          parameters: wire.parameters.map((parameter, i) => {
            const at = `${where}.parameters[${i}]`;
            if (parameter.name === undefined) throw malformed(at, "has no name");
            const type = requireType(parameter.type, at);
            const value = memberOf(parameter) === undefined ? null : readValue(parameter, type, at);
            return { name: parameter.name, type, value: value as ScalarValue };
          }),
        }),
  };
}

/** A definition tells the types of its members and may leave their values out. */
function readMember(wire: WireMetric, where: string, isDefinition: boolean, known: KnownTypes): Metric {
  const isBare = isDefinition && memberOf(wire) === undefined && wire.isNull !== true;
  if (!isBare) return readMetric(wire, where, known);
  const { value: _null, ...bare } = readMetric({ ...wire, isNull: true }, where, known);
  return bare;
}

function writeTemplate(template: Template, where: string): WireTemplate {
  return {
    ...(template.version === undefined ? {} : { version: template.version }),
    metrics: template.metrics.map((member, i) =>
      writeMetric(member, `${where}.${member.name ?? `metrics[${i}]`}`),
    ),
    ...(template.parameters === undefined
      ? {}
      : {
          parameters: template.parameters.map(({ name, type, value }) => ({
            name,
            type: codeOfType(type),
            ...(value === null ? {} : writeValue(type, value, `${where}.${name}`)),
          })),
        }),
    ...(template.templateRef === undefined ? {} : { templateRef: template.templateRef }),
    isDefinition: template.isDefinition,
  };
}
