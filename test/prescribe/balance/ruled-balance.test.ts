import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { balanceLine } from "../../../runtime/prescribe/balance/balance-line.ts";
import type { BalanceProblem, BalanceRules } from "../../../runtime/prescribe/balance/balance-problem.ts";
import { checkBalance } from "../../../runtime/prescribe/balance/check-balance.ts";
import { loadRows } from "../../../runtime/prescribe/balance/load-rows.ts";
import { checkRules } from "../../../runtime/prescribe/balance/rules/check-rules.ts";
import { greedyStart } from "../../../runtime/prescribe/balance/rules/greedy-start.ts";
import { feasible } from "../../../runtime/prescribe/balance/rules/highs-question.ts";
import { leastNumber } from "../../../runtime/prescribe/balance/rules/least-number.ts";
import { feasibilityModel, modelRules } from "../../../runtime/prescribe/balance/rules/rule-model.ts";
import { ruledBalance } from "../../../runtime/prescribe/balance/rules/ruled-balance.ts";
import { taskUnits } from "../../../runtime/prescribe/balance/rules/task-units.ts";
import { allAssignments } from "./enumerated.ts";
import { randomProblem } from "./random-problem.ts";

const CYCLE_S = 10;
const TASKS = 5;

/** Two tasks of five, drawn. */
function pair(random: Random): [string, string] {
  const first = random.integer(TASKS);
  return [`t${1 + first}`, `t${1 + ((first + 1 + random.integer(TASKS - 1)) % TASKS)}`];
}

/** What makes a line odd, one thing each. */
const ODD: Record<string, (random: Random, problem: BalanceProblem) => [BalanceProblem, BalanceRules]> = {
  "tasks together": (random, problem) => [problem, { together: [pair(random)] }],
  "tasks apart": (random, problem) => [problem, { apart: [pair(random), pair(random)] }],
  zones: (random, problem) => [
    { ...problem, tasks: problem.tasks.map((task) => ({ ...task, zone: `zone ${random.integer(2)}` })) },
    {},
  ],
  "equipment and sides": (random, problem) => [
    {
      ...problem,
      tasks: problem.tasks.map((task) => ({
        ...task,
        ...(random.uniform() < 0.3 ? { needs: ["press"] } : {}),
        ...(random.uniform() < 0.3 ? { side: "left" as const } : {}),
      })),
    },
    {
      stations: Array.from({ length: 4 }, () => ({
        equipment: random.uniform() < 0.6 ? ["press"] : [],
        side: (["left", "right", "both"] as const)[random.integer(3)]!,
      })),
    },
  ],
  "ergonomic points": (random, problem) => [
    { ...problem, tasks: problem.tasks.map((task) => ({ ...task, ergonomicPoints: random.integer(5) / 2 })) },
    { mostErgonomicPoints: 2.5 },
  ],
  "parallel stations": (random, problem) => [
    {
      ...problem,
      tasks: problem.tasks.map((task) => ({ ...task, timeS: task.timeS * (random.uniform() < 0.3 ? 2 : 1) })),
    },
    { mostCopies: 2 },
  ],
  "models by their mean": (random, problem) => [problem, models(random, "weighted")],
  "models by the worst": (random, problem) => [problem, models(random, "worst")],
};

function models(random: Random, mixed: "weighted" | "worst"): BalanceRules {
  const timesS = Object.fromEntries([pair(random)[0], pair(random)[0]].map((id) => [id, random.integer(9)]));
  return {
    mixed,
    models: [
      { name: "a", share: 2 },
      { name: "b", share: 1, timesS },
    ],
  };
}

/** Fewest stations by trying every assignment, every rule judged by the check; undefined where none holds. */
function enumerated(problem: BalanceProblem, rules: BalanceRules): number | undefined {
  const copiesAllowed = rules.mostCopies ?? 1;
  const rows = loadRows(problem, rules, CYCLE_S);
  let best: number | undefined;
  for (const at of allAssignments(problem, rules.stations?.length ?? TASKS)) {
    const copies = at.reduce<number[]>((counts, place) => {
      const needed = rows.map(({ ticks, capacityTicks }) =>
        Math.ceil(
          at.reduce((sum, other, task) => (other === place ? sum + ticks[task]! : sum), 0) / capacityTicks,
        ),
      );
      counts[place] = Math.min(copiesAllowed, Math.max(1, ...needed));
      return counts;
    }, []);
    const assignment = Object.fromEntries(problem.tasks.map(({ id }, task) => [id, at[task]!]));
    const stations = [...new Set(at)].reduce((sum, place) => sum + copies[place]!, 0);
    if (best !== undefined && stations >= best) continue;
    if (checkBalance(problem, CYCLE_S, assignment, rules, copies).length === 0) best = stations;
  }
  return best;
}

