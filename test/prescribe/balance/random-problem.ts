import type { Random } from "../../../runtime/core/random.ts";
import type { BalanceProblem } from "../../../runtime/prescribe/balance/balance-problem.ts";

/**
 * Small tasks for tests that enumerate: times 1 to `longestS`, each earlier task a predecessor with the given chance.
 * The order in the file is shuffled, so that nothing rests on tasks standing in their order.
 */
export function randomProblem(
  random: Random,
  tasks: number,
  longestS: number,
  chance: number,
): BalanceProblem {
  const drawn = Array.from({ length: tasks }, (_, i) => ({
    id: `t${i + 1}`,
    timeS: 1 + random.integer(longestS),
    after: Array.from({ length: i }, (_, j) => `t${j + 1}`).filter(() => random.uniform() < chance),
  }));
  for (let i = tasks - 1; i > 0; i--) {
    const other = random.integer(i + 1);
    [drawn[i], drawn[other]] = [drawn[other]!, drawn[i]!];
  }
  return { name: "random", tasks: drawn };
}
