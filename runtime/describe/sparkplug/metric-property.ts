import { isScalar, type Property, type PropertyType } from "../../core/property.ts";
import { BAD_OUT_OF_RANGE, isBad, type Quality } from "../../core/quality.ts";
import { isUnit, unitSymbol } from "../../core/unit.ts";
import type { DataType } from "./data-type.ts";
import type { MetricDefinition, MetricSample } from "./metric-table.ts";

/** Bad_TypeMismatch: the edge node sends another type than the table declares. */
const BAD_TYPE_MISMATCH: Quality = 0x80740000;
/** The widest time that a Date can hold, ms (ECMA-262, 21.4.1.1). */
const LARGEST_DATE_MS = 8.64e15;

const NUMBERS = new Set<DataType>(["Float", "Double"]);
const INTEGERS = new Set<DataType>([
  "Int8",
  "Int16",
  "Int32",
  "Int64",
  "UInt8",
  "UInt16",
  "UInt32",
  "UInt64",
]);
const TEXTS = new Set<DataType>(["String", "Text", "UUID"]);
const SERIES = /^(U?Int\d+|Float|Double)Array$/;

/** What a property of a data type is. */
export function propertyTypeOf(type: DataType): PropertyType {
  if (NUMBERS.has(type)) return "number";
  if (INTEGERS.has(type)) return "integer";
  if (type === "Boolean") return "boolean";
  if (TEXTS.has(type)) return "string";
  if (type === "DateTime") return "time";
  return SERIES.test(type) ? "waveform" : "structure";
}

/**
 * The property that a metric is at an address nobody has described. Its unit is the metric's property `engUnit`, which
 * the specification does not have but gateways send, where Rung knows that unit.
 */
export function propertyOf(address: string, definition: MetricDefinition): Property {
  const told = definition.properties?.find(({ key }) => key === "engUnit")?.value;
  return {
    address,
    kind: "measurement",
    type: propertyTypeOf(definition.type),
    update: { mode: "onChange" },
    ...(typeof told === "string" && isUnit(told) ? { unit: unitSymbol(told) } : {}),
  };
}

/** A sample as a row of a frame: a number, or `other`. */
export interface MetricRow {
  readonly value: number;
  readonly other?: unknown;
  readonly quality: Quality;
}

/** @param toProperty tells the plant's unit in the property's */
export function rowOf(
  { value, type, quality }: MetricSample,
  declared: PropertyType,
  toProperty: (value: number) => number,
): MetricRow {
  if (value === null) return { value: Number.NaN, quality };
  const plain = plainOf(value, type);
  if (typeof plain === "number" && type === "DateTime") {
    return { value: Number.NaN, other: plain, quality: isBad(quality) ? quality : BAD_OUT_OF_RANGE };
  }
  if (typeof plain === "number" && isScalar(declared)) return { value: toProperty(plain), quality };
  // An integer beyond 2^53 is what the table says, only too large for the column of numbers.
  const fits = isScalar(declared) ? typeof plain === "bigint" : typeof plain !== "number";
  return { value: Number.NaN, other: plain, quality: fits || isBad(quality) ? quality : BAD_TYPE_MISMATCH };
}

function plainOf(value: Exclude<MetricSample["value"], null>, type: DataType): unknown {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (type === "DateTime" && Math.abs(value as number) <= LARGEST_DATE_MS) return new Date(value as number);
  return value;
}
