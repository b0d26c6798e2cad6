import type { Assignment, BalanceProblem, BalanceRules } from "../balance-problem.ts";
import type { LoadRow } from "../load-rows.ts";

/** Tasks at their places, with the copies that each place takes. */
export interface Placed {
  readonly assignment: Assignment;
  readonly copies: readonly number[];
  /** Copies of all places that have a task. */
  readonly stations: number;
}

/** @param places of each task. Without places that the rules name, those that nobody uses are left out */
export function placed(
  problem: BalanceProblem,
  rules: BalanceRules,
  loads: readonly LoadRow[],
  places: readonly number[],
): Placed {
  const count = rules.stations?.length ?? Math.max(...places) + 1;
  const all = Array.from({ length: count }, (_, place) =>
    [...problem.tasks.keys()].filter((task) => places[task] === place),
  );
  const shown = rules.stations === undefined ? all.filter((tasks) => tasks.length > 0) : all;
  const copies = shown.map((tasks) => copiesFor(loads, tasks));
  return {
    assignment: Object.fromEntries(
      shown.flatMap((tasks, place) => tasks.map((task) => [problem.tasks[task]!.id, place] as const)),
    ),
    copies,
    stations: copies.reduce((sum, own, place) => sum + (shown[place]!.length > 0 ? own : 0), 0),
  };
}

/** How many stations in parallel the work of tasks takes. */
export function copiesFor(loads: readonly LoadRow[], tasks: readonly number[]): number {
  const needed = loads.map(({ ticks, capacityTicks }) => {
    const load = tasks.reduce((sum, task) => sum + ticks[task]!, 0);
    return load === 0 ? 1 : Math.ceil(load / capacityTicks);
  });
  return Math.max(1, ...needed);
}
