import assert from "node:assert/strict";
import type { RungError } from "../../runtime/core/errors.ts";
import { Random } from "../../runtime/core/random.ts";
import {
  AdaptiveInterval,
  errorWindow,
  intervalScore,
} from "../../runtime/predict/forecast/adaptive-interval.ts";
import { fitAutoregression } from "../../runtime/predict/forecast/fit-autoregression.ts";
import { fitForecast, minimumSteps } from "../../runtime/predict/forecast/forecast-fit.ts";
import { Forecaster } from "../../runtime/predict/forecast/forecaster.ts";
import { memoryOf, type PointModel, predict } from "../../runtime/predict/forecast/point-model.ts";
import { fixedBandwidthCritical95, SkillWindow } from "../../runtime/predict/forecast/skill.ts";
import { bridgeGaps, StepAssembler, stepsOf } from "../../runtime/predict/forecast/step-assembler.ts";

const STEP_US = 30e6;
const ends = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => (i + 1) * STEP_US);

function autoregressive(seed: number, n: number, weight: number): Float64Array {
  const random = new Random(seed);
  const series = new Float64Array(n);
  for (let i = 1; i < n; i++) series[i] = weight * series[i - 1]! + random.normal();
  return series;
}

function scored(series: Float64Array, horizon: number, season = 0): Forecaster {
  const cut = Math.floor(series.length / 2);
  const fit = fitForecast(series.subarray(0, cut), ends(cut), { stepUs: STEP_US, horizon, season });
  const forecaster = new Forecaster({ twin: "a/b/c/d", node: "f", address: "a/b/c/d/t", unit: "°C", fit });
  forecaster.prime(series.subarray(0, cut));
  for (const value of series.subarray(cut)) forecaster.step(value);
  return forecaster;
}

describe("predict/forecast steps", () => {
  it("averages samples by step, tells missing steps as NaN and skips what is late", () => {
    const { endUs, values } = stepsOf(
      [0, 10e6, 29e6, 31e6, 20e6, 125e6, 130e6, 155e6],
      [1, 2, 3, 10, 99, 5, Number.NaN, 7],
      STEP_US,
    );
    assert.deepEqual([...endUs], [30e6, 60e6, 90e6, 120e6, 150e6]);
    assert.deepEqual([...values], [2, 10, Number.NaN, Number.NaN, 5]);
    const assembler = new StepAssembler(STEP_US);
    const told: number[] = [];
    assembler.push(0, 1, (_, mean) => told.push(mean));
    assembler.push(1e15, 1, (_, mean) => told.push(mean));
    assert.deepEqual(told, [1, Number.NaN], "a long silence is one break");
  });

  it("bridges short gaps only", () => {
    const n = Number.NaN;
    assert.deepEqual(
      [...bridgeGaps(Float64Array.from([1, n, n, 2, n, n, n, n, 3]))],
      [1, 1, 1, 2, n, n, n, n, 3],
    );
  });
});

