import assert from "node:assert/strict";
import { ageText, numberText, withUnit } from "../../nodes/dashboard/look/numbers.ts";

describe("numbers on a screen", () => {
  it("are rounded, grouped, with a real minus sign", () => {
    assert.equal(numberText(1180.04, 1), "1,180.0");
    assert.equal(numberText(-0.34, 1), "−0.3");
    assert.equal(numberText(-0.04, 1), "0.0");
    assert.equal(numberText(9420.4, 0), "9,420");
  });
  it("never show a number that is none", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, null, undefined]) {
      assert.equal(numberText(value), "–");
      assert.equal(withUnit(value, "kWh"), "–");
    }
  });
  it("carry their unit after a space, and none for the dimensionless", () => {
    assert.equal(withUnit(24.137, "kWh", 2), "24.14\u00a0kWh");
    assert.equal(withUnit(20, "1", 0), "20");
  });
  it("tell an age in the words of a control room", () => {
    assert.equal(ageText(0.42), "0.4\u00a0s");
    assert.equal(ageText(61), "61\u00a0s");
    assert.equal(ageText(1440), "24\u00a0min");
    assert.equal(ageText(10_800), "3\u00a0h");
    assert.equal(ageText(Number.POSITIVE_INFINITY), "never");
  });
});
