import type { KernelControl } from "../kernel.ts";
import { ALL_VALUES_M, checkScreening, type Screening, type ScreeningRequest } from "./field-screening.ts";
import { screenWasm } from "./field-screening-wasm.ts";
import { screeningRead, screeningStep } from "./gpujs/field-screening.ts";
import { runSolver } from "./run-solver.ts";
import type { SolverRun } from "./solver-backend.ts";
import type { SolverControl } from "./solver-control.ts";
import type { SolverLanes } from "./solver-lanes.ts";
import { threadsFor } from "./solver-team.ts";

/** `FIELD_SCREENING` in the compute child. */
export function run(request: ScreeningRequest, control: KernelControl): Promise<Screening & SolverRun> {
  return runSolver(LANES, request, control);
}

/** Points of a body that are looked at, most groups being left out, and where most bodies are farther than enough. */
const UPDATES_PER_BODY = 64;
const UPDATES_PER_FAR_BODY = 4;

const LANES: SolverLanes<ScreeningRequest, Screening> = {
  threads: threadsOf,
  fast: fieldScreening,
  step: (request) => {
    checkScreening(request);
    return screeningStep(request);
  },
  read: screeningRead,
  part: (request, wanted) => {
    const configurations = Math.max(1, Math.floor(request.configurations * wanted));
    const poses = request.poses.subarray(0, 12 * request.samples.counts.length * configurations);
    // As many threads as the whole has.
    const threads = threadsOf(request);
    const share = configurations / request.configurations;
    return { problem: { ...request, configurations, poses, threads }, share };
  },
};

function threadsOf({ samples, configurations, threads, enoughM }: ScreeningRequest): number {
  const perBody = enoughM === undefined || enoughM === ALL_VALUES_M ? UPDATES_PER_BODY : UPDATES_PER_FAR_BODY;
  return threadsFor(threads, perBody * samples.counts.length * configurations);
}

/**
 * The least value of the field at the points of each body in each configuration.
 * @throws RungError `solver-input` naming the value at fault; whatever `control.breathe` throws
 */
export async function fieldScreening(request: ScreeningRequest, control: SolverControl): Promise<Screening> {
  checkScreening(request);
  return screenWasm(request, threadsOf(request), control);
}
