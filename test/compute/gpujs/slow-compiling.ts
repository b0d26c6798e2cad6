import { type GpujsArgument, type GpujsSettings, gpujs } from "../../../runtime/compute/gpujs/gpujs.ts";
import type { KernelJob } from "../../../runtime/compute/gpujs/kernel-job.ts";
import { run as runKernelJob } from "../../../runtime/compute/gpujs/kernel-lane.ts";
import type { KernelControl } from "../../../runtime/compute/kernel.ts";

/** What the first calls of a kernel take longer on a busy machine, ms: the first compiles. */
const LATE_MS = [600, 100, 100];

/** Counts the calls of gpu.js's kernels on the CPU as on a busy machine. */
export async function run(job: KernelJob, control: KernelControl): Promise<{ readonly calls: number }> {
  const { GPU } = gpujs();
  const { createKernel } = GPU.prototype;
  let calls = 0;
  GPU.prototype.createKernel = function (...made: [string, GpujsSettings]) {
    const kernel = createKernel.apply(this, made);
    let called = 0;
    return (...args: GpujsArgument[]) => {
      calls += 1;
      const lateMs = LATE_MS[called++] ?? 0;
      if (lateMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lateMs);
      return kernel(...args);
    };
  };
  try {
    await runKernelJob(job, control);
  } finally {
    GPU.prototype.createKernel = createKernel;
  }
  return { calls };
}
