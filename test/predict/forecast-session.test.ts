import assert from "node:assert/strict";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import { BAD, GOOD } from "../../runtime/core/quality.ts";
import { Random } from "../../runtime/core/random.ts";
import { ForecastSession } from "../../runtime/predict/forecast/forecast-session.ts";
import type { ForecastMessage } from "../../runtime/predict/forecast-message.ts";
import { memoryHistory, until } from "../diagnose/memory-history.ts";

const TWIN = "acme/leipzig/paint/oven1";
const PERIOD_US = 5e6;
const STEP_US = 30e6;
const NOW_US = 1_790_000_010e6;
const PROPERTY: Property = {
  address: `${TWIN}/exhaust/temperature`,
  kind: "measurement",
  type: "number",
  unit: "°C",
  update: { mode: "cyclic", periodMs: 5000 },
};
const DICTIONARY = new Dictionary([PROPERTY]);

/** A slow autoregression about a wave of 20 minutes, in noise, sampled every 5 s. */
function series(n: number): Float64Array {
  const random = new Random(11);
  let level = 0;
  return Float64Array.from({ length: n }, (_, i) => {
    level = 0.98 * level + random.normal();
    return 150 + 8 * Math.sin((2 * Math.PI * i) / 240) + level + 0.5 * random.normal();
  });
}
const VALUES = series(9000);
const BEFORE = 5760;

function frame(from: number, count: number, quality = GOOD): Frame {
  const builder = new FrameBuilder({ source: "s", reality: "virtual", dictionary: DICTIONARY });
  for (let i = from; i < from + count; i++)
    builder.add(0, VALUES[i]!, NOW_US + (i - BEFORE) * PERIOD_US, quality);
  return builder.build({ epoch: 1, first: 0, receiveTimeUs: 0 });
}

const history = () =>
  memoryHistory(
    new Map([
      [
        PROPERTY.address,
        {
          timeUs: Float64Array.from({ length: BEFORE }, (_, i) => NOW_US + (i - BEFORE) * PERIOD_US),
          value: VALUES.slice(0, BEFORE),
        },
      ],
    ]),
  );
const parts = {
  twin: TWIN,
  node: "f1",
  path: "exhaust/temperature",
  hours: 8,
  task: { stepUs: STEP_US, horizon: 4, season: 0 },
};

describe("predict/forecast session", () => {
  it("fits to the first part of history and has honest evidence from the rest at once", async () => {
    const session = new ForecastSession({ ...parts, history: history() });
    assert.equal(session.consume(frame(BEFORE, 1)), undefined);
    await until(() => session.phase === "forecasting", "it forecasts");
    const { skill, fit } = session.forecaster!;
    assert.equal(fit.steps, 575, "60 % of 959 whole steps");
    assert.ok(fit.toUs <= NOW_US - 0.4 * 959 * STEP_US + STEP_US, "the fit saw only the first part");
    assert.ok(skill!.n >= 370, `${skill!.n} scored`);
    assert.deepEqual(
      session.evidence(NOW_US).map(({ verdict }) => verdict),
      ["holds", "holds"],
    );
    const messages: ForecastMessage[] = [];
    for (let i = 1; i < 60; i++) {
      const message = session.consume(frame(BEFORE + i, 1));
      if (message !== undefined) messages.push(message);
    }
    assert.equal(messages.length, 9, "one per completed step of 30 s after the first");
    assert.equal(messages[1]!.madeAtUs - messages[0]!.madeAtUs, STEP_US);
    assert.equal(messages[0]!.unit, "°C");
    for (const { newestSampleUs, validUntilUs } of session.evidence(NOW_US)) {
      assert.equal(newestSampleUs, session.newestUs);
      assert.equal(validUntilUs, session.newestUs + 10 * 5e6, "ten periods of the property");
    }
    session.close();
  });

  it("collects live steps where there is no history, then starts scoring from nothing", async () => {
    const session = new ForecastSession({ ...parts, history: memoryHistory(new Map()) });
    session.consume(frame(0, 300));
    assert.equal(session.phase, "collecting");
    assert.match(session.evidence(0)[0]!.cause!, /^\d+ of 120 steps of history to learn from$/);
    await new Promise((resolve) => setImmediate(resolve));
    session.consume(frame(300, 500));
    await until(() => session.phase === "forecasting", "it forecasts");
    assert.deepEqual(
      session.evidence(0).map(({ verdict, progress }) => [verdict, progress!.of]),
      [
        ["collecting", 100],
        ["collecting", 100],
      ],
    );
    session.consume(frame(800, 1400));
    assert.notEqual(session.evidence(0)[0]!.verdict, "collecting");
    session.close();
  });

  it("skips bad samples, ignores other properties, and refuses a senseless task", () => {
    const session = new ForecastSession(parts);
    session.consume(frame(0, 50, BAD));
    assert.equal(session.skipped, 50);
    assert.equal(session.phase, "waiting");
    const other = new FrameBuilder({
      source: "s",
      reality: "virtual",
      dictionary: new Dictionary([{ ...PROPERTY, address: `${TWIN}/x` }]),
    });
    other.add(0, 1, NOW_US, GOOD);
    assert.equal(session.consume(other.build({ epoch: 1, first: 0, receiveTimeUs: 0 })), undefined);
    session.close();
    assert.throws(() => new ForecastSession({ ...parts, task: { ...parts.task, horizon: 0 } }), {
      code: "bad-option",
    });
  });
});
