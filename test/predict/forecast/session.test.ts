import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dictionary } from "../../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../../runtime/core/frame.ts";
import type { Property } from "../../../runtime/core/property.ts";
import { GOOD } from "../../../runtime/core/quality.ts";
import { Random } from "../../../runtime/core/random.ts";
import { ExogenousSteps } from "../../../runtime/predict/forecast/exogenous-steps.ts";
import { readForecastForm } from "../../../runtime/predict/forecast/forecast-form.ts";
import { ForecastSession } from "../../../runtime/predict/forecast/forecast-session.ts";
import type { AheadMessage } from "../../../runtime/predict/forecast/known-inputs.ts";
import { forecastWords } from "../../../runtime/predict/forecast/session-words.ts";
import type { ForecastMessage } from "../../../runtime/predict/forecast-message.ts";
import { memoryHistory, until } from "../../diagnose/memory-history.ts";
import { linearModel } from "./onnx-bytes.ts";

const TWIN = "acme/leipzig/paint/oven1";
const STEP_US = 30e6;
const NOW_US = 1_790_000_010e6;
const START_US = Math.floor(NOW_US / STEP_US) * STEP_US;
const property = (path: string, unit: string, mode: "cyclic" | "onChange" = "cyclic"): Property => ({
  address: `${TWIN}/${path}`,
  kind: "measurement",
  type: "number",
  unit,
  update: mode === "cyclic" ? { mode, periodMs: 30_000 } : { mode },
});
const PROPERTIES = [property("metal", "°C"), property("air", "°C")];

/** Metal follows the air one step later; the air wanders so that metal alone says little. */
const random = new Random(6);
const AIR = Float64Array.from({ length: 3000 }, () => 10 * random.normal());
const METAL = Float64Array.from(AIR, (_, i) => (i === 0 ? 0 : 100 + AIR[i - 1]! + 0.2 * random.normal()));
const BEFORE = 1500;
const timeOf = (i: number): number => START_US + (i - BEFORE) * STEP_US;

function frame(
  from: number,
  count: number,
  options: { air?: boolean; properties?: Property[]; offset?: number } = {},
): Frame {
  const { air = true, properties = PROPERTIES, offset = 0 } = options;
  const builder = new FrameBuilder({
    source: "s",
    reality: "virtual",
    dictionary: new Dictionary(properties),
  });
  for (let i = from; i < from + count; i++) {
    // The property stands first in the frame: its sample ends the step, and the air of the step must be in it all the same.
    builder.add(0, METAL[i]! + offset, timeOf(i), GOOD);
    if (air) builder.add(1, AIR[i]!, timeOf(i), GOOD);
  }
  return builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
}

const storedFrom = (values: Float64Array) => ({
  timeUs: Float64Array.from({ length: BEFORE }, (_, i) => timeOf(i)),
  value: values.slice(0, BEFORE),
});
const history = () =>
  memoryHistory(
    new Map([
      [PROPERTIES[0]!.address, storedFrom(METAL)],
      [PROPERTIES[1]!.address, storedFrom(AIR)],
    ]),
  );
const parts = {
  twin: TWIN,
  node: "f1",
  path: "metal",
  hours: 13,
  task: { stepUs: STEP_US, horizon: 1, season: 0, exogenous: [{ name: "air", known: false }] },
};

/** What the metal follows within the same step: three steps ahead nothing else says it. */
const PLAN = Float64Array.from(AIR, (_, i) => AIR[i - 1] ?? 0);
const PLANNED = { ...parts.task, horizon: 3, exogenous: [{ name: "plan", known: true }] };
const stepStart = (i: number): number => Math.floor(timeOf(i) / STEP_US) * STEP_US;
const planned = (first: number, end: number): AheadMessage => ({
  kind: "ahead",
  path: "plan",
  points: Array.from({ length: end - first }, (_, i) => ({
    timeUs: stepStart(first + i),
    value: PLAN[first + i]!,
  })),
  untilUs: stepStart(end),
});

