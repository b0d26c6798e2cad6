import assert from "node:assert/strict";
import { shiftLoad } from "../../../runtime/model/ergonomics/shift-load.ts";
import { readShiftWork } from "../../../runtime/model/ergonomics/shift-work.ts";

/** An hour in cycles of 100 s: 60 s of work with 3 points, then 40 s idle. */
const HOUR = {
  shiftS: 3600,
  cycleS: 100,
  tasks: [
    { name: "fit", timeS: 40, points: 2 },
    { name: "screw", timeS: 20, points: 1 },
  ],
  operators: [{ name: "st01", tasks: ["fit", "screw"] }],
};
const loaded = (over: object = {}) => shiftLoad(readShiftWork({ ...HOUR, ...over }, "shift"));

describe("shift load", () => {
  it("adds up work and points over the cycles", () => {
    const { cycles, operators } = loaded();
    const [operator] = operators;
    assert.equal(cycles, 36);
    assert.equal(operator!.workS, 36 * 60);
    assert.ok(Math.abs(operator!.busyShare - 0.6) < 1e-12);
    assert.equal(operator!.points, 108);
    assert.deepEqual(operator!.curve.slice(0, 3), [
      { atS: 0, points: 0, strain: 0 },
      { atS: 100, points: 3, strain: 3 },
      { atS: 200, points: 6, strain: 6 },
    ]);
    assert.deepEqual(operator!.breaches, []);
  });

  it("takes strain off while there is no work, never below none", () => {
    // 40 s idle take off 2 points at 3 a minute: each cycle leaves 1.
    const [some] = loaded({ recoveryPointsPerMin: 3 }).operators;
    assert.ok(Math.abs(some!.curve.at(-1)!.strain - 36) < 1e-9);
    // At the end of the last work: 35 left from before and 3.
    assert.ok(Math.abs(some!.peakStrain.points - 38) < 1e-9);
    assert.ok(Math.abs(some!.peakStrain.atS - 3560) < 1e-9);
    const [all] = loaded({ recoveryPointsPerMin: 60 }).operators;
    assert.equal(all!.peakStrain.points, 3);
    assert.equal(all!.curve.at(-1)!.strain, 0);
  });

  it("finds the stretch of the window with the most points, wherever it begins", () => {
    // 60 s hold the whole work of a cycle, 100 s too; 160 s hold two cycles' work.
    assert.deepEqual(loaded({ windowS: 60 }).operators[0]!.peakWindow, { points: 3, fromS: 0 });
    assert.equal(loaded({ windowS: 100 }).operators[0]!.peakWindow.points, 3);
    assert.equal(loaded({ windowS: 160 }).operators[0]!.peakWindow.points, 6);
    // 30 s of the 40 that give 2 points, or the 20 that give 1 and 10 more: all at a point each 20 s.
    assert.ok(Math.abs(loaded({ windowS: 30 }).operators[0]!.peakWindow.points - 1.5) < 1e-9);
    assert.equal(loaded({ windowS: 7200 }).operators[0]!.peakWindow.points, 108);
  });

  it("stops the line in a break, where it stands", () => {
    // The break falls into the first task of the second cycle, 20 of its 40 s done.
    const { cycles, operators } = loaded({ breaks: [{ startS: 120, durationS: 600 }], pauseS: 300 });
    const [operator] = operators;
    assert.equal(cycles, 30);
    assert.equal(operator!.points, 90);
    assert.equal(operator!.workS, 30 * 60);
    assert.deepEqual(operator!.curve.slice(1, 4), [
      { atS: 100, points: 3, strain: 3 },
      { atS: 720, points: 4, strain: 4 },
      { atS: 800, points: 6, strain: 6 },
    ]);
    // From the end of the break to the end of the last work.
    assert.equal(operator!.longestWithoutPauseS, 3560 - 720);
    assert.equal(loaded({ pauseS: 40 }).operators[0]!.longestWithoutPauseS, 60);
    assert.equal(operator!.curve.at(-1)!.atS, 3600);
  });

  it("tells where the plant's own limits are passed, and nothing where they are just met", () => {
    const met = {
      pointsPerShift: 108,
      pointsPerWindow: 108,
      strainPoints: 108,
      workWithoutPauseS: 3560,
    };
    assert.deepEqual(loaded({ limits: met }).operators[0]!.breaches, []);
    const [operator] = loaded({
      windowS: 100,
      limits: { pointsPerShift: 50, pointsPerWindow: 2, strainPoints: 20, workWithoutPauseS: 900 },
    }).operators;
    assert.deepEqual(
      operator!.breaches.map(({ limit, allowed, found, atS }) => [limit, allowed, found, atS]),
      [
        ["pointsPerShift", 50, 108, 1660],
        ["pointsPerWindow", 2, 3, 0],
        ["strainPoints", 20, 108, 660],
        ["workWithoutPauseS", 900, 3560, 900],
      ],
    );
  });

  it("counts a task of some variants with its share", () => {
    const tasks = [{ name: "roof", timeS: 80, points: 4, perCycle: 0.25 }];
    const [operator] = loaded({ tasks, operators: [{ name: "a", tasks: ["roof"] }] }).operators;
    assert.equal(operator!.points, 36);
    assert.equal(operator!.workS, 720);
    const [idle] = loaded({ operators: [{ name: "b", tasks: [] }] }).operators;
    assert.deepEqual([idle!.points, idle!.workS, idle!.peakWindow.points], [0, 0, 0]);
  });

  it("thins the curve of a long shift out and keeps its end", () => {
    const [operator] = loaded({ shiftS: 86_400, cycleS: 60 }).operators;
    assert.ok(operator!.curve.length <= 241);
    assert.deepEqual(operator!.curve.at(-1), { atS: 86_400, points: 1440 * 3, strain: 1440 * 3 });
  });

  it("names what is wrong", () => {
    for (const [over, said] of [
      [{ cycleS: 50 }, /shift\/st01: tasks take 60 s of a cycle of 50 s \(give a task to another operator\)/],
      [{ operators: [{ name: "a", tasks: ["weld"] }] }, /shift\/a: task weld is not in the list/],
      [{ cycleS: 0 }, /cycleS must be 1 to 3600 s, got 0/],
      [{ tasks: [{ name: "fit", timeS: -1 }] }, /shift\/fit: timeS must be >= 0 s, got -1/],
      [{ tasks: [...HOUR.tasks, HOUR.tasks[0]] }, /task fit stands twice/],
      [{ breaks: [{ startS: 3500, durationS: 200 }] }, /durationS must be 0 to 100 s, got 200/],
      [
        {
          breaks: [
            { startS: 100, durationS: 100 },
            { startS: 150, durationS: 10 },
          ],
        },
        /breaks 2: startS must be 200 to 3600 s, got 150/,
      ],
      [{ limits: { pointsPerDay: 1 } }, /limits: has no field pointsPerDay/],
      [
        { shiftS: 86_400, cycleS: 1, operators: Array(10).fill(HOUR.operators[0]) },
        /at most 500000 are rated/,
      ],
      [{ operators: [] }, /operators must be a list with an entry/],
      [{ tasks: [{ name: "fit", elements: [{ code: "X" }], timeS: 1 }] }, /leave out timeS and points/],
    ] as const)
      assert.throws(() => loaded(over), said);
  });
});
