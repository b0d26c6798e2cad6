import type { BalanceProblem } from "../../../runtime/prescribe/balance/balance-problem.ts";

/** Every way to put the tasks into at most so many stations that keeps precedence; loads are the caller's to judge. */
export function* allAssignments(problem: BalanceProblem, stations: number): Generator<number[]> {
  const index = new Map(problem.tasks.map(({ id }, i) => [id, i]));
  const before = problem.tasks.map(({ after }) => after.map((id) => index.get(id)!));
  const at = problem.tasks.map(() => 0);
  function* from(task: number): Generator<number[]> {
    if (task === at.length) {
      const kept = before.every((list, i) => list.every((earlier) => at[earlier]! <= at[i]!));
      if (kept) yield at;
      return;
    }
    for (let station = 0; station < stations; station++) {
      at[task] = station;
      yield* from(task + 1);
    }
  }
  yield* from(0);
}

/** Loads of each station. */
export function loadsOf(problem: BalanceProblem, at: readonly number[], stations: number): number[] {
  const loads = Array.from({ length: stations }, () => 0);
  for (const [task, { timeS }] of problem.tasks.entries()) loads[at[task]!]! += timeS;
  return loads;
}

/**
 * Least cycle for each number of stations up to `most`, by trying everything: the reference for all three simple problems.
 * By dynamic programming over sets of tasks that are closed under precedence, a state for each set and number of stations.
 */
export function leastCycles(problem: BalanceProblem, most: number): number[] {
  const n = problem.tasks.length;
  const index = new Map(problem.tasks.map(({ id }, i) => [id, i]));
  const needs = problem.tasks.map(({ after }) => after.reduce((mask, id) => mask | (1 << index.get(id)!), 0));
  const time = Array.from({ length: 1 << n }, (_, set) =>
    problem.tasks.reduce((sum, { timeS }, i) => (set & (1 << i) ? sum + timeS : sum), 0),
  );
  const closed = Array.from({ length: 1 << n }, (_, set) => set).filter((set) =>
    needs.every((mask, i) => (set & (1 << i)) === 0 || (mask & ~set) === 0),
  );
  const all = (1 << n) - 1;
  let least = new Map<number, number>([[0, 0]]);
  const answer = [Number.POSITIVE_INFINITY];
  for (let stations = 1; stations <= most; stations++) {
    const next = new Map<number, number>();
    for (const [done, cycle] of least) {
      for (const set of closed) {
        if ((done & ~set) !== 0) continue;
        const longer = Math.max(cycle, time[set & ~done]!);
        if (longer < (next.get(set) ?? Number.POSITIVE_INFINITY)) next.set(set, longer);
      }
    }
    least = next;
    answer.push(least.get(all)!);
  }
  return answer;
}
