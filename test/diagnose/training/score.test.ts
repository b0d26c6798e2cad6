import assert from "node:assert/strict";
import type { IncidentTruth } from "../../../runtime/diagnose/training/incident.ts";
import { type Performance, scoreOf } from "../../../runtime/diagnose/training/score.ts";

const TRUTH: IncidentTruth = {
  cause: "fouled-nozzle",
  place: "zone2",
  actions: ["clean-nozzles", "call-maintenance"],
  shows: "zone2/**",
};
const ANSWER = { cause: "fouled-nozzle", place: "zone2", action: "clean-nozzles" };

const CASES: [what: string, done: Performance, points: readonly number[], sum: number][] = [
  [
    "everything right at once",
    { detectedS: 0, by: "alarm", falseReports: 0, answer: ANSWER },
    [40, 0, 20, 10, 30],
    100,
  ],
  [
    "found at the last full minute",
    { detectedS: 600, falseReports: 0, answer: ANSWER },
    [40, 0, 20, 10, 30],
    100,
  ],
  ["found half way", { detectedS: 2100, falseReports: 0, answer: ANSWER }, [20, 0, 20, 10, 30], 80],
  ["found too late", { detectedS: 3600, falseReports: 0, answer: ANSWER }, [0, 0, 20, 10, 30], 60],
  ["found later still", { detectedS: 9999, falseReports: 0, answer: ANSWER }, [0, 0, 20, 10, 30], 60],
  ["not found, not answered", { falseReports: 0 }, [0, 0, 0, 0, 0], 0],
  ["one false report", { detectedS: 60, falseReports: 1, answer: ANSWER }, [40, -10, 20, 10, 30], 90],
  ["many false reports", { detectedS: 60, falseReports: 7, answer: ANSWER }, [40, -20, 20, 10, 30], 80],
  ["nothing but false reports", { falseReports: 3 }, [0, -20, 0, 0, 0], 0],
  [
    "another right action",
    { detectedS: 60, falseReports: 0, answer: { ...ANSWER, action: "call-maintenance" } },
    [40, 0, 20, 10, 30],
    100,
  ],
  [
    "all wrong but found",
    { detectedS: 60, falseReports: 0, answer: { cause: "x", place: "zone3", action: "wait" } },
    [40, 0, 0, 0, 0],
    40,
  ],
];

describe("the score of an exercise", () => {
  for (const [what, done, points, sum] of CASES)
    it(`gives ${sum} points for ${what}`, () => {
      const score = scoreOf(done, TRUTH);
      assert.deepEqual(
        score.lines.map((line) => line.points),
        points,
      );
      assert.equal(score.points, sum);
    });

  it("says what was given and what was right, line by line", () => {
    const { lines } = scoreOf(
      { detectedS: 300, by: "report", falseReports: 0, answer: { ...ANSWER, action: "wait" } },
      TRUTH,
    );
    assert.deepEqual(lines, [
      { what: "detect", of: 40, points: 40, detectedS: 300, by: "report" },
      { what: "false-reports", of: 0, points: 0, count: 0 },
      { what: "cause", of: 20, points: 20, given: "fouled-nozzle", right: ["fouled-nozzle"] },
      { what: "place", of: 10, points: 10, given: "zone2", right: ["zone2"] },
      { what: "action", of: 30, points: 0, given: "wait", right: ["clean-nozzles", "call-maintenance"] },
    ]);
  });

  it("gives the place's points to the cause where an incident has no place", () => {
    const { place: _place, ...truth } = TRUTH;
    const { lines, points } = scoreOf({ detectedS: 1, falseReports: 0, answer: ANSWER }, truth);
    assert.deepEqual(
      lines.map(({ what, of }) => [what, of]),
      [
        ["detect", 40],
        ["false-reports", 0],
        ["cause", 30],
        ["action", 30],
      ],
    );
    assert.equal(points, 100);
  });
});
