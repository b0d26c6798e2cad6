import { RungError } from "../../runtime/core/errors.ts";
import type { HistoryReader } from "../../runtime/diagnose/history-columns.ts";

/** A historian in memory: good samples by address. */
export function memoryHistory(
  samples: ReadonlyMap<string, { readonly timeUs: Float64Array; readonly value: Float64Array }>,
): HistoryReader {
  return {
    async range(address, fromUs, toUs) {
      const found = samples.get(address);
      if (found === undefined)
        throw new RungError({ code: "unknown-address", where: address, what: "was never stored" });
      const keep = (_: number, i: number): boolean => found.timeUs[i]! >= fromUs && found.timeUs[i]! < toUs;
      const sourceTimeUs = found.timeUs.filter(keep);
      return { sourceTimeUs, value: found.value.filter(keep), quality: new Uint32Array(sourceTimeUs.length) };
    },
    async at(addresses, timeUs) {
      return {
        value: Float64Array.from(addresses, (address) => {
          const found = samples.get(address);
          const last = found?.timeUs.findLastIndex((at) => at <= timeUs) ?? -1;
          return last < 0 ? Number.NaN : found!.value[last]!;
        }),
      };
    },
  };
}

/** Waits until `done` is true, or throws after some seconds. */
export async function until(done: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 2000; i++) {
    if (done()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`waited in vain until ${what}`);
}
