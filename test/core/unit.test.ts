import assert from "node:assert/strict";
import { converter, isUnit, sameDimension, unitSymbol } from "../../runtime/core/unit.ts";

/** Relative error of one rounding or two of a Float64. */
const near = (actual: number, expected: number): void =>
  assert.ok(
    Math.abs(actual - expected) <= 4 * Number.EPSILON * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

describe("unit", () => {
  it("converts by the definitions of the SI and of the units outside it", () => {
    const cases: [number, string, number, string][] = [
      [0, "°C", 273.15, "K"],
      [212, "°F", 100, "°C"],
      [-40, "°C", -40, "°F"],
      [100, "°C", 212, "°F"],
      [1, "bar", 1e5, "Pa"],
      [1013.25, "mbar", 101.325, "kPa"],
      [1, "kWh", 3.6, "MJ"],
      [3.6e6, "J", 1, "kWh"],
      [3600, "m³/h", 1, "m³/s"],
      [60, "L/min", 1e-3, "m³/s"],
      [6, "m/min", 0.1, "m/s"],
      [36, "km/h", 10, "m/s"],
      [180, "°", Math.PI, "rad"],
      [60, "rpm", 2 * Math.PI, "rad/s"],
      [25, "%", 0.25, "1"],
      [10, "g/kg", 0.01, "1"],
      [2, "h", 120, "min"],
      [1, "d", 86400, "s"],
      [250, "µm", 0.25, "mm"],
      [1, "t", 1e6, "g"],
      [2, "Nm³", 2, "Nm³"],
      [5200, "g/m²", 5.2, "kg/m²"],
      [2.5, "mm²/s", 2.5e-6, "m²/s"],
      [7200, "1/h", 2, "1/s"],
    ];
    for (const [value, from, expected, to] of cases) near(converter(from, to)(value), expected);
  });

  it("leaves a value of the same unit bit for bit", () => {
    const same = converter("°C", "degC");
    for (const value of [0.1, -0, 1e-300, Number.MAX_VALUE]) assert.ok(Object.is(same(value), value));
  });

  it("returns every value after a round trip within rounding", () => {
    for (const [a, b] of [
      ["°C", "°F"],
      ["kW", "W"],
      ["m³/h", "L/min"],
      ["rpm", "rad/s"],
    ] as const) {
      for (const value of [-17.3, 0, 1, 1234.5]) {
        const back = converter(b, a)(converter(a, b)(value));
        assert.ok(
          Math.abs(back - value) <= 1e-12 * Math.max(300, Math.abs(value)),
          `${value} ${a} came back ${back}`,
        );
      }
    }
  });

  it("keeps one symbol for several spellings", () => {
    assert.equal(unitSymbol("degC"), "°C");
    assert.equal(unitSymbol("μm"), "µm");
    assert.equal(unitSymbol("W/m2K"), "W/m²K");
    assert.equal(isUnit("furlong"), false);
  });

  it("refuses a mismatch of dimension, naming the port", () => {
    assert.throws(() => converter("°C", "kW", "oven1, port airTemperature"), {
      code: "unit-mismatch",
      message: /^oven1, port airTemperature: °C cannot be told in kW/,
    });
    assert.equal(sameDimension("rad/s", "Hz"), false, "an angle is no number here");
    assert.equal(sameDimension("Nm", "J"), false, "a torque is no energy");
    assert.equal(sameDimension("Nm³/h", "m³/h"), false, "gas at standard conditions is an amount");
    assert.throws(() => converter("furlong", "m"), { code: "unknown-unit" });
  });
});
