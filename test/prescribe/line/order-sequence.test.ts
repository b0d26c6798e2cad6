/**
 * Covers: the sequence of orders.
 * Scenario: setup between colours, with noise.
 */
import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { sequenceOrders } from "../../../runtime/prescribe/line/order-sequence.ts";

describe("sequence of orders", () => {
  // Setup from one colour to another: the sequence with least setup keeps equal colours together, light before dark.
  const colours = [0, 2, 1, 0, 2, 1, 0];
  const cost = (sequence: readonly number[], replication: number): number => {
    const random = new Random(replication);
    let total = 0;
    sequence.forEach((order, i) => {
      const from = i === 0 ? 0 : colours[sequence[i - 1]!]!;
      const to = colours[order]!;
      total += from === to ? 0 : to > from ? 10 : 30;
    });
    return total + random.normal();
  };

  it("finds the one with least setup and says how surely", () => {
    const { sequence, ranking, candidates } = sequenceOrders({ orders: 7, cost });
    assert.deepEqual(
      sequence.map((order) => colours[order]),
      [0, 0, 0, 1, 1, 2, 2],
    );
    assert.ok(candidates.some((each) => each.join() === "0,1,2,3,4,5,6"));
    // Many sequences are as good: which of them is best cannot be told, and is not claimed.
    assert.ok(ranking.probability < 0.95);
  });

  it("keeps a single order", () => {
    assert.deepEqual(sequenceOrders({ orders: 1, cost }).sequence, [0]);
    assert.throws(() => sequenceOrders({ orders: 0, cost }), /0 orders/);
  });
});
