/** Elements of a list, and signs of a text, that are shown. */
const MOST_SHOWN = 8;
const MOST_SIGNS = 160;

/**
 * For `JSON.stringify`, which knows neither: 64-bit integers as text, typed arrays as lists, bytes as base64.
 * @this the object that holds the value
 */
export function plainJson(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  // A buffer has been told as an object by itself when it comes here.
  const held = (this as Readonly<Record<string, unknown>>)[key];
  if (Buffer.isBuffer(held)) return held.toString("base64");
  return isTypedArray(value) ? Array.from(value as Float64Array) : value;
}

/**
 * A value as a dialog shows it: numbers, texts and truth values as they are, all else as short text. Of a long list
 * only the first elements are told, and how many there are.
 */
export function shownValue(value: unknown): string | number | boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value === "string") return shortened(value);
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Date) return value.toISOString();
  if (!Array.isArray(value) && !isTypedArray(value)) return shortened(JSON.stringify(value, plainJson));
  const list = value as Float64Array;
  const first = JSON.stringify(list.slice(0, MOST_SHOWN), plainJson);
  return list.length <= MOST_SHOWN
    ? shortened(first)
    : `${shortened(first.slice(0, -1))},…] (${list.length} values)`;
}

const isTypedArray = (value: unknown): boolean =>
  ArrayBuffer.isView(value) && !(value instanceof DataView) && !Buffer.isBuffer(value);

const shortened = (text: string): string =>
  text.length > MOST_SIGNS ? `${text.slice(0, MOST_SIGNS - 1)}…` : text;
