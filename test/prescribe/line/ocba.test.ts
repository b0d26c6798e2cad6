/**
 * Covers: ranking of alternatives under noise by OCBA.
 * Scenario: normal figures with known means, 400 contests; contests that need no luck.
 */
import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { binomialUpperBound } from "../../../runtime/core/statistics/binomial.ts";
import { rankByOcba } from "../../../runtime/prescribe/line/ocba.ts";

/** The last alternative is best by `lead`; each next one before it is as much worse again. */
function contest(seed: number, alternatives: number, lead: number) {
  const random = new Random(seed);
  return {
    alternatives,
    figure: (i: number) => lead * i + random.normal(),
  };
}

describe("ranking by OCBA", () => {
  it("chooses the right one as often as it says", () => {
    let right = 0;
    const contests = 400;
    for (let seed = 0; seed < contests; seed++) {
      const { best, probability } = rankByOcba(contest(seed, 8, 0.5), { initial: 10, budget: 20_000 });
      assert.ok(probability >= 0.95);
      if (best === 7) right++;
    }
    // Would be seen once in a thousand times if it were right less often than told.
    assert.ok(binomialUpperBound(right, contests, 0.999) >= 0.95, `right ${right} of ${contests} times`);
  });

  it("needs few replications where the noise is common to all", () => {
    let right = 0;
    let spent = 0;
    const contests = 200;
    for (let seed = 0; seed < contests; seed++) {
      const { best, replications } = rankByOcba({
        alternatives: 5,
        figure: (i, replication) => {
          const common = 10 * new Random(seed, replication).normal();
          return common + 0.1 * i + 0.2 * new Random(seed + 1e6, 100 * replication + i).normal();
        },
      });
      if (best === 4) right++;
      spent += replications.reduce((sum, count) => sum + count, 0);
    }
    assert.ok(binomialUpperBound(right, contests, 0.999) >= 0.95, `right ${right} of ${contests} times`);
    // Without pairs a lead of 0.1 beside a deviation of 10 would need some 100,000.
    assert.ok(spent / contests < 1000, `${spent / contests} replications`);
  });

  it("takes for right what is as good as the best", () => {
    const level = { ...contest(3, 4, 0) };
    const { probability, replications } = rankByOcba(level, { indifference: 0.5 });
    assert.ok(probability >= 0.95);
    assert.ok(replications.reduce((sum, count) => sum + count, 0) < 1000);
  });

  it("gives its replications to those that can be mistaken for the best", () => {
    const { replications } = rankByOcba(contest(1, 8, 0.2), { budget: 8000, probability: 0.999999 });
    const total = replications.reduce((sum, count) => sum + count, 0);
    assert.ok(total <= 8000);
    assert.ok(replications[6]! + replications[7]! > total / 2, replications.join());
    assert.ok(replications[0]! < 0.02 * total, replications.join());
  });

  it("tells how sure it is where its budget is spent", () => {
    const level = rankByOcba({ ...contest(3, 5, 0) }, { budget: 400 });
    assert.ok(level.probability < 0.95);
    assert.equal(
      level.replications.reduce((sum, count) => sum + count, 0),
      400,
    );
  });

  it("ranks what does not vary, and a single alternative", () => {
    const { order, probability, replications } = rankByOcba({
      alternatives: 3,
      figure: (i) => [1, 3, 2][i]!,
    });
    assert.deepEqual([order, probability, replications], [[1, 2, 0], 1, [10, 10, 10]]);
    assert.equal(rankByOcba({ alternatives: 1, figure: () => 4 }).probability, 1);
    // Two that are the same: neither is proved better, and it ends.
    assert.equal(rankByOcba({ alternatives: 2, figure: () => 4 }, { budget: 100 }).probability, 0.5);
  });

  it("asks for the same replications of all, by number", () => {
    const asked = new Map<number, number[]>();
    rankByOcba(
      {
        alternatives: 2,
        figure: (i, replication) => {
          asked.set(i, [...(asked.get(i) ?? []), replication]);
          return i + Math.sin(replication);
        },
      },
      { initial: 5 },
    );
    for (const numbers of asked.values()) assert.deepEqual(numbers, [...numbers.keys()]);
  });

  it("says what is wrong with a contest", () => {
    const figure = () => 0;
    assert.throws(() => rankByOcba({ alternatives: 0, figure }), /there are no alternatives/);
    assert.throws(() => rankByOcba({ alternatives: 9, figure }, { budget: 50 }), /budget 50 \(at least 90/);
    assert.throws(() => rankByOcba({ alternatives: 2, figure }, { initial: 1 }), /initial replications 1/);
    assert.throws(() => rankByOcba({ alternatives: 2, figure }, { probability: 1 }), /probability 1/);
  });
});
