import assert from "node:assert/strict";
import type { HeatSlabProblem } from "../../../runtime/compute/solvers/heat-slab.ts";
import { heatSlab } from "../../../runtime/compute/solvers/heat-slab-kernel.ts";
import { heatSlabPlain } from "../../../runtime/compute/solvers/heat-slab-plain.ts";
import { AT_ONCE } from "../../../runtime/compute/solvers/solver-control.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { largestDifference } from "./differences.ts";

/** A wall of 1 m, a = 1 m²/s, k = 1 W/(m K), at 1 °C, so that time is the Fourier number and h the Biot number. */
function wall(nodes: number, fo: number, faces: Pick<HeatSlabProblem, "left" | "right">): HeatSlabProblem {
  // At a cell Fourier number of 1/6 the scheme's error in time cancels that in space.
  const steps = Math.round(fo * 6 * (nodes - 1) ** 2);
  return {
    thicknessM: 1,
    diffusivityM2PerS: 1,
    conductivityWPerMK: 1,
    startC: new Float64Array(nodes).fill(1),
    ...faces,
    stepS: fo / steps,
    steps,
  };
}

/** Half of a slab in air of 0 °C: no heat passes its middle, which is the left face. */
const halfInAir = (bi: number) => ({
  left: { airC: 0, heatTransferWPerM2K: 0 },
  right: { airC: 0, heatTransferWPerM2K: bi },
});

describe("heat through a slab", () => {
  const cases = [
    { bi: 1, fo: 1, middle: 0.533859, surface: 0.348177 },
    { bi: 0.1, fo: 1, middle: 0.922389 },
    { bi: 10, fo: 0.2, middle: 0.829255 },
    { bi: 1, fo: 0.5, middle: 0.772526 },
  ];
  for (const { bi, fo, middle, surface } of cases) {
    it(`meets the series solution at Bi ${bi}, Fo ${fo} to 1e-5`, async () => {
      const { temperatureC } = await heatSlab(wall(101, fo, halfInAir(bi)), AT_ONCE);
      assert.ok(Math.abs(temperatureC[0]! - middle) < 1e-5, `middle ${temperatureC[0]}`);
      if (surface !== undefined)
        assert.ok(Math.abs(temperatureC[100]! - surface) < 1e-5, `surface ${temperatureC[100]}`);
    });
  }

  for (const [fo, middle] of [
    [0.05, 0.772312],
    [0.1, 0.474487],
    [0.2, 0.176867],
  ] as const) {
    it(`meets the series solution between held faces at Fo ${fo} to 1e-5`, async () => {
      const held = { left: { heldC: 0 }, right: { heldC: 0 } };
      const { temperatureC, timeS } = await heatSlab(wall(401, fo, held), AT_ONCE);
      assert.ok(Math.abs(temperatureC[200]! - middle) < 1e-5, `middle ${temperatureC[200]}`);
      assert.ok(Math.abs(timeS - fo) < 1e-12);
    });
  }

  it("agrees with the plain lane to 1e-11, whatever the faces and the number of nodes", async () => {
    const faces: HeatSlabProblem["left"][] = [{ heldC: 0.3 }, { airC: -2, heatTransferWPerM2K: 3 }];
    for (const nodes of [3, 4, 5, 10, 33])
      for (const left of faces)
        for (const right of faces) {
          // A quarter of the longest stable step without air leaves room for the faces.
          const problem = { ...wall(nodes, 0.2, { left, right }), stepS: 0.1 / (nodes - 1) ** 2, steps: 301 };
          const { temperatureC } = await heatSlab(problem, AT_ONCE);
          const difference = largestDifference(temperatureC, heatSlabPlain(problem).temperatureC);
          assert.ok(difference < 1e-11, `${nodes} nodes: ${difference}`);
        }
  });

  it("refuses an unstable step and names the longest stable one, which it takes", async () => {
    const problem = { ...wall(11, 0.1, halfInAir(10)), stepS: 0.005 };
    // Fo (1 + Bi) with Bi = 10 * 0.1 m = 1: dt <= 0.5 * 0.01 / 2.
    await assert.rejects(heatSlab(problem, AT_ONCE), (error: RungError) => {
      assert.equal(error.code, "solver-input");
      assert.match(
        error.message,
        /a step of 0.005 s is unstable on nodes 0.1 m apart \(take steps of at most 0.002500 s/,
      );
      return true;
    });
    await heatSlab({ ...problem, stepS: 0.0025 }, AT_ONCE);
  });

  it("refuses a face in air of a slab without conductivity, and what is no number", async () => {
    const sound = wall(11, 0.1, halfInAir(1));
    const { conductivityWPerMK: _, ...without } = sound;
    const faults: [HeatSlabProblem, RegExp][] = [
      [without, /conductivityWPerMK/],
      [{ ...sound, startC: new Float64Array(11).fill(Number.NaN) }, /startC\[0\] is NaN/],
      [{ ...sound, startC: new Float64Array(2) }, /number of nodes is 2/],
      [{ ...sound, steps: 1.5 }, /steps is 1.5/],
      [{ ...sound, thicknessM: 0 }, /thicknessM/],
    ];
    for (const [problem, what] of faults)
      await assert.rejects(
        heatSlab(problem, AT_ONCE),
        (error) => error instanceof RungError && what.test(error.message),
      );
  });
});
