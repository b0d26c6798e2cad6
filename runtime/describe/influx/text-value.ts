import { messageOf } from "../../core/errors.ts";
import { isWaveform } from "../../core/waveform.ts";
import { ARRAYS, structureOf, structureText } from "../historian/structure-text.ts";

/** A value that is no finite number, as InfluxDB keeps it: in the fields `kind` and `text`. */
export interface TextValue {
  readonly kind: string;
  readonly text: string;
}

type ArrayName = keyof typeof ARRAYS;

/**
 * Writes a value down so that somebody at the plant's own InfluxDB can read it: strings as they are, everything with a
 * structure as JSON. What JSON lacks stands there as a string, within a structure marked as in `structureText`.
 */
export function textOfValue(value: number, other: unknown): TextValue {
  if (other === undefined) return { kind: "number", text: String(value) };
  // A text that is no valid Unicode would be changed on the way; JSON escapes what is wrong with it.
  if (typeof other === "string" && !other.isWellFormed())
    return { kind: "structure", text: JSON.stringify(other) };
  if (typeof other === "string") return { kind: "text", text: other };
  if (typeof other === "bigint") return { kind: "integer", text: other.toString() };
  if (other instanceof Date) {
    return { kind: "time", text: Number.isNaN(other.getTime()) ? "no time" : other.toISOString() };
  }
  if (isWaveform(other)) {
    const { samples, sampleRateHz } = other;
    return {
      kind: "waveform",
      text: JSON.stringify({ sampleRateHz, samples: [...samples].map(jsonNumber) }),
    };
  }
  if (ArrayBuffer.isView(other) && other.constructor.name in ARRAYS) {
    const items = Array.from(other as unknown as ArrayLike<number | bigint>, jsonNumber);
    return { kind: other.constructor.name, text: JSON.stringify(items) };
  }
  try {
    return { kind: "structure", text: structureText(other) };
  } catch (thrown) {
    return { kind: "unreadable", text: `${typeof other}: ${messageOf(thrown)}` };
  }
}

/** The value as it was: a number that is not finite, or what stood in a frame's `other`. */
export function valueOfText({ kind, text }: TextValue): { readonly value: number; readonly other?: unknown } {
  if (kind === "number") return { value: Number(text) };
  return { value: Number.NaN, other: otherOf(kind, text) };
}

function otherOf(kind: string, text: string): unknown {
  try {
    if (kind === "integer") return BigInt(text);
    if (kind === "time") return new Date(text);
    if (kind === "structure") return structureOf(text);
    if (kind === "waveform") {
      const { sampleRateHz, samples } = JSON.parse(text) as { sampleRateHz: number; samples: unknown[] };
      return { samples: Float64Array.from(samples, Number), sampleRateHz };
    }
    if (kind in ARRAYS) return arrayOf(kind as ArrayName, JSON.parse(text) as unknown[]);
  } catch (thrown) {
    // Somebody changed it there: what stands there is still the best that can be told.
    return `${text} (${messageOf(thrown)})`;
  }
  return text;
}

function arrayOf(name: ArrayName, items: readonly unknown[]): ArrayBufferView {
  if (name === "BigInt64Array" || name === "BigUint64Array") {
    return ARRAYS[name].from(items.map((item) => BigInt(String(item))));
  }
  return ARRAYS[name].from(items.map(Number));
}

function jsonNumber(item: number | bigint): number | string {
  if (Object.is(item, -0)) return "-0";
  return typeof item === "number" && Number.isFinite(item) ? item : String(item);
}
