import { CrossCheck } from "../../../runtime/compute/gpujs/cross-check.ts";
import { gpuDevice } from "../../../runtime/compute/gpujs/gpu-device.ts";
import { jobValues } from "../../../runtime/compute/gpujs/job-values.ts";
import type { KernelJob } from "../../../runtime/compute/gpujs/kernel-job.ts";
import { stepRunner } from "../../../runtime/compute/gpujs/step-runner.ts";
import type { KernelControl } from "../../../runtime/compute/kernel.ts";
import type { KernelBackend } from "../../../runtime/compute/kernel-language/kernel-spec.ts";

export interface Comparison {
  readonly jobs: readonly KernelJob[];
  readonly backends: readonly KernelBackend[];
}

/** Largest difference of each job on each backend from double precision, over the range of its output; every cell. */
export async function run(input: Comparison, control: KernelControl): Promise<Record<string, number>[]> {
  const device = input.backends.includes("webgpu") ? await gpuDevice(true) : undefined;
  if (typeof device === "string") throw new Error(device);
  const all: Record<string, number>[] = [];
  for (const job of input.jobs) {
    await control.breathe();
    const values = jobValues(job);
    const check = new CrossCheck({ ...job, crossCheckCells: Number.POSITIVE_INFINITY });
    const expected = await check.expected(values, () => control.breathe());
    const outside = check.notFinite(expected);
    // A read outside a field would give no number here, and the kernels drawn have none of their own.
    if (outside !== undefined) throw new Error(`cell ${outside} is no number: ${job.reference}`);
    const differences: Record<string, number> = {};
    for (const backend of input.backends) {
      const runner = stepRunner(job, backend, device);
      await runner.load(values);
      await runner.run(1, () => control.breathe());
      const found = check.differences(await runner.read(), expected);
      differences[backend] = found.reduce((a, b) => Math.max(a, b), 0);
      await runner.destroy();
    }
    all.push(differences);
  }
  return all;
}
