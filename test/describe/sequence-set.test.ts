import assert from "node:assert/strict";
import { Random } from "../../runtime/core/random.ts";
import { SequenceSet } from "../../runtime/describe/sequence-set.ts";

describe("sequence set", () => {
  it("agrees with a plain set over shuffled, repeated and missing numbers, 20 seeds", () => {
    for (let seed = 0; seed < 20; seed++) {
      const random = new Random(seed);
      const plain = new Set<number>();
      const set = new SequenceSet();
      for (let i = 0; i < 3000; i++) {
        const sequence = random.uniform() < 0.5 ? i : random.integer(3000);
        assert.equal(set.add(sequence), !plain.has(sequence), `seed ${seed}, number ${sequence}`);
        plain.add(sequence);
      }
      const all = [...plain].sort((a, b) => a - b);
      const runs = all.filter((n, i) => i === 0 || all[i - 1] !== n - 1).length;
      assert.equal(set.intervals, runs);
      assert.equal(set.missing, all.at(-1)! - all[0]! + 1 - all.length);
    }
  });

  it("keeps one interval for a source in order, and closes a hole that is filled", () => {
    const set = new SequenceSet();
    for (let i = 100; i < 1100; i++) set.add(i);
    assert.equal(set.intervals, 1);
    set.add(1105);
    assert.equal(set.missing, 5);
    for (const late of [1102, 1100, 1104, 1101, 1103]) assert.equal(set.add(late), true);
    assert.deepEqual([set.intervals, set.missing], [1, 0]);
    assert.equal(set.add(1103), false);
  });
});
