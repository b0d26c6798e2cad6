import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { type Choices, mergeFlows } from "../../../runtime/ladder/difference/merge-flows.ts";
import { edited, everything, looseEnds, meaning, type Node, randomFlow } from "./edited-flows.ts";

const SEEDS = 250;
const tabs = (flow: readonly Node[]) => flow.filter(({ type }) => type === "tab").map(({ id }) => id);

/** Base and two edited versions of it. */
function three(seed: number): { base: Node[]; mine: Node[]; theirs: Node[] } {
  const base = randomFlow(seed);
  const edits = 1 + (seed % 12);
  return {
    base,
    mine: edited(base, "my-", seed * 2 + 1, edits),
    theirs: edited(base, "their-", seed * 2 + 2, edits),
  };
}

describe("merge of flows: what holds of any edits", function () {
  this.timeout(30_000);

  it("the random flows and edits are sound, and of every kind", () => {
    let conflicts = 0;
    let clean = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const { base, mine, theirs } = three(seed);
      for (const flow of [base, mine, theirs]) assert.deepEqual(looseEnds(flow), [], `seed ${seed}`);
      if (mergeFlows(base, mine, theirs).conflicts.length > 0) conflicts++;
      else clean++;
    }
    assert.ok(conflicts > SEEDS / 5 && clean > SEEDS / 5, `${conflicts} conflicts, ${clean} clean`);
  });

  it("where one side changed nothing, the other's flow stands", () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const { base, mine } = three(seed);
      for (const [a, b] of [
        [mine, base],
        [base, mine],
        [mine, mine],
      ] as const) {
        const { merged, conflicts } = mergeFlows(base, a, b);
        assert.deepEqual(conflicts, [], `seed ${seed}`);
        assert.deepEqual(everything(merged as Node[]), everything(mine), `seed ${seed}`);
        assert.deepEqual(tabs(merged as Node[]), tabs(mine), `seed ${seed}`);
      }
    }
  });

  it("edits of different places merge to what both do one after the other", () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const base = randomFlow(seed);
      const [first, ...others] = tabs(base);
      const mine = edited(base, "my-", seed, 6, [first!, "c0"]);
      const theirs = edited(base, "their-", seed + SEEDS, 6, [...others, "s0", "c1", "c2"]);
      const both = edited(mine, "their-", seed + SEEDS, 6, [...others, "s0", "c1", "c2"]);
      const { merged, conflicts } = mergeFlows(base, mine, theirs);
      assert.deepEqual(conflicts, [], `seed ${seed}`);
      assert.deepEqual(everything(merged as Node[]), everything(both), `seed ${seed}`);
    }
  });

  it("it is the same from both sides, but for where things are drawn", () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const { base, mine, theirs } = three(seed);
      const there = mergeFlows(base, mine, theirs);
      const back = mergeFlows(base, theirs, mine);
      const places = (list: typeof there.conflicts) => list.map((one) => [...one.places].sort()).sort();
      assert.deepEqual(places(there.conflicts), places(back.conflicts), `seed ${seed}`);
      const sides = (list: typeof there.conflicts, side: "mine" | "theirs"): Choices =>
        new Map(list.map(({ place }) => [place, side]));
      assert.deepEqual(
        meaning(mergeFlows(base, mine, theirs, sides(there.conflicts, "mine")).merged as Node[]),
        meaning(mergeFlows(base, theirs, mine, sides(back.conflicts, "theirs")).merged as Node[]),
        `seed ${seed}`,
      );
    }
  });

  it("nothing a side changed or added is lost unless a conflict says so", () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const { base, mine, theirs } = three(seed);
      const { merged, conflicts } = mergeFlows(base, mine, theirs);
      const inConflict = new Set(conflicts.flatMap(({ places }) => places));
      const [was, result] = [meaning(base), meaning(merged as Node[])];
      for (const side of [mine, theirs]) {
        for (const node of side) {
          const now = meaning([node])[node.id];
          if (JSON.stringify(now) === JSON.stringify(was[node.id])) continue;
          const at = [node, ...base.filter(({ id }) => id === node.id)].flatMap(({ id, z }) => [
            id,
            String(z),
          ]);
          if (at.some((place) => inConflict.has(place))) continue;
          assert.deepEqual(result[node.id], now, `seed ${seed}: ${node.id}`);
        }
      }
    }
  });

  it("whatever is chosen, everything stands once and nothing leads nowhere", () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const { base, mine, theirs } = three(seed);
      const random = new Random(seed, 3);
      for (let round = 0; round < 4; round++) {
        const { conflicts } = mergeFlows(base, mine, theirs);
        const choices: Choices = new Map(
          conflicts.map(({ place }) => [place, random.uniform() < 0.5 ? "mine" : "theirs"]),
        );
        const settled = mergeFlows(base, mine, theirs, choices);
        assert.deepEqual(settled.conflicts, [], `seed ${seed}`);
        const merged = settled.merged as Node[];
        assert.deepEqual(looseEnds(merged), [], `seed ${seed}`);
        assert.equal(new Set(merged.map(({ id }) => id)).size, merged.length, `seed ${seed}`);
        // A node that both sides kept is never lost by taking one place from each.
        const theirIds = new Set(theirs.map(({ id }) => id));
        for (const { id } of mine)
          if (theirIds.has(id))
            assert.ok(
              merged.some((node) => node.id === id),
              `seed ${seed}: ${id}`,
            );
      }
    }
  });
});
