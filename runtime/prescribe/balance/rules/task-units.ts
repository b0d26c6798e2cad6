import type { BalanceProblem, BalanceRules } from "../balance-problem.ts";
import { tickArcs } from "../tick-line.ts";

/** Tasks that only move as one, and which of these come before which. */
export interface TaskUnits {
  readonly tasks: readonly (readonly number[])[];
  /** Direct predecessors of each unit. */
  readonly before: readonly ReadonlySet<number>[];
}

/**
 * What must share a station: tasks that belong together, and every task that must come between two of them. The units then
 * come before one another without a cycle.
 */
export function taskUnits(problem: BalanceProblem, { together = [] }: BalanceRules): TaskUnits {
  const index = new Map(problem.tasks.map(({ id }, i) => [id, i]));
  const arcs = tickArcs(problem);
  // Whoever reaches another and is reached by it shares its unit; a group is a circle of its tasks.
  const ahead = problem.tasks.map(() => new Set<number>());
  for (const [before, after] of arcs) ahead[before]!.add(after);
  for (const group of together) {
    for (const [i, id] of group.entries())
      ahead[index.get(id)!]!.add(index.get(group[(i + 1) % group.length]!)!);
  }
  const reach = ahead.map((_, start) => reachable(ahead, start));
  const unitOf = problem.tasks.map((_, task) =>
    problem.tasks.findIndex(
      (_, other) => other === task || (reach[task]!.has(other) && reach[other]!.has(task)),
    ),
  );
  const roots = [...new Set(unitOf)];
  const unit = new Map(roots.map((root, i) => [root, i]));
  const tasks = roots.map((root) => [...problem.tasks.keys()].filter((task) => unitOf[task] === root));
  const before = roots.map(() => new Set<number>());
  for (const [from, to] of arcs) {
    const [first, second] = [unit.get(unitOf[from]!)!, unit.get(unitOf[to]!)!];
    if (first !== second) before[second]!.add(first);
  }
  return { tasks, before };
}

function reachable(ahead: readonly ReadonlySet<number>[], start: number): Set<number> {
  const met = new Set<number>();
  const open = [...ahead[start]!];
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    if (met.has(task)) continue;
    met.add(task);
    open.push(...ahead[task]!);
  }
  return met;
}
