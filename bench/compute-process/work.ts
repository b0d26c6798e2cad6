import type { KernelControl } from "../../runtime/compute/kernel.ts";

/** Works for so many milliseconds, with a breath every ten. */
export async function run(ms: number, control: KernelControl): Promise<number> {
  let x = 1;
  for (let worked = 0; worked < ms; worked += 10) {
    const untilMs = performance.now() + 10;
    while (performance.now() < untilMs) x = Math.sqrt(x + 1);
    await control.breathe();
  }
  return x;
}
