import assert from "node:assert/strict";
import { Random } from "../../../runtime/core/random.ts";
import {
  type FeaturePlan,
  featureCount,
  memoryOfPlan,
  writeFeatures,
} from "../../../runtime/predict/forecast/features.ts";
import { fitBoosted } from "../../../runtime/predict/forecast/fit-boosted.ts";
import { fitRegression, regressionAt } from "../../../runtime/predict/forecast/fit-regression.ts";
import { fitForecast } from "../../../runtime/predict/forecast/forecast-fit.ts";
import { outlookOf } from "../../../runtime/predict/forecast/forecast-model.ts";
import { checkTask, minimumSteps, taskOfSeconds } from "../../../runtime/predict/forecast/forecast-task.ts";
import { Forecaster } from "../../../runtime/predict/forecast/forecaster.ts";
import {
  dayPhase,
  headOf,
  stepSeries,
  weekday,
  windowMean,
} from "../../../runtime/predict/forecast/step-series.ts";

const HOUR_US = 3600e6;
/** Monday 5 January 2026, 00:00. */
const MONDAY_US = Date.UTC(2026, 0, 5) * 1000;
const endsOf = (n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => MONDAY_US + (i + 1) * HOUR_US);
const PLAN: FeaturePlan = { stepUs: HOUR_US, order: 2, seasons: [4], known: [false, true], calendar: false };

describe("predict/forecast/step series", () => {
  it("knows the day a step begins in, and its phase", () => {
    assert.deepEqual([weekday(MONDAY_US + HOUR_US, HOUR_US), dayPhase(MONDAY_US + HOUR_US, HOUR_US)], [0, 0]);
    assert.deepEqual([weekday(MONDAY_US, HOUR_US), dayPhase(MONDAY_US, HOUR_US)], [6, 23 / 24]);
    assert.equal(weekday(0, HOUR_US), 2, "the hour before 1970 was a Wednesday's");
  });

  it("means windows without what is missing, unless half is", () => {
    const series = stepSeries(Float64Array.from([1, Number.NaN, 3, Number.NaN, Number.NaN]), endsOf(5));
    assert.equal(windowMean(series, 2, 3), 2);
    assert.equal(windowMean(series, 4, 3), Number.NaN);
    assert.equal(windowMean(headOf(series, 1), 0, 4), Number.NaN);
  });
});

describe("predict/forecast/features", () => {
  it("are the last values, two seasons back, their mean, and the inputs as far as they are known", () => {
    const values = Float64Array.from({ length: 12 }, (_, i) => i);
    const measured = values.map((value) => 100 + value);
    const known = Float64Array.from({ length: 15 }, (_, i) => 200 + i);
    const row = new Float64Array(featureCount(PLAN));
    assert.equal(writeFeatures(PLAN, stepSeries(values, endsOf(12), [measured, known]), 11, 3, row), true);
    // Lags 11, 10; step 14 has 10 and 6 one and two seasons before; mean of 8 to 11; inputs now and before; known for 14, and 10.
    assert.deepEqual([...row], [11, 10, 10, 6, 9.5, 111, 110, 211, 210, 214, 210]);
    assert.equal(memoryOfPlan(PLAN), 8);
    const short = stepSeries(values, endsOf(12), [measured, known.subarray(0, 14)]);
    assert.equal(writeFeatures(PLAN, short, 11, 3, row), false, "the future of a known input is missing");
    assert.equal(writeFeatures(PLAN, short, 11, 2, row), true);
    assert.equal(writeFeatures(PLAN, short, 5, 1, row), false, "two seasons back there is nothing");
  });
});

describe("predict/forecast/regression", () => {
  const random = new Random(3);
  const u = Float64Array.from({ length: 600 }, () => random.normal());
  const values = new Float64Array(600);
  for (let i = 1; i < 600; i++) values[i] = 5 + 0.5 * (values[i - 1]! - 5) + 2 * u[i]!;
  const plan = { stepUs: HOUR_US, order: 2, seasons: [], calendar: false };

  it("finds what an input that is known ahead does", () => {
    const series = stepSeries(values, endsOf(600), [u]);
    const model = fitRegression(headOf(series, 400), { ...plan, known: [true] }, 1e-9, [1, 2])!;
    const row = new Float64Array(featureCount(model.plan));
    for (let t = 450; t < 590; t++)
      assert.ok(Math.abs(regressionAt(model, series, t, 1, row) - values[t + 1]!) < 1e-3);
    assert.equal(outlookOf(model, stepSeries(values, endsOf(600), [u.subarray(0, 600)]), 599, 2), undefined);
  });

  it("reads of other inputs only what was known at its time", () => {
    const series = stepSeries(values, endsOf(600), [u]);
    const model = fitRegression(headOf(series, 400), { ...plan, known: [false] }, 1e-9, [1])!;
    const later = u.slice().fill(1e9, 450);
    const row = new Float64Array(featureCount(model.plan));
    const changed = stepSeries(values, endsOf(600), [later]);
    assert.equal(regressionAt(model, changed, 449, 1, row), regressionAt(model, series, 449, 1, row));
  });

  it("is not fitted to fewer rows than three times the weights, and to a constant gives the constant", () => {
    assert.equal(
      fitRegression(stepSeries(values.subarray(0, 12), endsOf(12)), { ...plan, known: [] }, 1e-3, [1]),
      undefined,
    );
    const flat = stepSeries(new Float64Array(200).fill(7), endsOf(200));
    const model = fitRegression(flat, { ...plan, known: [] }, 1e-3, [1])!;
    assert.ok(Math.abs(regressionAt(model, flat, 150, 1, new Float64Array(8)) - 7) < 1e-6);
  });
});

