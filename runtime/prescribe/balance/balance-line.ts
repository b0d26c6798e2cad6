import { RungError } from "../../core/errors.ts";
import type { BalanceAnswer, BalanceProgress, BalanceQuestion } from "./balance-answer.ts";
import type { BalanceProblem, BalanceRules } from "./balance-problem.ts";
import { sequenceOrders } from "./rules/order-sequence.ts";
import { ruledBalance } from "./rules/ruled-balance.ts";
import type { EffortLimit } from "./salbp/effort.ts";
import { simpleBalance } from "./simple-balance.ts";

/** What is asked of whom. Plain data. */
export interface BalanceOrder {
  /** Checked, as readers give it. */
  readonly problem: BalanceProblem;
  readonly question: BalanceQuestion;
  /** Checked by `checkRules`. */
  readonly rules?: BalanceRules;
  readonly limit?: EffortLimit;
}

/** Whether a line asks for more than that each task comes after its predecessors and each load fits. */
export function hasRules({ tasks }: BalanceProblem, rules: BalanceRules): boolean {
  const { together = [], apart = [], stations, mostErgonomicPoints, mostCopies = 1, models = [] } = rules;
  return (
    together.length + apart.length + models.length > 0 ||
    stations !== undefined ||
    mostErgonomicPoints !== undefined ||
    mostCopies > 1 ||
    new Set(tasks.flatMap(({ zone }) => zone ?? [])).size > 1
  );
}

/**
 * Balances a line: by branch, bound and remember where precedence and cycle time are all it asks, by HiGHS otherwise.
 * Takes all the time it is given without giving way: call it in a thread.
 * Orders of a mixed line are put in sequence for the balance that is found.
 * @throws RungError `balance-question` where rules are to be kept by another question than the fewest stations
 */
export async function balanceLine(
  { problem, question, rules = {}, limit = {} }: BalanceOrder,
  onProgress?: (progress: BalanceProgress) => void,
): Promise<BalanceAnswer> {
  if (!hasRules(problem, rules)) return simpleBalance(problem, question, limit, onProgress);
  if (question.kind === "stations") {
    const answer = await ruledBalance(problem, question.cycleS, rules, limit, onProgress);
    const { assignment, copies, cycleS } = answer;
    if (assignment === undefined || cycleS === undefined || (rules.orders ?? []).length === 0) return answer;
    const stations = rules.stations?.length ?? 1 + Math.max(...Object.values(assignment));
    const line = {
      problem,
      rules,
      assignment,
      cycleS,
      stations,
      ...(copies === undefined ? {} : { copies }),
    };
    return { ...answer, sequence: sequenceOrders(line) };
  }
  throw new RungError({
    code: "balance-question",
    where: problem.name,
    what: "zones and rules are kept when the fewest stations are asked for, not the shortest cycle or the least paid time",
    advice: "give a cycle time",
  });
}
