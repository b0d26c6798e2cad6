import { createHash } from "node:crypto";
import type { KernelBackend } from "../kernel-language/kernel-spec.ts";
import type { GpuDevice } from "./gpu-device.ts";
import { bytesOf, type KernelJob } from "./kernel-job.ts";
import { type StepRunner, stepRunner } from "./step-runner.ts";

/** Compiled kernels that nobody runs are kept up to so many, the least recently used given up first. */
const MOST_IDLE = 6;
/** Larger ones are compiled anew at each run: an idle one keeps its fields, bytes. */
const LARGEST_IDLE = 16 * 2 ** 20;

const idle = new Map<string, StepRunner>();

/** What a kernel was compiled from: its checked source and every shape. */
export function kernelKey(job: KernelJob): string {
  const shapes = job.inputs.map(({ shape }) => shape);
  const parts = [job.source, job.output.shape, shapes, job.state, job.loopMax, job.softwareGpu];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

const keyOf = (job: KernelJob, backend: KernelBackend): string => `${backend} ${kernelKey(job)}`;

/** A runner that is this caller's alone until it is given back: another run may come between two breaths. */
export function takeRunner(job: KernelJob, backend: KernelBackend, device?: GpuDevice): StepRunner {
  const key = keyOf(job, backend);
  const kept = idle.get(key);
  idle.delete(key);
  return kept ?? stepRunner(job, backend, device);
}

export async function giveBack(job: KernelJob, runner: StepRunner): Promise<void> {
  if (bytesOf(job) > LARGEST_IDLE) return runner.destroy();
  const key = keyOf(job, runner.backend);
  const replaced = idle.get(key);
  idle.delete(key);
  idle.set(key, runner);
  await replaced?.destroy();
  const [oldest] = idle.keys();
  // One set of threads is enough for kernels that wait.
  if (runner.threads() > 0) await drop((other) => other !== runner && other.threads() > 0);
  if (idle.size > MOST_IDLE) await drop((_, at) => at === oldest);
}

/** Gives up all runners of a backend, as after its device was lost. */
export const dropRunners = (backend: KernelBackend): Promise<void> =>
  drop((runner) => runner.backend === backend);

async function drop(which: (runner: StepRunner, key: string) => boolean): Promise<void> {
  for (const [key, runner] of [...idle]) {
    if (!which(runner, key)) continue;
    idle.delete(key);
    await runner.destroy();
  }
}
