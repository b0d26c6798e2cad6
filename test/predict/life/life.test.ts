import assert from "node:assert/strict";
import type { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { fitHealthIndex } from "../../../runtime/predict/life/health-index.ts";
import { LifeEstimator } from "../../../runtime/predict/life/life-estimator.ts";
import { featureNames, LifeFeatures } from "../../../runtime/predict/life/life-features.ts";
import { intervalAround, intervalKnots } from "../../../runtime/predict/life/life-interval.ts";
import { type LifeModel, readLifeModel } from "../../../runtime/predict/life/life-model.ts";
import { RecentWay, similarFailures } from "../../../runtime/predict/life/past-failures.ts";
import { predictRecords } from "../../../runtime/predict/life/predict-records.ts";
import { CMAPSS_NAMES, readLifeRecords } from "../../../runtime/predict/life/read-records.ts";
import { Level, LifeTrend, RecentSlope } from "../../../runtime/predict/life/running-measures.ts";
import { trainInBackground } from "../../../runtime/predict/life/train-in-background.ts";
import { trainLifeModel } from "../../../runtime/predict/life/train-life.ts";
import { wornSignals } from "../../../runtime/predict/life/worn-signals.ts";
import { pumpFile, seedsFrom, wornPump } from "./worn-pumps.ts";

const thrown = (run: () => unknown, code: string, text: RegExp): void =>
  assert.throws(run, (error: RungError) => error.code === code && text.test(error.message));
const OPTIONS = { trees: 40, learningRate: 0.15, members: 1, capCycles: 60 };
const records = (first: number, count: number) => readLifeRecords(pumpFile(seedsFrom(first, count)), "pumps");

describe("predict/life records", () => {
  const line = (unit: number, cycle: number): string =>
    [unit, cycle, ...CMAPSS_NAMES.map((_, i) => i)].join(" ");

  it("reads the columns of C-MAPSS, and others where they are named", () => {
    const { names, units } = readLifeRecords(`${line(1, 1)}  \n${line(1, 2)}\r\n${line(4, 7)}\n`, "f");
    assert.equal(names.length, 24);
    assert.deepEqual(
      units.map(({ unit, cycles }) => [unit, ...cycles]),
      [
        [1, 1, 2],
        [4, 7],
      ],
    );
    const named = readLifeRecords("unit;cycle;heat\n1;1;nan\n1;3;5\n", "f");
    assert.deepEqual(named.names, ["heat"]);
    assert.deepEqual([...named.units[0]!.values], [Number.NaN, 5]);
  });

  for (const [what, text, wanted] of [
    ["another number of columns", `${line(1, 1)}\n1 2 3`, /line 2: has 3 columns, expected 26/],
    ["what is no number", `unit cycle a\n1 1 x`, /line 2: a must be a number, got x/],
    ["an infinite value", `unit cycle a\n1 1 1\n1 2 Infinity`, /line 3: a must be a number, got Infinity/],
    ["an empty field", `unit,cycle,a,b\n1,1,,2`, /line 2: a must be a number/],
    ["cycles out of order", `unit cycle a\n1 2 1\n1 1 1`, /line 3: cycle 1 of unit 1 follows its cycle 2/],
    ["a cycle twice", `unit cycle a\n1 2 1\n1 2 1`, /line 3: cycle 2 of unit 1 follows its cycle 2/],
    ["a unit in two places", `unit cycle a\n1 1 1\n2 1 1\n1 2 1`, /line 4: unit 1 comes again/],
    ["half a cycle", `unit cycle a\n1 1.5 1`, /the cycle must be a whole number/],
    ["no line", `\n \n`, /the file is empty/],
    ["a head alone", `unit cycle a\n`, /no line of numbers/],
    ["a name twice", `unit cycle a a\n1 1 1 1`, /names a twice/],
  ] as const)
    it(`refuses ${what}, by its line`, () =>
      thrown(() => readLifeRecords(text, "f"), "life-records", wanted));
});

describe("predict/life measures", () => {
  it("fade a level over the cycles that passed", () => {
    const level = new Level(0.5);
    level.add(8, 1);
    level.add(0, 1);
    assert.equal(level.value, 4);
    level.add(0, 3);
    assert.equal(level.value, 0.5);
  });

  it("give the slope of all values and of the last ones, gaps and all", () => {
    const trend = new LifeTrend();
    const recent = new RecentSlope(5);
    for (const [i, time] of [0, 1, 2, 5, 6, 9, 10, 14, 15, 16].entries()) {
      assert.equal(Number.isNaN(trend.slope), i < 5);
      trend.add(time, 3 + 0.25 * time);
      recent.add(time, time < 9 ? 100 : 7 - 2 * time);
    }
    assert.ok(Math.abs(trend.slope - 0.25) < 1e-12);
    assert.ok(Math.abs(trend.mean - (3 + 0.25 * 7.8)) < 1e-12);
    assert.ok(Math.abs(recent.slope + 2) < 1e-12);
  });

  it("recover a health index from signals that are made of it", () => {
    const share = Float64Array.from({ length: 200 }, (_, i) => (i % 50) / 50);
    const rows = Float64Array.from(Array.from(share, (value, i) => [2 * value - 1, Math.sin(i)]).flat());
    const { intercept, weights } = fitHealthIndex(rows, 200, 2, share);
    assert.ok(Math.abs(weights[0]! - 0.5) < 0.02 && Math.abs(weights[1]!) < 0.01, String(weights));
    assert.ok(Math.abs(intercept - 0.5) < 0.01);
  });

  it("listen to signals that wear shows in, and to no constant and no noise", () => {
    assert.deepEqual(
      wornSignals(records(1, 30)).signals.map(({ name }) => name),
      ["vibration", "temperature", "pressure"],
    );
    const flat = readLifeRecords("unit cycle a\n1 1 5\n1 2 5\n1 3 5\n2 1 5\n2 2 5\n2 3 5\n", "f");
    thrown(() => wornSignals(flat), "life-no-signal", /none of 1 signals changes over the lives of 2 units/);
  });

  it("keep the same memory, features by name, and refuse cycles out of order", () => {
    const signals = [{ name: "a", mean: 1, deviation: 2, low: 0, high: 9 }];
    const features = new LifeFeatures(signals, { intercept: 0.5, weights: [0.1] });
    assert.equal(features.count, featureNames(signals).length);
    const out = new Float64Array(features.count);
    features.push(1, Float64Array.of(3));
    features.push(2, Float64Array.of(Number.POSITIVE_INFINITY));
    assert.equal(features.missing, 1);
    features.write(out);
    assert.deepEqual([out[0], out[3], out.at(-1)], [1, 0.6, 2]);
    thrown(() => features.push(2, Float64Array.of(1)), "life-cycle", /cycle 2 follows cycle 2/);
    thrown(() => features.push(Number.NaN, Float64Array.of(1)), "life-cycle", /cycle NaN/);
  });
});

describe("predict/life interval", () => {
  it("covers 90 % of other units, wide where errors are wide", () => {
    const make = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 800 }, (_, unit) => {
        const remaining = random.integer(100);
        const estimate = Math.max(0, remaining * (1 + 0.15 * random.normal()));
        return { unit, cycle: 100 - remaining, estimate, remaining };
      });
    };
    const knots = intervalKnots(make(1), 100);
    const told = make(2).map((one) => ({ ...one, ...intervalAround(knots, one.estimate) }));
    const share =
      told.filter(({ low, high, remaining }) => low <= remaining && remaining <= high).length / 800;
    // A hundred units a band widen 90 % to 92 %; three standard deviations of calibration and test beside it.
    assert.ok(share > 0.87 && share < 0.965, String(share));
    const width = (estimate: number): number => {
      const { low, high } = intervalAround(knots, estimate);
      return high - low;
    };
    assert.ok(width(80) > 3 * width(10));
    assert.ok(told.every(({ low, high, estimate }) => low >= 0 && low <= estimate && estimate <= high));
  });

  it("gives few units one band, wide enough for the worst of them", () => {
    const few = [5, 1, 9].map((remaining, unit) => ({ unit, cycle: 1, estimate: 5, remaining }));
    assert.deepEqual(intervalKnots(few, 60), [{ estimate: 5, low: -4, high: 4 }]);
    assert.deepEqual(intervalAround(intervalKnots(few, 60), 2), { low: 0, high: 6 });
  });
});

