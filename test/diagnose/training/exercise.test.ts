import assert from "node:assert/strict";
import { alarmKey } from "../../../runtime/diagnose/alarms/alarm.ts";
import { Exercise } from "../../../runtime/diagnose/training/exercise.ts";
import { anIncident, finding, ONSET_S, START_US } from "./an-incident.ts";

const at = (s: number) => START_US + s * 1e6;
const ANSWER = { cause: "b", place: "zone2", action: "mend" };

describe("an exercise", () => {
  let exercise: Exercise;
  beforeEach(() => {
    exercise = new Exercise(anIncident(), START_US);
  });
  /** An alarm of a path comes and is acknowledged, each so many seconds after the first row. */
  const alarm = (path: string, cameS: number, acknowledgedS: number) => {
    const raised = finding(path, at(cameS));
    exercise.note(raised);
    exercise.alarm({ event: "acknowledged", key: alarmKey(raised), timeUs: at(acknowledgedS) });
  };

  it("counts a report at or after the onset as found, to the second", () => {
    exercise.report(at(ONSET_S));
    assert.deepEqual(exercise.performance, { detectedS: 0, by: "report", falseReports: 0 });
    exercise.report(at(ONSET_S + 90));
    assert.equal(exercise.performance.detectedS, 0, "the first counts");
  });

  it("counts each report before the onset as false", () => {
    exercise.report(at(ONSET_S - 1));
    exercise.report(at(ONSET_S - 1));
    assert.deepEqual(exercise.performance, { falseReports: 2 });
    assert.equal(exercise.reports, 2, "which the page may show: it tells nothing");
  });

  it("takes the acknowledgement of a right alarm as found", () => {
    alarm("zone2/fanFlow", ONSET_S + 60, ONSET_S + 75);
    assert.deepEqual(exercise.performance, { detectedS: 75, by: "alarm", falseReports: 0 });
  });

  it("takes an acknowledgement of any other alarm as duty: neither found nor false", () => {
    alarm("zone3/fanFlow", ONSET_S + 60, ONSET_S + 75);
    alarm("zone2/fanFlow", ONSET_S - 60, ONSET_S + 75);
    exercise.alarm({ event: "acknowledged", key: "never noted", timeUs: at(ONSET_S + 80) });
    exercise.note(finding("zone2/fanFlow", at(ONSET_S + 90)));
    exercise.alarm({
      event: "shelved",
      key: alarmKey(finding("zone2/fanFlow", 0)),
      timeUs: at(ONSET_S + 95),
    });
    assert.deepEqual(exercise.performance, { falseReports: 0 });
  });

  it("takes an alarm that comes back after the onset for the incident's", () => {
    alarm("zone2/fanFlow", ONSET_S - 60, ONSET_S - 50);
    alarm("zone2/fanFlow", ONSET_S + 60, ONSET_S + 70);
    assert.deepEqual(exercise.performance, { detectedS: 70, by: "alarm", falseReports: 0 });
  });

  it("ends with the answer, which is a report where there was none", () => {
    exercise.answer(ANSWER, at(ONSET_S + 30));
    assert.deepEqual(exercise.performance, { detectedS: 30, by: "report", falseReports: 0, answer: ANSWER });
    assert.equal(exercise.score().points, 100);
    assert.throws(() => exercise.report(at(ONSET_S + 40)), { code: "exercise-over" });
    assert.throws(() => exercise.answer(ANSWER, at(ONSET_S + 40)), { code: "exercise-over" });
    alarm("zone2/fanFlow", ONSET_S + 60, ONSET_S + 70);
    assert.equal(exercise.performance.by, "report");
  });

  it("scores an answer given before anything was wrong as a false report, found by nobody", () => {
    exercise.answer(ANSWER, at(ONSET_S - 30));
    assert.deepEqual(
      exercise.score().lines.map(({ points }) => points),
      [0, -10, 20, 10, 30],
    );
  });

  it("tells no score while it runs, and one of nothing where it was given up", () => {
    assert.throws(() => exercise.score(), { code: "exercise-runs" });
    exercise.stop();
    assert.equal(exercise.score().points, 0);
  });

  const BAD: [what: string, answer: unknown, said: RegExp][] = [
    ["none at all", undefined, /no cause at all.*one of a, b/],
    ["an unknown cause", { ...ANSWER, cause: "c" }, /no cause "c"/],
    ["no place", { cause: "b", action: "mend" }, /no place at all.*zone1, zone2/],
    ["an action that is none", { ...ANSWER, action: ["mend"] }, /no action \["mend"\]/],
  ];
  for (const [what, answer, said] of BAD)
    it(`refuses as an answer ${what}, and goes on`, () => {
      assert.throws(() => exercise.answer(answer, at(ONSET_S + 5)), said);
      assert.deepEqual(exercise.performance, { falseReports: 0 });
      assert.equal(exercise.isOver, false);
    });
});
