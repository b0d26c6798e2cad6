import { messageOf } from "../../core/errors.ts";
import { isWaveform, type Waveform } from "../../core/waveform.ts";
import { ARRAYS, structureOf, structureText } from "./structure-text.ts";

/** A value that is no Float64, as text beside its kind: how the historian keeps it. */
export interface StoredOther {
  readonly kind: string;
  readonly text: string;
}

type ArrayName = keyof typeof ARRAYS;

/** Writes a value down; what cannot be written is kept as its type and the reason, never dropped. */
export function storeOther(value: unknown): StoredOther {
  if (typeof value === "string") return { kind: "text", text: value };
  if (typeof value === "bigint") return { kind: "integer", text: value.toString() };
  if (isWaveform(value)) return { kind: "waveform", text: `${value.sampleRateHz} ${bytesOf(value.samples)}` };
  if (value instanceof Date) return { kind: "time", text: value.toISOString() };
  if (ArrayBuffer.isView(value) && value.constructor.name in ARRAYS) {
    return { kind: value.constructor.name, text: bytesOf(value) };
  }
  try {
    return { kind: "structure", text: structureText(value) };
  } catch (error) {
    return { kind: "unreadable", text: `${typeof value}: ${messageOf(error)}` };
  }
}

/** The value as it was; an unreadable one as the text that says why. */
export function readOther(stored: StoredOther): unknown {
  if (stored.kind === "text" || stored.kind === "unreadable") return stored.text;
  if (stored.kind === "integer") return BigInt(stored.text);
  if (stored.kind === "time") return new Date(stored.text);
  if (stored.kind === "structure") return structureOf(stored.text);
  if (stored.kind === "waveform") {
    const [sampleRateHz, samples] = stored.text.split(" ") as [string, string];
    return {
      samples: arrayOf("Float64Array", samples) as Float64Array,
      sampleRateHz: Number(sampleRateHz),
    } satisfies Waveform;
  }
  return arrayOf(stored.kind as ArrayName, stored.text);
}

const bytesOf = (view: ArrayBufferView): string =>
  Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("base64");

function arrayOf(name: ArrayName, base64: string): ArrayBufferView {
  const View = ARRAYS[name];
  return new View(Uint8Array.from(Buffer.from(base64, "base64")).buffer);
}