describe("predict/life past failures", () => {
  it("finds the place at which a past unit went the same way", () => {
    const way = new RecentWay();
    const health = (left: number): number => 1 - Math.exp(-left / 20);
    for (let cycle = 1; cycle <= 100; cycle++) way.add(cycle, health(132 - cycle));
    const steps = Array.from({ length: 30 }, (_, k) => health(4 * k));
    const past = [
      { unit: 7, cycles: 120, health: steps },
      { unit: 8, cycles: 120, health: steps.map((value) => value + 0.3) },
      { unit: 9, cycles: 8, health: [0.1, 0.2] },
    ];
    const [first, second, third] = similarFailures(past, way.points(), 5);
    assert.deepEqual([first!.unit, first!.remaining], [7, 32]);
    assert.ok(first!.distance < 1e-12);
    assert.equal(second!.unit, 8);
    assert.equal(third, undefined);
  });
});

describe("predict/life model", function () {
  this.timeout(20_000);
  let model: LifeModel;
  before(() => {
    model = trainLifeModel(records(1, 60), "pumps", OPTIONS);
  });

  it("foretells pumps it has not seen, within intervals that hold", () => {
    const seeds = seedsFrom(1001, 120);
    const shown = (rows: number): number => Math.ceil(rows * (0.35 + ((rows * 7) % 60) / 100));
    const told = predictRecords(model, readLifeRecords(pumpFile(seeds, shown), "new"), "new");
    let square = 0;
    let inside = 0;
    for (const { unit, rul, low, high, cycle } of told) {
      const remaining = wornPump(unit).length - cycle;
      square += (rul - Math.min(remaining, 60)) ** 2;
      if (low <= remaining && remaining <= high) inside++;
    }
    const error = Math.sqrt(square / 120);
    assert.ok(error < 9, `RMSE ${error}`);
    // Exact binomial 99 % band of 120 draws at 90 %.
    assert.ok(inside >= 98 && inside <= 117, `${inside} of 120`);
    assert.ok(model.heldOut.maseUpper95 < 1 && model.heldOut.units === 60);
  });

  it("says what moved it: a worn pump's signals take cycles off, and its health is low", () => {
    const rows = wornPump(1500);
    const estimator = new LifeEstimator(model);
    let last = estimator.push(1, Float64Array.from(rows[0]!.slice(0, 3)));
    const first = last.health;
    for (const [i, row] of rows.entries())
      if (i > 0) last = estimator.push(i + 1, Float64Array.from(row.slice(0, 3)));
    assert.ok(first > 0.6 && last.health < 0.35, `${first} ${last.health}`);
    assert.ok(last.rul < 12, String(last.rul));
    assert.ok(estimator.drivers()[0]!.cycles < -5);
    assert.equal(estimator.similar().length, 5);
    assert.ok(estimator.similar()[0]!.remaining <= 16);
  });

  it("goes on where signals and cycles are missing, and says so", () => {
    const rows = wornPump(1600);
    const whole = pumpFile([1600]).split("\n");
    const holed = whole
      .filter((_, i) => i === 0 || i % 3 !== 0)
      .map((line, i) =>
        i % 5 === 4 ? line.replace(/ [\d.]+ /g, (text, at) => (at > 4 ? " nan " : text)) : line,
      );
    const one = predictRecords(model, readLifeRecords(holed.join("\n"), "holed"), "holed")[0]!;
    assert.ok(one.missingCycles > 10);
    assert.ok(Number.isFinite(one.rul) && one.rul < 20, `${one.rul} of ${rows.length}`);
    const single = predictRecords(
      model,
      readLifeRecords("unit cycle vibration temperature pressure\n1 1 nan nan nan\n", "s"),
      "s",
    )[0]!;
    assert.ok([single.rul, single.low, single.high, single.health].every(Number.isFinite));
    assert.equal(single.missing, 3);
  });

  it("is the same by seed, in a thread, and after JSON", async () => {
    const small = records(1, 12);
    const options = { ...OPTIONS, trees: 5, folds: 3 };
    const here = trainLifeModel(small, "pumps", options);
    assert.deepEqual(await trainInBackground(small, "pumps", options), here);
    assert.deepEqual(readLifeModel(JSON.parse(JSON.stringify(here)), "m"), here);
    await assert.rejects(
      trainInBackground(records(1, 3), "pumps"),
      /pumps: has 3 units of two cycles or more, needed are 10/,
    );
  });

  it("leaves out units of one cycle and counts cycles that were not recorded", () => {
    const text = `${pumpFile(seedsFrom(1, 12))
      .split("\n")
      .filter((line) => !line.startsWith("3 9 "))
      .join("\n")}900 1 2 60 6 1 15\n`;
    const { trainedOn } = trainLifeModel(readLifeRecords(text, "p"), "p", { ...OPTIONS, trees: 3, folds: 2 });
    assert.deepEqual([trainedOn.units, trainedOn.leftOut, trainedOn.missingCycles], [12, 1, 1]);
  });

  it("refuses broken models, options and records of other signals", () => {
    const broken = (change: object, text: RegExp): void =>
      thrown(() => readLifeModel({ ...model, ...change }, "m.json"), "life-model", text);
    thrown(() => readLifeModel(null, "m.json"), "life-model", /holds no model of remaining life/);
    broken({ kind: "oven" }, /holds no model/);
    broken({ version: 2 }, /version 2, known is 1/);
    broken({ signals: [] }, /signals are broken/);
    broken({ index: { intercept: 0, weights: [1] } }, /health index is broken/);
    broken({ members: [] }, /no members/);
    broken({ interval: [{ estimate: 1 }] }, /interval is broken/);
    broken({ heldOut: {} }, /score on held-out units is broken/);
    thrown(
      () => readLifeModel({ ...model, members: [{ ...model.members[0]!, trees: [{}] }] }, "m"),
      "boosted-model",
      /tree 0/,
    );
    thrown(() => trainLifeModel(records(1, 12), "p", { capCycles: 0.5 }), "life-option", /capCycles/);
    const other = readLifeRecords("unit cycle a vibration\n1 1 1 1\n", "o");
    thrown(() => predictRecords(model, other, "o"), "life-signals", /o: lacks temperature, pressure/);
  });
});
