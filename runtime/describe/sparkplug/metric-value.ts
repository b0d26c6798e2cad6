import { type ArrayValue, packArray, unpackArray } from "./array-value.ts";
import { codeOfType, type DataType, INTEGERS, isArrayType, typeOfCode } from "./data-type.ts";
import type { Uint64, WireDataSet, WirePropertySet, WirePropertyValue, WireValue } from "./message-fields.ts";
import { malformed } from "./wire-format.ts";

/** A matrix with a type per column (6.4.12); a cell without a value is null. */
export interface DataSet {
  readonly columns: readonly string[];
  readonly types: readonly DataType[];
  readonly rows: readonly (readonly ScalarValue[])[];
}

/** What is told about a metric: engineering unit, quality, ... (6.4.9). */
export interface MetricProperty {
  readonly key: string;
  readonly type: DataType;
  readonly value: ScalarValue | PropertySet | readonly PropertySet[];
}
export type PropertySet = readonly MetricProperty[];

/** Int64 and UInt64 are bigints; DateTime is a number of milliseconds since 1970 in UTC. */
export type ScalarValue = number | bigint | boolean | string | null;
export type PlainValue = ScalarValue | ArrayValue | DataSet | PropertySet | readonly PropertySet[];

const MEMBERS = [
  "int_value",
  "long_value",
  "float_value",
  "double_value",
  "boolean_value",
  "string_value",
  "bytes_value",
  "dataset_value",
  "template_value",
  "propertyset_value",
  "propertysets_value",
  "extension_value",
] as const;
const KEYS = MEMBERS.map((name) =>
  name.replace(/_(\w)/, (_, letter: string) => letter.toUpperCase()),
) as (keyof WireValue)[];

/** The member of a value that is there, by its name on the wire. */
export function memberOf(wire: WireValue): (typeof MEMBERS)[number] | undefined {
  const index = KEYS.findIndex((key) => wire[key] !== undefined);
  return index < 0 ? undefined : MEMBERS[index];
}

/**
 * A value of every type but Template, from the member of the message that carries it.
 * @throws RungError `malformed-payload` where the member is not that of the type, or the value does not fit it
 */
export function readValue(wire: WireValue, type: DataType, where: string): PlainValue {
  const integer = INTEGERS[type];
  const wrong = (wanted: string): never => {
    const member = memberOf(wire);
    throw malformed(
      where,
      member === undefined
        ? `has no value, and is a ${type} that is not null`
        : `is a ${type} and comes as ${member}, not as ${wanted}`,
    );
  };
  if (integer !== undefined) {
    // The specification carries 8 to 32 bits as int_value; its reference implementation writes UInt32 as long_value.
    const raw = wire.intValue ?? wire.longValue ?? wrong(integer.bits === 64 ? "long_value" : "int_value");
    return integerOf(raw, integer, type, where);
  }
  switch (type) {
    case "Float":
      return wire.floatValue ?? wire.doubleValue ?? wrong("float_value");
    case "Double":
      return wire.doubleValue ?? wire.floatValue ?? wrong("double_value");
    case "Boolean":
      return wire.booleanValue ?? wrong("boolean_value");
    case "String":
    case "Text":
    case "UUID":
      return wire.stringValue ?? wrong("string_value");
    case "DateTime":
      return msOf(wire.longValue ?? wrong("long_value"));
    case "DataSet":
      return readDataSet(wire.datasetValue ?? wrong("dataset_value"), where);
    case "Bytes":
    case "File":
      return wire.bytesValue ?? wrong("bytes_value");
    case "PropertySet":
      return readPropertySet(wire.propertysetValue ?? wrong("propertyset_value"), where);
    case "PropertySetList":
      return (
        (wire.propertysetsValue ?? wrong("propertysets_value")).propertyset?.map((set, i) =>
          readPropertySet(set, `${where}[${i}]`),
        ) ?? []
      );
    default:
      if (isArrayType(type)) return unpackArray(type, wire.bytesValue ?? wrong("bytes_value"), where);
      return wrong(`what a ${type} needs`);
  }
}

/**
 * The member of the message that carries a value. Negative numbers of 8 to 32 bits go as 32 bits of two's complement,
 * which every receiver that narrows them reads alike.
 * @throws RungError `malformed-payload` where the value does not fit the type
 */
