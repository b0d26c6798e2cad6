import assert from "node:assert/strict";
import type { Plant } from "../../plant/physics/plant.ts";
import { Random } from "../../runtime/core/random.ts";
import { BaselineScore } from "../../runtime/prescribe/baseline-score.ts";
import { NaiveExits } from "../../runtime/prescribe/naive-exits.ts";
import { OVEN } from "../predict/plant-frames.ts";
import { changed, primedOven } from "../predict/primed-oven.ts";

describe("naive forecasts of exits", () => {
  it("foretells the last one, the mean of ten and the one a season before, and finds the season", () => {
    const naive = new NaiveExits();
    const random = new Random(3);
    // A mix of bodies that comes again after seven; 20 stand in the oven.
    for (let i = 0; i < 300; i++) {
      naive.add(180 + 3 * Math.sin((2 * Math.PI * i) / 7) + 0.3 * random.normal(), undefined);
      if (naive.isReady) naive.foretell(20);
    }
    assert.equal(naive.season % 7, 0);
    const next = 300 + 19;
    const [last, rolling, seasonal] = naive.foretell(20);
    assert.ok(Math.abs(seasonal.value - 180 - 3 * Math.sin((2 * Math.PI * next) / 7)) < 1.2);
    assert.equal(last.value, naive.foretell(1)[0].value);
    assert.ok(Math.abs(rolling.value - 180) < 1.5);
    assert.deepEqual([last.low, last.high], [last.value, last.value], "no error is known yet");
    assert.ok(!naive.hasSpread);
  });

  it("holds no season for told that reaches back further than the exits it knows", () => {
    const naive = new NaiveExits();
    for (let i = 0; i < 40; i++) naive.add(180 + i, undefined);
    naive.foretell(40);
    assert.equal(naive.season, 1);
  });
});

describe("what-if baseline as evidence of row 3", () => {
  function scored(seed: number, hours: number, each: (plant: Plant, quarter: number) => void): BaselineScore {
    const { plant, tracker } = primedOven(seed);
    const score = new BaselineScore(tracker);
    const follow = plant.onTick!;
    plant.onTick = (timeUs) => {
      follow(timeUs);
      score.foretell();
    };
    for (let quarter = 0; quarter < 4 * hours; quarter++) {
      each(plant, quarter);
      plant.step(900);
    }
    score.close();
    return score;
  }

  it("collects 100 bodies, then holds where the model is shown to beat the naive forecasts", function () {
    this.timeout(30_000);
    const early = scored(2, 2, () => undefined);
    assert.deepEqual(
      early.evidence("n").map(({ verdict, progress }) => [verdict, progress!.of]),
      [
        ["collecting", 100],
        ["collecting", 100],
      ],
    );
    const [skill, coverage] = scored(2, 16, () => undefined).evidence("n");
    assert.equal(skill!.verdict, "holds", skill!.cause);
    assert.equal(coverage!.verdict, "holds", coverage!.cause);
    assert.match(skill!.what, /what-if baseline: exit temperature one ride ahead$/);
  });

  it("goes on where the plant counts its bodies anew", function () {
    this.timeout(30_000);
    let counted = 0;
    const anew = (id: number): number => id - counted;
    const { plant, tracker } = primedOven(2, 4, (frame) =>
      changed(changed(frame, `${OVEN}/entry/body`, anew), `${OVEN}/exit/body`, anew),
    );
    const score = new BaselineScore(tracker);
    const follow = plant.onTick!;
    plant.onTick = (timeUs) => {
      follow(timeUs);
      score.foretell();
    };
    const scored = (): number => score.evidence("n")[0]!.progress!.n;
    plant.step(2.75 * 3600);
    const before = scored();
    assert.ok(before > 0, `${before}`);
    counted = 150;
    plant.step(1.75 * 3600);
    assert.ok(scored() > before + 20, `${before}, then ${scored()}`);
    score.close();
  });

  it("fails where the exits repeat themselves and the model does not know it", function () {
    this.timeout(30_000);
    // Somebody moves the last zones up and down, 45 minutes each: whoever looks at the exits sees the pattern.
    const score = scored(2, 9, (plant, quarter) => {
      const stepK = Math.floor(quarter / 3) % 2 === 0 ? -6 : 6;
      plant.setSetpoint(5, 185 + stepK);
      plant.setSetpoint(6, 180 + stepK);
    });
    const [skill, coverage] = score.evidence("n");
    assert.equal(skill!.verdict, "fails");
    assert.match(skill!.cause!, /not shown to beat "same as a season before"/);
    assert.equal(coverage!.verdict, "fails");
  });
});
