import assert from "node:assert/strict";
import { type AheadMessage, KnownInputs, readAhead } from "../../../runtime/predict/forecast/known-inputs.ts";

const HOUR_US = 3600e6;
const TASK = {
  stepUs: HOUR_US,
  horizon: 3,
  exogenous: [
    { name: "rate", known: true },
    { name: "air", known: false },
  ],
};
const plan = (untilH: number, ...points: readonly (readonly [number, number])[]): AheadMessage => ({
  kind: "ahead",
  path: "rate",
  points: points.map(([hour, value]) => ({ timeUs: hour * HOUR_US, value })),
  untilUs: untilH * HOUR_US,
});
const rateAhead = (inputs: KnownInputs, hour: number): number[] => [...inputs.ahead(hour * HOUR_US)[0]!];

describe("predict/forecast inputs known ahead", () => {
  it("gives each step the mean over its time, and none where a part is open", () => {
    const inputs = new KnownInputs(TASK);
    assert.deepEqual(rateAhead(inputs, 10), [Number.NaN, Number.NaN, Number.NaN]);
    inputs.tell(plan(12.5, [10, 60], [11.25, 20]));
    assert.deepEqual(rateAhead(inputs, 10), [60, 0.25 * 60 + 0.75 * 20, Number.NaN]);
    assert.equal(inputs.ahead(0)[1]!.length, 0, "the other input has no future");
  });

  it("lets a newer plan count from its first point on", () => {
    const inputs = new KnownInputs(TASK);
    inputs.tell(plan(14, [10, 60]));
    inputs.tell(plan(12.5, [11.5, 0]));
    assert.deepEqual(rateAhead(inputs, 10), [60, 30, Number.NaN]);
  });

  it("fills the past of what no sample tells, and forgets it", () => {
    const inputs = new KnownInputs(TASK);
    inputs.tell(plan(14, [10, 60], [12, 40]));
    assert.deepEqual(inputs.fill([Number.NaN, 5], 11 * HOUR_US), [60, 5]);
    assert.deepEqual(inputs.fill([58, Number.NaN], 12 * HOUR_US), [58, Number.NaN]);
    assert.deepEqual(inputs.fill([Number.NaN, 5], 12 * HOUR_US), [Number.NaN, 5]);
    assert.deepEqual(rateAhead(inputs, 12), [40, 40, Number.NaN]);
  });

  it("converts units, and refuses another dimension and an input that is not read ahead", () => {
    const inputs = new KnownInputs(TASK);
    inputs.tell({ ...plan(13, [10, 2]), unit: "MW" }, "kW");
    assert.deepEqual(rateAhead(inputs, 10), [2000, 2000, 2000]);
    assert.throws(() => inputs.tell({ ...plan(13, [10, 2]), unit: "°C" }, "kW"), { code: "unit-mismatch" });
    assert.throws(() => inputs.tell({ ...plan(13, [10, 2]), path: "air" }), {
      code: "bad-plan",
      message: /air: the forecast reads no air ahead of time \(it reads rate\)/,
    });
  });

  it("refuses a message that does not say what holds when", () => {
    for (const [payload, expected] of [
      [{ ...plan(12, [10, 1]), path: " " }, /names no path/],
      [{ ...plan(12, [10, 1]), points: [] }, /1 to 10000 points/],
      [{ ...plan(12, [10, 1]), points: [null] }, /no later time after point 0/],
      [plan(12, [11, 1], [10, 2]), /no later time after point 1/],
      [plan(10, [10, 1]), /no later time after point 1/],
      [plan(12, [10, Number.NaN]), /point 1 of the plan of rate has no number/],
    ] as const)
      assert.throws(() => readAhead(payload, "f"), { code: "bad-plan", message: expected });
    assert.deepEqual(readAhead(plan(12, [10, 1]), "f"), plan(12, [10, 1]));
  });
});
