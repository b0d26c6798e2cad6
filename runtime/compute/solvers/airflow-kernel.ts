import { airflowSimd } from "./airflow-simd.ts";
import { type Airflow, type AirflowProblem, checkAirflow } from "./lattice-boltzmann.ts";
import type { SolverControl } from "./solver-control.ts";
import { threadsFor } from "./solver-team.ts";

/** `AIRFLOW` in the compute child. */
export function run(problem: AirflowProblem, control: SolverControl): Promise<Airflow> {
  return airflow(problem, control);
}

/**
 * Air that starts at rest, after `steps` steps.
 * @throws RungError `solver-input` naming the value at fault; `airflow-diverged` where the flow blew up; whatever
 * `control.breathe` throws
 */
export async function airflow(problem: AirflowProblem, control: SolverControl): Promise<Airflow> {
  checkAirflow(problem);
  const updates = problem.cell.length * problem.steps;
  return airflowSimd(problem, threadsFor(problem.threads, updates), control);
}
