import assert from "node:assert/strict";
import { RungError } from "../../../runtime/core/errors.ts";
import type { AheadMessage } from "../../../runtime/predict/forecast/known-inputs.ts";
import { WaitingPlans } from "../../../runtime/predict/forecast/waiting-plans.ts";

const plan = (path: string, fromUs: number, points = 1000): AheadMessage => ({
  kind: "ahead",
  path,
  points: Array.from({ length: points }, (_, i) => ({ timeUs: fromUs + i, value: i })),
  untilUs: fromUs + points,
});

describe("predict/forecast plans that wait", () => {
  it("are handed on in their order, once", () => {
    const plans = new WaitingPlans();
    for (const fromUs of [3, 1, 2]) plans.add(plan("rate", fromUs, 1));
    const handed: number[] = [];
    plans.hand(({ points }) => handed.push(points[0]!.timeUs));
    plans.hand(() => assert.fail("none is left"));
    assert.deepEqual(handed, [3, 1, 2]);
  });

  it("are bounded in their points: of one input the newest stay, and another's plan stays", () => {
    const plans = new WaitingPlans();
    plans.add(plan("price", 0));
    for (let i = 1; i <= 5000; i++) plans.add(plan("rate", i));
    assert.equal(plans.points, 100_000);
    const handed: string[] = [];
    plans.hand(({ path, points }) => handed.push(`${path} ${points[0]!.timeUs}`));
    assert.deepEqual([handed[0], handed[1], handed.at(-1)], ["price 0", "rate 4902", "rate 5000"]);
  });

  it("are all told of where they are refused", () => {
    const plans = new WaitingPlans();
    for (const path of ["a", "b", "c"]) plans.add(plan(path, 0, 1));
    const refuse = ({ path }: AheadMessage) => {
      if (path !== "b") throw new RungError({ code: "bad-plan", where: path, what: "is not read" });
    };
    assert.throws(
      () => plans.hand(refuse),
      /2 of 3 plans that waited are refused: a: is not read; c: is not read/,
    );
  });
});
