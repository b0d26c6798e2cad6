import type { DataType } from "./data-type.ts";
import { malformed } from "./wire-format.ts";

/**
 * The array types (Sparkplug 3.0.0, 6.4.17): numbers packed little endian without a gap, booleans as bits after a
 * 4-byte count, most significant bit first, texts each ended by a zero byte, times as 8 bytes of milliseconds.
 * The specification's examples of FloatArray and DoubleArray show the bytes the other way round; its text and the
 * reference implementation say little endian.
 */
export type ArrayValue =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array
  | readonly boolean[]
  | readonly string[]
  /** Milliseconds since 1970. */
  | readonly number[];

type PackedArray = Exclude<ArrayValue, readonly unknown[]>;

interface Packing {
  readonly bytes: 1 | 2 | 4 | 8;
  make(length: number): PackedArray;
  get(view: DataView, at: number): number | bigint;
  set(view: DataView, at: number, value: number | bigint): void;
}

const packing = <T extends number | bigint>(
  bytes: Packing["bytes"],
  make: Packing["make"],
  get: (view: DataView, at: number) => T,
  set: (view: DataView, at: number, value: T) => void,
): Packing => ({ bytes, make, get, set: set as Packing["set"] });

const PACKED: Readonly<Partial<Record<DataType, Packing>>> = {
  Int8Array: packing(
    1,
    (n) => new Int8Array(n),
    (v, at) => v.getInt8(at),
    (v, at, x: number) => v.setInt8(at, x),
  ),
  Int16Array: packing(
    2,
    (n) => new Int16Array(n),
    (v, at) => v.getInt16(at, true),
    (v, at, x: number) => v.setInt16(at, x, true),
  ),
  Int32Array: packing(
    4,
    (n) => new Int32Array(n),
    (v, at) => v.getInt32(at, true),
    (v, at, x: number) => v.setInt32(at, x, true),
  ),
  Int64Array: packing(
    8,
    (n) => new BigInt64Array(n),
    (v, at) => v.getBigInt64(at, true),
    (v, at, x: bigint) => v.setBigInt64(at, x, true),
  ),
  UInt8Array: packing(
    1,
    (n) => new Uint8Array(n),
    (v, at) => v.getUint8(at),
    (v, at, x: number) => v.setUint8(at, x),
  ),
  UInt16Array: packing(
    2,
    (n) => new Uint16Array(n),
    (v, at) => v.getUint16(at, true),
    (v, at, x: number) => v.setUint16(at, x, true),
  ),
  UInt32Array: packing(
    4,
    (n) => new Uint32Array(n),
    (v, at) => v.getUint32(at, true),
    (v, at, x: number) => v.setUint32(at, x, true),
  ),
  UInt64Array: packing(
    8,
    (n) => new BigUint64Array(n),
    (v, at) => v.getBigUint64(at, true),
    (v, at, x: bigint) => v.setBigUint64(at, x, true),
  ),
  FloatArray: packing(
    4,
    (n) => new Float32Array(n),
    (v, at) => v.getFloat32(at, true),
    (v, at, x: number) => v.setFloat32(at, x, true),
  ),
  DoubleArray: packing(
    8,
    (n) => new Float64Array(n),
    (v, at) => v.getFloat64(at, true),
    (v, at, x: number) => v.setFloat64(at, x, true),
  ),
};

/** @throws RungError `malformed-payload` where the bytes are no whole array of the type */
export function unpackArray(type: DataType, bytes: Uint8Array, where: string): ArrayValue {
  if (type === "BooleanArray") return unpackBooleans(bytes, where);
  if (type === "StringArray") return unpackStrings(bytes, where);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === "DateTimeArray") {
    const length = lengthOf(bytes, 8, type, where);
    return Array.from({ length }, (_, i) => Number(view.getBigInt64(i * 8, true)));
  }
  const { bytes: width, make, get } = PACKED[type]!;
  const values = make(lengthOf(bytes, width, type, where));
  for (let i = 0; i < values.length; i++) values[i] = get(view, i * width);
  return values;
}

