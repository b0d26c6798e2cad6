import type { ComputeRequest } from "../compute-options.ts";
import { type KernelPlace, whyNoGpu } from "../gpujs/gpu-presence.ts";
import { MOST_MEMORY_MIB } from "../gpujs/run-kernel.ts";
import type { Kernel } from "../kernel.ts";
import type { SolverPlace, SolverRun } from "./solver-backend.ts";

export type SolveOptions = Omit<ComputeRequest<unknown, unknown>, "kernel" | "input"> & {
  /** Default `auto`: the fast lane, or a GPU that is there, computes it right and was measured to be faster. */
  readonly backend?: SolverPlace["backend"];
};

/**
 * Asks a built-in solver, or a kernel that runs one.
 * @param problem without a place: the options say it
 * @throws RungError of the solver; `kernel-backend` where the backend asked for is not there or computes it wrong; and
 * those of `submit`
 */
export async function solve<Problem extends { readonly place?: SolverPlace }, Answer>(
  compute: KernelPlace,
  kernel: Kernel<Problem, Answer & SolverRun>,
  problem: Problem,
  options: SolveOptions = {},
): Promise<Answer & SolverRun> {
  const { backend = "auto", ...request } = options;
  const noGpu = backend === "auto" ? await whyNoGpu(compute) : undefined;
  const place: SolverPlace = {
    backend,
    softwareGpu: compute.softwareGpu === true,
    ...(noGpu === undefined ? {} : { noGpu }),
  };
  const onGpu = backend === "webgpu" || (backend === "auto" && noGpu === undefined);
  return compute.submit({
    // What gpu.js copies is not known before the solver has made its fields.
    ...(backend === "wasm" ? {} : { memoryMiB: MOST_MEMORY_MIB }),
    ...request,
    kernel: { ...kernel, runsOn: onGpu ? "gpu" : "cpu" },
    input: { ...problem, place },
  });
}
