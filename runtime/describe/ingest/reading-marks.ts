import { BAD, GOOD, type Quality, UNCERTAIN } from "../../core/quality.ts";
import { isStorableTimeUs, type TimeUs } from "../../core/time.ts";

/** How a message writes its time. */
export type TimeUnit = "us" | "ms" | "s" | "iso";
export const TIME_UNITS: readonly TimeUnit[] = ["us", "ms", "s", "iso"];

export type TimeFault = "time-missing" | "time-unreadable" | "time-out-of-range" | "time-ahead";
export type QualityFault = "quality-missing" | "quality-unreadable";

const US: Readonly<Record<Exclude<TimeUnit, "iso">, number>> = { us: 1, ms: 1000, s: 1e6 };
const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

/**
 * A source time as a message gives it; a Date is taken in any unit.
 * @param latestUs a time after it is no time of this plant: it would make everything that follows look late
 */
export function readTime(
  given: unknown,
  unit: TimeUnit,
  latestUs: TimeUs,
): { readonly timeUs: TimeUs } | { readonly fault: TimeFault } {
  if (given === undefined || given === null) return { fault: "time-missing" };
  const timeUs =
    given instanceof Date ? given.getTime() * 1000 : unit === "iso" ? isoUs(given) : numberUs(given, unit);
  if (!Number.isFinite(timeUs)) return { fault: "time-unreadable" };
  if (!isStorableTimeUs(timeUs)) return { fault: "time-out-of-range" };
  return timeUs > latestUs ? { fault: "time-ahead" } : { timeUs };
}

/** ISO 8601 with its zone: without one nobody knows what it means. Finer than a microsecond is cut off. */
function isoUs(given: unknown): TimeUs {
  if (typeof given !== "string" || given.length > 40) return Number.NaN;
  const found = ISO.exec(given);
  if (found === null) return Number.NaN;
  const fraction = found[2] ?? "";
  const wholeMs = Date.parse(given.replace(fraction, "").replace(" ", "T"));
  return wholeMs * 1000 + Number(fraction.slice(1, 7).padEnd(6, "0"));
}

function numberUs(given: unknown, unit: Exclude<TimeUnit, "iso">): TimeUs {
  if (typeof given === "bigint") return Number(given) * US[unit];
  return typeof given === "number" ? Math.trunc(given * US[unit]) : Number.NaN;
}

const WORDS: ReadonlyMap<string, Quality> = new Map([
  ["good", GOOD],
  ["uncertain", UNCERTAIN],
  ["bad", BAD],
]);

/** An OPC UA status code, `good`, `uncertain`, `bad`, or true and false. What cannot be read is uncertain. */
export function readQuality(given: unknown): { readonly quality: Quality; readonly fault?: QualityFault } {
  if (given === undefined || given === null) return { quality: UNCERTAIN, fault: "quality-missing" };
  if (typeof given === "boolean") return { quality: given ? GOOD : BAD };
  if (typeof given === "number" && Number.isInteger(given) && given >= 0 && given <= 0xffffffff) {
    return { quality: given };
  }
  const word = typeof given === "string" && given.length <= 16 ? WORDS.get(given.toLowerCase()) : undefined;
  return word === undefined ? { quality: UNCERTAIN, fault: "quality-unreadable" } : { quality: word };
}
