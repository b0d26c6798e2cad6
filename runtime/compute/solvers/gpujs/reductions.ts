import { argumentsOf, type GpujsKernel } from "./gpujs-kernel.ts";

/** Values that one element takes together. Applied again until one is left, a sum's error grows with the logarithm only. */
export const STRIP = 64;

const strip = (name: string, begin: string, take: string): GpujsKernel => ({
  source: `function ${name}(values, count) {
  const first = this.thread.x * ${STRIP};
  let taken = ${begin};
  for (let i = 0; i < ${STRIP}; i++) {
    if (first + i < count) {
      const value = values[first + i];
      ${take}
    }
  }
  return taken;
}`,
  arguments: argumentsOf(["values", "#count"]),
  loopMax: STRIP,
});

/** Each gives one element for each 64 values. */
export const STRIP_SUM = strip("stripSum", "0", "taken += value;");
export const STRIP_LEAST = strip("stripLeast", "values[first]", "taken = Math.min(taken, value);");
export const STRIP_GREATEST = strip("stripGreatest", "values[first]", "taken = Math.max(taken, value);");

/**
 * Counts of a histogram, element by bin: each looks at every value, since gpu.js has no atomic addition. Below 2^24
 * values, beyond which f32 cannot count.
 */
export function binCounts(count: number): GpujsKernel {
  return {
    source: `function binCounts(values, count, low, perUnit, bins) {
  let found = 0;
  for (let i = 0; i < count; i++) {
    const bin = Math.min(bins - 1, Math.floor((values[i] - low) * perUnit));
    if (bin === this.thread.x) found += 1;
  }
  return found;
}`,
    arguments: argumentsOf(["values", "#count", "#low", "#perUnit", "#bins"]),
    loopMax: count,
  };
}
