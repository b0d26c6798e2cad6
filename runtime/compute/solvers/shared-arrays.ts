import { RungError } from "../../core/errors.ts";

/** Kinds of typed arrays by the names that a layout uses. */
interface ArrayKinds {
  f32: Float32Array<SharedArrayBuffer>;
  f64: Float64Array<SharedArrayBuffer>;
  i32: Int32Array<SharedArrayBuffer>;
  u32: Uint32Array<SharedArrayBuffer>;
}

type Layout = Record<string, readonly [kind: keyof ArrayKinds, length: number]>;

const BYTES = { f32: 4, f64: 8, i32: 4, u32: 4 };
const PAGE_BYTES = 65_536;
const MOST_PAGES = 65_536;
/** Arrays begin on a cache line of their own, so that threads do not contend for one. */
const LINE_BYTES = 64;
/** Before it lie the constants of the compiled code. */
const FIRST_BYTE = 4096;

/**
 * Typed arrays in one shared memory that threads of the fast lane work on; `byteOffset` of an array is its address.
 * All begin as zeros.
 * @throws RungError `solver-memory` where they need more than 4 GiB or more than the machine gives
 */
export function sharedArrays<L extends Layout>(
  layout: L,
): { memory: WebAssembly.Memory; arrays: { [Name in keyof L]: ArrayKinds[L[Name][0]] } } {
  let bytes = FIRST_BYTE;
  const places = Object.entries(layout).map(([name, [kind, length]]) => {
    const at = bytes;
    bytes = Math.ceil((at + length * BYTES[kind]) / LINE_BYTES) * LINE_BYTES;
    return { name, kind, length, at };
  });
  const pages = Math.ceil(bytes / PAGE_BYTES);
  const memory = reserve(pages);
  const buffer = memory.buffer as unknown as SharedArrayBuffer;
  const arrays: Record<string, ArrayKinds[keyof ArrayKinds]> = {};
  for (const { name, kind, length, at } of places) {
    if (kind === "f32") arrays[name] = new Float32Array(buffer, at, length);
    else if (kind === "f64") arrays[name] = new Float64Array(buffer, at, length);
    else if (kind === "i32") arrays[name] = new Int32Array(buffer, at, length);
    else arrays[name] = new Uint32Array(buffer, at, length);
  }
  return { memory, arrays: arrays as { [Name in keyof L]: ArrayKinds[L[Name][0]] } };
}

function reserve(pages: number): WebAssembly.Memory {
  const fault = (cause?: unknown) =>
    new RungError({
      code: "solver-memory",
      where: "solver",
      what: `needs ${Math.ceil(pages / 16)} MiB of memory`,
      advice: "ask for fewer cells or fewer runs at once",
      cause,
    });
  if (pages > MOST_PAGES) throw fault();
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (error) {
    throw fault(error);
  }
}
