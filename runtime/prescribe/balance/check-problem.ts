import { RungError } from "../../core/errors.ts";
import type { BalanceProblem, BalanceTask } from "./balance-problem.ts";

/**
 * Refuses what is no set of tasks to balance.
 * @returns the problem as it was given
 * @throws RungError `balance-empty`, `balance-duplicate-task`, `balance-time`, `balance-unknown-predecessor`,
 *   `balance-cycle` with the tasks of the cycle in their order
 */
export function checkProblem(problem: BalanceProblem): BalanceProblem {
  const where = problem.name;
  const refuse = (code: string, what: string, advice: string): never => {
    throw new RungError({ code: `balance-${code}`, where, what, advice });
  };
  if (problem.tasks.length === 0) refuse("empty", "has no task", "give at least one task with its time");
  const ids = new Set<string>();
  for (const { id, timeS } of problem.tasks) {
    if (ids.has(id))
      refuse("duplicate-task", `task ${id} stands there twice`, "give each task a name of its own");
    ids.add(id);
    if (!(Number.isFinite(timeS) && timeS >= 0)) {
      refuse("time", `task ${id} takes ${timeS} s`, "a task time is a number of seconds, 0 or more");
    }
  }
  if (problem.tasks.every(({ timeS }) => timeS === 0)) {
    refuse("time", "no task takes any time", "give the tasks their times in seconds");
  }
  for (const { id, after } of problem.tasks) {
    const stranger = after.find((before) => !ids.has(before));
    if (stranger === undefined) continue;
    refuse(
      "unknown-predecessor",
      `task ${id} comes after ${stranger}, which is no task`,
      "name tasks of the file",
    );
  }
  const cycle = cycleOf(problem.tasks);
  if (cycle !== undefined) {
    refuse(
      "cycle",
      `tasks come before themselves: ${cycle.join(" before ")}`,
      "take one of these precedences out",
    );
  }
  return problem;
}

/**
 * Refuses a cycle time in which some task can never be done.
 * @param copies most copies of one station, which give each piece that many cycle times
 * @throws RungError `balance-cycle-time`, `balance-task-too-long`
 */
export function checkCycleTime(problem: BalanceProblem, cycleS: number, copies = 1): void {
  const where = problem.name;
  if (!(Number.isFinite(cycleS) && cycleS > 0)) {
    throw new RungError({
      code: "balance-cycle-time",
      where,
      what: `the cycle time must be more than 0 s, got ${cycleS}`,
      advice: "give the time between two pieces in seconds",
    });
  }
  const long = problem.tasks.find(({ timeS }) => timeS > cycleS * copies);
  if (long === undefined) return;
  throw new RungError({
    code: "balance-task-too-long",
    where,
    what: `task ${long.id} takes ${long.timeS} s, longer than ${copies > 1 ? `${copies} cycles` : "the cycle"} of ${cycleS} s`,
    advice: "split the task, allow parallel stations or give a longer cycle",
  });
}

/** Tasks each of which comes before the next, the first again at the end; undefined where there is no cycle. */
function cycleOf(tasks: readonly BalanceTask[]): string[] | undefined {
  const open = new Map(tasks.map(({ id, after }) => [id, new Set(after)]));
  const followers = new Map<string, string[]>(tasks.map(({ id }) => [id, []]));
  for (const { id, after } of tasks) for (const before of new Set(after)) followers.get(before)!.push(id);
  const ready = tasks.filter(({ after }) => after.length === 0).map(({ id }) => id);
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    open.delete(id);
    for (const follower of followers.get(id)!) {
      const waits = open.get(follower)!;
      waits.delete(id);
      if (waits.size === 0) ready.push(follower);
    }
  }
  const [start] = open.keys();
  if (start === undefined) return undefined;
  // Every task that is left waits for another that is left: going back must meet one again.
  const way: string[] = [];
  let at = start;
  while (!way.includes(at)) {
    way.push(at);
    [at] = open.get(at)! as unknown as [string];
  }
  return [at, ...way.slice(way.indexOf(at)).slice(1).reverse(), at];
}
