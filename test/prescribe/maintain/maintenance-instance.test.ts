import assert from "node:assert/strict";
import { RungError } from "../../../runtime/core/errors.ts";
import { readMaintenanceInstance } from "../../../runtime/prescribe/maintain/maintenance-instance.ts";

const GOOD = {
  setup_cost: 500,
  downtime_cost_rate: 100,
  repairmen: 2,
  components: [{ id: "press", alpha: 5, beta: 20, duration_h: 2, mtbf_h: 100 }],
  activities: [{ id: 1, component: "press", time_h: 100 }],
};

describe("an instance of maintenance", () => {
  it("is read with its parts and windows", () => {
    const instance = readMaintenanceInstance(
      {
        ...GOOD,
        activities: [{ id: 1, component: "press", time_h: 100, part_from_h: 40 }],
        windows: [
          { begin_h: 90, end_h: 98 },
          { begin_h: 10, end_h: 20 },
        ],
      },
      "plan.json",
    );
    assert.deepEqual(instance.activities, [
      {
        id: 1,
        component: "press",
        dueH: 100,
        durationH: 2,
        earlyCostPerH2: 5,
        lateCostPerH2: 20,
        partFromH: 40,
      },
    ]);
    assert.deepEqual(instance.windows, [
      { beginH: 10, endH: 20 },
      { beginH: 90, endH: 98 },
    ]);
  });

  const press = GOOD.components[0]!;
  const BAD: readonly [string, unknown, RegExp][] = [
    ["no object", [], /^plan.json: must be an object, got \[\]/],
    ["no components", { ...GOOD, components: undefined }, /components: must be a list/],
    ["no number", { ...GOOD, setup_cost: "5" }, /setup_cost: must be a number, got "5"/],
    [
      "a cost below zero",
      { ...GOOD, downtime_cost_rate: -1 },
      /downtime_cost_rate: must be >= 0 per h, got -1/,
    ],
    ["no repairer", { ...GOOD, repairmen: 0 }, /repairmen: must be a whole number >= 1, got 0/],
    [
      "negative time of work",
      { ...GOOD, components: [{ ...press, duration_h: -2 }] },
      /components\/press\/duration_h: must be > 0 h, got -2/,
    ],
    [
      "an unknown component",
      { ...GOOD, activities: [{ id: 1, component: "pres", time_h: 1 }] },
      /activities\/0\/component: pres is no component \(known are press\)/,
    ],
    [
      "an id twice",
      { ...GOOD, activities: [GOOD.activities[0], GOOD.activities[0]] },
      /activities\/1\/id: 1 stands twice/,
    ],
    ["nothing to do", { ...GOOD, activities: [] }, /activities: there is none/],
    [
      "windows that overlap",
      {
        ...GOOD,
        windows: [
          { begin_h: 0, end_h: 5 },
          { begin_h: 4, end_h: 8 },
        ],
      },
      /windows: one begins at 4 h, before another has ended/,
    ],
    ["an empty window", { ...GOOD, windows: [{ begin_h: 3, end_h: 3 }] }, /windows\/0\/end_h: must be > 3 h/],
    [
      "lives of a minute",
      { ...GOOD, activities: undefined, window: { hours: 700 }, components: [{ ...press, mtbf_h: 0.01 }] },
      /components\/press\/mtbf_h: 0.01 h are over 10000 lives in the window \(look at the unit\)/,
    ],
  ];
  for (const [name, input, message] of BAD) {
    it(`is refused with ${name}`, () => {
      assert.throws(
        () => readMaintenanceInstance(input, "plan.json"),
        (error) => error instanceof RungError && message.test(error.message),
      );
    });
  }
});
