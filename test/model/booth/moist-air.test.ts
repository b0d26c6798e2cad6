import assert from "node:assert/strict";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import {
  airFrom,
  airOf,
  dampAir,
  density,
  dewPointC,
  mixed,
  pressureAtPa,
  relativeHumidityPercent,
  saturationRatio,
  specificVolume,
  wetBulbC,
} from "../../../runtime/model/booth/moist-air.ts";
import { saturationPressurePa, saturationTemperatureC } from "../../../runtime/model/booth/saturation.ts";

const SEA = 101_325;
const near = (actual: number, expected: number, share: number, what?: string): void =>
  assert.ok(
    Math.abs(actual - expected) <= share * Math.abs(expected),
    `${what ?? ""} got ${actual}, expected ${expected}`,
  );

describe("moist air", () => {
  it("has the saturation pressures of the tables (ASHRAE Fundamentals 1, table 3)", () => {
    const table: [number, number][] = [
      [-40, 12.85],
      [-20, 103.26],
      [0, 611.2],
      [10, 1228],
      [20, 2338.9],
      [25, 3169.3],
      [40, 7383.5],
      [60, 19_944],
      [80, 47_412],
    ];
    for (const [c, pa] of table) near(saturationPressurePa(c), pa, 5e-4, `${c} °C`);
  });

  it("has ice and water meet at 0 °C", () => {
    near(saturationPressurePa(-1e-9), saturationPressurePa(0), 1e-4);
  });

  it("agrees with WMO's Magnus formula over water within 0.4 % from 0 to 50 °C", () => {
    for (let c = 0; c <= 50; c += 5)
      near(saturationPressurePa(c), 611.2 * Math.exp((17.62 * c) / (243.12 + c)), 4e-3, `${c} °C`);
  });

  it("is within half a per cent of real air's tables (ASHRAE Fundamentals 1, table 2)", () => {
    // Saturated: humidity ratio kg/kg, enthalpy kJ/kg, volume m³/kg.
    const table: [number, number, number, number][] = [
      [0, 0.00379, 9.473, 0.7781],
      [10, 0.007661, 29.352, 0.8116],
      [20, 0.014758, 57.555, 0.8498],
      [30, 0.02733, 100.006, 0.8962],
    ];
    for (const [c, ratio, enthalpy, volume] of table) {
      const air = airOf(c, 100, SEA);
      near(air.humidityRatio, ratio, 6e-3, `W at ${c} °C`);
      near(air.enthalpy, enthalpy, 6e-3, `h at ${c} °C`);
      near(specificVolume(air, SEA), volume, 1e-3, `v at ${c} °C`);
    }
  });

  it("solves the handbook's example: 40 °C with a wet bulb of 20 °C", () => {
    const air = dampAir(40, 0.0065);
    near(wetBulbC(air, SEA), 20, 5e-3);
    near(air.enthalpy, 56.7, 5e-3);
    near(specificVolume(air, SEA), 0.896, 2e-3);
    // Read off the chart to whole degrees.
    assert.equal(Math.floor(dewPointC(air, SEA)), 7);
    near(relativeHumidityPercent(air, SEA), 14, 0.02);
  });

  it("has wet bulb, dew point and temperature fall together where air is saturated", () => {
    for (const c of [-20, -5, 3, 20, 35]) {
      const air = airOf(c, 100, SEA);
      near(wetBulbC(air, SEA) + 100, c + 100, 1e-9);
      near(dewPointC(air, SEA) + 100, c + 100, 1e-9);
    }
  });

  it("has the pressure of the standard atmosphere", () => {
    assert.equal(pressureAtPa(0), SEA);
    near(pressureAtPa(1000), 89_875, 2e-4);
  });

  it("is about 1.18 kg/m³ in a booth, and its dry part 1.17", () => {
    const air = airOf(23, 65, SEA);
    near(density(air, SEA), 1.184, 1e-3);
    near(1 / specificVolume(air, SEA), 1.17, 1e-3);
  });

  it("comes back from enthalpy and water, over ice, water and fog", () => {
    const random = new Random(1);
    for (let i = 0; i < 500; i++) {
      const air = airOf(-30 + 70 * random.uniform(), 1 + 99 * random.uniform(), SEA);
      const back = airFrom(air.enthalpy, air.humidityRatio, SEA);
      assert.ok(Math.abs(back.temperatureC - air.temperatureC) < 1e-9);
      assert.equal(back.mist, 0);
    }
    const fog = mixed(1, airOf(-15, 100, SEA), 3, airOf(24, 95, SEA), SEA);
    assert.ok(fog.mist > 1e-3);
    near(relativeHumidityPercent(fog, SEA), 100, 1e-9);
    near(fog.humidityRatio - fog.mist, saturationRatio(fog.temperatureC, SEA), 1e-9);
  });

  it("is fog, at what warmth there is, where far more water comes than can evaporate", () => {
    const wet = airFrom(40, 0.5, SEA);
    assert.ok(wet.temperatureC > 0 && wet.temperatureC < 15, `${wet.temperatureC} °C`);
    near(dampAir(wet.temperatureC, 0.5 - wet.mist).enthalpy + wet.mist * 4.186 * wet.temperatureC, 40, 1e-9);
  });

  it("holds any vapour above the boiling point", () => {
    const hot = airFrom(dampAir(120, 0.3).enthalpy, 0.3, SEA);
    near(hot.temperatureC, 120, 1e-12);
    assert.equal(hot.mist, 0);
  });

  it("mixes with nothing lost", () => {
    const [a, b] = [airOf(5, 90, SEA), airOf(30, 40, SEA)];
    const both = mixed(2, a, 3, b, SEA);
    near(5 * both.enthalpy, 2 * a.enthalpy + 3 * b.enthalpy, 1e-14);
    near(5 * both.humidityRatio, 2 * a.humidityRatio + 3 * b.humidityRatio, 1e-14);
    assert.equal(mixed(0, a, 3, b, SEA), b);
    assert.equal(mixed(2, a, 0, b, SEA), a);
  });

  it("refuses what no air can be", () => {
    for (const make of [
      () => airOf(200, 50, SEA),
      () => airOf(Number.NaN, 50, SEA),
      () => airOf(20, 101, SEA),
      () => airOf(20, -1, SEA),
      () => saturationTemperatureC(0),
      () => saturationRatio(120, SEA),
    ])
      assert.throws(make, (fault) => fault instanceof RungError && fault.code === "moist-air");
  });
});
