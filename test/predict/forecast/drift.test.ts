import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import { binomialInterval } from "../../../runtime/core/statistics/binomial.ts";
import { AdaptiveInterval, errorWindow } from "../../../runtime/predict/forecast/adaptive-interval.ts";
import { backtest } from "../../../runtime/predict/forecast/backtest.ts";
import { DriftWatch, driftReference } from "../../../runtime/predict/forecast/drift-watch.ts";
import { StepIntervals } from "../../../runtime/predict/forecast/issued-forecast.ts";
import { ScoreSheet } from "../../../runtime/predict/forecast/score-sheet.ts";
import { StepPast } from "../../../runtime/predict/forecast/step-past.ts";

const STEP_US = 60e6;
const endsOf = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => (i + 1) * STEP_US);
const normals = (seed: number, n: number): Float64Array => {
  const random = new Random(seed);
  return Float64Array.from({ length: n }, () => random.normal());
};
/** The step at which a watch speaks, -1 where it does not. */
function alarmOf(errors: Float64Array, later: Float64Array): number {
  const watch = new DriftWatch(driftReference(errors)!);
  return later.findIndex((error) => watch.observe(error) !== undefined);
}

describe("predict/forecast/drift watch", () => {
  it("is quiet while nothing changes, over many seeds", () => {
    let alarms = 0;
    for (let seed = 0; seed < 60; seed++)
      if (alarmOf(normals(seed, 400), normals(1000 + seed, 2000)) >= 0) alarms++;
    // 120,000 steps: the reference of 400 errors is itself uncertain.
    assert.ok(alarms <= 3, `${alarms} of 60`);
  });

  it("speaks within some dozen steps of a shift of one deviation, and of errors twice as wide", () => {
    for (let seed = 0; seed < 20; seed++) {
      const shifted = alarmOf(
        normals(seed, 400),
        normals(50 + seed, 500).map((error) => error + 1),
      );
      const wider = alarmOf(
        normals(seed, 400),
        normals(50 + seed, 500).map((error) => 2 * error),
      );
      assert.ok(shifted >= 0 && shifted < 150, `shift after ${shifted}`);
      assert.ok(wider >= 0 && wider < 300, `width after ${wider}`);
    }
  });

  it("takes one wild error for one, and the course of the day for normal", () => {
    const later = normals(2, 1000);
    later[100] = 1e12;
    assert.equal(alarmOf(normals(1, 400), later), -1);
    const daily = (seed: number, n: number) =>
      normals(seed, n).map((error, i) => error * (i % 96 < 40 ? 4 : 0.2));
    assert.equal(alarmOf(daily(1, 960), daily(2, 2000)), -1);
  });

  it("needs sixty errors, and does not stumble over a signal that was forecast without error", () => {
    assert.equal(driftReference(normals(1, 59)), undefined);
    const watch = new DriftWatch(driftReference(new Float64Array(100))!);
    for (let i = 0; i < 500; i++) assert.equal(watch.observe(0), undefined);
  });
});

describe("predict/forecast/adaptive interval", () => {
  it("grows beyond the largest error it has seen, where misses go on", () => {
    const errors = errorWindow(normals(1, 400));
    const interval = new AdaptiveInterval(0.9);
    const before = interval.around(errors)[1];
    for (let i = 0; i < 30; i++) interval.observe(false);
    assert.ok(interval.around(errors)[1] > Math.max(...normals(1, 400)));
    assert.ok(interval.around(errors)[1] > 2 * before);
  });

  it("covers within the binomial band while errors grow steadily to tenfold, over seeds", () => {
    let held = 0;
    for (let seed = 0; seed < 20; seed++) {
      const errors = errorWindow(normals(seed, 400));
      const interval = new AdaptiveInterval(0.9);
      let hits = 0;
      normals(100 + seed, 3000).forEach((draw, i) => {
        const error = draw * 10 ** (i / 3000);
        const [low, high] = interval.around(errors);
        const hit = error >= low && error <= high;
        interval.observe(hit);
        errors.add(error);
        if (hit) hits++;
      });
      const { low, high } = binomialInterval(hits, 3000);
      if (low <= 0.9 && 0.9 <= high) held++;
    }
    assert.ok(held >= 18, `${held} of 20`);
  });
});

