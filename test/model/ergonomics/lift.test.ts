import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { liftJob, rateLifts } from "../../../runtime/model/ergonomics/lift.ts";
import {
  asymmetryMultiplier,
  couplingMultiplier,
  distanceMultiplier,
  FREQUENCY_TABLE,
  frequencyMultiplier,
  horizontalMultiplier,
  roundedTo,
  verticalMultiplier,
} from "../../../runtime/model/ergonomics/lift-multipliers.ts";
import { needsFile } from "../../needs.ts";

const EXAMPLES = join(import.meta.dirname, "../../../../shared/data/ergonomics/niosh_examples.json");

interface PublishedEnd {
  readonly H: number;
  readonly V: number;
  readonly D: number;
  readonly A: number;
  readonly F: number;
  readonly dur: string;
  readonly C: string;
  readonly RWL: number;
  readonly LI: number;
}
interface Published {
  readonly id: string;
  readonly L: number;
  readonly origin: PublishedEnd;
  readonly dest: PublishedEnd;
}

const jobOf = ({ L, origin, dest }: Published, rounding: string) => ({
  units: "us",
  rounding,
  duration: origin.dur,
  load: L,
  origin: { horizontal: origin.H, vertical: origin.V, asymmetryDeg: origin.A },
  destination: { horizontal: dest.H, vertical: dest.V, asymmetryDeg: dest.A },
  significantControl: true,
  liftsPerMin: origin.F,
  coupling: origin.C,
});

/** A lift at which every multiplier is 1. */
const BEST = {
  duration: "short",
  load: 23,
  origin: { horizontal: 25, vertical: 75 },
  destination: { horizontal: 25, vertical: 100 },
  liftsPerMin: 0.2,
  coupling: "good",
};

