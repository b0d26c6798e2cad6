import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { balanceLine } from "../../../runtime/prescribe/balance/balance-line.ts";
import type { BalanceProblem, BalanceRules } from "../../../runtime/prescribe/balance/balance-problem.ts";
import {
  overload,
  type SequenceLine,
  sequenceOrders,
} from "../../../runtime/prescribe/balance/rules/order-sequence.ts";

const CYCLE_S = 10;
const PROBLEM: BalanceProblem = {
  name: "doors",
  tasks: [
    { id: "a", timeS: 8, after: [] },
    { id: "b", timeS: 8, after: ["a"] },
  ],
};

/** Long doors take 14 s at the first station, short ones 6 s. */
const MODELS = [
  { name: "long", share: 1, timesS: { a: 14 } },
  { name: "short", share: 1, timesS: { a: 6 } },
];

function lineOf(orders: BalanceRules["orders"] & object): SequenceLine {
  return {
    problem: PROBLEM,
    rules: { models: MODELS, orders },
    assignment: { a: 0, b: 1 },
    cycleS: CYCLE_S,
    stations: 2,
  };
}

function* permutations<T>(things: readonly T[]): Generator<T[]> {
  if (things.length === 0) yield [];
  for (const [i, first] of things.entries()) {
    for (const rest of permutations(things.toSpliced(i, 1))) yield [first, ...rest];
  }
}

describe("the sequence of orders", () => {
  it("counts what an operator cannot do within a quarter of a cycle beyond his station", () => {
    // 14 s: 12.5 s are done, 1.5 s are not; the next piece waits 2.5 s, ends at 16.5 s, 4 s of it undone.
    assert.equal(overload([[14], [14]], CYCLE_S), 5.5);
    assert.equal(overload([[14], [6], [14]], CYCLE_S), 3);
    assert.equal(overload([], CYCLE_S), 0);
  });

  it("alternates models where due dates leave the choice, and does not where they do not", () => {
    const orders = ["l1", "l2", "s1", "s2"].map((id) => ({
      id,
      model: id[0] === "l" ? "long" : "short",
      dueS: 60,
    }));
    const free = sequenceOrders(lineOf(orders));
    assert.deepEqual({ lateS: free.lateS, overloadS: free.overloadS }, { lateS: 0, overloadS: 3 });
    const urgent = sequenceOrders(
      lineOf(orders.map((order) => ({ ...order, dueS: order.model === "long" ? 30 : 50 }))),
    );
    assert.deepEqual(urgent.orders.slice(0, 2).sort(), ["l1", "l2"]);
    assert.deepEqual({ lateS: urgent.lateS, overloadS: urgent.overloadS }, { lateS: 0, overloadS: 5.5 });
  });

  it("has the least lateness of all sequences, and overload between its bound and that of the due dates", () => {
    const random = new Random(2);
    let best = 0;
    for (let round = 0; round < 60; round++) {
      const orders = Array.from({ length: 6 }, (_, i) => ({
        id: `o${i}`,
        model: random.uniform() < 0.5 ? "long" : "short",
        dueS: 10 * (2 + random.integer(7)),
      }));
      const found = sequenceOrders(lineOf(orders));
      assert.deepEqual(
        [...found.orders].sort(),
        orders.map(({ id }) => id),
      );
      const cost = (sequence: typeof orders) => {
        const late = sequence.map(({ dueS }, position) => (position + 2) * CYCLE_S - dueS);
        const work = sequence.map(({ model }) => [model === "long" ? 14 : 6, 8]);
        return { lateS: Math.max(0, ...late), overloadS: overload(work, CYCLE_S) };
      };
      const own = found.orders.map((id) => orders.find((order) => order.id === id)!);
      assert.deepEqual(cost(own), { lateS: found.lateS, overloadS: found.overloadS });
      const all = [...permutations(orders)].map(cost);
      const leastLate = Math.min(...all.map(({ lateS }) => lateS));
      const least = Math.min(
        ...all.filter(({ lateS }) => lateS === leastLate).map(({ overloadS }) => overloadS),
      );
      assert.equal(found.lateS, leastLate);
      assert.ok(found.overloadS >= least && found.overloadBoundS <= least);
      if (found.overloadS === least) best++;
    }
    assert.ok(best >= 55, `${best} of 60 with the least overload of all sequences`);
  });

  it("goes with the balance of a mixed line", async () => {
    const rules: BalanceRules = {
      models: MODELS,
      orders: [
        { id: "late", model: "long", dueS: 1 },
        { id: "soon", model: "short", dueS: 40 },
      ],
    };
    const { stations, sequence } = await balanceLine({
      problem: PROBLEM,
      question: { kind: "stations", cycleS: CYCLE_S },
      rules,
    });
    // By the mean both tasks take 10 s and 8 s: a station each. The first piece leaves after two cycles.
    assert.equal(stations, 2);
    assert.deepEqual(sequence, { orders: ["late", "soon"], lateS: 19, overloadS: 1.5, overloadBoundS: 0 });
    assert.throws(() => sequenceOrders(lineOf([])), /has no orders/);
    assert.throws(
      () => sequenceOrders(lineOf([{ id: "x", model: "van", dueS: 1 }])),
      /order x is of model van/,
    );
  });
});
