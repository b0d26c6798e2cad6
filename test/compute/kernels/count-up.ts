import type { KernelControl } from "../../../runtime/compute/kernel.ts";

/** Tells every step of its progress, and how long it took, ms. */
export async function run(steps: number, control: KernelControl): Promise<number> {
  const begunMs = performance.now();
  for (let step = 1; step <= steps; step++) control.progress(step, steps);
  await control.breathe();
  return performance.now() - begunMs;
}
