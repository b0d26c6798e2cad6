import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import type { CountOutlook } from "../../../runtime/predict/line/count-outlook.ts";
import { CountScore } from "../../../runtime/predict/line/count-score.ts";

const PARTS = { twin: "a/b/c/line1", node: "n", address: "a/b/c/line1/bodies/good", stepUs: 300e6, nowUs: 1 };

/** Counts per step that come and go with a state of the line that a simulation knows and a naive forecast does not. */
function run(
  seed: number,
  steps: number,
  outlookOf: (coming: number, random: Random) => CountOutlook,
): CountScore {
  const random = new Random(seed);
  const counts: number[] = [];
  let isDown = false;
  while (counts.length < steps + 4) {
    if (random.uniform() < 0.35) isDown = !isDown;
    counts.push(isDown ? random.integer(2) : 6 + random.integer(3));
  }
  const score = new CountScore(4);
  let made = 0;
  for (let i = 0; i < steps; i++) {
    made += counts[i]!;
    const step = score.step(made);
    const coming = counts.slice(i + 1, i + 5).reduce((sum, count) => sum + count, 0);
    score.foretell(step, outlookOf(coming, random));
  }
  return score;
}

describe("score of a line's forecast", () => {
  it("collects, then holds for a forecast that knows what the naive ones do not", () => {
    const knows = (coming: number, random: Random): CountOutlook => {
      const mean = coming + 2 * random.normal();
      return { mean, low90: Math.max(0, mean - 3.3), high90: mean + 3.3 };
    };
    const early = run(1, 60, knows).evidence(PARTS);
    assert.deepEqual(
      early.map(({ verdict, progress }) => [verdict, progress?.of]),
      [
        ["collecting", 100],
        ["collecting", 100],
      ],
    );
    const [skill, coverage] = run(1, 400, knows).evidence(PARTS);
    assert.deepEqual([skill!.rung, skill!.verdict, coverage!.verdict], [3, "holds", "holds"]);
    assert.match(skill!.what, /bodies\/good 20 min ahead/);
  });

  it("fails where it knows less than the pace so far", () => {
    const [skill] = run(2, 400, () => ({ mean: 26, low90: 12, high90: 40 })).evidence(PARTS);
    assert.equal(skill!.verdict, "fails");
    assert.match(skill!.cause ?? "", /not shown to beat/);
  });

  it("widens an interval that is too narrow until it covers", () => {
    const score = run(3, 900, (coming, random) => {
      const mean = coming + 2 * random.normal();
      return { mean, low90: mean - 0.5, high90: mean + 0.5 };
    });
    const { low90, high90 } = score.corrected({ mean: 20, low90: 19.5, high90: 20.5 });
    assert.ok(low90 < 17.5 && high90 > 22.5, `${low90} to ${high90}`);
    const { coverageLow, coverageHigh } = score.skill!;
    assert.ok(coverageLow <= 0.9 && coverageHigh >= 0.9, `${coverageLow} to ${coverageHigh}`);
  });

  it("never tells fewer than no parts, nor an interval without its mean", () => {
    const score = run(4, 300, (coming) => ({ mean: coming, low90: coming - 40, high90: coming + 40 }));
    const narrowed = score.corrected({ mean: 3, low90: 0, high90: 43 });
    assert.deepEqual([narrowed.low90 >= 0, narrowed.low90 <= 3, narrowed.high90 >= 3], [true, true, true]);
    assert.ok(narrowed.high90 < 43, "what is far too wide is narrowed");
  });

  it("leaves out what is told once it has come, and what was foretold before a break", () => {
    const score = new CountScore(2);
    const outlook = { mean: 2, low90: 1, high90: 3 };
    const tellAll = (from: number, to: number, isLate: boolean) => {
      for (let made = from; made < to; made++) {
        const step = score.step(made);
        score.foretell(isLate ? step - 2 : step, outlook);
      }
    };
    tellAll(0, 20, true);
    assert.equal(score.scored, 0, "late by the whole horizon");
    tellAll(20, 40, false);
    const before = score.scored;
    assert.ok(before > 10);
    score.forget();
    tellAll(60, 64, false);
    assert.equal(score.scored, before, "nothing reaches across the break");
  });
});
