import type { KeptResult, KernelControl } from "../../../runtime/compute/kernel.ts";

export interface RampOrder {
  readonly length: number;
  /** What it does once the arrays are kept. */
  readonly after?: "fail" | "wait until cancelled";
}

/** Keeps 0, 1, 2 ... as floats, their negatives as doubles, and so on. */
export async function run(order: RampOrder, control: KernelControl): Promise<KeptResult & { pid: number }> {
  const { length } = order;
  const kept = control.keep({
    ramp: Float32Array.from({ length }, (_, i) => i),
    negative: Float64Array.from({ length }, (_, i) => -i),
    whole: Int32Array.from({ length }, (_, i) => i % 10),
    small: Uint8Array.from({ length }, (_, i) => i % 256),
  });
  if (order.after === "fail") throw new Error("after keeping");
  while (order.after === "wait until cancelled") {
    control.progress(1, 2);
    await control.breathe();
  }
  return { ...kept, pid: process.pid };
}
