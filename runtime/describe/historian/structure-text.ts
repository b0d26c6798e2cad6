/** Marks what JSON itself cannot hold; a structure of the plant's own with such a field is marked too. */
const MARK = "$rung";

/** Typed arrays by name. */
export const ARRAYS = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  BigInt64Array,
  BigUint64Array,
} as const;

interface Marked {
  readonly [MARK]: string;
  readonly text?: string;
  readonly fields?: readonly (readonly [string, unknown])[];
}

/**
 * A structure or list as JSON from which it can be read back exactly: integers beyond 2^53, dates, bytes, typed arrays
 * and numbers that are not finite stand as `{"$rung": <kind>, "text": ...}`.
 * @throws TypeError for a circle
 */
export function structureText(value: unknown): string {
  return JSON.stringify(value, mark) ?? "null";
}

/** The structure again; plain JSON reads as what it is. @throws SyntaxError */
export function structureOf(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => (isMarked(value) ? unmark(value) : value));
}

/** JSON hands dates and buffers over as what their toJSON gives; the holder still has them. */
function mark(this: unknown, key: string): unknown {
  const value = (this as Record<string, unknown>)[key];
  if (typeof value === "bigint") return { [MARK]: "integer", text: value.toString() };
  if (typeof value === "number" && !Number.isFinite(value)) return { [MARK]: "number", text: String(value) };
  if (value instanceof Date) return { [MARK]: "time", text: String(value.getTime()) };
  if (Buffer.isBuffer(value)) return { [MARK]: "bytes", text: value.toString("base64") };
  if (ArrayBuffer.isView(value) && value.constructor.name in ARRAYS) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { [MARK]: value.constructor.name, text: bytes.toString("base64") };
  }
  const isOwnMark = typeof value === "object" && value !== null && Object.hasOwn(value, MARK);
  return isOwnMark ? { [MARK]: "structure", fields: Object.entries(value) } : value;
}

const isMarked = (value: unknown): value is Marked =>
  typeof value === "object" && value !== null && typeof (value as Partial<Marked>)[MARK] === "string";

function unmark(marked: Marked): unknown {
  const { [MARK]: kind, text = "", fields = [] } = marked;
  switch (kind) {
    case "integer":
      return BigInt(text);
    case "number":
      return Number(text);
    case "time":
      return new Date(Number(text));
    case "bytes":
      return Buffer.from(text, "base64");
    case "structure":
      return Object.fromEntries(fields);
    default: {
      const View = (ARRAYS as Partial<typeof ARRAYS>)[kind as keyof typeof ARRAYS];
      if (View === undefined) return marked;
      return new View(Uint8Array.from(Buffer.from(text, "base64")).buffer);
    }
  }
}
