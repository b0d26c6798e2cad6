import assert from "node:assert/strict";
import { Plant } from "../../plant/physics/plant.ts";
import { fitForecast } from "../../runtime/predict/forecast/forecast-fit.ts";
import { Forecaster } from "../../runtime/predict/forecast/forecaster.ts";
import { stepsOf } from "../../runtime/predict/forecast/step-assembler.ts";
import { record, START_US } from "../diagnose/plant-columns.ts";

const STEP_US = 30e6;

/** Fits to the first part of 8 hours and scores the rest, in order. */
function forecastOf(seed: number, path: string, horizon: number, season: number): Forecaster {
  const history = record(8, new Plant({ seed, startTimeUs: START_US }), path.split("/")[0]);
  const { endUs, values } = stepsOf(history.timeUs, history.values[history.names.indexOf(path)]!, STEP_US);
  const cut = Math.floor(0.6 * values.length);
  const fit = fitForecast(values.subarray(0, cut), endUs.subarray(0, cut), {
    stepUs: STEP_US,
    horizon,
    season,
  });
  const forecaster = new Forecaster({ twin: path.split("/")[0]!, node: "f", address: path, fit });
  forecaster.prime(values.subarray(0, cut));
  for (const value of values.subarray(cut)) forecaster.step(value);
  return forecaster;
}

describe("predict/forecast of the virtual plant", () => {
  it("holds row 3 for the exhaust temperature 5 minutes ahead, over seeds", () => {
    for (const seed of [1, 2, 3]) {
      // A body enters every 90 s: a season of 3 steps.
      const forecaster = forecastOf(seed, "oven1/exhaust/temperature", 10, 3);
      assert.deepEqual(
        forecaster.evidence(0).map(({ verdict }) => verdict),
        ["holds", "holds"],
        `seed ${seed}: ${JSON.stringify(forecaster.skill)}`,
      );
      assert.ok(forecaster.skill!.n >= 350);
      assert.equal(forecaster.driftedUs, undefined, `seed ${seed}: a drift where nothing has changed`);
    }
  });

  it("says so where nothing is to be gained: fan flow is noise about a level", () => {
    const [skill, coverage] = forecastOf(1, "oven1/zone5/fanFlow", 10, 0).evidence(0);
    assert.equal(skill!.verdict, "fails");
    assert.match(skill!.cause!, /not shown to beat "rolling mean"/);
    assert.equal(coverage!.verdict, "holds");
  });
});
