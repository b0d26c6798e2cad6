import { RungError } from "../core/errors.ts";

/**
 * Bytes of arrays in one message between host and child. Process messages are copied, on both event loops, so a
 * large array travels in many of them.
 */
export const CHUNK_BYTES = 2 ** 19;
/** A smaller array travels inside its message. */
const LEAST_LIFTED_BYTES = 4096;

/** The arrays that travel apart from their message, by the name of their constructor. */
const ARRAYS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;
type ArrayName = keyof typeof ARRAYS;
type AnyArray = InstanceType<(typeof ARRAYS)[ArrayName]>;

/** Plain data of which the large arrays were taken out. */
export interface Packed {
  readonly value: unknown;
  readonly arrays: readonly {
    /** Keys that lead to the array's place in the value; empty where the value is the array. */
    readonly path: readonly string[];
    readonly type: ArrayName;
    readonly length: number;
  }[];
}

/** A stretch of bytes of one array of a `Packed`. */
export interface Piece {
  readonly array: number;
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Takes the large typed arrays out of plain data. @returns the rest, and the arrays' bytes, which are not copied */
export function pack(value: unknown): { readonly packed: Packed; readonly bytes: readonly Uint8Array[] } {
  const arrays: Packed["arrays"][number][] = [];
  const bytes: Uint8Array[] = [];
  /** Containers that were copied already: data may refer to itself. */
  const copies = new Map<object, object>();
  const walk = (part: unknown, path: readonly string[]): unknown => {
    if (typeof part !== "object" || part === null) return part;
    const type = arrayName(part);
    if (type !== undefined) {
      const array = part as AnyArray;
      if (array.byteLength < LEAST_LIFTED_BYTES) return array;
      arrays.push({ path, type, length: array.length });
      bytes.push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      return null;
    }
    if (!Array.isArray(part) && !isPlain(part)) return part;
    const known = copies.get(part);
    if (known !== undefined) return known;
    const copy: Record<string, unknown> | unknown[] = Array.isArray(part) ? new Array(part.length) : {};
    copies.set(part, copy);
    for (const [key, inner] of Object.entries(part)) {
      (copy as Record<string, unknown>)[key] =
        typeof inner === "object" ? walk(inner, [...path, key]) : inner;
    }
    return copy;
  };
  return { packed: { value: walk(value, []), arrays }, bytes };
}

/** The bytes of arrays, piece by piece, in groups that fill one message. */
export function* piecesOf(arrays: readonly Uint8Array[]): Generator<Piece[]> {
  let group: Piece[] = [];
  let room = CHUNK_BYTES;
  for (const [array, bytes] of arrays.entries()) {
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + room);
      group.push({ array, at, bytes: bytes.subarray(at, end) });
      room -= end - at;
      at = end;
      if (room > 0) continue;
      yield group;
      group = [];
      room = CHUNK_BYTES;
    }
  }
  if (group.length > 0) yield group;
}

/** Plain data that is whole once the pieces of its arrays have come, in any order, each byte once. */
export class Assembly {
  readonly #packed: Packed;
  readonly #arrays: AnyArray[];
  /** Of its arrays. */
  readonly bytes: number;
  #missingBytes: number;

  /** @throws RungError `compute-too-large` where the arrays together pass `limitBytes` */
  constructor(packed: Packed, limitBytes: number) {
    const bytes = packed.arrays.reduce(
      (sum, { type, length }) => sum + length * ARRAYS[type].BYTES_PER_ELEMENT,
      0,
    );
    if (!(bytes <= limitBytes)) {
      throw new RungError({
        code: "compute-too-large",
        where: "compute",
        what: `${Math.round(bytes / 1e6)} MB of arrays in one answer, at most ${Math.round(limitBytes / 1e6)} MB go over`,
        advice: "keep them in the child with control.keep and read slices or reductions",
      });
    }
    this.#packed = packed;
    this.#arrays = packed.arrays.map(({ type, length }) => new ARRAYS[type](length));
    this.bytes = bytes;
    this.#missingBytes = bytes;
  }

  accept(pieces: readonly Piece[]): void {
    for (const { array, at, bytes } of pieces) {
      const { buffer } = this.#arrays[array]!;
      new Uint8Array(buffer).set(bytes, at);
      this.#missingBytes -= bytes.length;
    }
  }

  get isWhole(): boolean {
    return this.#missingBytes === 0;
  }

  /** The data with its arrays in place. */
  get value(): unknown {
    const root = { value: this.#packed.value };
    for (const [i, { path }] of this.#packed.arrays.entries()) {
      let holder: Record<string, unknown> = root;
      let key = "value";
      for (const next of path) {
        holder = holder[key] as Record<string, unknown>;
        key = next;
      }
      holder[key] = this.#arrays[i];
    }
    return root.value;
  }
}

function arrayName(part: object): ArrayName | undefined {
  if (!ArrayBuffer.isView(part)) return undefined;
  const name = (part as unknown as Record<symbol, string>)[Symbol.toStringTag];
  return name !== undefined && name in ARRAYS ? (name as ArrayName) : undefined;
}

function isPlain(part: object): boolean {
  const prototype = Object.getPrototypeOf(part);
  return prototype === Object.prototype || prototype === null;
}