describe("predict/point models", () => {
  it("gives the naive forecasts", () => {
    const past = Float64Array.from([1, 2, 3, 4, 5, 6]);
    assert.deepEqual([...predict({ kind: "persistence" }, past, 2)], [6, 6]);
    assert.deepEqual([...predict({ kind: "mean", window: 4 }, past, 2)], [4.5, 4.5]);
    assert.deepEqual([...predict({ kind: "seasonal", season: 3 }, past, 5)], [4, 5, 6, 4, 5]);
  });

  it("runs a damped trend as its equations say", () => {
    const model: PointModel = { kind: "damped-trend", level: 0.5, trend: 0.5, damping: 0.5, memory: 3 };
    // l0 = 0, b0 = 0; y = 2: l = 1, b = 0.5; y = 3: expected 1.25, l = 2.125, b = 0.25 + 0.5 (2.125 - 1 - 0.25) = 0.6875.
    assert.deepEqual(
      [...predict(model, Float64Array.from([0, 2, 3]), 2)],
      [2.125 + 0.5 * 0.6875, 2.125 + 0.75 * 0.6875],
    );
  });

  it("recovers an autoregression and forecasts every step by its own regression", () => {
    const model = fitAutoregression(autoregressive(1, 20_000, 0.8), 1, 0, [1, 2, 3])!;
    for (const [k, expected] of [0.8, 0.64, 0.512].entries()) {
      assert.ok(
        Math.abs(model.weights[k]![0]! - expected) < 0.02,
        `${model.weights[k]![0]} at step ${k + 1}`,
      );
    }
    assert.equal(memoryOf(model), 1);
    assert.equal(fitAutoregression(autoregressive(1, 12, 0.8), 8, 0, [1]), undefined);
  });

  it("chooses a seasonal model for a seasonal series, and repeats itself exactly", () => {
    const random = new Random(2);
    const series = Float64Array.from(
      { length: 900 },
      (_, i) => 10 * Math.sin((2 * Math.PI * i) / 18) + random.normal(),
    );
    const task = { stepUs: STEP_US, horizon: 9, season: 18 };
    const fit = fitForecast(series, ends(900), task);
    assert.match(fit.name, /autoregression/);
    assert.deepEqual(fitForecast(series, ends(900), task), fit);
    const naive = fit.candidates.find(({ name }) => name === "last value")!;
    assert.ok(fit.candidates[0]!.meanAbsoluteError < 0.2 * naive.meanAbsoluteError);
    assert.equal(fit.residuals.length, 9);
  });

  it("refuses too little history and senseless tasks", () => {
    const code = (n: number, task: { horizon: number; season: number; stepUs: number }): string => {
      try {
        fitForecast(autoregressive(1, n, 0.5), ends(n), task);
      } catch (error) {
        return (error as RungError).code;
      }
      return "none";
    };
    assert.equal(minimumSteps({ horizon: 30, season: 0 }), 180);
    assert.equal(code(179, { horizon: 30, season: 0, stepUs: 1e6 }), "too-few-rows");
    assert.equal(code(500, { horizon: 0, season: 0, stepUs: 1e6 }), "bad-option");
    assert.equal(code(500, { horizon: 5, season: 1, stepUs: 1e6 }), "bad-option");
    assert.equal(code(500, { horizon: 5, season: 0, stepUs: 0 }), "bad-option");
  });
});

describe("predict/intervals", () => {
  it("scores an interval as Gneiting and Raftery do", () => {
    assert.equal(intervalScore(0, 2, 1, 0.5), 2);
    assert.equal(intervalScore(0, 2, 3, 0.5), 2 + 4 * 1);
    assert.equal(intervalScore(0, 2, -2, 0.5), 2 + 4 * 2);
  });

  it("keeps its coverage when the errors grow threefold", () => {
    const random = new Random(5);
    const errors = errorWindow(Float64Array.from({ length: 400 }, () => random.normal()));
    const interval = new AdaptiveInterval(0.9);
    let hits = 0;
    for (let i = 0; i < 3000; i++) {
      const error = (i < 1000 ? 1 : 3) * random.normal();
      const [low, high] = interval.around(errors);
      const hit = error >= low && error <= high;
      interval.observe(hit);
      errors.add(error);
      if (hit) hits++;
    }
    assert.ok(Math.abs(hits / 3000 - 0.9) < 0.015, `${hits / 3000}`);
  });
});

describe("predict/skill", () => {
  it("uses the fixed-bandwidth critical value, 1.645 where the bandwidth vanishes", () => {
    assert.equal(fixedBandwidthCritical95(0), 1.6449);
    assert.ok(Math.abs(fixedBandwidthCritical95(1) - 3.8023) < 1e-9);
  });

  it("declares skill falsely about one time in twenty where there is none, although forecasts overlap", () => {
    // Losses of own and baseline forecasts are equal on average and correlated over the horizon.
    const horizon = 10;
    let false95 = 0;
    const trials = 400;
    for (let seed = 0; seed < trials; seed++) {
      const random = new Random(seed);
      const shocks = Float64Array.from({ length: 200 + horizon }, () => random.normal());
      const window = new SkillWindow(horizon);
      for (let i = 0; i < 200; i++) {
        let difference = 0;
        for (let k = 0; k < horizon; k++) difference += shocks[i + k]!;
        const baseline = 20;
        window.add({
          error: baseline + difference,
          baselineErrors: [baseline],
          score: 1,
          baselineScores: [1],
          inside90: true,
        });
      }
      if (window.judge()!.maseUpper95 < 1) false95++;
    }
    assert.ok(false95 / trials <= 0.09, `${false95} of ${trials}`);
  });
});

