import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { replacements } from "../../../runtime/prescribe/balance/salbp/dominance.ts";
import { Effort } from "../../../runtime/prescribe/balance/salbp/effort.ts";
import { hoffmann, hoffmannRules } from "../../../runtime/prescribe/balance/salbp/hoffmann.ts";
import { PrecedenceDirection } from "../../../runtime/prescribe/balance/salbp/precedence-direction.ts";
import { RowMemory } from "../../../runtime/prescribe/balance/salbp/row-memory.ts";
import { StateStore } from "../../../runtime/prescribe/balance/salbp/state-store.ts";
import { bestDualFeasible, halves, thirds } from "../../../runtime/prescribe/balance/salbp/station-bounds.ts";

/** 1 before 2 before 4, 1 before 3 before 4, and 1 before 4, which the others imply. */
const DIAMOND = {
  ticks: Int32Array.of(1, 2, 3, 4),
  arcs: [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
    [0, 3],
  ] as const,
};

describe("the parts of the search for stations", () => {
  it("never takes two rows for each other, even if all have one hash", () => {
    const memory = new RowMemory(3, 4);
    const row = (i: number): Int32Array => Int32Array.of(i & 7, i >> 3, 5);
    for (let i = 0; i < 200; i++) {
      assert.equal(memory.find(row(i), -77), -1);
      assert.equal(memory.add(row(i), -77), i);
    }
    for (let i = 0; i < 200; i++) assert.equal(memory.find(row(i), -77), i);
    assert.deepEqual([memory.count, memory.word(9, 0), memory.word(9, 1), memory.hash(9)], [200, 1, 1, -77]);
  });

  it("gives partial balances by number of stations, the best first, and anew once one was reached in fewer", () => {
    const store = new StateStore(1, 5);
    const reach = (set: number, stations: number, key: number) =>
      store.reach(Int32Array.of(set), set, stations, -1, key);
    reach(0b0011, 2, 5);
    reach(0b0101, 2, 3);
    reach(0b0111, 3, 1);
    reach(0b0011, 3, 0);
    assert.equal(store.count, 3);
    assert.deepEqual([store.next(2), store.next(2), store.next(2)], [1, 0, -1]);
    reach(0b0111, 2, 9);
    assert.deepEqual([store.next(2), store.next(3), store.stations(2)], [2, -1, 2]);
  });

  it("knows who follows whom from either end, without arcs that others imply", () => {
    const forward = new PrecedenceDirection(DIAMOND, false);
    assert.deepEqual([...forward.followersAt], [0, 2, 3, 4, 4]);
    assert.deepEqual([...forward.followers], [1, 2, 3, 3]);
    assert.deepEqual([...forward.predecessors], [0, 1, 1, 2]);
    assert.deepEqual([...forward.positionalWeight], [10, 6, 7, 4]);
    assert.ok(forward.follows(3, 0) && !forward.follows(0, 3) && !forward.follows(2, 1));
    const backward = new PrecedenceDirection(DIAMOND, true);
    assert.deepEqual([...backward.positionalWeight], [1, 3, 4, 10]);
    // Earliest places in cycles of 4: 1, 1, 1, 3 from the front; 3, 2, 2, 1 from the back.
    assert.deepEqual(
      [forward, backward].map((end) => end.breadth(DIAMOND.ticks, 4)),
      [3 * 3 * 4 * 4 * 4, 3 * 4 * 4 * 4],
    );
  });

  it("lets a task make way for one as long that as much waits for, and never both ways", () => {
    const line = {
      ticks: Int32Array.of(3, 3, 2, 5),
      arcs: [
        [0, 3],
        [1, 3],
      ] as const,
    };
    const { at, tasks } = replacements(line.ticks, new PrecedenceDirection(line, false));
    const ofTask = (task: number) => [...tasks.subarray(at[task], at[task + 1])];
    // 1 and 2 are alike: the first stands in. 3 has no followers: 1 and 2 do all it does. 4 follows 1 and 2.
    assert.deepEqual([0, 1, 2, 3].map(ofTask), [[], [0], [0, 1, 3], []]);
  });

  it("weighs tasks so that no station can hold more than the bound says", () => {
    const random = new Random(6);
    for (let round = 0; round < 60; round++) {
      const cycle = 6 + random.integer(40);
      const ticks = Int32Array.from({ length: 10 }, () => random.integer(cycle + 1));
      for (const { weights, capacity, sum } of [halves, thirds, bestDualFeasible].map((weigh) =>
        weigh(ticks, cycle),
      )) {
        assert.equal(
          sum,
          weights.reduce((a, b) => a + b, 0),
        );
        for (let set = 0; set < 1 << 10; set++) {
          const inSet = [...ticks.keys()].filter((task) => (set >> task) & 1);
          if (inSet.reduce((total, task) => total + ticks[task]!, 0) > cycle) continue;
          assert.ok(inSet.reduce((total, task) => total + weights[task]!, 0) <= capacity);
        }
      }
    }
  });

  it("fills stations by a hundred rules, and gives up at the number that is asked to be beaten", () => {
    const rules = hoffmannRules(20);
    assert.equal(new Set(rules.map((rule) => JSON.stringify(rule))).size, 100);
    const direction = new PrecedenceDirection(DIAMOND, false);
    const effort = new Effort();
    assert.deepEqual([...hoffmann(DIAMOND, direction, 4, rules[0]!, 4, effort)!], [0, 1, 0, 2]);
    assert.equal(hoffmann(DIAMOND, direction, 4, rules[0]!, 3, effort), undefined);
    assert.ok(effort.work > 0);
  });

  it("spends effort of a part from the whole, and says which limit ended it", () => {
    const whole = new Effort({ work: 100 });
    const part = whole.part(0.5);
    part.spend(49);
    assert.equal(part.spent(), undefined);
    part.spend(1);
    assert.deepEqual([part.spent(), whole.spent(), whole.work], ["work", undefined, 50]);
    whole.spend(50);
    assert.equal(whole.spent(), "work");
    const late = new Effort({ timeMs: -1 });
    late.spend(10_000);
    assert.equal(late.spent(), "time");
    const idle = new Effort({ timeMs: 60_000, clock: "processor" });
    idle.spend(10_000);
    assert.equal(idle.spent(), undefined);
  });
});
