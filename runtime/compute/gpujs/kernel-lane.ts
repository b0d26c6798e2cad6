import { messageOf, RungError } from "../../core/errors.ts";
import type { KernelControl } from "../kernel.ts";
import { cellsOf } from "../kernel-language/kernel-spec.ts";
import { BREATH_MS, blockCells } from "./breath.ts";
import { type Choice, chooseBackend } from "./choose-backend.ts";
import { CrossCheck } from "./cross-check.ts";
import { DividedRunner } from "./divided-runner.ts";
import { type GpuDevice, gpuDevice } from "./gpu-device.ts";
import { jobValues } from "./job-values.ts";
import { bytesOf, type KernelJob } from "./kernel-job.ts";
import type { KernelResult } from "./kernel-result.ts";
import { dropRunners, giveBack, takeRunner } from "./runner-store.ts";
import type { StepRunner, Values } from "./step-runner.ts";

/** Runs an engineer's kernel inside the compute child. */
export async function run(job: KernelJob, control: KernelControl): Promise<KernelResult> {
  return (await runJob(job, control)).result;
}

/** What a job gives, and the inputs of its last step. */
export interface RanJob {
  readonly result: KernelResult;
  readonly before: Values;
}

/** Runs a kernel for another that needs what was there before the last step. */
export async function runJob(job: KernelJob, control: KernelControl): Promise<RanJob> {
  const startedMs = performance.now();
  const values = jobValues(job);
  const wantsGpu = job.backend === "auto" || job.backend === "webgpu";
  const gpu = wantsGpu ? (job.noGpu ?? (await gpuDevice(job.softwareGpu))) : "not asked for";
  try {
    return await runChosen(job, values, gpu, control, startedMs);
  } catch (fault) {
    if (!isGpuTrouble(fault)) throw fault;
    await dropRunners("webgpu");
    if (job.backend !== "auto") throw fault;
    // The GPU went away while it computed; the others can still answer.
    return await runChosen(job, values, fault.message, control, startedMs);
  }
}

/**
 * One step of a job on the backend that it asks for, ms.
 * @throws RungError `kernel-backend` where that is not there or computes the job wrong
 */
export async function stepMsOf(job: KernelJob, control: KernelControl): Promise<number> {
  const gpu = job.backend === "webgpu" ? await gpuDevice(job.softwareGpu) : "not asked for";
  const { backend, stepMs } = await chooseBackend(job, jobValues(job), gpu, control);
  return stepMs[backend]!;
}

async function runChosen(
  job: KernelJob,
  values: Values,
  gpu: GpuDevice | string,
  control: KernelControl,
  startedMs: number,
): Promise<RanJob> {
  const choice = await chooseBackend(job, values, gpu, control);
  const device = typeof gpu === "string" ? undefined : gpu;
  const stepMs = choice.stepMs[choice.backend]!;
  const isDivided = stepMs > BREATH_MS;
  const runner = isDivided
    ? new DividedRunner(job, choice.backend, blockCells(cellsOf(job.output.shape), stepMs), device)
    : takeRunner(job, choice.backend, device);
  let done = false;
  try {
    const { before, after } = await step(job, values, runner, choice, control);
    const check = new CrossCheck(job);
    const expected = await check.expected(before, () => control.breathe());
    checkFinite(job, after, check.notFinite(expected));
    const differences = check.differences(after, expected);
    const result: KernelResult = {
      values: after,
      shape: job.output.shape,
      backend: choice.backend,
      status: choice.backend === "cpu" ? `cpu (${cpuReason(job, choice)})` : runner.status(),
      elapsedMs: performance.now() - startedMs,
      stepMs: choice.stepMs,
      bytes: bytesOf(job),
      crossCheck: { cells: check.cells, largestDifference: differences.reduce((a, b) => Math.max(a, b), 0) },
    };
    done = true;
    return { result, before };
  } catch (fault) {
    if (fault instanceof RungError) {
      done = fault.code === "compute-cancelled";
      throw fault;
    }
    device?.check();
    const what = messageOf(fault).split("\n")[0]!;
    throw new RungError({ code: "kernel-failed", where: choice.backend, what, cause: fault });
  } finally {
    if (done && !isDivided) await giveBack(job, runner);
    else await runner.destroy();
  }
}

/** All steps, the last one apart: its inputs are what the cells are checked with. */
async function step(
  job: KernelJob,
  values: Values,
  runner: StepRunner,
  choice: Choice,
  control: KernelControl,
): Promise<{ before: Values; after: Float32Array }> {
  await runner.load(values);
  const batch = Math.max(1, Math.floor(BREATH_MS / (choice.stepMs[choice.backend] ?? BREATH_MS)));
  for (let walked = 0; walked < job.steps - 1; ) {
    await control.breathe();
    const steps = Math.min(batch, job.steps - 1 - walked);
    await runner.run(steps, () => control.breathe());
    walked += steps;
    control.progress(walked, job.steps);
  }
  const state = job.state >= 0 ? await runner.read() : undefined;
  const before = values.map((value, index) => (index === job.state ? state! : value));
  await control.breathe();
  await runner.run(1, () => control.breathe());
  control.progress(job.steps, job.steps);
  return { before, after: await runner.read() };
}

/** @param checked a cell that is not finite by the check, where a GPU may give any number */
function checkFinite(job: KernelJob, values: Float32Array, checked: number | undefined): void {
  const found = values.findIndex((value) => !Number.isFinite(value));
  const at = found < 0 ? checked : found;
  if (at === undefined) return;
  const [nx = 1, ny = 1] = job.output.shape;
  const cell = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))].slice(
    0,
    job.output.shape.length,
  );
  throw new RungError({
    code: "kernel-not-finite",
    where: job.output.name,
    what: `is ${found < 0 ? "no finite number" : values[at]} in cell (${cell.join(", ")}) after ${job.steps} ${job.steps === 1 ? "step" : "steps"}`,
    advice:
      "look for a division by 0, a function outside its domain, or a time step too long for the cells to stay stable",
  });
}

function cpuReason(job: KernelJob, choice: Choice): string {
  if (job.backend === "cpu") return "asked for";
  return choice.reason === "" || choice.stepMs.webasm !== undefined ? "fastest measured" : choice.reason;
}

const isGpuTrouble = (fault: unknown): fault is RungError =>
  fault instanceof RungError && fault.code.startsWith("gpu-");