describe("balancing with rules", function () {
  this.timeout(60_000);
  for (const [rule, odd] of Object.entries(ODD)) {
    it(`keeps ${rule} with the fewest stations, as trying everything does`, async () => {
      const random = new Random(11);
      let [found, none] = [0, 0];
      for (let round = 0; round < 25; round++) {
        const [problem, rules] = odd(random, randomProblem(random, TASKS, 9, 0.25));
        const fewest = enumerated(problem, rules);
        const answer = await ruledBalance(problem, CYCLE_S, rules);
        assert.equal(answer.stations, fewest, `${JSON.stringify({ problem, rules })}`);
        assert.equal(answer.proven, true);
        if (fewest === undefined) {
          none++;
          assert.ok(answer.clash!.length > 0);
          continue;
        }
        found++;
        assert.equal(answer.bound, fewest);
        // A start by chance is often the best there is: HiGHS must find one as good by itself.
        const size = { places: rules.stations?.length ?? fewest, budget: fewest };
        const loads = loadRows(problem, rules, CYCLE_S);
        const kept = modelRules(problem, rules, loads, size);
        const values = await feasible(feasibilityModel(problem, rules, loads, size, kept));
        assert.ok(values instanceof Map, "HiGHS finds a balance");
        assert.deepEqual(checkBalance(problem, CYCLE_S, answer.assignment!, rules, answer.copies), []);
      }
      assert.ok(found > 2, `${found} lines with a balance, ${none} without`);
    });
  }

  const LINE: BalanceProblem = {
    name: "doors",
    tasks: [
      { id: "hinge", timeS: 4, after: [] },
      { id: "lock", timeS: 4, after: ["hinge"] },
      { id: "trim", timeS: 4, after: ["lock"], needs: ["press"] },
      { id: "test", timeS: 1, after: ["trim"] },
    ],
  };

  it("moves as one what belongs together, with what must come between", () => {
    const { tasks, before } = taskUnits(LINE, { together: [["hinge", "trim"]] });
    assert.deepEqual(tasks, [[0, 1, 2], [3]]);
    assert.deepEqual(
      before.map((units) => [...units]),
      [[], [0]],
    );
    // Two groups that enclose each other's tasks are one unit, although no task is in both.
    const crossed = taskUnits(LINE, {
      together: [
        ["hinge", "trim"],
        ["lock", "test"],
      ],
    });
    assert.deepEqual(crossed.tasks, [[0, 1, 2, 3]]);
  });

  it("begins with a balance by chance, the same at every run", () => {
    const rules: BalanceRules = {
      stations: [{}, { equipment: ["press"] }, {}],
      together: [["hinge", "lock"]],
    };
    const loads = loadRows(LINE, rules, 9);
    const start = greedyStart(LINE, rules, loads)!;
    assert.deepEqual(start, [0, 0, 1, 1]);
    assert.equal(greedyStart(LINE, { ...rules, apart: [["hinge", "lock"]] }, loads), undefined);
  });

  it("goes up in growing steps, then by halves, and comes back to what was passed over", async () => {
    const asked: string[] = [];
    const { best, bound } = await leastNumber(
      { least: 3, most: 40 },
      undefined,
      async (number, share) => {
        asked.push(`${number} ${share}`);
        if (number === 8 && share < 1) return undefined;
        return number < 9 ? "none" : { number, answer: "found" };
      },
      () => false,
    );
    assert.deepEqual([best, bound], [{ number: 9, answer: "found" }, 9]);
    assert.deepEqual(asked, ["3 0.1", "5 0.1", "9 0.1", "7 0.1", "8 0.1", "8 0.4", "8 1"]);
  });

  it("names the rules that clash, and none that could stay", async () => {
    const rules = {
      together: [["hinge", "test"]],
      apart: [
        ["lock", "trim"],
        ["hinge", "lock"],
      ],
      mostErgonomicPoints: 5,
    };
    const { proven, clash, stations } = await ruledBalance(LINE, 20, rules);
    assert.deepEqual({ proven, stations }, { proven: true, stations: undefined });
    assert.deepEqual(clash, ["precedence", "together hinge, test", "apart hinge, lock"]);
    const bare = await ruledBalance(LINE, 20, { stations: [{}, {}] });
    assert.deepEqual(bare.clash, ["press for task trim"]);
  });

  it("refuses a task that no number of copies makes short enough", async () => {
    await assert.rejects(
      ruledBalance(LINE, 1.5, { mostCopies: 2 }),
      /hinge takes 4 s, longer than 2 cycles of 1.5 s/,
    );
    const answer = await ruledBalance(LINE, 2, { mostCopies: 2 });
    assert.deepEqual({ stations: answer.stations, bound: answer.bound }, { stations: 7, bound: 7 });
  });

  it("takes rules of a file only with tasks and words that it knows", () => {
    const refused = (given: unknown, message: RegExp) =>
      assert.throws(() => checkRules(given, LINE, "rules.yaml"), message);
    refused({ together: [["hinge", "door"]] }, /rules.yaml: together\[0\]\[1\]: door is no task/);
    refused({ apart: [["hinge"]] }, /apart\[0\]: does not name two tasks/);
    refused({ zoning: [] }, /zoning is unknown/);
    refused({ stations: [] }, /stations: names no place/);
    refused({ mostCopies: 0 }, /mostCopies: is 0/);
    refused({ stations: [{ side: "top" }] }, /stations\[0\].side: is "top"/);
    refused({ models: [{ name: "a", share: 0.5 }] }, /models\[0\].share: is 0.5/);
    refused({ orders: [{ id: 1, model: "a", dueS: 3 }] }, /orders\[0\].model: a is no model/);
    refused(null, /is no mapping/);
  });

  it("keeps rules by the fewest stations only", async () => {
    const question = { kind: "cycle", stations: 2 } as const;
    await assert.rejects(
      balanceLine({ problem: LINE, question, rules: { apart: [["hinge", "lock"]] } }),
      /rules are kept when the fewest stations are asked for/,
    );
  });
});