describe("predict/forecast session with exogenous inputs", function () {
  this.timeout(20_000);

  it("learns what they do from history, reads them live, and goes on without them", async () => {
    const session = new ForecastSession({ ...parts, history: history() });
    session.consume(frame(BEFORE, 1));
    await until(() => session.phase === "forecasting", "it forecasts");
    assert.match(session.forecaster!.fit.name, /1 exogenous/);
    assert.ok(session.forecaster!.skill!.mase < 0.1, `${session.forecaster!.skill!.mase}`);
    let message: ForecastMessage | undefined;
    for (let i = 1; i < 20; i++) message = session.consume(frame(BEFORE + i, 1));
    assert.equal(message!.degraded, undefined);
    assert.ok(
      Math.abs(message!.mean[0]! - METAL[BEFORE + 19]!) < 1.5,
      "the step under way is what is forecast",
    );
    for (let i = 20; i < 30; i++) message = session.consume(frame(BEFORE + i, 1, { air: false })) ?? message;
    assert.match(message!.degraded!, /an exogenous input is missing/);
    session.close();
  });

  it("tells a drift, fits anew, and collects evidence anew", async () => {
    const session = new ForecastSession({ ...parts, history: history() });
    session.consume(frame(BEFORE, 1));
    await until(() => session.phase === "forecasting", "it forecasts");
    assert.ok(session.forecaster!.skill!.n > 500);
    let [told, words] = [false, ""];
    let message: ForecastMessage | undefined;
    let i = 1;
    await until(() => {
      // A sensor that reads 6 °C more.
      for (let k = 0; k < 5 && BEFORE + i < 2990; k++, i++)
        message = session.consume(frame(BEFORE + i, 1, { offset: 6 })) ?? message;
      if (message?.driftSinceUs !== undefined && !told) {
        told = true;
        words = forecastWords(session).text;
      }
      return message?.training.cause === "drift";
    }, "a model that was fitted after the drift");
    assert.ok(told, "the drift was told before there was a new model");
    assert.match(words, /errors changed$/);
    assert.ok(Math.abs(message!.training.driftSinceUs! - timeOf(BEFORE + 1)) < 20 * STEP_US);
    assert.equal(session.evidence(NOW_US)[0]!.verdict, "collecting");
    session.close();
  });

  it("refuses an input that comes in another unit than before, or is the property itself", () => {
    const session = new ForecastSession(parts);
    session.consume(frame(0, 3));
    assert.throws(
      () => session.consume(frame(3, 1, { properties: [PROPERTIES[0]!, property("air", "K")] })),
      {
        code: "unit-mismatch",
        message: /air: came in °C and now comes in K/,
      },
    );
    session.close();
    const exogenous = [{ name: "metal", known: false }];
    assert.throws(() => new ForecastSession({ ...parts, task: { ...parts.task, exogenous } }), {
      code: "bad-option",
    });
  });

  it("reads a plan up to the horizon, and says for how many steps it was known where it ends before", async () => {
    const stored = new Map([
      [PROPERTIES[0]!.address, storedFrom(METAL)],
      [`${TWIN}/plan`, storedFrom(PLAN)],
    ]);
    const session = new ForecastSession({ ...parts, task: PLANNED, history: memoryHistory(stored) });
    session.plan(planned(BEFORE, BEFORE + 130));
    session.consume(frame(BEFORE, 1, { air: false }));
    await until(() => session.phase === "forecasting", "it forecasts");
    assert.match(session.forecaster!.fit.name, /1 exogenous/);
    assert.equal(session.forecaster!.skill, undefined, "history is no evidence of what a plan is worth");
    let message: ForecastMessage | undefined;
    for (let i = 1; i <= 127; i++) {
      message = session.consume(frame(BEFORE + i, 1, { air: false }));
      assert.equal(message!.degraded, undefined);
      // A sample ends the step before it, so three steps ahead is two after the sample.
      assert.ok(Math.abs(message!.mean[2]! - METAL[BEFORE + i + 2]!) < 1.5);
    }
    assert.ok(session.forecaster!.skill!.mase < 0.1, `${session.forecaster!.skill!.mase}`);
    message = session.consume(frame(BEFORE + 128, 1, { air: false }));
    assert.match(
      message!.degraded!,
      /an exogenous input is missing \(plan is known for 2 of 3 steps ahead\)/,
    );
    assert.match(forecastWords(session).text, / · input missing$/);
    session.plan(planned(BEFORE + 129, BEFORE + 140));
    message = session.consume(frame(BEFORE + 129, 1, { air: false }));
    assert.equal(message!.degraded, undefined, "a newer plan mends it");
    session.close();
  });

  it("reads the plan behind one that it refuses, and the values that came with them", async () => {
    const session = new ForecastSession({ ...parts, task: PLANNED });
    session.plan({ ...planned(0, 5), path: "price" });
    session.plan(planned(0, 405));
    assert.throws(() => session.consume(frame(0, 10, { air: false })), { code: "bad-plan" });
    assert.equal(session.progress.n, 9, "the tenth step has not ended");
    session.consume(frame(10, 390, { air: false }));
    await until(() => session.phase === "forecasting", "it forecasts");
    assert.match(session.forecaster!.fit.name, /1 exogenous/);
  });

  it("learns from the plans themselves where they are no property of the twin", async () => {
    const session = new ForecastSession({ ...parts, task: PLANNED });
    for (let i = 0; i < 400; i++) {
      session.plan(planned(i, i + 5));
      session.consume(frame(i, 1, { air: false }));
    }
    await until(() => session.phase === "forecasting", "it forecasts");
    assert.match(session.forecaster!.fit.name, /1 exogenous/);
    session.close();
  });

  it("holds a value told on change for ever, one that comes each period for three steps", () => {
    for (const [onChange, expected] of [
      [true, [5, 5, 5, 5, 5]],
      [false, [5, 5, 5, 5, Number.NaN]],
    ] as const) {
      const steps = new ExogenousSteps(STEP_US, onChange);
      steps.push(0, 4);
      steps.push(STEP_US / 2, 6);
      assert.deepEqual(
        [1, 2, 3, 4, 5].map((k) => steps.take(k * STEP_US)),
        expected,
      );
    }
  });
});

