import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import type { BalanceProgress } from "../../../runtime/prescribe/balance/balance-answer.ts";
import { balanceInBackground } from "../../../runtime/prescribe/balance/balance-in-background.ts";
import type { BalanceProblem } from "../../../runtime/prescribe/balance/balance-problem.ts";

/** 90 tasks that would fill 30 stations to the last second, if precedence did not forbid it: not proved in any short time. */
const RANDOM = new Random(4);
const HARD: BalanceProblem = {
  name: "hard",
  tasks: Array.from({ length: 30 }, () => {
    const [one, other] = [200 + RANDOM.integer(200), 200 + RANDOM.integer(200)];
    return [one, other, 1000 - one - other];
  })
    .flat()
    .map((timeS, i) => ({
      id: String(i + 1),
      timeS,
      after: i < 9 ? [] : [String(1 + RANDOM.integer(i)), String(1 + RANDOM.integer(i))],
    })),
};
const QUESTION = { kind: "stations", cycleS: 1000 } as const;

describe("balancing in a thread of its own", function () {
  this.timeout(30_000);

  it("answers, tells faults as they are, and ends with the answer", async () => {
    const problem = {
      name: "two",
      tasks: [251, 288, 325, 265].map((timeS, i) => ({ id: String(i + 1), timeS, after: [] })),
    };
    const { stations, bound } = await balanceInBackground({
      problem,
      question: { kind: "stations", cycleS: 700 },
    });
    assert.deepEqual([stations, bound], [2, 2]);
    await assert.rejects(
      balanceInBackground({ problem, question: { kind: "stations", cycleS: 100 } }),
      /^RungError: two: task 1 takes 251 s, longer than the cycle of 100 s \(split the task/,
    );
  });

  it("tells how far it is, and is cancelled at once", async () => {
    const cancel = new AbortController();
    const told: BalanceProgress[] = [];
    const answer = balanceInBackground(
      { problem: HARD, question: QUESTION },
      {
        signal: cancel.signal,
        onProgress: (progress) => {
          told.push(progress);
          cancel.abort();
        },
      },
    );
    await assert.rejects(answer, /was stopped before it was done/);
    assert.ok(told[0]!.best > told[0]!.bound && told[0]!.bound > 0, JSON.stringify(told));
  });
});
