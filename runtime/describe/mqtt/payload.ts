import { messageOf, RungError } from "../../core/errors.ts";
import { isScalar, type PropertyType } from "../../core/property.ts";
import { BAD, GOOD, type Quality, UNCERTAIN } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import { readingOf } from "../ingest/reading.ts";

/** How a topic's payload is read. */
export interface PayloadFormat {
  /** `json`: paths into an object; `raw`: the payload is the value, its time that of its receipt. */
  readonly form: "json" | "raw";
  /** Dots between keys: `data.value`. */
  readonly valuePath: string;
  /** Empty: the time of receipt. */
  readonly timePath: string;
  readonly timeUnit: "us" | "ms" | "s" | "iso";
  /** Empty: always good. */
  readonly qualityPath: string;
}

export const PAYLOAD_DEFAULTS: PayloadFormat = {
  form: "json",
  valuePath: "value",
  timePath: "timeUs",
  timeUnit: "us",
  qualityPath: "quality",
};

export interface PayloadReading {
  readonly value: number;
  readonly other?: unknown;
  /** Nothing: the payload carries none. */
  readonly sourceTimeUs?: TimeUs;
  readonly quality: Quality;
}

/** A payload larger than this is no measured value. Bytes. */
const LARGEST_PAYLOAD = 1024 * 1024;
/** Characters of a text that are shown. */
const LONGEST_SHOWN = 60;
const QUALITY_WORDS: ReadonlyMap<string, Quality> = new Map([
  ["good", GOOD],
  ["uncertain", UNCERTAIN],
  ["bad", BAD],
]);

/**
 * Reads one payload.
 * @throws RungError `malformed-payload` naming topic and what is wrong with it
 */
export function readPayload(
  topic: string,
  payload: Buffer,
  type: PropertyType,
  format: PayloadFormat,
): PayloadReading {
  const fail = (what: string, cause?: unknown): never => {
    throw new RungError({
      code: "malformed-payload",
      where: topic,
      what,
      advice: "correct the publisher, or the payload paths of the source; other messages go on",
      cause,
    });
  };
  if (payload.length > LARGEST_PAYLOAD) fail(`${payload.length} bytes are more than ${LARGEST_PAYLOAD}`);
  const text = payload.toString("utf8");
  if (format.form === "raw") return { ...numberOrOther(rawValue(text, type), type, fail), quality: GOOD };
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    fail(`is no JSON: ${messageOf(cause)}`, cause);
  }
  const value = at(content, format.valuePath);
  if (value === undefined) fail(`has nothing at "${format.valuePath}"`);
  const quality = qualityOf(format.qualityPath === "" ? undefined : at(content, format.qualityPath), fail);
  const time = format.timePath === "" ? undefined : timeOf(at(content, format.timePath), format, fail);
  // A bad value may well be none.
  const read = value === null && quality !== GOOD ? { value: Number.NaN } : numberOrOther(value, type, fail);
  return { ...read, quality, ...(time === undefined ? {} : { sourceTimeUs: time }) };
}

type Fail = (what: string) => never;

function at(content: unknown, path: string): unknown {
  let here = content;
  for (const key of path.split(".")) {
    if (here === null || typeof here !== "object" || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

function rawValue(text: string, type: PropertyType): unknown {
  if (!isScalar(type)) return text;
  const trimmed = text.trim();
  if (trimmed === "true") return true;
  if (trimmed === "false") return false;
  // Number("") is 0, which no sensor meant.
  return trimmed === "" ? undefined : Number(trimmed);
}

function numberOrOther(value: unknown, type: PropertyType, fail: Fail): { value: number; other?: unknown } {
  if (!isScalar(type)) return otherOf(value, type, fail);
  if (typeof value === "boolean") return { value: value ? 1 : 0 };
  if (typeof value !== "number" || Number.isNaN(value)) return fail(`${shown(value)} is no ${type}`);
  return { value };
}

/** A waveform comes as `{samples, sampleRateHz}`, a time as ISO 8601 or milliseconds since 1970. */
function otherOf(value: unknown, type: PropertyType, fail: Fail): { value: number; other?: unknown } {
  const isRated = type === "waveform" && value !== null && typeof value === "object" && "samples" in value;
  const { samples, sampleRateHz } = (isRated ? value : {}) as { samples?: unknown; sampleRateHz?: unknown };
  const read = isRated
    ? readingOf(samples, type, typeof sampleRateHz === "number" ? sampleRateHz : undefined)
    : readingOf(value, type);
  if (read.fault !== undefined) return fail(`${shown(value)} is no ${type} (${read.fault})`);
  return { value: Number.NaN, other: read.other };
}

/** What came, short enough for a log, and without a walk into what may lie 100,000 levels deep. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "string" && value.length > LONGEST_SHOWN)
    return `a text of ${value.length} characters`;
  // JSON has no word for it.
  return Number.isNaN(value) ? "NaN" : JSON.stringify(value);
}

function qualityOf(quality: unknown, fail: Fail): Quality {
  if (quality === undefined) return GOOD;
  if (typeof quality === "number" && Number.isInteger(quality) && quality >= 0 && quality <= 0xffffffff) {
    return quality;
  }
  return (
    (typeof quality === "string" && quality.length <= LONGEST_SHOWN
      ? QUALITY_WORDS.get(quality.toLowerCase())
      : undefined) ?? fail(`${shown(quality)} is no quality: a status code, or good, uncertain, bad`)
  );
}

function timeOf(time: unknown, format: PayloadFormat, fail: Fail): TimeUs {
  if (time === undefined) return fail(`has no time at "${format.timePath}"`);
  if (format.timeUnit === "iso") {
    const ms = typeof time === "string" ? Date.parse(time) : Number.NaN;
    return Number.isNaN(ms) ? fail(`${shown(time)} is no ISO 8601 time`) : ms * 1000;
  }
  if (typeof time !== "number" || !Number.isFinite(time)) return fail(`${shown(time)} is no time`);
  return Math.trunc(time * { us: 1, ms: 1000, s: 1e6 }[format.timeUnit]);
}
