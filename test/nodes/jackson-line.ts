import type { BalanceMessage } from "../../runtime/prescribe/balance/balance-message.ts";
import type { BalanceProblem } from "../../runtime/prescribe/balance/balance-problem.ts";

/** Jackson's eleven tasks (1956), and a balance of them in six stations of 10 s, one more than they need. */
export const JACKSON: BalanceProblem = {
  name: "JACKSON.IN2",
  tasks: (
    [
      [6, []],
      [2, [1]],
      [5, [1]],
      [7, [1]],
      [1, [1]],
      [2, [2]],
      [3, [3, 4, 5]],
      [6, [6]],
      [5, [7]],
      [5, [8]],
      [4, [9, 10]],
    ] as const
  ).map(([timeS, after], i) => ({ id: String(i + 1), timeS, after: after.map(String) })),
};

export const JACKSON_BALANCE: BalanceMessage = {
  kind: "balance",
  twin: "",
  problem: JACKSON,
  cycleS: 10,
  rules: {},
  assignment: { 1: 0, 2: 0, 5: 0, 4: 1, 3: 2, 6: 1, 7: 2, 8: 3, 9: 4, 10: 4, 11: 5 },
  stations: 6,
  proof: { kind: "stations", proven: false, bound: 5, endedBy: "time", solver: "branch, bound and remember" },
  idleShare: 1 - 46 / 60,
  breaches: [],
  madeAtUs: 1_790_000_000_000_000,
};
