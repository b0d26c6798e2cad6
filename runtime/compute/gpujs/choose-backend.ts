import { messageOf, RungError } from "../../core/errors.ts";
import type { KernelControl } from "../kernel.ts";
import { cellsOf, KERNEL_BACKENDS, type KernelBackend } from "../kernel-language/kernel-spec.ts";
import { BREATH_MS, blockCells } from "./breath.ts";
import { CrossCheck } from "./cross-check.ts";
import { DividedRunner } from "./divided-runner.ts";
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
/**
 * A first step in blocks that takes longer, ms, is taken as it is, with what it compiled. One that is short by plain
 * JavaScript is taken again: on a busy machine it is the compiling that takes so long, and by it a step of a millisecond
 * would be cut into blocks that take a hundred times as long.
 */
const LONG_STEP_MS = 500;
/** How often a step is timed again that is to be divided though it is short by plain JavaScript: others were at work. */
const TIMES_AGAIN = 4;
/** Cells compared before a backend is trusted with a kernel. */
const GOLDEN_CELLS = 64;
/**
 * A cell is wrong that differs by more than this share of the output's range, and one wrong cell is enough. Single
 * precision leaves 1e-6 to 1e-4 after one step of a sound kernel; what a backend computes otherwise shows above 1e-2.
 */
const GOLDEN_DIFFERENCE = 1e-3;
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
  const check = new CrossCheck({ ...part, crossCheckCells: GOLDEN_CELLS });
  const cells = cellsOf(part.output.shape);
  // Nobody knows yet how long a step takes here; by what plain JavaScript takes it is divided, or not.
  const likelyMs = cells * check.cellMs(values);
  const isDivided = likelyMs > BREATH_MS;
  let breathedMs = 0;
  const breathe = async (): Promise<void> => {
    const startedMs = performance.now();
    await control.breathe();
    breathedMs += performance.now() - startedMs;
  };
  /** Time of some steps, without that of more urgent requests in between, ms. */
  const timed = async (steps: number): Promise<number> => {
    const startedMs = performance.now();
    breathedMs = 0;
    await runner!.run(steps, breathe);
    return performance.now() - startedMs - breathedMs;
  };
  let runner: StepRunner | undefined;
  let sound = false;
  try {
    if (isDivided) runner = new DividedRunner(part, backend, blockCells(cells, likelyMs), device);
    else runner = part === job ? takeRunner(job, backend, device) : stepRunner(part, backend);
    await runner.load(values);
    const firstMs = await timed(1);
    const after = await runner.read();
    const differences = check.differences(after, await check.expected(values, breathe));
    const wrong = differences.filter((difference) => difference > GOLDEN_DIFFERENCE).length;
    if (wrong > 0)
      return `${wrong} of ${check.cells} cells ${wrong === 1 ? "is" : "are"} off by more than ${GOLDEN_DIFFERENCE} of the range`;
    sound = part === job && !isDivided;
    const scale = cellsOf(job.output.shape) / cells;
    if (isDivided && firstMs > LONG_STEP_MS) return firstMs * scale;
    const measuredMs = job.backend === "auto" ? MEASURED_MS.choosing : MEASURED_MS.telling;
    let ms = await stepTime(timed, measuredMs, control);
    for (let again = 0; !isDivided && ms > BREATH_MS && again < TIMES_AGAIN; again++) {
      await control.breathe();
      ms = Math.min(ms, await timed(1));
    }
    if (!isDivided || ms > BREATH_MS) return ms * scale;
    // Faster than it looked: it need not be divided, and is faster still.
    await runner.destroy();
    runner = part === job ? takeRunner(job, backend, device) : stepRunner(part, backend);
    await runner.load(values);
    sound = part === job;
    return (await stepTime(timed, measuredMs, control)) * scale;
  } catch (fault) {
    if (fault instanceof RungError) throw fault;
    device?.check();
    return messageOf(fault).split("\n")[0]!.slice(0, 200);
  } finally {
    if (sound) await giveBack(job, runner!);
    else await runner?.destroy();
  }
}

async function stepTime(
  timed: (steps: number) => Promise<number>,
  measuredMs: number,
  control: KernelControl,
): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  let spentMs = 0;
  for (let steps = 1; spentMs < measuredMs; steps = Math.min(2 * steps, MOST_MEASURED_STEPS)) {
    await control.breathe();
    const tookMs = await timed(steps);
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
