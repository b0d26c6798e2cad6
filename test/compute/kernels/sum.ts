import type { KernelControl } from "../../../runtime/compute/kernel.ts";

/** Adds numbers, breathing between them. */
export async function run(
  input: Float64Array,
  control: KernelControl,
): Promise<{ sum: number; pid: number }> {
  let sum = 0;
  for (const value of input) {
    sum += value;
    await control.breathe();
  }
  return { sum, pid: process.pid };
}
