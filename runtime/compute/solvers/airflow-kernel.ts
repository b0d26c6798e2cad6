import type { KernelControl } from "../kernel.ts";
import { diverged, refuseDiverged } from "./airflow-fault.ts";
import { airflowSimd, largestDifference } from "./airflow-simd.ts";
import { airflowMoments, airflowStep } from "./gpujs/airflow.ts";
import { type Airflow, type AirflowProblem, checkAirflow } from "./lattice-boltzmann.ts";
import { runSolver } from "./run-solver.ts";
import type { SolverRun } from "./solver-backend.ts";
import type { SolverControl } from "./solver-control.ts";
import type { SolverLanes } from "./solver-lanes.ts";
import { threadsFor } from "./solver-team.ts";
import { stepsPart } from "./steps-part.ts";

/** `AIRFLOW` in the compute child. */
export function run(problem: AirflowProblem, control: KernelControl): Promise<Airflow & SolverRun> {
  return runSolver(LANES, problem, control);
}

const threadsOf = ({ threads, cell, steps }: AirflowProblem): number =>
  threadsFor(threads, cell.length * steps);

const LANES: SolverLanes<AirflowProblem, Airflow> = {
  threads: threadsOf,
  fast: airflow,
  step: airflowStep,
  read: (problem, after, before) => {
    const flow = airflowMoments(problem, after);
    const was = airflowMoments(problem, before);
    refuseDiverged(flow.density, problem.steps);
    const change = Math.max(largestDifference(was.ux, flow.ux), largestDifference(was.uy, flow.uy));
    return { ...flow, steps: problem.steps, change };
  },
  notFinite: ({ steps }) => diverged(steps),
  // As many threads as the whole has.
  part: (problem, wanted) => stepsPart({ ...problem, threads: threadsOf(problem) }, wanted),
};

/**
 * Air that starts at rest, after `steps` steps.
 * @throws RungError `solver-input` naming the value at fault; `airflow-diverged` where the flow blew up; whatever
 * `control.breathe` throws
 */
export async function airflow(problem: AirflowProblem, control: SolverControl): Promise<Airflow> {
  checkAirflow(problem);
  return airflowSimd(problem, threadsOf(problem), control);
}
