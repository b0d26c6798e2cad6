import { RungError } from "../../../core/errors.ts";
import { gpuDevice } from "../../gpujs/gpu-device.ts";
import type { KernelJob } from "../../gpujs/kernel-job.ts";
import { runJob, stepMsOf } from "../../gpujs/kernel-lane.ts";
import { kernelJob } from "../../gpujs/run-kernel.ts";
import { kernelKey } from "../../gpujs/runner-store.ts";
import type { KernelControl } from "../../kernel.ts";
import type { KernelBackend } from "../../kernel-language/kernel-spec.ts";
import type { SolverRun } from "../solver-backend.ts";
import type { SolverLanes } from "../solver-lanes.ts";

/** What sends a request that chooses its backend to the fast lane. */
const FALLS_BACK = ["kernel-backend", "kernel-too-large", "kernel-spec", "gpu-error", "gpu-device-lost"];
/** How long the fast lane is measured, ms. */
const MEASURED_MS = 50;
const CHECKED_CELLS = 64;

/** Whether the GPU is faster than the fast lane, by kernel, shapes, threads and adapter. */
const gpuIsFaster = new Map<string, boolean>();
const MOST_CHOICES = 200;

/** Runs a problem by gpu.js. @throws RungError `kernel-backend` where it is not there or computes it wrong, and the solver's own */
export function onBackend<Problem, Answer>(
  lanes: SolverLanes<Problem, Answer>,
  problem: Problem,
  backend: KernelBackend,
  softwareGpu: boolean,
  control: KernelControl,
): Promise<Answer & SolverRun> {
  return byGpujs(lanes, problem, jobOf(lanes, problem, backend, softwareGpu), control);
}

/** Runs a problem on the GPU. @returns undefined where the fast lane is to run it */
export async function onGpuIfFaster<Problem, Answer>(
  lanes: SolverLanes<Problem, Answer>,
  problem: Problem,
  softwareGpu: boolean,
  control: KernelControl,
): Promise<(Answer & SolverRun) | undefined> {
  try {
    const job = jobOf(lanes, problem, "webgpu", softwareGpu);
    if (!(await isGpuFaster(lanes, problem, job, control))) return undefined;
    return await byGpujs(lanes, problem, job, control);
  } catch (fault) {
    if (fault instanceof RungError && FALLS_BACK.includes(fault.code)) return undefined;
    throw fault;
  }
}

function jobOf<Problem, Answer>(
  lanes: SolverLanes<Problem, Answer>,
  problem: Problem,
  backend: KernelBackend,
  softwareGpu: boolean,
): KernelJob {
  const { spec, inputs } = lanes.step(problem);
  return kernelJob({ ...spec, backend }, inputs, CHECKED_CELLS, softwareGpu);
}

async function byGpujs<Problem, Answer>(
  lanes: SolverLanes<Problem, Answer>,
  problem: Problem,
  job: KernelJob,
  control: KernelControl,
): Promise<Answer & SolverRun> {
  const { result, before } = await runJob(job, control).catch((fault: unknown) => {
    const isNotFinite = fault instanceof RungError && fault.code === "kernel-not-finite";
    throw (isNotFinite && lanes.notFinite?.(problem)) || fault;
  });
  const state = job.state < 0 ? result.values : (before[job.state] as Float32Array);
  const { backend, status } = result;
  return { ...lanes.read(problem, result.values, state), backend, status };
}

/**
 * Both lanes are measured, the GPU's step checked as that of any kernel; of gpu.js's other backends none comes near the
 * fast lane.
 */
async function isGpuFaster<Problem, Answer>(
  lanes: SolverLanes<Problem, Answer>,
  problem: Problem,
  job: KernelJob,
  control: KernelControl,
): Promise<boolean> {
  const gpu = await gpuDevice(job.softwareGpu);
  if (typeof gpu === "string") return false;
  const key = `${gpu.adapter} ${lanes.threads(problem)} ${kernelKey(job)}`;
  const known = gpuIsFaster.get(key);
  if (known !== undefined) return known;
  const gpuMs = job.steps * (await stepMsOf(job, control));
  const isFaster = gpuMs < (await fastMs(lanes, problem, control));
  if (gpuIsFaster.size >= MOST_CHOICES) gpuIsFaster.clear();
  gpuIsFaster.set(key, isFaster);
  return isFaster;
}

/** The fast lane's time for the whole of a problem, ms, from a part of it. */
async function fastMs<Problem, Answer>(
  lanes: SolverLanes<Problem, Answer>,
  problem: Problem,
  control: KernelControl,
): Promise<number> {
  // A measurement is no progress.
  const quiet: KernelControl = { ...control, progress: () => undefined };
  const timed = async (wanted: number): Promise<{ share: number; ms: number }> => {
    const { problem: part, share } = lanes.part(problem, wanted);
    const startedMs = performance.now();
    await lanes.fast(part, quiet);
    return { share, ms: performance.now() - startedMs };
  };
  // The first call compiles and starts threads.
  await timed(0);
  let last = await timed(0);
  while (last.ms < MEASURED_MS / 4 && last.share < 1) {
    const growth = Math.min(16, MEASURED_MS / Math.max(last.ms, 0.1));
    last = await timed(Math.min(1, last.share * growth));
  }
  return last.ms / last.share;
}
