import type { KernelControl } from "../../../runtime/compute/kernel.ts";

/** Kernels of one child share this. */
const shared = globalThis as { shortRuns?: number };

export interface SweepOrder {
  /** How long it works before its first breath, ms. Default 0. */
  readonly breathlessMs?: number;
  /** It goes on until so many other runs came to an end in the same child while it was at work. */
  readonly untilShortRuns: number;
}

/** A sweep that ends only once others ran within its breaths. */
export async function run(
  order: SweepOrder,
  control: KernelControl,
): Promise<{ pid: number; steps: number }> {
  shared.shortRuns = 0;
  let steps = 0;
  control.progress(steps, Number.POSITIVE_INFINITY);
  const untilMs = performance.now() + (order.breathlessMs ?? 0);
  while (performance.now() < untilMs) steps += 1;
  while (shared.shortRuns < order.untilShortRuns) {
    control.progress(steps++, Number.POSITIVE_INFINITY);
    await control.breathe();
  }
  return { pid: process.pid, steps };
}
