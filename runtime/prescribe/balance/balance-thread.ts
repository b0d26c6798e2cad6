import type { BalanceAnswer } from "./balance-answer.ts";
import { type BalanceOrder, balanceLine } from "./balance-line.ts";

/**
 * What the thread of `balanceInBackground` runs.
 * @param shared best and bound as they become known
 */
export function run(order: BalanceOrder, shared: Float64Array): Promise<BalanceAnswer> {
  return balanceLine(order, ({ best, bound }) => {
    shared[0] = best;
    shared[1] = bound;
  });
}
