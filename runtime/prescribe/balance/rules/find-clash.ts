import type { BalanceProblem, BalanceRules } from "../balance-problem.ts";
import type { LoadRow } from "../load-rows.ts";
import { type FeasibilityLimit, feasible } from "./highs-question.ts";
import { feasibilityModel, type ModelSize, modelRules } from "./rule-model.ts";

/**
 * Which rules of an impossible line clash: each is left out in turn, and left out for good where the rest is impossible
 * still (the deletion filter of Chinneck and Dravnieks 1991). What stays clashes, and without any one of them it would not.
 * @returns undefined where that was not decided in time
 */
export async function findClash(
  problem: BalanceProblem,
  rules: BalanceRules,
  loads: readonly LoadRow[],
  size: ModelSize,
  limit: (share: number) => FeasibilityLimit,
): Promise<string[] | undefined> {
  let clash = modelRules(problem, rules, loads, size);
  for (const [i, rule] of clash.entries()) {
    const without = clash.filter((other) => other !== rule);
    const share = 1 / (clash.length - Math.min(i, clash.length - 1));
    const answer = await feasible(feasibilityModel(problem, rules, loads, size, without), limit(share));
    if (answer === undefined) return undefined;
    if (answer === "none") clash = without;
  }
  return clash.map(({ name }) => name);
}