export function writeValue(type: DataType, value: unknown, where: string): WireValue {
  const integer = INTEGERS[type];
  const wrong = (): never => {
    const shown = typeof value === "object" && value !== null ? "the structure" : String(value);
    throw malformed(where, `${shown.slice(0, 80)} is no ${type}`);
  };
  if (integer !== undefined) {
    if (typeof value !== "bigint" && !Number.isSafeInteger(value)) return wrong();
    const wide = BigInt(value as number | bigint);
    const fits = integer.signed
      ? BigInt.asIntN(integer.bits, wide) === wide
      : BigInt.asUintN(integer.bits, wide) === wide;
    if (!fits) return wrong();
    if (integer.bits === 64) return { longValue: narrow(BigInt.asUintN(64, wide)) };
    return { intValue: Number(BigInt.asUintN(32, wide)) };
  }
  switch (type) {
    case "Float":
      return typeof value === "number" ? { floatValue: value } : wrong();
    case "Double":
      return typeof value === "number" ? { doubleValue: value } : wrong();
    case "Boolean":
      return typeof value === "boolean" ? { booleanValue: value } : wrong();
    case "String":
    case "Text":
    case "UUID":
      return typeof value === "string" ? { stringValue: value } : wrong();
    case "DateTime":
      return Number.isSafeInteger(value) ? { longValue: uint64OfMs(value as number) } : wrong();
    case "DataSet":
      return { datasetValue: writeDataSet(value as DataSet, where) };
    case "Bytes":
    case "File":
      return value instanceof Uint8Array ? { bytesValue: value } : wrong();
    case "PropertySet":
      return { propertysetValue: writePropertySet(value as PropertySet, where) };
    case "PropertySetList":
      return {
        propertysetsValue: {
          propertyset: (value as PropertySet[]).map((set, i) => writePropertySet(set, `${where}[${i}]`)),
        },
      };
    default:
      return isArrayType(type) ? { bytesValue: packArray(type, value, where) } : wrong();
  }
}

function integerOf(
  raw: Uint64,
  { bits, signed }: { bits: number; signed: boolean },
  type: DataType,
  where: string,
): number | bigint {
  const wide = BigInt(raw);
  if (bits === 64) return signed ? BigInt.asIntN(64, wide) : wide;
  if (!signed && BigInt.asUintN(bits, wide) === wide) return Number(wide);
  if (signed) {
    const narrowed = BigInt.asIntN(bits, wide);
    // Two's complement in the type's own width, or spread over 32 or 64 bits: all three are sent.
    for (const width of [bits, 32, 64]) {
      if (BigInt.asUintN(width, narrowed) === wide) return Number(narrowed);
    }
  }
  throw malformed(where, `${raw} does not fit the ${type} it is declared as`);
}

const narrow = (wide: bigint): Uint64 => (wide <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wide) : wide);

/** Milliseconds of a time on the wire: 64 bits, those before 1970 as two's complement. */
export const msOf = (raw: Uint64): number => (typeof raw === "number" ? raw : Number(BigInt.asIntN(64, raw)));

export const uint64OfMs = (ms: number): Uint64 =>
  ms >= 0 ? ms : narrow(BigInt.asUintN(64, BigInt(Math.trunc(ms))));

/** The type of a number on the wire. @throws RungError `malformed-payload` */
export function requireType(code: number | undefined, where: string): DataType {
  const type = code === undefined ? undefined : typeOfCode(code);
  if (type !== undefined) return type;
  throw malformed(where, code === undefined ? "has no datatype" : `${code} is no datatype of Sparkplug B`);
}

function readDataSet(wire: WireDataSet, where: string): DataSet {
  const columns = wire.columns ?? [];
  const types = (wire.types ?? []).map((code, i) => requireType(code, `${where}.types[${i}]`));
  if (types.length !== columns.length || Number(wire.numOfColumns ?? columns.length) !== columns.length) {
    throw malformed(
      where,
      `announces ${wire.numOfColumns ?? "no"} columns and has ${columns.length} headers and ${types.length} types`,
    );
  }
  const rows = (wire.rows ?? []).map(({ elements = [] }, r) => {
    if (elements.length !== columns.length) {
      throw malformed(`${where}.rows[${r}]`, `has ${elements.length} cells for ${columns.length} columns`);
    }
    return elements.map((cell, c) =>
      memberOf(cell) === undefined
        ? null
        : (readValue(cell, types[c]!, `${where}.rows[${r}].${columns[c]}`) as ScalarValue),
    );
  });
  return { columns, types, rows };
}

function writeDataSet({ columns, types, rows }: DataSet, where: string): WireDataSet {
  if (types.length !== columns.length) throw malformed(where, "needs one type for each column");
  return {
    numOfColumns: columns.length,
    columns,
    types: types.map(codeOfType),
    rows: rows.map((row, r) => {
      if (row.length !== columns.length) {
        throw malformed(`${where}.rows[${r}]`, `has ${row.length} cells for ${columns.length} columns`);
      }
      return {
        elements: row.map((cell, c) =>
          cell === null ? {} : writeValue(types[c]!, cell, `${where}.rows[${r}].${columns[c]}`),
        ),
      };
    }),
  };
}

/** @throws RungError `malformed-payload` */
export function readPropertySet(wire: WirePropertySet, where: string): PropertySet {
  const { keys = [], values = [] } = wire;
  if (keys.length !== values.length) {
    throw malformed(where, `has ${keys.length} keys for ${values.length} values`);
  }
  return keys.map((key, i) => {
    const at = `${where}.${key}`;
    const property: WirePropertyValue = values[i]!;
    const type = requireType(property.type, at);
    const value = property.isNull === true ? null : readValue(property, type, at);
    return { key, type, value } as MetricProperty;
  });
}

/** @throws RungError `malformed-payload` */
export function writePropertySet(set: PropertySet, where: string): WirePropertySet {
  return {
    keys: set.map(({ key }) => key),
    values: set.map(({ key, type, value }) => ({
      type: codeOfType(type),
      ...(value === null ? { isNull: true } : writeValue(type, value, `${where}.${key}`)),
    })),
  };
}
