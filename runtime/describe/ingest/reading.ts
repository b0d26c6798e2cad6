import type { PropertyType } from "../../core/property.ts";
import { BAD_DECODING, BAD_OUT_OF_RANGE, GOOD, type Quality } from "../../core/quality.ts";
import type { Waveform } from "../../core/waveform.ts";
import { plainCopy } from "./plain-copy.ts";

/** Why a value of a message is no value of its property. */
export type ReadingFault =
  | "missing"
  | "not-a-number"
  | "wrong-type"
  | "too-large"
  | "unreadable"
  | "no-sample-rate";

/** One value as it goes into a frame. `fault` says why its quality is bad. */
export interface Reading {
  readonly value: number;
  readonly other?: unknown;
  readonly quality: Quality;
  readonly fault?: ReadingFault;
}

/** Characters of a text, and values of a waveform, that one sample may have. */
export const LONGEST_TEXT = 65_536;
export const LONGEST_WAVEFORM = 1_048_576;

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

const bad = (fault: ReadingFault, quality: Quality = BAD_DECODING): Reading => ({
  value: Number.NaN,
  quality,
  fault,
});
const of = (value: number): Reading => ({ value, quality: GOOD });
const beside = (other: unknown): Reading => ({ value: Number.NaN, other, quality: GOOD });

/**
 * Reads one value for a property of a type. A value that does not fit is a reading of bad quality with the reason,
 * never an exception. Numbers may be written as decimal text, as databases do; truth as true, false, 0 or 1.
 * @param sampleRateHz of a waveform; undefined where nothing tells it
 */
export function readingOf(value: unknown, type: PropertyType, sampleRateHz?: number): Reading {
  switch (type) {
    case "number":
      return numberOf(value);
    case "integer":
    case "enum":
      return wholeOf(value, type);
    case "boolean":
      return truthOf(value);
    case "string":
      return textOf(value);
    case "time":
      return dateOf(value);
    case "waveform":
      return waveformOf(value, sampleRateHz);
    case "structure":
      return structureOf(value);
  }
}

function numberOf(value: unknown): Reading {
  if (typeof value === "boolean") return of(value ? 1 : 0);
  const number =
    typeof value === "string" && value.length <= 64 && DECIMAL.test(value) ? Number(value) : value;
  if (typeof number === "bigint") return of(Number(number));
  if (typeof number !== "number") return bad("wrong-type");
  return Number.isFinite(number) ? of(number) : bad("not-a-number", BAD_OUT_OF_RANGE);
}

function wholeOf(value: unknown, type: "integer" | "enum"): Reading {
  if (typeof value === "bigint" && !Number.isSafeInteger(Number(value))) {
    return type === "integer" ? beside(value) : bad("wrong-type");
  }
  const reading = numberOf(value);
  return reading.fault === undefined && !Number.isSafeInteger(reading.value) ? bad("wrong-type") : reading;
}

function truthOf(value: unknown): Reading {
  if (typeof value === "string" && /^(true|false)$/i.test(value))
    return of(value.toLowerCase() === "true" ? 1 : 0);
  const reading = numberOf(value);
  if (reading.fault !== undefined) return reading;
  return reading.value === 0 || reading.value === 1 ? reading : bad("wrong-type");
}

function textOf(value: unknown): Reading {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return beside(String(value));
  if (typeof value !== "string") return bad("wrong-type");
  return value.length > LONGEST_TEXT ? bad("too-large") : beside(value);
}

function dateOf(value: unknown): Reading {
  if (!(value instanceof Date) && typeof value !== "string" && typeof value !== "number")
    return bad("wrong-type");
  if (typeof value === "string" && value.length > 64) return bad("too-large");
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? bad("wrong-type") : beside(date);
}

function structureOf(value: unknown): Reading {
  if (value === null || typeof value !== "object") return bad("wrong-type");
  const copied = plainCopy(value);
  return "fault" in copied ? bad(copied.fault) : beside(copied.copy);
}

/** One value that is no number makes the whole waveform bad: a hole in it would shift or bend its spectrum. */
function waveformOf(value: unknown, sampleRateHz: number | undefined): Reading {
  const isNumbers = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  if (!isNumbers) return bad("wrong-type");
  const given = value as ArrayLike<unknown>;
  if (given.length === 0) return bad("missing");
  if (given.length > LONGEST_WAVEFORM) return bad("too-large");
  if (sampleRateHz === undefined || !(sampleRateHz > 0 && Number.isFinite(sampleRateHz)))
    return bad("no-sample-rate");
  const samples = new Float64Array(given.length);
  for (let i = 0; i < given.length; i++) {
    const reading = numberOf(given[i]);
    if (reading.fault !== undefined) return bad(reading.fault, reading.quality);
    samples[i] = reading.value;
  }
  return beside({ samples, sampleRateHz } satisfies Waveform);
}
