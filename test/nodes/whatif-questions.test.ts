import assert from "node:assert/strict";
import { questionsOf, scenarioOf } from "../../nodes/dashboard/whatif/questions.ts";
import { scenarioEdit } from "../../runtime/prescribe/oven-whatif.ts";

const QUESTIONS = questionsOf(
  "Zone 3 setpoint = setpointC.zone3, 199, 110, 200, °C\n\nStandstill = stopMin, 10, 0, 60, min\n",
  "screen",
);

describe("the questions of a what-if screen", () => {
  it("are one a line: label, field, value, range and unit", () => {
    assert.deepEqual(QUESTIONS, [
      { label: "Zone 3 setpoint", field: "setpointC.zone3", value: 199, low: 110, high: 200, unit: "°C" },
      { label: "Standstill", field: "stopMin", value: 10, low: 0, high: 60, unit: "min" },
    ]);
  });

  for (const line of [
    "Zone 3",
    "= stopMin, 1, 0, 2",
    "A = b c, 1, 0, 2",
    "A = b, 3, 0, 2",
    "A = b, , 0, 2",
    "A = b.c.d, 1, 0, 2",
  ])
    it(`refuse "${line}" and quote it`, () => {
      const problem = () => questionsOf(line, "screen");
      assert.throws(problem, { code: "bad-question" });
      assert.throws(problem, (fault: Error) => fault.message.includes(`got "${line}"`));
    });

  it("become a scenario that a what-if node takes", () => {
    const hotter = scenarioOf(QUESTIONS, { question: 0, value: 195.5 }, "screen");
    assert.deepEqual(hotter, { title: "Zone 3 setpoint 195.5 °C", setpointC: { zone3: 195.5 } });
    const stop = scenarioOf(QUESTIONS, { question: 1, value: 0 }, "screen");
    assert.deepEqual(stop, { title: "Standstill 0 min", stopMin: 0 });
    for (const scenario of [hotter, stop]) assert.deepEqual(scenarioEdit(scenario, "what-if"), scenario);
  });

  const REFUSED: readonly unknown[] = [
    undefined,
    null,
    {},
    "stopMin",
    { question: 2, value: 5 },
    { question: -1, value: 5 },
    { question: 0, value: 201 },
    { question: 0, value: "199" },
    { question: 1, value: Number.NaN },
  ];
  for (const asked of REFUSED)
    it(`refuse ${JSON.stringify(asked)} of a page`, () =>
      assert.throws(() => scenarioOf(QUESTIONS, asked, "screen"), { code: "bad-question" }));
});