/** @throws RungError `malformed-payload` where the value is no array of the type, or one of its members does not fit */
export function packArray(type: DataType, value: unknown, where: string): Uint8Array {
  if (!Array.isArray(value) && !ArrayBuffer.isView(value)) throw malformed(where, `is no ${type}`);
  const items = value as ArrayLike<unknown>;
  if (type === "BooleanArray") return packBooleans(items, where);
  if (type === "StringArray") return packStrings(items, where);
  if (type === "DateTimeArray") {
    const bytes = new Uint8Array(items.length * 8);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < items.length; i++) {
      if (!Number.isSafeInteger(items[i])) throw malformed(`${where}[${i}]`, `${items[i]} is no time in ms`);
      view.setBigInt64(i * 8, BigInt(items[i] as number), true);
    }
    return bytes;
  }
  const { bytes: width, get, set, make } = PACKED[type]!;
  const bytes = new Uint8Array(items.length * width);
  const view = new DataView(bytes.buffer);
  const wantsBigint = typeof make(1)[0] === "bigint";
  const isFloat = type === "FloatArray" || type === "DoubleArray";
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const number = wantsBigint && Number.isSafeInteger(item) ? BigInt(item as number) : item;
    if (typeof number !== (wantsBigint ? "bigint" : "number")) {
      throw malformed(`${where}[${i}]`, `${String(item)} is no member of a ${type}`);
    }
    set(view, i * width, number as number | bigint);
    if (!isFloat && get(view, i * width) !== number) {
      throw malformed(`${where}[${i}]`, `${String(item)} does not fit a ${type}`);
    }
  }
  return bytes;
}

function lengthOf(bytes: Uint8Array, width: number, type: DataType, where: string): number {
  if (bytes.length % width !== 0) {
    throw malformed(where, `${bytes.length} bytes are no whole ${type} of ${width} bytes each`);
  }
  return bytes.length / width;
}

function unpackBooleans(bytes: Uint8Array, where: string): boolean[] {
  if (bytes.length < 4)
    throw malformed(where, `${bytes.length} bytes are no BooleanArray: its count takes 4`);
  const count = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (bytes.length - 4 !== Math.ceil(count / 8)) {
    throw malformed(where, `counts ${count} booleans in ${bytes.length - 4} bytes`);
  }
  return Array.from({ length: count }, (_, i) => (bytes[4 + (i >> 3)]! & (0x80 >> (i & 7))) !== 0);
}

function packBooleans(items: ArrayLike<unknown>, where: string): Uint8Array {
  const bytes = new Uint8Array(4 + Math.ceil(items.length / 8));
  new DataView(bytes.buffer).setUint32(0, items.length, true);
  for (let i = 0; i < items.length; i++) {
    if (typeof items[i] !== "boolean") throw malformed(`${where}[${i}]`, `${String(items[i])} is no boolean`);
    if (items[i] === true) bytes[4 + (i >> 3)]! |= 0x80 >> (i & 7);
  }
  return bytes;
}

function unpackStrings(bytes: Uint8Array, where: string): string[] {
  const texts: string[] = [];
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0, start);
    if (end < 0) throw malformed(`${where}[${texts.length}]`, "is cut off: no zero byte ends it");
    try {
      texts.push(utf8.decode(bytes.subarray(start, end)));
    } catch (thrown) {
      throw malformed(`${where}[${texts.length}]`, "is no UTF-8", thrown);
    }
    start = end + 1;
  }
  return texts;
}

function packStrings(items: ArrayLike<unknown>, where: string): Uint8Array {
  const parts: Buffer[] = [];
  for (let i = 0; i < items.length; i++) {
    const text = items[i];
    if (typeof text !== "string" || text.includes("\0")) {
      throw malformed(`${where}[${i}]`, "is no text without a zero character");
    }
    parts.push(Buffer.from(text), Buffer.of(0));
  }
  return new Uint8Array(Buffer.concat(parts));
}
