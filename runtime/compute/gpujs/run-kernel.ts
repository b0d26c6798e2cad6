import { RungError } from "../../core/errors.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { Kernel } from "../kernel.ts";
import { emitGpujs } from "../kernel-language/emit-gpujs.ts";
import { cellsOf, isState, type KernelPort, type KernelSpec } from "../kernel-language/kernel-spec.ts";
import { compiledKernel } from "../kernel-language/lint-kernel.ts";
import { referenceSource } from "../kernel-language/reference.ts";
import { type KernelPlace, whyNoGpu } from "./gpu-presence.ts";
import { bytesOf, type JobInput, type KernelJob } from "./kernel-job.ts";
import type { KernelResult } from "./kernel-result.ts";

export type { KernelResult } from "./kernel-result.ts";

export interface RunKernelOptions {
  /** Of `PRIORITIES`, as in a request to the compute process. Default that of studies. */
  readonly priority?: number;
  /** Longest time to the answer, ms. Default that of the compute process. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
  /** Steps done, at most ten times a second. */
  readonly onProgress?: (done: number, of: number) => void;
  /** Cells of the last step that are computed a second time on the CPU. Default 64. */
  readonly crossCheckCells?: number;
}

const CROSS_CHECK_CELLS = 64;
/** What one kernel may take on a device: beyond it an allocation fails late, or ends the child. */
const MOST_BYTES = 256 * 2 ** 20;
/** What the child may grow by beside the fields, MiB, and how many copies of the fields a backend makes. */
const MEMORY_MIB = 512;
const MOST_COPIES = 6;
/** What a child may grow by for the largest kernel, MiB. */
export const MOST_MEMORY_MIB = MEMORY_MIB + (MOST_COPIES * MOST_BYTES) / 2 ** 20;

/**
 * Runs an engineer's kernel in the compute child: checks and compiles it, chooses the backend by measurement, steps
 * it, and computes some cells a second time on the CPU.
 * @param inputs by name, in the unit of the port: a field flat (x fastest) or one number for all its cells, a number
 * as a number. Inputs that are constant, random or the kernel's own result may be left out; such a result is then 0.
 * @throws RungError `kernel-refused` (its source), `kernel-input`, `kernel-too-large`, `kernel-not-finite`,
 * `kernel-backend`, `kernel-failed`, `gpu-error`, `gpu-device-lost`, and those of `submit`
 */
export async function runKernel(
  compute: KernelPlace,
  spec: KernelSpec,
  inputs: Readonly<Record<string, Float32Array | number>>,
  options: RunKernelOptions = {},
): Promise<KernelResult> {
  const { crossCheckCells = CROSS_CHECK_CELLS, ...rest } = options;
  const job = kernelJob(spec, inputs, crossCheckCells, compute.softwareGpu === true);
  const noGpu = job.backend === "auto" ? await whyNoGpu(compute) : undefined;
  return compute.submit({
    ...rest,
    memoryMiB: MEMORY_MIB + Math.ceil((MOST_COPIES * bytesOf(job)) / 2 ** 20),
    kernel: laneOf(job, noGpu),
    input: noGpu === undefined ? job : { ...job, noGpu },
  });
}

/** A job that chooses its backend goes to the GPU child only where there is a GPU: the CPU has many children. */
function laneOf(job: KernelJob, noGpu: string | undefined): Kernel<KernelJob, KernelResult> {
  const onGpu = job.backend === "webgpu" || (job.backend === "auto" && noGpu === undefined);
  return {
    name: job.name,
    module: siblingModule(import.meta.url, "./kernel-lane").href,
    runsOn: onGpu ? "gpu" : "cpu",
  };
}

/** @throws RungError `kernel-refused`, `kernel-input`, `kernel-too-large` */
export function kernelJob(
  spec: KernelSpec,
  inputs: Readonly<Record<string, Float32Array | number>>,
  crossCheckCells: number,
  softwareGpu: boolean,
): KernelJob {
  const faults = Object.keys(inputs)
    .filter((name) => !spec.inputs.some((port) => port.name === name))
    .map(
      (name) =>
        `${name}: is no input; there are ${spec.inputs.map((port) => port.name).join(", ") || "none"}`,
    );
  const given = new Map(Object.entries(inputs));
  const jobInputs = spec.inputs.map((port) => jobInput(port, given.get(port.name), faults));
  if (faults.length > 0)
    throw new RungError({ code: "kernel-input", where: spec.name, what: faults.join("\n  ") });
  checkSize(spec);
  // What stands in the source for a constant was shown to be safe with that constant.
  const told = spec.inputs.map((port, index) => {
    const input = jobInputs[index]!;
    return "constant" in port.from && "value" in input ? { ...port, from: { constant: input.value } } : port;
  });
  const settled = { ...spec, inputs: told };
  const body = compiledKernel(settled, spec.name);
  return {
    name: spec.name,
    ...emitGpujs(body, settled),
    reference: referenceSource(body, settled),
    inputs: jobInputs,
    state: spec.inputs.findIndex(isState),
    output: { name: spec.output.name, shape: spec.output.shape },
    steps: spec.steps,
    loopMax: spec.loopMax,
    seed: spec.seed,
    backend: spec.backend,
    crossCheckCells,
    softwareGpu,
  };
}

function jobInput(port: KernelPort, given: Float32Array | number | undefined, faults: string[]): JobInput {
  const { name, shape, from } = port;
  const head = { name, shape, ...(port.range === undefined ? {} : { range: port.range }) };
  if (given === undefined) {
    if ("random" in from) {
      const { seed, low, high } = from.random;
      return { name, shape, random: { stream: seed, low, high } };
    }
    if ("constant" in from) return { ...head, value: Math.fround(from.constant) };
    if ("result" in from) return { name, shape, value: 0 };
    faults.push(`${name}: has no value`);
    return { ...head, value: 0 };
  }
  if (typeof given === "number") return { ...head, value: Math.fround(given) };
  if (port.holds === "number") faults.push(`${name}: is a number, got a field of ${given.length} cells`);
  else if (given.length !== cellsOf(shape))
    faults.push(`${name}: is ${shape.join(" x ")}, ${cellsOf(shape)} cells, got ${given.length}`);
  return { ...head, values: given };
}

function checkSize(spec: KernelSpec): void {
  const bytes = bytesOf(spec);
  if (bytes <= MOST_BYTES) return;
  throw new RungError({
    code: "kernel-too-large",
    where: spec.name,
    what: `its fields take ${Math.ceil(bytes / 2 ** 20)} MiB, a kernel may take ${MOST_BYTES / 2 ** 20} MiB`,
    advice: "make the shapes smaller, or leave an input out",
  });
}