describe("predict/forecaster", () => {
  it("collects, then holds row 3 on a process that can be forecast", () => {
    const forecaster = scored(autoregressive(3, 1600, 0.9), 5);
    const [skill, coverage] = forecaster.evidence(7e6);
    assert.equal(skill!.verdict, "holds");
    assert.equal(coverage!.verdict, "holds");
    assert.equal(skill!.rung, 3);
    assert.equal(skill!.timeUs, 7e6);
    assert.equal(skill!.what, "error over the best naive forecast (MASE), t 2.5 min ahead");
    assert.ok(skill!.value! < 1 && skill!.value! > 0.5);

    const series = autoregressive(3, 400, 0.9);
    const fit = fitForecast(series, ends(400), { stepUs: STEP_US, horizon: 30, season: 0 });
    const young = new Forecaster({ twin: "a", node: "f", address: "a/t", fit });
    young.prime(series);
    const verdicts = () =>
      young.evidence(0).map(({ verdict, progress }) => [verdict, progress?.n, progress?.of]);
    assert.deepEqual(verdicts(), [
      ["collecting", 0, 120],
      ["collecting", 0, 120],
    ]);
    // The first 30 targets were not forecast; the next one gives the baselines their first error.
    for (const value of autoregressive(4, 131, 0.9)) young.step(value);
    assert.deepEqual(verdicts()[0], ["collecting", 71, 120]);
    assert.equal(young.message(0)!.skill.mase, null);
  });

  it("claims no skill on a random walk, over many seeds", () => {
    let held = 0;
    for (let seed = 0; seed < 40; seed++) {
      const [skill] = scored(autoregressive(seed, 900, 1), 4).evidence(0);
      if (skill!.verdict === "holds") held++;
    }
    // Two one-sided 5 % tests, so that up to one in ten may hold by chance; 8 of 40 has a probability below 4 %.
    assert.ok(held < 8, `${held} of 40`);
  });

  it("covers 90 % within the binomial band for most seeds", () => {
    let held = 0;
    for (let seed = 0; seed < 40; seed++) {
      if (scored(autoregressive(100 + seed, 1200, 0.8), 4).evidence(0)[1]!.verdict === "holds") held++;
    }
    assert.ok(held >= 34, `${held} of 40`);
  });

  it("forecasts nothing across a long gap, bridges a short one, and scores measured steps only", () => {
    const series = autoregressive(3, 600, 0.9);
    const fit = fitForecast(series, ends(600), { stepUs: STEP_US, horizon: 2, season: 0 });
    const forecaster = new Forecaster({ twin: "a", node: "f", address: "a/t", fit });
    forecaster.prime(series);
    assert.equal(forecaster.step(1), true);
    assert.equal(forecaster.step(Number.NaN), false);
    assert.equal(forecaster.message(0), undefined);
    assert.equal(forecaster.step(1), true, "one missing step is bridged");
    for (let i = 0; i < 5; i++) forecaster.step(Number.NaN);
    assert.equal(forecaster.step(1), false, "the past begins anew");
  });

  it("tells the forecast as a message with intervals inside each other", () => {
    const forecaster = scored(autoregressive(3, 1200, 0.9), 5);
    const message = forecaster.message(36e9)!;
    assert.equal(message.kind, "forecast");
    assert.equal(message.mean.length, 5);
    assert.equal(message.unit, "°C");
    assert.equal(message.madeAtUs, 36e9);
    for (let k = 0; k < 5; k++) {
      assert.ok(
        message.low90[k]! < message.low50[k]! &&
          message.low50[k]! < message.high50[k]! &&
          message.high50[k]! < message.high90[k]!,
      );
    }
    assert.ok(message.high90[4]! - message.low90[4]! > message.high90[0]! - message.low90[0]!);
    assert.ok(message.skill.mase! < 1 && message.skill.n > 500);
  });
});
