import { RungError } from "../../core/errors.ts";
import { Random } from "../../core/random.ts";
import { cellsOf } from "../kernel-language/kernel-spec.ts";
import type { JobInput, KernelJob } from "./kernel-job.ts";
import type { Values } from "./step-runner.ts";

/**
 * The values of a job's inputs. Random ones are drawn here, so that they are the same for every backend.
 * @throws RungError `kernel-input` for a value that is not finite or outside its range
 */
export function jobValues(job: KernelJob): Values {
  return job.inputs.map((input) => valuesOf(input, job));
}

function valuesOf(input: JobInput, job: KernelJob): Float32Array | number {
  const cells = cellsOf(input.shape);
  if ("random" in input) {
    const { stream, low, high } = input.random;
    const random = new Random(job.seed, stream);
    const draw = (): number => low + (high - low) * random.uniform();
    return input.shape.length === 0 ? Math.fround(draw()) : Float32Array.from({ length: cells }, draw);
  }
  if ("value" in input) {
    checkValue(input.value, input, "");
    return input.shape.length === 0 ? input.value : new Float32Array(cells).fill(input.value);
  }
  input.values.forEach((value, at) => {
    checkValue(value, input, ` in cell ${at}`);
  });
  return input.values;
}

/** A GPU has no NaN to rely on, and the bounds of loops and indices rest on the range. */
function checkValue(value: number, input: Exclude<JobInput, { random: unknown }>, at: string): void {
  const refuse = (what: string, advice: string): never => {
    throw new RungError({ code: "kernel-input", where: input.name, what, advice });
  };
  if (!Number.isFinite(value))
    refuse(`is ${value}${at}, and a GPU computes with finite numbers only`, "put a number in its place");
  const [low, high] = input.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  // A bound that is no 32-bit float is met by the float next to it.
  if (value < Math.min(low, Math.fround(low)) || value > Math.max(high, Math.fround(high)))
    refuse(
      `is ${value}${at}, its range is ${low} to ${high}`,
      "correct the value, or widen the range of the port",
    );
}
