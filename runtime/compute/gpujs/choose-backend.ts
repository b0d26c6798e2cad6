import { messageOf, RungError } from "../../core/errors.ts";
import type { KernelControl } from "../kernel.ts";
import { cellsOf, KERNEL_BACKENDS, type KernelBackend } from "../kernel-language/kernel-spec.ts";
import { CrossCheck } from "./cross-check.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { KernelJob } from "./kernel-job.ts";
import { giveBack, kernelKey, takeRunner } from "./runner-store.ts";
import { type StepRunner, stepRunner, type Values } from "./step-runner.ts";

export interface Choice {
  readonly backend: KernelBackend;
  /** One step on each backend that was measured, ms. */
  readonly stepMs: Readonly<Partial<Record<KernelBackend, number>>>;
  /** Why the better backends were not taken; empty where there was none. */
  readonly reason: string;
}

/** How long one backend is measured, ms: where one is chosen, and where the time is only told. */
const MEASURED_MS = { choosing: 50, telling: 10 };
const MOST_MEASURED_STEPS = 64;
/** A first step that takes longer, ms, is taken as it is, with what it compiled. */
const LONG_STEP_MS = 500;
/** Cells compared before a backend is trusted with a kernel. */
const GOLDEN_CELLS = 64;
/** A cell is wrong that differs by more than this share of the output's range. */
const GOLDEN_DIFFERENCE = 1e-3;
/** A kernel with a threshold in it may put single cells on the other side. */
const GOLDEN_WRONG = 0.05;
/** On the CPU no more cells than this are computed to measure; the rest is reckoned. */
const CPU_SLAB_CELLS = 65_536;

/** Choices of this process by kernel, asked-for backend and GPU. */
const chosen = new Map<string, Choice>();
const MOST_CHOICES = 200;

/**
 * The backend for a job: the one asked for, or the fastest of those that compute it right, found by running it.
 * @param gpu the device, or why there is none
 * @throws RungError `kernel-backend` where the one asked for, or every one, fails
 */
export async function chooseBackend(
  job: KernelJob,
  values: Values,
  gpu: GpuDevice | string,
  control: KernelControl,
): Promise<Choice> {
  const adapter = typeof gpu === "string" ? gpu : gpu.adapter;
  const key = `${job.backend} ${adapter} ${kernelKey(job)}`;
  const known = chosen.get(key);
  if (known !== undefined) return known;
  const stepMs: Partial<Record<KernelBackend, number>> = {};
  const reasons: string[] = [];
  for (const backend of job.backend === "auto" ? KERNEL_BACKENDS : [job.backend]) {
    if (backend === "webgpu" && typeof gpu === "string") {
      reasons.push(gpu);
      continue;
    }
    const device = typeof gpu === "string" ? undefined : gpu;
    const measured = await measure(job, values, backend, device, control);
    if (typeof measured === "string") reasons.push(`${backend}: ${measured}`);
    else stepMs[backend] = measured;
  }
  const usable = KERNEL_BACKENDS.filter((backend) => stepMs[backend] !== undefined);
  const [fastest] = usable.toSorted((a, b) => stepMs[a]! - stepMs[b]!);
  if (fastest === undefined)
    throw new RungError({
      code: "kernel-backend",
      where: job.backend,
      what: `${job.backend === "auto" ? "no backend computes" : "does not compute"} this kernel: ${reasons.join("; ")}`,
      advice: job.backend === "auto" ? "simplify the kernel" : "choose another backend, or auto",
    });
  const choice = { backend: fastest, stepMs, reason: reasons.join("; ") };
  if (chosen.size >= MOST_CHOICES) chosen.clear();
  chosen.set(key, choice);
  return choice;
}

/** ms of one step, or why the backend cannot be taken. */
async function measure(
  job: KernelJob,
  values: Values,
  backend: KernelBackend,
  device: GpuDevice | undefined,
  control: KernelControl,
): Promise<number | string> {
  const part = backend === "cpu" ? slabOf(job) : job;
  let runner: StepRunner | undefined;
  let sound = false;
  try {
    runner = part === job ? takeRunner(job, backend, device) : stepRunner(part, backend);
    await runner.load(values);
    const startedMs = performance.now();
    await runner.run(1);
    const firstMs = performance.now() - startedMs;
    const after = await runner.read();
    const check = new CrossCheck({ ...part, crossCheckCells: GOLDEN_CELLS });
    const differences = check.differences(after, check.expected(values));
    const wrong = differences.filter((difference) => difference > GOLDEN_DIFFERENCE).length;
    if (wrong > GOLDEN_WRONG * check.cells)
      return `${wrong} of ${check.cells} cells are off by more than ${GOLDEN_DIFFERENCE} of the range`;
    sound = part === job;
    const scale = cellsOf(job.output.shape) / cellsOf(part.output.shape);
    if (firstMs > LONG_STEP_MS) return firstMs * scale;
    const ms = await stepTime(
      runner,
      job.backend === "auto" ? MEASURED_MS.choosing : MEASURED_MS.telling,
      control,
    );
    return ms * scale;
  } catch (fault) {
    if (fault instanceof RungError) throw fault;
    device?.check();
    return messageOf(fault).split("\n")[0]!.slice(0, 200);
  } finally {
    if (sound) await giveBack(job, runner!);
    else await runner?.destroy();
  }
}

async function stepTime(runner: StepRunner, measuredMs: number, control: KernelControl): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  let spentMs = 0;
  for (let steps = 1; spentMs < measuredMs; steps = Math.min(2 * steps, MOST_MEASURED_STEPS)) {
    await control.breathe();
    const startedMs = performance.now();
    await runner.run(steps);
    const tookMs = performance.now() - startedMs;
    spentMs += tookMs;
    best = Math.min(best, tookMs / steps);
    if (tookMs > measuredMs / 2) break;
  }
  return best;
}

/** The same kernel over the first cells along the last axis. It has no state, whose shape would differ. */
function slabOf(job: KernelJob): KernelJob {
  const { shape } = job.output;
  const inner = cellsOf(shape.slice(0, -1));
  const layers = Math.max(1, Math.floor(CPU_SLAB_CELLS / inner));
  if (layers >= shape.at(-1)!) return job;
  return { ...job, state: -1, output: { ...job.output, shape: [...shape.slice(0, -1), layers] } };
}
