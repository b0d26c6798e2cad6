import type { KernelControl } from "../kernel.ts";
import type { SolverPlace, SolverRun } from "./solver-backend.ts";
import type { SolverLanes } from "./solver-lanes.ts";

/** Runs a problem where its place says, or where it is fastest. */
export async function runSolver<Problem extends { readonly place?: SolverPlace }, Answer>(
  lanes: SolverLanes<Problem, Answer>,
  problem: Problem,
  control: KernelControl,
): Promise<Answer & SolverRun> {
  const { backend = "wasm", softwareGpu = false, noGpu } = problem.place ?? {};
  if (backend !== "wasm" && (backend !== "auto" || noGpu === undefined)) {
    // gpu.js and the kernel language are loaded only where they are asked for.
    const { onBackend, onGpuIfFaster } = await import("./gpujs/solver-run.ts");
    if (backend !== "auto") return onBackend(lanes, problem, backend, softwareGpu, control);
    const answer = await onGpuIfFaster(lanes, problem, softwareGpu, control);
    if (answer !== undefined) return answer;
  }
  const status = `wasm x${lanes.threads(problem)}`;
  return { ...(await lanes.fast(problem, control)), backend: "wasm", status };
}