describe("predict/forecast/boosted", function () {
  this.timeout(20_000);
  // By day the noise is ten times that of the night, and the level jumps, which no linear model of the hour can follow.
  const random = new Random(8);
  const values = Float64Array.from({ length: 1600 }, (_, i) => {
    const isDay = i % 24 >= 8 && i % 24 < 18;
    return (isDay ? 100 : 20) + (isDay ? 5 : 0.5) * random.normal();
  });
  const task = { stepUs: HOUR_US, horizon: 3, season: 24 } as const;

  it("has quantiles as wide as the hour asks, inside each other, and repeats itself exactly", () => {
    const series = stepSeries(values, endsOf(1600));
    const plan = { stepUs: HOUR_US, order: 8, seasons: [24], known: [], calendar: true };
    const trained = () => fitBoosted(headOf(series, 1200), plan, [1, 2, 3], true)!;
    const model = trained();
    assert.deepEqual(trained(), model);
    let [inside, n, night, day] = [0, 0, 0, 0];
    for (let t = 1200; t < 1590; t++) {
      const { mean, bounds } = outlookOf(model, series, t, 1)!;
      const width = bounds!.high90[0]! - bounds!.low90[0]!;
      const hour = (t + 1) % 24;
      if (hour >= 9 && hour < 17) day += width / 8;
      else if (hour < 7 || hour >= 19) night += width / 12;
      inside += values[t + 1]! >= bounds!.low90[0]! && values[t + 1]! <= bounds!.high90[0]! ? 1 : 0;
      n++;
      assert.ok(Math.abs(mean[0]! - values[t + 1]!) < 40);
    }
    assert.ok(day > 4 * night, `${day} by day, ${night} by night`);
    // Before the conformal step they are what the training says: a little narrow.
    assert.ok(inside / n > 0.7, `${inside} of ${n}`);
  });

  it("is chosen where it is better, and its intervals cover after the conformal step", () => {
    const fit = fitForecast(values.subarray(0, 1000), endsOf(1000), { ...task, method: "auto" });
    assert.equal(fit.model.kind, "boosted");
    const forecaster = new Forecaster({ twin: "a", node: "f", address: "a/t", fit });
    forecaster.prime(values.subarray(0, 1000));
    for (const value of values.subarray(1000)) {
      forecaster.step(value);
      const { low90, low50, high50, high90 } = forecaster.issued!.intervals;
      for (let k = 0; k < 3; k++)
        assert.ok(low90[k]! <= low50[k]! && low50[k]! <= high50[k]! && high50[k]! <= high90[k]!);
    }
    assert.deepEqual(
      forecaster.evidence(0).map(({ verdict }) => verdict),
      ["holds", "holds"],
    );
  });
});

describe("predict/forecast/task", () => {
  const task = { stepUs: HOUR_US, horizon: 24, season: 24, longSeason: 168 };

  it("wants four of its longest season", () => {
    assert.equal(minimumSteps(task), 672);
    assert.deepEqual(
      taskOfSeconds({ step: 3600, horizon: 86_400, season: 86_400, longSeason: 604_800, method: "boosted" }),
      { ...task, method: "boosted" },
    );
  });

  it("refuses what makes no sense", () => {
    for (const [change, message] of [
      [{ longSeason: 24 }, /longer than the season of 24 steps, got 24/],
      [{ season: 0 }, /longer than the season of 0 steps/],
      [{ stepUs: Number.POSITIVE_INFINITY }, /step must be/],
      [{ method: "oracle" }, /there is no method "oracle" \(choose auto, autoregressive, boosted\)/],
      [{ exogenous: Array.from({ length: 17 }, (_, i) => ({ name: `x${i}`, known: false })) }, /at most 16/],
      [{ exogenous: [1, 2].map(() => ({ name: "x", known: false })) }, /x is named twice/],
    ] as const) {
      assert.throws(() => checkTask({ ...task, ...change } as never), { code: "bad-option", message });
    }
  });
});
