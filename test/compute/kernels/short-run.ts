import type { KernelControl } from "../../../runtime/compute/kernel.ts";

const shared = globalThis as { shortRuns?: number };

/** Breathes so many times, and counts itself among the short runs of this child. */
export async function run(breaths: number, control: KernelControl): Promise<{ pid: number }> {
  for (let i = 0; i < breaths; i++) await control.breathe();
  shared.shortRuns = (shared.shortRuns ?? 0) + 1;
  return { pid: process.pid };
}
