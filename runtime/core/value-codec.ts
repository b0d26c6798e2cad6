import type { ByteReader, ByteWriter } from "./byte-stream.ts";
import { messageOf, RungError } from "./errors.ts";

/** The tags stand on disk: a number is never used anew. */
const NULL = 0;
const UNDEFINED = 1;
const FALSE = 2;
const TRUE = 3;
const NUMBER = 4;
const TEXT = 5;
const BIG_INTEGER = 6;
const TIME = 7;
const TYPED_ARRAY = 8;
const LIST = 9;
const STRUCTURE = 10;
/** A text with half characters, which UTF-8 cannot hold, as UTF-16 units. */
const TEXT_UNITS = 11;
const BYTES = 12;

const ARRAYS = [
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Int16Array,
  Uint16Array,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  BigInt64Array,
  BigUint64Array,
] as const;

/** A structure nested deeper is taken for one that contains itself. */
const MOST_DEPTH = 64;
/** Bytes one value may take. */
export const MOST_VALUE_BYTES = 16 * 1024 * 1024;

/**
 * Writes a value that is no Float64: text, bigint, Date, typed array, Buffer, list or plain structure of these. An
 * object with a `toJSON` is written as what that gives. What cannot be kept, such as a function, a circle or more
 * than 16 MiB, is written as the text that says so: a sample is never lost for it.
 */
export function writeValue(to: ByteWriter, value: unknown): void {
  const begin = to.length;
  try {
    write(to, value, begin, 0);
  } catch (thrown) {
    to.cutTo(begin);
    write(to, `cannot be kept: ${messageOf(thrown)}`, begin, 0);
  }
}

/** @throws RungError `malformed-bytes` */
export function readValue(from: ByteReader): unknown {
  return read(from, 0);
}

function write(to: ByteWriter, value: unknown, begin: number, depth: number): void {
  if (depth > MOST_DEPTH) throw refused(`it is nested deeper than ${MOST_DEPTH} levels`);
  switch (typeof value) {
    case "undefined":
      to.u8(UNDEFINED);
      break;
    case "boolean":
      to.u8(value ? TRUE : FALSE);
      break;
    case "number":
      to.u8(NUMBER);
      to.f64(value);
      break;
    case "string":
      writeText(to, value, begin);
      break;
    case "bigint":
      to.u8(BIG_INTEGER);
      to.text(value.toString(16));
      break;
    case "object":
      if (value === null) to.u8(NULL);
      else writeObject(to, value, begin, depth);
      break;
    default:
      throw refused(`a ${typeof value} is no value`);
  }
}

function writeText(to: ByteWriter, text: string, begin: number): void {
  limit(to, text.length, begin);
  if (text.isWellFormed()) {
    to.u8(TEXT);
    to.text(text);
  } else {
    to.u8(TEXT_UNITS);
    to.block(Buffer.from(text, "utf16le"));
  }
}

function writeObject(to: ByteWriter, value: object, begin: number, depth: number): void {
  if (value instanceof Date) {
    to.u8(TIME);
    to.f64(value.getTime());
  } else if (ArrayBuffer.isView(value)) {
    writeView(to, value, begin);
  } else if (Array.isArray(value)) {
    limit(to, value.length, begin);
    to.u8(LIST);
    to.u32(value.length);
    for (const element of value) write(to, element, begin, depth + 1);
  } else if ("toJSON" in value && typeof value.toJSON === "function") {
    write(to, value.toJSON(), begin, depth + 1);
  } else {
    const entries = Object.entries(value);
    limit(to, entries.length, begin);
    to.u8(STRUCTURE);
    to.u32(entries.length);
    for (const [key, element] of entries) {
      writeText(to, key, begin);
      write(to, element, begin, depth + 1);
    }
  }
}

function writeView(to: ByteWriter, view: ArrayBufferView, begin: number): void {
  limit(to, view.byteLength, begin);
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (Buffer.isBuffer(view)) {
    to.u8(BYTES);
  } else {
    const kind = ARRAYS.findIndex((View) => view instanceof View);
    if (kind < 0) throw refused(`a ${view.constructor.name} is no value`);
    to.u8(TYPED_ARRAY);
    to.u8(kind);
  }
  to.block(bytes);
}

function limit(to: ByteWriter, more: number, begin: number): void {
  if (to.length - begin + more > MOST_VALUE_BYTES) {
    throw refused(`it is larger than ${MOST_VALUE_BYTES / 1024 / 1024} MiB`);
  }
}

const refused = (what: string): RungError => new RungError({ code: "value-not-kept", where: "value", what });

function read(from: ByteReader, depth: number): unknown {
  if (depth > MOST_DEPTH + 1) throw from.malformed(`a value is nested deeper than ${MOST_DEPTH} levels`);
  const tag = from.u8();
  switch (tag) {
    case NULL:
      return null;
    case UNDEFINED:
      return undefined;
    case FALSE:
      return false;
    case TRUE:
      return true;
    case NUMBER:
      return from.f64();
    case TEXT:
      return from.text();
    case TEXT_UNITS:
      return Buffer.from(from.block()).toString("utf16le");
    case BIG_INTEGER:
      return readBigInteger(from);
    case TIME:
      return new Date(from.f64());
    case BYTES:
      return Buffer.from(from.block());
    case TYPED_ARRAY:
      return readTypedArray(from);
    case LIST:
      return Array.from({ length: from.count(1) }, () => read(from, depth + 1));
    case STRUCTURE:
      // `fromEntries` makes own properties, so that a key such as __proto__ does no harm.
      return Object.fromEntries(
        Array.from({ length: from.count(2) }, () => [readKey(from), read(from, depth + 1)]),
      );
    default:
      throw from.malformed(`${tag} is no kind of value`);
  }
}

function readKey(from: ByteReader): string {
  const tag = from.u8();
  if (tag === TEXT) return from.text();
  if (tag === TEXT_UNITS) return Buffer.from(from.block()).toString("utf16le");
  throw from.malformed("a key is no text");
}

function readBigInteger(from: ByteReader): bigint {
  const text = from.text();
  const match = /^(-?)([0-9a-f]+)$/.exec(text);
  if (match === null) throw from.malformed(`"${text.slice(0, 20)}" is no integer`);
  const size = BigInt(`0x${match[2]}`);
  return match[1] === "-" ? -size : size;
}

function readTypedArray(from: ByteReader): unknown {
  const kind = from.u8();
  const View = ARRAYS[kind];
  if (View === undefined) throw from.malformed(`${kind} is no kind of array`);
  const bytes = from.block();
  if (bytes.length % View.BYTES_PER_ELEMENT !== 0) {
    throw from.malformed(`${bytes.length} bytes are no ${View.name}`);
  }
  return new View(bytes.buffer);
}
