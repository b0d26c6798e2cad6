import type { KernelControl } from "../kernel.ts";
import { heatSlabStep } from "./gpujs/heat.ts";
import { type HeatSlab, type HeatSlabProblem, slabNumbers, slabStart } from "./heat-slab.ts";
import { runSolver } from "./run-solver.ts";
import { sharedArrays } from "./shared-arrays.ts";
import type { SolverRun } from "./solver-backend.ts";
import { BARRIER } from "./solver-barrier.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";
import type { SolverLanes } from "./solver-lanes.ts";
import { SolverTeam } from "./solver-team.ts";
import { stepsPart } from "./steps-part.ts";

/** `HEAT_SLAB` in the compute child. */
export function run(problem: HeatSlabProblem, control: KernelControl): Promise<HeatSlab & SolverRun> {
  return runSolver(LANES, problem, control);
}

const LANES: SolverLanes<HeatSlabProblem, HeatSlab> = {
  threads: () => 1,
  fast: heatSlab,
  step: heatSlabStep,
  read: ({ steps, stepS }, after) => ({ temperatureC: Float64Array.from(after), timeS: steps * stepS }),
  part: stepsPart,
};

/**
 * Temperatures after `steps` explicit steps (FTCS), in f64 and by one thread: a slab fits the fastest cache.
 * @throws RungError `solver-input` naming the value at fault; whatever `control.breathe` throws
 */
export async function heatSlab(problem: HeatSlabProblem, control: SolverControl): Promise<HeatSlab> {
  const { fourier, biot, outsideC } = slabNumbers(problem);
  const nodes = problem.startC.length;
  const { memory, arrays } = sharedArrays({
    barrier: BARRIER,
    now: ["f64", nodes],
    next: ["f64", nodes],
  });
  arrays.now.set(slabStart(problem));
  let newest = arrays.now;
  let older = arrays.next;
  const team = await SolverTeam.form(memory, 1, arrays.barrier);
  await inSlices(problem.steps, 1, control, (from, to) => {
    const address = team.alone(
      "heatSlab",
      ...[newest.byteOffset, older.byteOffset, nodes, fourier],
      ...[biot[0], outsideC[0], biot[1], outsideC[1], to - from],
    );
    if (address !== newest.byteOffset) [newest, older] = [older, newest];
  });
  return { temperatureC: Float64Array.from(newest), timeS: problem.steps * problem.stepS };
}
