import type { DataValue } from "node-opcua";
import type { PropertyType } from "../../core/property.ts";
import { isScalar } from "../../core/property.ts";
import { BAD_NO_DATA, BAD_OUT_OF_RANGE, isBad, type Quality } from "../../core/quality.ts";
import { isStorableTimeUs, type TimeUs } from "../../core/time.ts";
import { type FieldPath, pickField } from "./field-path.ts";
import { plainValue } from "./plain-value.ts";
import type { StructureReader } from "./structure-value.ts";

/** Bad_TypeMismatch: the plant sends another type than the binding declares. */
const BAD_TYPE_MISMATCH: Quality = 0x80740000;
const PICOSECONDS_PER_US = 1e6;
const SCALAR = 0;

/** Why a reading was marked bad here and not by the plant. */
export type ReadingIssue = "no-such-field" | "date-out-of-range";

/** One reading as it goes into a frame. Reused from value to value, since a source meets 100,000 a second. */
export interface Reading {
  value: number;
  other: unknown;
  quality: Quality;
  sourceTimeUs: TimeUs;
  issue: ReadingIssue | undefined;
}

/** What a value is besides a plain number. */
export interface ReadingDepth {
  readonly structures?: StructureReader;
  /** Leads to the part of the value that is bound. */
  readonly field?: FieldPath | undefined;
}

export const newReading = (): Reading => ({
  value: Number.NaN,
  other: undefined,
  quality: 0,
  sourceTimeUs: 0,
  issue: undefined,
});

/** As `readValueInto`, with the source time in whole microseconds (finer is truncated). */
export function readInto(
  reading: Reading,
  data: DataValue,
  type: PropertyType,
  toProperty: (value: number) => number,
  depth?: ReadingDepth,
): void {
  reading.sourceTimeUs = sourceTimeUs(data);
  readValueInto(reading, data, type, toProperty, depth);
}

/**
 * Takes a data value apart, but for its source time: number or `other`, and quality with its info bits. A value of
 * another type than the binding's is kept in `other` and marked Bad_TypeMismatch, a field that is not there Bad_NoData,
 * a date outside 1970 to 2255 Bad_OutOfRange. Nothing in a value that may be nothing, such as a text, is `null`.
 * @param toProperty tells the plant's unit in the property's
 */
export function readValueInto(
  reading: Reading,
  data: DataValue,
  type: PropertyType,
  toProperty: (value: number) => number,
  depth?: ReadingDepth,
): void {
  reading.quality = data.statusCode.value >>> 0;
  reading.other = undefined;
  reading.value = Number.NaN;
  reading.issue = undefined;
  const variant = data.value;
  if (variant === undefined || variant === null || variant.value === null || variant.value === undefined) {
    if (!isScalar(type) && !isBad(reading.quality)) reading.other = null;
    return;
  }
  const field = depth?.field;
  // By far the most values are plain numbers: they take the short way.
  if (
    typeof variant.value === "number" &&
    variant.arrayType === SCALAR &&
    field === undefined &&
    isScalar(type)
  ) {
    reading.value = toProperty(variant.value);
    return;
  }
  let kept = plainValue(variant, depth?.structures);
  if (field !== undefined) {
    kept = pickField(kept, field);
    if (kept === undefined) {
      if (isBad(reading.quality)) return;
      reading.quality = BAD_NO_DATA;
      reading.issue = "no-such-field";
      return;
    }
  }
  if (typeof kept === "number" && isScalar(type)) {
    reading.value = toProperty(kept);
    return;
  }
  reading.other = kept;
  if (isBad(reading.quality)) return;
  // An integer beyond 2^53 is what the binding says, only too large for the value column.
  if (isScalar(type)) {
    if (typeof kept !== "bigint") reading.quality = BAD_TYPE_MISMATCH;
  } else if (kept instanceof Date && !isStorableTimeUs(kept.getTime() * 1000)) {
    reading.quality = BAD_OUT_OF_RANGE;
    reading.issue = "date-out-of-range";
  }
}

/** Source time, or the server's where there is none (OPC 10000-4, 7.11.3), in whole µs; NaN without either. */
export function sourceTimeUs(data: DataValue): TimeUs {
  if (data.sourceTimestamp) {
    return data.sourceTimestamp.getTime() * 1000 + Math.trunc(data.sourcePicoseconds / PICOSECONDS_PER_US);
  }
  if (data.serverTimestamp) {
    return data.serverTimestamp.getTime() * 1000 + Math.trunc(data.serverPicoseconds / PICOSECONDS_PER_US);
  }
  return Number.NaN;
}
