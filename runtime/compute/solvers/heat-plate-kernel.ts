import type { KernelControl } from "../kernel.ts";
import { heatPlateStep } from "./gpujs/heat.ts";
import { type HeatPlate, type HeatPlateProblem, plateFourier } from "./heat-plate.ts";
import { runSolver } from "./run-solver.ts";
import { sharedArrays } from "./shared-arrays.ts";
import type { SolverRun } from "./solver-backend.ts";
import { BARRIER } from "./solver-barrier.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";
import type { SolverLanes } from "./solver-lanes.ts";
import { SolverTeam, threadsFor } from "./solver-team.ts";
import { stepsPart } from "./steps-part.ts";

/** `HEAT_PLATE` in the compute child. */
export function run(problem: HeatPlateProblem, control: KernelControl): Promise<HeatPlate & SolverRun> {
  return runSolver(LANES, problem, control);
}

const threadsOf = ({ threads, startC, steps }: HeatPlateProblem): number =>
  threadsFor(threads, startC.length * steps);

const LANES: SolverLanes<HeatPlateProblem, HeatPlate> = {
  threads: threadsOf,
  fast: heatPlate,
  step: heatPlateStep,
  read: ({ steps, stepS }, temperatureC) => ({ temperatureC, timeS: steps * stepS }),
  // As many threads as the whole has.
  part: (problem, wanted) => stepsPart({ ...problem, threads: threadsOf(problem) }, wanted),
};

/**
 * Temperatures after `steps` explicit steps (FTCS), in f32.
 * @throws RungError `solver-input` naming the value at fault; whatever `control.breathe` throws
 */
export async function heatPlate(problem: HeatPlateProblem, control: SolverControl): Promise<HeatPlate> {
  const fourier = plateFourier(problem);
  const { width, height, startC } = problem;
  const { memory, arrays } = sharedArrays({
    barrier: BARRIER,
    now: ["f32", startC.length],
    next: ["f32", startC.length],
  });
  arrays.now.set(startC);
  // Both hold the edges, which no step writes.
  arrays.next.set(startC);
  let newest = arrays.now;
  let older = arrays.next;
  const team = await SolverTeam.form(memory, threadsOf(problem), arrays.barrier);
  try {
    await inSlices(problem.steps, 2, control, async (from, to) => {
      const address = await team.call(
        "heatPlate",
        ...[newest.byteOffset, older.byteOffset, width, height, fourier, to - from],
      );
      if (address !== newest.byteOffset) [newest, older] = [older, newest];
    });
  } finally {
    team.disband();
  }
  return { temperatureC: Float32Array.from(newest), timeS: problem.steps * problem.stepS };
}