describe("lifting equation", () => {
  it("gives the manual's printed answers in the manual's rounding, and near them unrounded", function () {
    needsFile(this, EXAMPLES);
    const { single } = JSON.parse(readFileSync(EXAMPLES, "utf8")) as { single: Published[] };
    assert.equal(single.length, 2);
    for (const example of single) {
      const [manual] = rateLifts(liftJob(jobOf(example, "manual"), example.id)).lifts;
      const [exact] = rateLifts(liftJob(jobOf(example, "exact"), example.id)).lifts;
      for (const [end, printed] of [
        ["origin", example.origin],
        ["destination", example.dest],
      ] as const) {
        assert.equal(manual![end]!.recommendedWeight, printed.RWL, `${example.id} ${end}`);
        assert.equal(manual![end]!.liftingIndex, printed.LI, `${example.id} ${end}`);
        assert.ok(Math.abs(exact![end]!.recommendedWeight / printed.RWL - 1) < 0.026, `${example.id} ${end}`);
      }
      assert.equal(manual!.worseEnd, "destination");
      assert.equal(manual!.liftingIndex, example.dest.LI);
    }
  });

  it("rounds the equation to the multipliers of tables 1 to 4, half up, and has table 7", () => {
    const printed = (values: readonly number[], of: (value: number) => number, wanted: readonly number[]) =>
      assert.deepEqual(values.map(of), wanted);
    printed(
      [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25],
      (inches) => horizontalMultiplier(inches, "us", "manual"),
      [1, 0.91, 0.83, 0.77, 0.71, 0.67, 0.63, 0.59, 0.56, 0.53, 0.5, 0.48, 0.46, 0.44, 0.42, 0.4],
    );
    printed(
      [25, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58, 60, 63],
      (cm) => horizontalMultiplier(cm, "metric", "manual"),
      [
        1, 0.89, 0.83, 0.78, 0.74, 0.69, 0.66, 0.63, 0.6, 0.57, 0.54, 0.52, 0.5, 0.48, 0.46, 0.45, 0.43, 0.42,
        0.4,
      ],
    );
    printed(
      [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70],
      (inches) => verticalMultiplier(inches, "us", "manual"),
      [0.78, 0.81, 0.85, 0.89, 0.93, 0.96, 1, 0.96, 0.93, 0.89, 0.85, 0.81, 0.78, 0.74, 0.7],
    );
    printed(
      [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 175],
      (cm) => verticalMultiplier(cm, "metric", "manual"),
      [
        0.78, 0.81, 0.84, 0.87, 0.9, 0.93, 0.96, 0.99, 0.99, 0.96, 0.93, 0.9, 0.87, 0.84, 0.81, 0.78, 0.75,
        0.72, 0.7,
      ],
    );
    printed(
      [10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 70],
      (inches) => distanceMultiplier(inches, "us", "manual"),
      [1, 0.94, 0.91, 0.89, 0.88, 0.87, 0.87, 0.86, 0.86, 0.85, 0.85, 0.85],
    );
    printed(
      [25, 40, 55, 70, 85, 100, 115, 145, 160, 175],
      (cm) => distanceMultiplier(cm, "metric", "manual"),
      [1, 0.93, 0.9, 0.88, 0.87, 0.87, 0.86, 0.85, 0.85, 0.85],
    );
    printed(
      [0, 15, 30, 45, 60, 75, 90, 105, 120, 135],
      (deg) => asymmetryMultiplier(deg, "manual"),
      [1, 0.95, 0.9, 0.86, 0.81, 0.76, 0.71, 0.66, 0.62, 0.57],
    );
    for (const units of ["metric", "us"] as const) {
      const [below, above] = units === "metric" ? [74.9, 75] : [29.9, 30];
      const both = (coupling: "good" | "fair" | "poor") => [
        couplingMultiplier(coupling, below, units),
        couplingMultiplier(coupling, above, units),
      ];
      assert.deepEqual(both("good"), [1, 1]);
      assert.deepEqual(both("fair"), [0.95, 1]);
      assert.deepEqual(both("poor"), [0.9, 0.9]);
    }
  });

  it("reads table 5 by duration and height, falls along every column, and goes straight between rows", () => {
    const at = (lifts: number, duration: "short" | "moderate" | "long", cm: number) =>
      frequencyMultiplier(lifts, duration, cm, "metric", "exact");
    assert.equal(at(9, "long", 74), 0);
    assert.equal(at(9, "long", 75), 0.15);
    assert.equal(at(10, "moderate", 74), 0.26);
    assert.equal(at(11, "moderate", 74), 0);
    assert.equal(at(12, "moderate", 75), 0.21);
    assert.equal(at(15, "short", 75), 0.28);
    assert.equal(at(15.1, "short", 75), 0);
    assert.equal(at(0, "long", 75), 0.85);
    assert.equal(roundedTo(6, at(2.5, "short", 75)), 0.895);
    assert.equal(frequencyMultiplier(2.5, "short", 75, "metric", "manual"), 0.9);
    // Between the last weight and none there is none.
    assert.equal(at(8.5, "long", 74), 0);
    for (let column = 1; column <= 6; column++)
      for (const [i, row] of FREQUENCY_TABLE.entries())
        if (i > 0)
          assert.ok(row[column]! <= FREQUENCY_TABLE[i - 1]![column]!, `column ${column} row ${row[0]}`);
    for (const row of FREQUENCY_TABLE)
      for (const column of [1, 3, 5]) assert.ok(row[column]! <= row[column + 1]!, `row ${row[0]}`);
  });

  it("allows 23 kg in the best case, and says what lowers the limit, the strongest first", () => {
    const [best] = rateLifts(liftJob(BEST, "best")).lifts;
    assert.equal(best!.origin.recommendedWeight, 23);
    assert.equal(best!.liftingIndex, 1);
    assert.deepEqual(best!.origin.because, []);
    assert.equal(best!.destination, undefined);
    const far = { ...BEST, origin: { horizontal: 50, vertical: 65, asymmetryDeg: 30 }, coupling: "poor" };
    const [worse] = rateLifts(liftJob(far, "far")).lifts;
    const travel = 0.82 + 4.5 / 35;
    const wanted = 23 * 0.5 * 0.97 * travel * (1 - 0.0032 * 30) * 0.9;
    assert.ok(Math.abs(worse!.origin.recommendedWeight - wanted) < 1e-9);
    assert.deepEqual(worse!.origin.because, [
      "horizontal 50 cm: x 0.50",
      "poor coupling: x 0.90",
      "turned 30°: x 0.90",
      "travel 35 cm: x 0.95",
      "height 65 cm: x 0.97",
    ]);
  });

  it("adds tasks by the manual's composite index", () => {
    const { duration: _, ...bare } = BEST;
    // 23 kg each at 1, 2 and 3 lifts a minute: single-task indices 1/.94, 1/.91, 1/.88, frequency-free indices 1.
    const job = { duration: "short", tasks: [1, 2, 3].map((liftsPerMin) => ({ ...bare, liftsPerMin })) };
    const { compositeIndex, lifts } = rateLifts(liftJob(job, "three"));
    assert.deepEqual(
      lifts.map(({ liftingIndex }) => roundedTo(6, liftingIndex!)),
      [1 / 0.94, 1 / 0.91, 1 / 0.88].map((value) => roundedTo(6, value)),
    );
    // By 3, then 2 more (5: .80 after .88), then 1 more (6: .75 after .80).
    const wanted = 1 / 0.88 + (1 / 0.8 - 1 / 0.88) + (1 / 0.75 - 1 / 0.8);
    assert.ok(Math.abs(compositeIndex! - wanted) < 1e-12);
    const one = rateLifts(liftJob(BEST, "one"));
    assert.equal(one.compositeIndex, one.lifts[0]!.liftingIndex);
    const tooOften = {
      duration: "long",
      tasks: [5, 5, 5, 5].map((liftsPerMin) => ({ ...bare, liftsPerMin })),
    };
    assert.equal(rateLifts(liftJob(tooOften, "often")).compositeIndex, null);
  });

  it("recommends no weight where table 5 has none", () => {
    const low = { ...BEST, duration: "long", origin: { horizontal: 25, vertical: 60 }, liftsPerMin: 9 };
    const [lift] = rateLifts(liftJob(low, "low")).lifts;
    assert.equal(lift!.origin.recommendedWeight, 0);
    assert.equal(lift!.liftingIndex, null);
    assert.match(lift!.origin.because[0]!, /^9 lifts\/min, long duration: x 0\.00$/);
  });

  it("names every value that is outside the equation, with its limits", () => {
    const wrong = {
      ...BEST,
      load: -1,
      origin: { horizontal: 64, vertical: 75 },
      destination: { horizontal: 25, vertical: 176, asymmetryDeg: 136 },
      liftsPerMin: 16,
      coupling: "none",
      speed: 1,
    };
    assert.throws(
      () => liftJob(wrong, "press"),
      (fault: Error) => {
        for (const said of [
          /press: load must be 0 to 500 kg, got -1/,
          /press\/origin: horizontal must be 0 to 63 cm, got 64/,
          /press\/destination: vertical must be 0 to 175 cm, got 176/,
          /press\/destination: asymmetryDeg must be 0 to 135 °, got 136/,
          /press: liftsPerMin must be 0 to 15 lifts\/min, got 16/,
          /press: coupling must be one of good, fair, poor, got "none"/,
          /press: has no field speed/,
        ])
          assert.match(fault.message, said);
        return true;
      },
    );
    assert.throws(() => liftJob(null, "press"), /press: must be an object, got null/);
    assert.throws(() => liftJob({ ...BEST, load: Number.NaN }, "press"), /load must be 0 to 500 kg/);
    assert.throws(() => liftJob({ duration: "short", tasks: [] }, "press"), /tasks must be a list/);
  });
});
