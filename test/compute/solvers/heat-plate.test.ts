import assert from "node:assert/strict";
import type { HeatPlateProblem } from "../../../runtime/compute/solvers/heat-plate.ts";
import { heatPlate } from "../../../runtime/compute/solvers/heat-plate-kernel.ts";
import { heatPlatePlain } from "../../../runtime/compute/solvers/heat-plate-plain.ts";
import { AT_ONCE } from "../../../runtime/compute/solvers/solver-control.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { largestDifference } from "./differences.ts";

/** A plate whose cell Fourier number is `r`. */
function plate(
  width: number,
  height: number,
  startC: Float32Array,
  r: number,
  steps: number,
): HeatPlateProblem {
  return { width, height, startC, cellM: 1, diffusivityM2PerS: r, stepS: 1, steps };
}

function sines(n: number): Float32Array {
  const wave = Float64Array.from({ length: n }, (_, i) => Math.sin((Math.PI * i) / (n - 1)));
  return Float32Array.from({ length: n * n }, (_, i) => wave[i % n]! * wave[Math.floor(i / n)]!);
}

describe("heat in a plate", () => {
  it("decays sin·sin by the scheme's own factor, N = 1024, r = 0.2: 5e-6 of the peak after 200 steps", async () => {
    const n = 1024;
    const steps = 200;
    const start = sines(n);
    const factor = (1 - 0.4 * (2 - 2 * Math.cos(Math.PI / (n - 1)))) ** steps;
    const { temperatureC } = await heatPlate(plate(n, n, start, 0.2, steps), AT_ONCE);
    const expected = start.map((value) => value * factor);
    assert.ok(largestDifference(temperatureC, expected) < 5e-6);
  });

  it("decays sin·sin by that factor in f64 to 1e-7", () => {
    const n = 65;
    const steps = 500;
    const start = sines(n);
    const factor = (1 - 0.4 * (2 - 2 * Math.cos(Math.PI / (n - 1)))) ** steps;
    const middle = 32 * n + 32;
    // The start, rounded to f32, holds other waves of 1e-8.
    assert.ok(Math.abs(heatPlatePlain(plate(n, n, start, 0.2, steps))[middle]! / factor - 1) < 1e-7);
  });

  for (const [fo, middle] of [
    [0.05, 0.772312],
    [0.1, 0.474487],
    [0.2, 0.176867],
  ] as const) {
    it(`meets the square of the slab's series solution in a square at Fo ${fo} to 5e-5`, async () => {
      const n = 201;
      const start = new Float32Array(n * n).fill(1);
      for (let i = 0; i < n; i++)
        for (const edge of [i, (n - 1) * n + i, i * n, i * n + n - 1]) start[edge] = 0;
      const steps = Math.round(fo * 5 * (n - 1) ** 2);
      const { temperatureC } = await heatPlate(plate(n, n, start, 0.2, steps), AT_ONCE);
      const found = temperatureC[100 * n + 100]!;
      assert.ok(Math.abs(found - middle * middle) < 5e-5, `${found} against ${middle * middle}`);
    });
  }

  it("agrees with the plain lane to 2e-6 of the range on any shape, and does not depend on the threads", async () => {
    const random = new Random(7);
    for (const [width, height] of [
      [3, 3],
      [5, 4],
      [6, 3],
      [7, 30],
      [10, 5],
      [37, 19],
      [64, 2 + 64],
    ] as const) {
      const start = Float32Array.from({ length: width * height }, () => random.uniform());
      for (const steps of [1, 2, 7]) {
        const problem = plate(width, height, start, 0.25, steps);
        const one = await heatPlate({ ...problem, threads: 1 }, AT_ONCE);
        assert.ok(
          largestDifference(one.temperatureC, heatPlatePlain(problem)) < 2e-6,
          `${width} x ${height}`,
        );
        for (const threads of [2, 3]) {
          const several = await heatPlate({ ...problem, threads }, AT_ONCE);
          assert.deepEqual(several.temperatureC, one.temperatureC);
        }
      }
    }
  });

  it("refuses an unstable step and names the longest stable one", async () => {
    const problem = plate(4, 4, new Float32Array(16), 0.26, 1);
    await assert.rejects(heatPlate(problem, AT_ONCE), (error: RungError) => {
      assert.equal(error.code, "solver-input");
      assert.match(error.message, /a step of 1 s is unstable.*take steps of at most 0\.9615 s/);
      return true;
    });
  });

  it("refuses an array of another size, a plate without an inside, and threads that are no count", async () => {
    const sound = plate(4, 4, new Float32Array(16), 0.2, 1);
    const faults: [HeatPlateProblem, RegExp][] = [
      [{ ...sound, startC: new Float32Array(15) }, /startC has 15 values, 16 are needed/],
      [{ ...sound, width: 2, height: 8 }, /width is 2/],
      [{ ...sound, threads: 0 }, /threads is 0/],
    ];
    for (const [problem, what] of faults)
      await assert.rejects(
        heatPlate(problem, AT_ONCE),
        (error) => error instanceof RungError && what.test(error.message),
      );
  });
});
