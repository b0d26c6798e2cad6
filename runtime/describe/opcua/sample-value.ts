import type { DataValue, Variant } from "node-opcua";
import type { PropertyType } from "../../core/property.ts";
import { isScalar } from "../../core/property.ts";
import { isBad, type Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";

/** OPC 10000-6, 5.1.2: ids of the built-in types. Numbers, since node-opcua is loaded late. */
const BOOLEAN = 1;
const INT64 = 8;
const UINT64 = 9;
const DOUBLE = 11;
const DATE_TIME = 13;
const SCALAR = 0;
/** Bad_TypeMismatch: the plant sends another type than the binding declares. */
const BAD_TYPE_MISMATCH: Quality = 0x80740000;
const PICOSECONDS_PER_US = 1e6;

/** One reading as it goes into a frame. Reused from value to value, since a source meets 100,000 a second. */
export interface Reading {
  value: number;
  other: unknown;
  quality: Quality;
  sourceTimeUs: TimeUs;
}

export const newReading = (): Reading => ({
  value: Number.NaN,
  other: undefined,
  quality: 0,
  sourceTimeUs: 0,
});

/**
 * Takes a data value apart: number or `other`, quality with its info bits, source time in whole microseconds
 * (finer is truncated). A value of another type than the binding's is kept in `other` and marked Bad_TypeMismatch.
 * Without a source time the server's stands in (OPC 10000-4, 7.11.3).
 * @param toProperty tells the plant's unit in the property's
 */
export function readInto(
  reading: Reading,
  data: DataValue,
  type: PropertyType,
  toProperty: (value: number) => number,
): void {
  reading.quality = data.statusCode.value >>> 0;
  reading.other = undefined;
  reading.value = Number.NaN;
  reading.sourceTimeUs = sourceTimeUs(data);
  const variant = data.value;
  if (variant === undefined || variant === null || variant.value === null || variant.value === undefined)
    return;
  const kept = plainValue(variant);
  if (typeof kept === "number" && isScalar(type)) reading.value = toProperty(kept);
  else if (!isScalar(type) || isBad(reading.quality)) reading.other = kept;
  else {
    reading.other = kept;
    // An integer beyond 2^53 is what the binding says, only too large for the value column.
    if (typeof kept !== "bigint") reading.quality = BAD_TYPE_MISMATCH;
  }
}

/** Source time, or the server's where there is none, in whole µs; NaN without either. */
export function sourceTimeUs(data: DataValue): TimeUs {
  if (data.sourceTimestamp) {
    return data.sourceTimestamp.getTime() * 1000 + Math.trunc(data.sourcePicoseconds / PICOSECONDS_PER_US);
  }
  if (data.serverTimestamp) {
    return data.serverTimestamp.getTime() * 1000 + Math.trunc(data.serverPicoseconds / PICOSECONDS_PER_US);
  }
  return Number.NaN;
}

/** Numbers and booleans as a number, 64-bit integers as a number where exact, the rest as plain data. */
export function plainValue(variant: Variant): unknown {
  const { dataType, value } = variant;
  if (variant.arrayType !== SCALAR) return value;
  if (dataType === BOOLEAN) return value ? 1 : 0;
  if (dataType === INT64) return exact(BigInt.asIntN(64, wide(value)));
  if (dataType === UINT64) return exact(wide(value));
  if (dataType <= DOUBLE && typeof value === "number") return value;
  if (dataType === DATE_TIME) return value;
  if (typeof value === "string") return value;
  return typeof value?.toJSON === "function" ? value.toJSON() : value;
}

/** node-opcua keeps 64-bit integers as [high, low]. */
const wide = ([high, low]: [number, number]): bigint => (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);

function exact(integer: bigint): number | bigint {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}
