import type { Assignment, BalanceProblem } from "./balance-problem.ts";
import { ExactTimes } from "./exact-times.ts";
import type { TickLine } from "./salbp/precedence-direction.ts";

/** A problem as numbers, with the way back to names and seconds. */
export interface CountedProblem {
  readonly line: TickLine;
  readonly times: ExactTimes;
}

/** @throws RungError `times-too-fine` */
export function countedProblem(problem: BalanceProblem): CountedProblem {
  const times = new ExactTimes(
    problem.tasks.map(({ timeS }) => timeS),
    problem.name,
  );
  return { line: { ticks: Int32Array.from(times.ticks), arcs: tickArcs(problem) }, times };
}

/** What comes before what, by the numbers of the tasks. */
export function tickArcs({ tasks }: BalanceProblem): TickLine["arcs"] {
  const index = new Map(tasks.map(({ id }, i) => [id, i]));
  return tasks.flatMap(({ after }, i) => after.map((id): [number, number] => [index.get(id)!, i]));
}

/** The station of each task by its name. */
export function assignmentOf({ tasks }: BalanceProblem, station: Int32Array): Assignment {
  return Object.fromEntries(tasks.map(({ id }, i) => [id, station[i]!]));
}
