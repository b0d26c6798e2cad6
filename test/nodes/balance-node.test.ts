import assert from "node:assert/strict";
import balance from "../../nodes/4-prescribe/balance/balance.ts";
import type { BalanceMessage } from "../../runtime/prescribe/balance/balance-message.ts";
import { balanceRecommendation } from "../../runtime/prescribe/balance/balance-recommendation.ts";
import { JACKSON, JACKSON_BALANCE } from "./jackson-line.ts";
import { helper, onOwnHome } from "./node-runtime.ts";

const FORM = { twin: "", tasks: "", question: "stations", cycleS: 10, stations: "", rules: "", timeS: 10 };
const FLOW = [
  { id: "b", type: "rung-balance", name: "door", ...FORM, wires: [["one"], []] },
  { id: "one", type: "helper", wires: [] },
];

describe("balance in Node-RED", function () {
  this.timeout(30_000);
  onOwnHome();
  before(() => helper.load([balance], FLOW));

  const answerTo = (message: object): Promise<BalanceMessage> =>
    new Promise((resolve, reject) => {
      helper.getNode("one").once("input", ({ payload }) => resolve(payload as BalanceMessage));
      helper.getNode("b").error = (what) => reject(what);
      helper.getNode("b").receive(message);
    });

  it("finds the fewest stations of Jackson's line, and proves it", async () => {
    const { stations, proof, breaches, cycleS } = await answerTo({ payload: { problem: JACKSON } });
    assert.deepEqual([stations, cycleS, breaches], [5, 10, []]);
    assert.deepEqual(proof, {
      kind: "stations",
      proven: true,
      bound: 5,
      endedBy: "proof",
      solver: "branch, bound and remember",
    });
  });

  it("takes the text of a file, and the shortest cycle for a number of stations", async () => {
    const csv = "task,time,predecessors\na,4,\nb,3,a\nc,5,a\nd,2,b c\n";
    const first = await answerTo({ payload: csv, filename: "/in/line.csv" });
    assert.deepEqual(first.assignment, { a: 0, b: first.assignment.b, c: first.assignment.c, d: 1 });
    assert.equal(first.stations, 2);
    const problem = first.problem;
    const second = await answerTo({ payload: { problem, question: "cycle", stations: 2 } });
    assert.deepEqual([second.cycleS, second.proof?.proven], [7, true]);
  });

  it("keeps rules that come with the message", async () => {
    const rules = { apart: [["1", "2"]] };
    const { assignment, proof } = await answerTo({ payload: { problem: JACKSON, rules } });
    assert.notEqual(assignment[1], assignment[2]);
    assert.equal(proof?.solver, "HiGHS");
  });

  it("says what is wrong: an order, tasks that come before themselves, a task that no cycle holds", async () => {
    const looped = {
      name: "loop",
      tasks: [
        { id: "a", timeS: 1, after: ["b"] },
        { id: "b", timeS: 1, after: ["a"] },
      ],
    };
    const wrong: [object, RegExp][] = [
      [{ payload: {} }, /door: has no tasks/],
      [{ payload: { speed: 3 } }, /door: speed is no part of a balance's order/],
      [{ payload: { problem: JACKSON, cycleS: -1 } }, /cycleS must be a number above 0, got -1/],
      [
        { payload: { problem: looped } },
        /tasks come before themselves: a before b before a|b before a before b/,
      ],
      [{ payload: { problem: JACKSON, cycleS: 6 } }, /task 4 takes 7 s, longer than the cycle of 6 s/],
      [{ payload: { problem: JACKSON, current: { 1: -1 } } }, /current must name a station/],
      [{ payload: { problem: JACKSON, question: "cycle" } }, /has no number of stations/],
      [{ payload: { problem: { tasks: [{ id: "a", timeS: -1, after: [] }] } } }, /task a takes -1 s/],
      [{ payload: "1,2", filename: "line.txt" }, /line\.txt/],
    ];
    for (const [message, wanted] of wrong) await assert.rejects(answerTo(message), wanted);
  });
});

describe("what a balance recommends", () => {
  it("is which tasks change their station, counted from 1, with the line now and then", () => {
    const twin = "acme/leipzig/examples/doorLine";
    const now = { ...JACKSON_BALANCE.assignment, 5: 2, 7: 3 };
    const recommendation = balanceRecommendation({ ...JACKSON_BALANCE, twin }, now)!;
    assert.deepEqual(recommendation.changes, [
      { target: `${twin}/tasks/5/station`, from: 3, to: 1, unit: "1" },
      { target: `${twin}/tasks/7/station`, from: 4, to: 3, unit: "1" },
    ]);
    assert.deepEqual(
      recommendation.comparisons.map(({ what, baseline, scenario }) => [
        what,
        baseline.value,
        scenario.value,
      ]),
      [
        ["stations", 6, 6],
        ["slowest station", 10, 10],
        ["idle share", 100 * (1 - 46 / 60), 100 * (1 - 46 / 60)],
      ],
    );
    assert.deepEqual(
      recommendation.constraints.map(({ verdict }) => verdict),
      ["at limit", "free"],
    );
    assert.deepEqual(recommendation.projected.interval, { value: 10, low: 10, high: 10 });
  });

  it("is nothing where no task moves", () => {
    assert.equal(balanceRecommendation(JACKSON_BALANCE, JACKSON_BALANCE.assignment), undefined);
    assert.equal(balanceRecommendation(JACKSON_BALANCE, {}), undefined, "the line as it is is not known");
  });
});
