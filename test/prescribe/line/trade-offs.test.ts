/**
 * Covers: trade-offs by search and fresh replications.
 * Scenario: two stations whose throughput is known exactly; figures that flatter the search; all choices beside a search.
 */
import assert from "node:assert/strict";
import { runFastLane } from "../../../runtime/model/line/serial/fast-lane.ts";
import { tradeOffs } from "../../../runtime/prescribe/line/trade-offs.ts";

describe("trade-offs", () => {
  it("finds throughput against places for a line that is known exactly", () => {
    const found = tradeOffs(
      {
        variables: [{ low: 0, high: 5, whole: true }],
        senses: ["small", "large"],
        // Two exponential stations with b places make (b + 2) / (b + 3).
        figures: ([places], replication) => {
          const process = { kind: "exponential", meanS: 1 } as const;
          const stations = [
            { id: "a", process },
            { id: "b", process },
          ];
          const run = { warmUpS: 100, endS: 4100, seed: replication };
          const { parts } = runFastLane({ name: "two", stations, placesBehind: [places!] }, run);
          return [places!, parts[1]! / 4000];
        },
      },
      { evaluations: 200, population: 20, look: 10, fresh: 40 },
    );
    assert.deepEqual(
      found.map(({ choice }) => choice[0]),
      [0, 1, 2, 3, 4, 5],
    );
    for (const { choice, figures } of found) {
      const exact = (choice[0]! + 2) / (choice[0]! + 3);
      const { value, low } = figures[1]!;
      assert.ok(
        Math.abs(value - exact) < 2.2 * (value - low),
        `${choice[0]} places: ${value} is not ${exact}`,
      );
    }
  });

  it("leaves out what fresh replications show to be beaten", () => {
    // In the replications of the search the second half is lucky; afresh it is worse in both.
    const found = tradeOffs(
      {
        variables: [{ low: 0, high: 9, whole: true }],
        senses: ["small", "small"],
        figures: ([x], replication) => [x!, replication < 5 ? -x! : x!],
      },
      { evaluations: 100, population: 20 },
    );
    assert.deepEqual(
      found.map(({ choice }) => choice[0]),
      [0],
    );
  });

  it("finds by search what looking at all choices finds", () => {
    const problem = {
      variables: Array.from({ length: 4 }, () => ({ low: 0, high: 4, whole: true })),
      senses: ["small", "large"] as const,
      figures: (x: readonly number[]) => [
        x.reduce((sum, each) => sum + each, 0),
        x.reduce((sum, each, i) => sum + Math.sqrt((i + 1) * each), 0),
      ],
    };
    const all = tradeOffs(problem, { evaluations: 625, look: 1, fresh: 2 });
    const searched = tradeOffs(problem, { evaluations: 624, population: 40, look: 1, fresh: 2 });
    const figures = (found: typeof all) =>
      new Set(found.map((one) => one.figures.map(({ value }) => value).join()));
    assert.equal(figures(all).size, 17);
    assert.ok([...figures(searched)].filter((each) => figures(all).has(each)).length >= 15);
  });
});
