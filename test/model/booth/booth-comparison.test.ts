import assert from "node:assert/strict";
import { type BoothReadings, compareBooth } from "../../../runtime/model/booth/booth-comparison.ts";
import { boothConfig } from "../../../runtime/model/booth/booth-config.ts";

const AS_SET: BoothReadings = {
  airTemperatureC: 23,
  humidityPercent: 65,
  setpointC: 23,
  flowM3PerH: 108_000,
  fanPowerKW: 62,
};

describe("booth comparison", () => {
  const config = boothConfig({ name: "booth1" });

  it("has no residual where the plant does what the model says", () => {
    const { fan, heat, missing } = compareBooth(config, AS_SET, 7);
    assert.ok(Math.abs(fan!.residualKW) < 1e-9);
    assert.ok(Math.abs(heat!.residualKW) < 1e-9);
    assert.equal(heat!.isInWindow, true);
    assert.deepEqual(missing, []);
  });

  it("tells a clogged filter by the fan's power at the same flow", () => {
    const { fan } = compareBooth(config, { ...AS_SET, fanPowerKW: 68.2 }, 7);
    assert.ok(Math.abs(fan!.residualPercent - 10) < 1e-9);
    // Less flow, less power: no residual.
    const throttled = compareBooth(config, { ...AS_SET, flowM3PerH: 97_200, fanPowerKW: 62 * 0.9 ** 3 }, 7);
    assert.ok(Math.abs(throttled.fan!.residualKW) < 1e-9);
  });

  it("tells heat and water that miss the measured set point", () => {
    const warm = compareBooth(config, { ...AS_SET, airTemperatureC: 24, setpointC: 24 }, 7);
    assert.ok(Math.abs(warm.heat!.residualKW) < 1e-9);
    const { heat } = compareBooth(config, { ...AS_SET, airTemperatureC: 22 }, 7);
    // 35 kg/s x (1 K x 1.03 kJ/kgK + 0.70 g/kg x 2.54 kJ/g).
    assert.ok(Math.abs(heat!.residualKW + 98) < 3, `${heat!.residualKW}`);
    assert.equal(heat!.temperatureK, -1);
    assert.ok(Math.abs(heat!.waterGPerKg + 0.7) < 0.03, `${heat!.waterGPerKg}`);
    const humid = compareBooth(config, { ...AS_SET, humidityPercent: 75 }, 7);
    assert.equal(humid.heat!.isInWindow, false);
  });

  it("takes what no air can be for missing", () => {
    const { fan, heat, missing } = compareBooth(
      config,
      { ...AS_SET, humidityPercent: 104, fanPowerKW: -1 },
      7,
    );
    assert.equal(fan, undefined);
    assert.equal(heat, undefined);
    assert.deepEqual(missing, ["air/humidity", "supply/fanPower"]);
    assert.deepEqual(compareBooth(config, {}, 7).missing.length, 5);
  });

  it("goes by the model's set point where none is measured", () => {
    const { setpointC: _none, ...without } = AS_SET;
    const { heat, missing } = compareBooth(config, without, 7);
    assert.ok(Math.abs(heat!.residualKW) < 1e-9);
    assert.deepEqual(missing, ["air/temperatureSetpoint"]);
  });
});
