import { type SolverStep, solverStep } from "./solver-step.ts";

/** Values that one element takes together. */
const STRIP = 64;
/** Values that one element of a histogram looks at. */
const CHUNK = 1024;

/** How a value joins those before it in its strip. */
const JOINED = { sum: "taken + value", min: "Math.min(taken, value)", max: "Math.max(taken, value)" };

/** One number for each 64 values: their sum, least or greatest. */
export function stripStep(of: keyof typeof JOINED, values: Float32Array): SolverStep {
  const count = values.length;
  const source = `function strip(values) {
  const from = this.thread.x * ${STRIP};
  let taken = values[Math.min(from, ${count - 1})];
  for (let i = 1; i < ${STRIP}; i++) {
    if (from + i < ${count}) {
      const value = values[Math.min(from + i, ${count - 1})];
      taken = ${JOINED[of]};
    }
  }
  return taken;
}`;
  const shape = [Math.ceil(count / STRIP)];
  return solverStep("reduction", source, [{ name: "values", shape: [count], values }], shape, 1, STRIP);
}

/**
 * Counts of a histogram, bins x chunks of values: each element looks at a whole chunk for its bin, since gpu.js has no
 * atomic addition.
 */
export function binStep(values: Float32Array, low: number, perUnit: number, bins: number): SolverStep {
  const count = values.length;
  const source = `function bins(values, low, perUnit) {
  const from = this.thread.y * ${CHUNK};
  let found = 0;
  for (let i = 0; i < ${CHUNK}; i++) {
    if (from + i < ${count}) {
      const value = values[Math.min(from + i, ${count - 1})];
      const bin = Math.min(this.output.x - 1, Math.floor((value - low) * perUnit));
      if (bin === this.thread.x) found += 1;
    }
  }
  return found;
}`;
  return solverStep(
    "reduction",
    source,
    [
      { name: "values", shape: [count], values },
      { name: "low", shape: [], values: low },
      { name: "perUnit", shape: [], values: perUnit },
    ],
    [bins, Math.ceil(count / CHUNK)],
    1,
    CHUNK,
  );
}