describe("predict/forecast session with a user's model", function () {
  this.timeout(20_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "rung-onnx-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("asks it step by step, in order, and tells its forecasts later", async () => {
    const file = join(folder, "half.onnx");
    writeFileSync(file, linearModel([[0.25], [0.75]], { "rung.unit": "°C", "rung.stepS": "30" }));
    const form = readForecastForm(
      { property: "metal", stepS: 30, horizonS: 30, seasonS: 0, method: "onnx", modelFile: file, hours: 13 },
      "f",
      folder,
    );
    const messages: ForecastMessage[] = [];
    const session = new ForecastSession({
      twin: TWIN,
      node: "f1",
      ...form,
      history: history(),
      onForecast: (message) => messages.push(message),
    });
    session.consume(frame(BEFORE, 1));
    await until(() => session.phase === "forecasting", "it forecasts");
    assert.ok(session.forecaster!.skill!.n > 500, "scored on history first");
    for (let i = 1; i < 5; i++) assert.equal(session.consume(frame(BEFORE + i, 1)), undefined);
    await until(() => messages.length >= 4, "four forecasts");
    const last = messages.at(-1)!;
    assert.equal(last.madeAtUs, timeOf(BEFORE + 4));
    assert.ok(Math.abs(last.mean[0]! - (0.25 * METAL[BEFORE + 2]! + 0.75 * METAL[BEFORE + 3]!)) < 1e-3);
    assert.equal(last.model, file);
    session.close();
  });

  it("says why it does not forecast", async () => {
    const file = join(folder, "kelvin.onnx");
    writeFileSync(file, linearModel([[1]], { "rung.unit": "K" }));
    const fields = { property: "metal", stepS: 30, horizonS: 30, seasonS: 0, hours: 13, method: "onnx" };
    const form = readForecastForm({ ...fields, modelFile: "kelvin.onnx" }, "f", folder);
    const session = new ForecastSession({ twin: TWIN, node: "f1", ...form, history: history() });
    session.consume(frame(BEFORE, 1));
    await until(() => session.fault !== undefined, "a fault");
    assert.match(session.fault!.message, /^kelvin\.onnx: speaks K, the property is in °C/);
    session.close();
    // What needs no history is said at once; a file that is put there later is read at the next attempt.
    const late = readForecastForm({ ...fields, modelFile: "late.onnx" }, "f", folder);
    const waiting = new ForecastSession({ twin: TWIN, node: "f1", ...late });
    await until(() => waiting.fault !== undefined, "the fault of a file that is not there");
    assert.match(waiting.fault!.message, /^late\.onnx: there is no such file/);
    writeFileSync(join(folder, "late.onnx"), linearModel([[1]]));
    waiting.consume(frame(0, 300));
    await until(() => waiting.phase === "forecasting", "it forecasts");
    assert.equal(waiting.fault, undefined);
    waiting.close();
    assert.throws(() => readForecastForm(fields, "f", folder), { code: "no-model" });
    assert.throws(() => readForecastForm({ ...fields, method: "oracle" }, "f", folder), {
      code: "bad-option",
    });
    assert.throws(() => readForecastForm({ ...fields, property: " " }, "f", folder), { code: "no-property" });
    assert.deepEqual(
      readForecastForm({ ...fields, method: "", exogenous: " air, ,b" }, "f", folder).task.exogenous,
      [
        { name: "air", known: false },
        { name: "b", known: false },
      ],
    );
    const planned = { ...fields, exogenous: "air", knownAhead: "rate, price" };
    assert.deepEqual(readForecastForm({ ...planned, method: "auto" }, "f", folder).task.exogenous, [
      { name: "air", known: false },
      { name: "rate", known: true },
      { name: "price", known: true },
    ]);
    assert.throws(() => readForecastForm({ ...planned, modelFile: "late.onnx" }, "f", folder), {
      code: "bad-option",
      message: /reads nothing ahead of time/,
    });
  });
});
