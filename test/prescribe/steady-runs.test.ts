import assert from "node:assert/strict";
import type { OvenSituation } from "../../runtime/predict/oven-situation.ts";
import { runScenarios } from "../../runtime/prescribe/oven-scenarios.ts";
import { underCured } from "../../runtime/prescribe/run-figures.ts";
import { steadyRuns } from "../../runtime/prescribe/steady-runs.ts";
import { toySituation, toyWindow } from "./toy-oven.ts";

const control = { breathe: async () => undefined };

function largest(a: Float32Array, b: Float32Array, of: (x: number, y: number) => number): number {
  assert.equal(a.length, b.length);
  return a.reduce((most, value, i) => Math.max(most, of(value, b[i]!)), 0);
}
const relative = (x: number, y: number): number => Math.abs(x / y - 1);
const absolute = (x: number, y: number): number => Math.abs(x - y);

describe("steady runs in the fast lane", () => {
  /** All that is drawn, drawn: bodies, pyrometers, the meter, air away from where the model was learnt. */
  const drawn: OvenSituation = {
    ...toySituation({ airK: 1.5 }),
    airDoubtPerK: 0.12,
    zoneFactor: [1, 0.9, 1.1, 1, 0.8, 1],
    bodyLn: 0.02,
    cureLn: 0.015,
    exitOffsetK: [1, -1, 0.5, 0, 2],
    exitDeviationK: [1.5, 1.5, 1.5, 1.5, 1.5],
    gasRatio: 1.05,
    gasRatioDeviation: 0.02,
  };
  const body = { timeConstantS: [70, 80, 250, 400, 700], startC: 20, bodyKg: 400, skidKg: 200 };
  const cases = [
    ["the base", toySituation(), { setpointC: toySituation().setpointC, speedMPerMin: 2.4 }],
    ["a far plan", drawn, { setpointC: [186, 189, 197, 198, 165, 125], speedMPerMin: 2.4 }],
    ["another body, faster", drawn, { setpointC: [150, 185, 195, 190, 185, 175], speedMPerMin: 2, body }],
  ] as const;
  for (const [name, situation, plan] of cases) {
    it(`are those of the closed form, run by run: ${name}`, async () => {
      // More than a batch, and no multiple of the lanes.
      const runs = 8192 + 807;
      const fast = await steadyRuns(situation, plan, runs, 11, control);
      const input = { situation, plans: [{ ...plan, stopMin: 0 }], runs, seed: 11 };
      const [exact] = await runScenarios(input, control);
      assert.ok(largest(fast.e170Min, exact!.e170Min, relative) < 2e-4);
      assert.ok(largest(fast.e170Least, exact!.e170Least, relative) < 2e-4);
      assert.ok(largest(fast.e170Most, exact!.e170Most, relative) < 2e-4);
      assert.ok(largest(fast.peakC, exact!.peakC, absolute) < 1e-3);
      assert.ok(largest(fast.exitC, exact!.exitC, absolute) < 1e-3);
      assert.ok(largest(fast.gasKWh, exact!.gasKWh, absolute) < 1e-3);
      const counts = [fast, exact!].map((one) => underCured(toyWindow(50), one));
      assert.ok(Math.abs(counts[0]! - counts[1]!) <= 0.001 * runs, `${counts}`);
    });
  }
});
