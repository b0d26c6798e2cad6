import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Random } from "../../../runtime/core/random.ts";
import { BalanceBoard } from "../../../runtime/prescribe/balance/balance-board.ts";
import { type Breach, breachText } from "../../../runtime/prescribe/balance/balance-breach.ts";
import type { BalanceProblem, BalanceRules } from "../../../runtime/prescribe/balance/balance-problem.ts";
import { checkBalance } from "../../../runtime/prescribe/balance/check-balance.ts";
import { randomProblem } from "./random-problem.ts";

const DOORS: BalanceProblem = {
  name: "doors",
  tasks: [
    { id: "hinge", timeS: 0.1, after: [] },
    { id: "lock", timeS: 0.2, after: ["hinge"], needs: ["driver"] },
    { id: "trim", timeS: 0.3, after: ["lock"] },
  ],
};

describe("the check of a balance", () => {
  it("takes a task at a place that the line does not have for one at no station", () => {
    const rules = { stations: [{ equipment: ["driver"] }] };
    const somewhere = { hinge: -1, lock: 0.5, trim: 1 };
    const none = ["hinge", "lock", "trim"].map((task) => ({ kind: "unassigned", task }));
    assert.deepEqual(checkBalance(DOORS, 1, somewhere, rules), none);
    assert.deepEqual(checkBalance(DOORS, 1, {}), none);
    assert.deepEqual(checkBalance(DOORS, 1, { hinge: 0, lock: 0, trim: 0 }, rules), []);
  });
});

describe("a breach in a sentence", () => {
  const said: [Breach, string][] = [
    [{ kind: "unassigned", task: "a" }, "task a is at no station"],
    [{ kind: "precedence", before: "a", task: "b" }, "task a must come before b, and is at a later station"],
    [{ kind: "overload", station: 0, loadS: 9, capacityS: 8 }, "station 1 has 9 s of work in 8 s"],
    [
      { kind: "overload", station: 1, loadS: 9, capacityS: 8, model: "van" },
      "station 2 has 9 s of work for van in 8 s",
    ],
    [{ kind: "together", tasks: ["a", "b"] }, "tasks a and b belong at one station"],
    [{ kind: "apart", station: 2, tasks: ["a", "b"] }, "tasks a and b may not share station 3"],
    [{ kind: "zone", station: 0, zones: ["front", "rear"] }, "station 1 works in zones front and rear"],
    [{ kind: "equipment", task: "a", station: 0, missing: ["press"] }, "station 1 lacks press for task a"],
    [{ kind: "side", task: "a", station: 0, wants: "left" }, "station 1 has not the left side of task a"],
    [{ kind: "side", task: "a", station: 0, wants: "both" }, "station 1 has not the two sides of task a"],
    [{ kind: "ergonomics", station: 0, points: 7, most: 5 }, "station 1 has 7 ergonomic points, more than 5"],
  ];
  for (const [breach, sentence] of said) it(sentence, () => assert.equal(breachText(breach), sentence));
});

describe("a balance board", () => {
  it("tells what a move brings and ends, and the loads of the two stations", () => {
    const board = new BalanceBoard(DOORS, 0.3, {}, { hinge: 0, lock: 0, trim: 1 });
    assert.deepEqual(board.breaches(), [], "0.1 s and 0.2 s fit 0.3 s");
    const change = board.move("hinge", 1);
    assert.deepEqual(
      change.stations.map(({ station, loadS, tasks }) => ({ station, loadS, tasks })),
      [
        { station: 0, loadS: 0.2, tasks: ["lock"] },
        { station: 1, loadS: 0.4, tasks: ["hinge", "trim"] },
      ],
    );
    assert.deepEqual(change.appeared, [
      { kind: "precedence", before: "hinge", task: "lock" },
      { kind: "overload", station: 1, loadS: 0.4, capacityS: 0.3 },
    ]);
    assert.deepEqual(board.move("hinge", 0).gone, change.appeared);
    assert.deepEqual(board.move("trim", undefined).appeared, [{ kind: "unassigned", task: "trim" }]);
    assert.deepEqual(board.assignment(), { hinge: 0, lock: 0 });
  });

  it("refuses stations that the line does not have", () => {
    const board = new BalanceBoard(DOORS, 1, { stations: [{ equipment: ["driver"] }, {}] });
    assert.equal(board.stations, 2);
    assert.throws(
      () => board.move("hinge", 2),
      /doors: there is no station 2 \(stations are numbered 0 to 1\)/,
    );
    assert.throws(() => board.move("door", 0), /door is no task/);
    assert.deepEqual(board.move("lock", 1).appeared, [
      { kind: "equipment", task: "lock", station: 1, missing: ["driver"] },
    ]);
  });

  it("needs nothing that a browser does not have", () => {
    const seen = new Set<string>();
    const open = [new URL("../../../runtime/prescribe/balance/balance-board.ts", import.meta.url).href];
    for (const module of open) {
      if (seen.has(module)) continue;
      seen.add(module);
      for (const [, from = ""] of readFileSync(new URL(module), "utf8").matchAll(
        /^import .* from "(.+)";$/gm,
      )) {
        assert.match(from, /^\./, `${module} imports ${from}`);
        open.push(new URL(from, module).href);
      }
    }
    assert.ok(seen.size >= 5, [...seen].join("\n"));
  });

  it("says after each of 4,000 random moves what a check of the whole balance says", () => {
    const random = new Random(8);
    for (let round = 0; round < 40; round++) {
      const plain = randomProblem(random, 8, 9, 0.3);
      const problem: BalanceProblem = {
        ...plain,
        tasks: plain.tasks.map((task) => ({
          ...task,
          needs: random.uniform() < 0.3 ? ["press"] : [],
          ergonomicPoints: random.integer(4) / 10,
          ...(random.uniform() < 0.5 ? { zone: random.uniform() < 0.5 ? "front" : "rear" } : {}),
          ...(random.uniform() < 0.3
            ? { side: (["left", "right", "both"] as const)[random.integer(3)]! }
            : {}),
        })),
      };
      const id = (): string => `t${1 + random.integer(8)}`;
      const rules: BalanceRules = {
        together: [["t1", "t2", "t3"]],
        apart: [["t4", "t5", "t6"]],
        stations: Array.from({ length: 5 }, () => ({
          equipment: random.uniform() < 0.5 ? ["press"] : [],
          side: (["left", "right", "both"] as const)[random.integer(3)]!,
        })),
        mostErgonomicPoints: 0.6,
        models: [
          { name: "a", share: 1 },
          { name: "b", share: 2, timesS: { [id()]: 0, [id()]: 12 } },
        ],
        mixed: round % 2 === 0 ? "weighted" : "worst",
      };
      const copies = [1, 2, 1, 1, 1];
      const board = new BalanceBoard(problem, 9, rules, {}, { copies });
      for (let move = 0; move < 100; move++) {
        board.move(id(), random.uniform() < 0.1 ? undefined : random.integer(5));
        const whole = checkBalance(problem, 9, board.assignment(), rules, copies);
        assert.deepEqual(sorted(board.breaches()), sorted(whole));
      }
    }
  });
});

/** Breaches in an order of their own, as are the two tasks of a pair. */
function sorted(breaches: readonly Breach[]): string[] {
  return breaches
    .map((breach) => ("tasks" in breach ? { ...breach, tasks: [...breach.tasks].sort() } : breach))
    .map((breach) => JSON.stringify(Object.entries(breach).sort()))
    .sort();
}