describe("predict/forecast/intervals by the hour at which a forecast is made", () => {
  const HOUR_US = 3600e6;
  /** Coverage of the first hour of forecasts made at midnight, and of all others; a midnight's first error is four times as wide. */
  function coverage(horizon: number): { midnight: number; others: number } {
    const random = new Random(5);
    const residuals = Array.from({ length: horizon }, (_, k) => normals(k, 400));
    const intervals = new StepIntervals({ residuals }, HOUR_US);
    const counts = { midnight: [0, 0], others: [0, 0] };
    for (let step = 0; step < 24 * 400; step++) {
      const madeAtUs = step * HOUR_US;
      const told = { mean: new Float64Array(horizon) };
      const issued = {
        madeAtUs,
        mean: told.mean,
        told,
        baselines: [],
        intervals: intervals.around(told, madeAtUs),
      };
      for (let k = 0; k < horizon; k++) {
        const isMidnight = k === 0 && step % 24 === 0;
        const hit = intervals.observe(issued, k, random.normal() * (isMidnight ? 4 : 1));
        const count = counts[isMidnight ? "midnight" : "others"];
        if (step < 24 * 100) continue;
        count[0]!++;
        if (hit) count[1]!++;
      }
    }
    const share = ([of, held]: number[]): number => held! / of!;
    return { midnight: share(counts.midnight), others: share(counts.others) };
  }

  it("covers midnight and every other hour, where forecasts reach a quarter of a day", () => {
    const { midnight, others } = coverage(6);
    // 300 midnights: the binomial band of 90 %.
    assert.ok(midnight >= 0.86 && midnight <= 0.94, `${midnight}`);
    assert.ok(Math.abs(others - 0.9) < 0.005, `${others}`);
  });

  it("does not ask for the hour where forecasts reach less far", () => {
    assert.ok(coverage(5).midnight < 0.6);
  });
});

describe("predict/forecast/step past", () => {
  const filled = (season: number): StepPast => {
    const past = new StepPast(STEP_US, season, 1);
    for (let i = 0; i < 20; i++) past.push(i, (i + 1) * STEP_US, [10 * i]);
    return past;
  };

  it("bridges up to three steps with the last value, inputs too", () => {
    const past = filled(0);
    for (let i = 20; i < 23; i++) past.push(Number.NaN, (i + 1) * STEP_US, []);
    assert.equal(past.isWhole(4), false);
    past.push(23, 24 * STEP_US, [230]);
    assert.equal(past.isWhole(24), true);
    const { values, exogenous } = past.series(5);
    assert.deepEqual([...values], [19, 19, 19, 19, 23]);
    assert.deepEqual([...exogenous[0]!], [190, 190, 190, 190, 230]);
  });

  it("fills a longer gap from the season before, and waits for four measured steps", () => {
    const past = filled(8);
    for (let i = 20; i < 26; i++) past.push(Number.NaN, (i + 1) * STEP_US, []);
    for (let i = 26; i < 30; i++) {
      assert.equal(past.isWhole(20), false);
      past.push(i, (i + 1) * STEP_US, [10 * i]);
    }
    assert.equal(past.isWhole(30), true);
    assert.deepEqual([...past.series(10).values], [12, 13, 14, 15, 16, 17, 26, 27, 28, 29]);
  });

  it("begins anew after a gap longer than the season, or where the clock does not fit the steps", () => {
    const long = filled(8);
    for (let i = 0; i < 9; i++) long.push(Number.NaN, 0, []);
    long.push(1, 30 * STEP_US, [1]);
    assert.equal(long.isWhole(2), false);
    const silent = filled(8);
    silent.push(Number.NaN, 0, []);
    silent.push(1, 5000 * STEP_US, [1]);
    assert.equal(silent.isWhole(2), false);
  });
});

