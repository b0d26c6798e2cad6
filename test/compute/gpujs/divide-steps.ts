import { DividedRunner } from "../../../runtime/compute/gpujs/divided-runner.ts";
import { gpuDevice } from "../../../runtime/compute/gpujs/gpu-device.ts";
import { jobValues } from "../../../runtime/compute/gpujs/job-values.ts";
import type { KernelJob } from "../../../runtime/compute/gpujs/kernel-job.ts";
import { stepRunner } from "../../../runtime/compute/gpujs/step-runner.ts";
import type { KernelControl } from "../../../runtime/compute/kernel.ts";
import type { KernelBackend } from "../../../runtime/compute/kernel-language/kernel-spec.ts";

export interface Division {
  readonly job: KernelJob;
  readonly backend: KernelBackend;
  /** Cells of the blocks, one division after another. */
  readonly cells: readonly number[];
}

export interface Divided {
  readonly whole: Float32Array;
  readonly parts: readonly { readonly values: Float32Array; readonly breaths: number }[];
}

/** The steps of a job undivided, and divided in each way, twice as a runner that is used again. */
export async function run({ job, backend, cells }: Division, control: KernelControl): Promise<Divided> {
  const device = backend === "webgpu" ? await gpuDevice(true) : undefined;
  if (typeof device === "string") throw new Error(device);
  const values = jobValues(job);
  const breathe = (): Promise<void> => control.breathe();
  const undivided = stepRunner(job, backend, device);
  await undivided.load(values);
  await undivided.run(job.steps, breathe);
  const whole = await undivided.read();
  await undivided.destroy();
  const parts: { values: Float32Array; breaths: number }[] = [];
  for (const size of cells) {
    const runner = new DividedRunner(job, backend, size, device);
    for (let use = 0; use < 2; use++) {
      let breaths = 0;
      await runner.load(values);
      await runner.run(job.steps, () => {
        breaths += 1;
        return breathe();
      });
      parts.push({ values: await runner.read(), breaths });
    }
    await runner.destroy();
  }
  return { whole, parts };
}
