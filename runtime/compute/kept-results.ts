import { RungError } from "../core/errors.ts";
import type { KeptArray, KeptResult, KernelArray } from "./kernel.ts";

/** What a compute child keeps for the host, bounded. */
export class KeptResults {
  readonly #limitBytes: number;
  readonly #results = new Map<number, { arrays: Readonly<Record<string, KernelArray>>; bytes: number }>();
  #bytes = 0;
  #nextId: number;

  /** @param firstId handles count up from here, so that no two children give the same */
  constructor(limitBytes: number, firstId: number) {
    this.#limitBytes = limitBytes;
    this.#nextId = firstId;
  }

  /** @throws RungError `compute-kept-full`, `compute-kept-type` */
  keep(arrays: Readonly<Record<string, KernelArray>>): KeptResult {
    const named = Object.entries(arrays);
    const described = Object.fromEntries(named.map(([name, array]) => [name, describe(name, array)]));
    const bytes = named.reduce((sum, [, array]) => sum + array.byteLength, 0);
    if (this.#bytes + bytes > this.#limitBytes) {
      throw new RungError({
        code: "compute-kept-full",
        where: "compute",
        what: `no room to keep ${megabytes(bytes)} beside ${megabytes(this.#bytes)} of ${megabytes(this.#limitBytes)}`,
        advice: "release results that are no longer read, or keep less",
      });
    }
    const kept = this.#nextId++;
    this.#results.set(kept, { arrays, bytes });
    this.#bytes += bytes;
    return { kept, arrays: described };
  }

  /** @throws RungError `compute-gone` */
  array(kept: number, name: string): KernelArray {
    const array = this.#results.get(kept)?.arrays[name];
    if (array !== undefined) return array;
    throw new RungError({
      code: "compute-gone",
      where: `kept result ${kept}`,
      what: `"${name}" is no longer kept`,
      advice: "run the kernel again",
    });
  }

  release(kept: number): void {
    this.#bytes -= this.#results.get(kept)?.bytes ?? 0;
    this.#results.delete(kept);
  }
}

function describe(name: string, array: KernelArray): KeptArray {
  const { length } = array;
  if (array instanceof Float32Array) return { type: "f32", length };
  if (array instanceof Float64Array) return { type: "f64", length };
  if (array instanceof Int32Array) return { type: "i32", length };
  if (array instanceof Uint8Array) return { type: "u8", length };
  throw new RungError({
    code: "compute-kept-type",
    where: `kept array "${name}"`,
    what: "must be a Float32Array, Float64Array, Int32Array or Uint8Array",
  });
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e5) / 10} MB`;