describe("predict/forecast/backtest", function () {
  this.timeout(20_000);
  const task = { stepUs: STEP_US, horizon: 2, season: 0 };
  /** An autoregression whose noise is three times as large and whose level is another from `change` on. */
  function changing(seed: number, n: number, change: number): Float64Array {
    const noise = normals(seed, n);
    const values = new Float64Array(n);
    for (let i = 1; i < n; i++)
      values[i] =
        i < change ? 0.9 * values[i - 1]! + noise[i]! : 40 + 0.3 * (values[i - 1]! - 40) + 3 * noise[i]!;
    return values;
  }

  it("fits anew after a drift, says so, collects evidence anew, and covers 90 % all along", async () => {
    const values = changing(5, 4000, 2600);
    const sheet = new ScoreSheet(values, []);
    let atDrift: number | undefined;
    const { forecaster, refits, from } = await backtest(
      task,
      { values, endUs: endsOf(4000), exogenous: [] },
      {
        onStep(told, step) {
          sheet.add(told, step, [2]);
          if (told.message(0)?.driftSinceUs !== undefined) atDrift ??= step;
        },
      },
    );
    assert.equal(from, 2400);
    const drift = refits.find(({ cause }) => cause === "drift")!;
    assert.ok(atDrift! >= 2600 && atDrift! < 2640, `noticed at ${atDrift}`);
    assert.ok(drift.step >= 2640 && drift.step < 2720, `fitted at ${drift.step}`);
    const { training } = forecaster.message(0)!;
    assert.equal(training.cause, refits.at(-1)!.cause);
    const since = refits.findLast(({ cause }) => cause === "drift")!.step;
    assert.ok(forecaster.skill!.n <= 4000 - since, "scores from before the drift are gone");
    const { coverageLow, coverageHigh, coverage90 } = sheet.scores(2)!;
    assert.ok(coverageLow <= 0.9 && 0.9 <= coverageHigh, `${coverage90}: ${coverageLow} to ${coverageHigh}`);
  });

  it("does not take a plant that stays as it is for another, over seeds", async () => {
    let drifts = 0;
    for (let seed = 20; seed < 30; seed++) {
      const values = changing(seed, 2500, 9999);
      const { refits } = await backtest(task, { values, endUs: endsOf(2500), exogenous: [] });
      drifts += refits.filter(({ cause }) => cause === "drift").length;
    }
    assert.ok(drifts <= 1, `${drifts} in 10,000 steps`);
  });

  it("goes on without an input that is missing, and says so", async () => {
    const u = normals(1, 900);
    const values = new Float64Array(900);
    for (let i = 1; i < 900; i++) values[i] = 3 * u[i]! + 0.1 * normals(2, 900)[i]!;
    const wanted = { ...task, horizon: 1, exogenous: [{ name: "u", known: true }] };
    const { forecaster } = await backtest(wanted, { values, endUs: endsOf(900), exogenous: [u] });
    const last = forecaster.message(0)!;
    assert.match(last.model, /1 exogenous/);
    assert.match(last.degraded!, /an exogenous input is missing/);
    assert.ok(last.mean.every(Number.isFinite) && last.high90[0]! > last.low90[0]!);
  });

  it("gives a clear error, or the constant, and never a silent number", async () => {
    const give = (values: Float64Array, exogenous: Float64Array[] = [], more = {}) =>
      backtest({ ...task, ...more }, { values, endUs: endsOf(values.length), exogenous });
    await assert.rejects(give(Float64Array.of(1)), { code: "too-few-rows" });
    await assert.rejects(give(new Float64Array(0)), { code: "too-few-rows" });
    await assert.rejects(give(new Float64Array(500).fill(Number.POSITIVE_INFINITY)), {
      code: "too-few-rows",
    });
    await assert.rejects(give(normals(1, 500), [], { exogenous: [{ name: "u", known: false }] }), {
      code: "exogenous-missing",
      message: /names 1 exogenous inputs, got 0 columns/,
    });
    const gaps = normals(1, 500).map((value, i) => (i % 3 === 0 ? value : Number.NaN));
    await assert.rejects(give(normals(1, 500), [gaps], { exogenous: [{ name: "u", known: false }] }), {
      code: "exogenous-missing",
      message: /^u: has a value in 100 of 300 steps/,
    });
    const { forecaster } = await give(new Float64Array(500).fill(42));
    const told = forecaster.message(0)!;
    assert.deepEqual(
      [told.mean, told.low90, told.high90],
      [
        [42, 42],
        [42, 42],
        [42, 42],
      ],
    );
    assert.equal(forecaster.evidence(0)[0]!.verdict, "fails");
    const infinite = normals(1, 900).map((value, i) => (i % 50 === 0 ? Number.NEGATIVE_INFINITY : value));
    const { forecaster: other } = await give(infinite);
    assert.ok(other.message(0)!.mean.every(Number.isFinite));
  });
});
