import assert from "node:assert/strict";
import { airflow } from "../../../runtime/compute/solvers/airflow-kernel.ts";
import { AIRFLOW_STEP, airflowArguments } from "../../../runtime/compute/solvers/gpujs/airflow.ts";
import { HEAT_PLATE_STEP, HEAT_SLAB_STEP } from "../../../runtime/compute/solvers/gpujs/heat.ts";
import { NETWORK_CURE, networkRide, networkTowards } from "../../../runtime/compute/solvers/gpujs/network.ts";
import {
  binCounts,
  STRIP,
  STRIP_GREATEST,
  STRIP_LEAST,
  STRIP_SUM,
} from "../../../runtime/compute/solvers/gpujs/reductions.ts";
import { heatPlate } from "../../../runtime/compute/solvers/heat-plate-kernel.ts";
import { type HeatSlabProblem, slabNumbers } from "../../../runtime/compute/solvers/heat-slab.ts";
import { heatSlab } from "../../../runtime/compute/solvers/heat-slab-kernel.ts";
import {
  type AirflowProblem,
  INLET,
  OUTLET,
  WALL,
} from "../../../runtime/compute/solvers/lattice-boltzmann.ts";
import { networkMonteCarlo } from "../../../runtime/compute/solvers/network-kernel.ts";
import type { NetworkProblem } from "../../../runtime/compute/solvers/network-monte-carlo.ts";
import { zoneSteps } from "../../../runtime/compute/solvers/network-steps.ts";
import { reduce } from "../../../runtime/compute/solvers/reductions-kernel.ts";
import { AT_ONCE } from "../../../runtime/compute/solvers/solver-control.ts";
import { Random } from "../../../runtime/core/random.ts";
import { needsFile } from "../../needs.ts";
import { largestDifference, largestRelative } from "./differences.ts";
import { GpujsProcess, SOFTWARE_VULKAN } from "./gpujs-process.ts";
import { NETWORK_OVEN, randomDraws } from "./oven-network.ts";

function duct(): Uint8Array {
  const cell = new Uint8Array(24 * 12);
  for (let y = 0; y < 12; y++) {
    cell[y * 24] = INLET;
    cell[y * 24 + 23] = OUTLET;
  }
  cell.fill(WALL, 5 * 24 + 8, 5 * 24 + 11);
  return cell;
}

const FLOWS: Record<string, AirflowProblem> = {
  "from an inlet around a wall to an outlet": {
    width: 24,
    height: 12,
    cell: duct(),
    inletU: [0.05, 0.01],
    tau: 0.8,
    steps: 60,
  },
  "under a lid with a force, its ends joined": {
    width: 9,
    height: 7,
    cell: new Uint8Array(63),
    inletU: [0, 0],
    tau: 0.7,
    steps: 60,
    lidU: 0.05,
    force: [2e-5, -1e-5],
    periodic: true,
  },
};

for (const backend of ["cpu", "webasm", "webgpu"] as const) {
  describe(`solvers by gpu.js on ${backend} against the fast lane`, () => {
    let gpujs: GpujsProcess | undefined;
    const run: GpujsProcess["run"] = (...job) => gpujs!.run(...job);
    before(function () {
      if (backend === "webgpu") needsFile(this, SOFTWARE_VULKAN);
      gpujs = new GpujsProcess(backend);
    });
    after(() => gpujs?.close());

    it("heat through a slab, to 2e-6 of its range", async () => {
      const problem: HeatSlabProblem = {
        thicknessM: 1,
        diffusivityM2PerS: 1,
        conductivityWPerMK: 1,
        startC: new Float64Array(33).fill(1),
        left: { heldC: 0.2 },
        right: { airC: 0, heatTransferWPerM2K: 10 },
        stepS: 0.3 / 32 ** 2,
        steps: 200,
      };
      const { fourier, biot, outsideC } = slabNumbers(problem);
      const start = Float32Array.from(problem.startC);
      start[0] = 0.2;
      const numbers = [33, fourier, biot[0], outsideC[0], biot[1], outsideC[1]];
      const found = await run(HEAT_SLAB_STEP, 33, [start, ...numbers], problem.steps);
      assert.ok(largestDifference(found, (await heatSlab(problem, AT_ONCE)).temperatureC) < 2e-6);
    });

    it("heat in a plate, to 2e-6 of its range", async () => {
      const [width, height] = [40, 23];
      const random = new Random(1);
      const startC = Float32Array.from({ length: width * height }, () => random.uniform());
      const found = await run(HEAT_PLATE_STEP, startC.length, [startC, width, height, 0.2], 30);
      const sound = { width, height, startC, cellM: 1, diffusivityM2PerS: 0.2, stepS: 1, steps: 30 };
      assert.ok(largestDifference(found, (await heatPlate(sound, AT_ONCE)).temperatureC) < 2e-6);
    });

    for (const [name, problem] of Object.entries(FLOWS)) {
      it(`airflow ${name}, velocity to 5e-6`, async () => {
        const cells = problem.cell.length;
        const values = airflowArguments(problem);
        const f = await run(AIRFLOW_STEP, 9 * cells, values, problem.steps);
        const flow = await airflow(problem, AT_ONCE);
        const [ux, uy] = [new Float32Array(cells), new Float32Array(cells)];
        for (let at = 0; at < cells; at++) {
          if (problem.cell[at] !== 0) continue;
          const g = Array.from({ length: 9 }, (_, q) => f[q * cells + at]!);
          const density = g.reduce((sum, value) => sum + value, 1);
          ux[at] =
            (g[1]! + g[5]! + g[8]! - g[3]! - g[6]! - g[7]! - 0.5 * (problem.force?.[0] ?? 0)) / density;
          uy[at] =
            (g[2]! + g[5]! + g[6]! - g[4]! - g[7]! - g[8]! - 0.5 * (problem.force?.[1] ?? 0)) / density;
        }
        assert.ok(largestDifference(flow.ux, new Float32Array(cells)) > 1e-3, "nothing flows");
        const difference = Math.max(largestDifference(ux, flow.ux), largestDifference(uy, flow.uy));
        assert.ok(difference < 5e-6, `${difference}`);
      });
    }

    it("network rides: E170 to 2e-5, temperatures to 1e-3 K", async () => {
      const draws = randomDraws(24, NETWORK_OVEN, new Random(2));
      const problem = { ...NETWORK_OVEN, stepS: 10 };
      const steps = zoneSteps(problem.zoneS, problem.stepS);
      const kernel = networkRide(6, Math.max(...steps));
      const { zoneFactor, airC, zoneS } = problem;
      const zone = Array.from(steps, (count, z) => [zoneFactor[z]!, airC[z]!, zoneS[z]!, count]).flat();
      const fields = [draws.lnNode, draws.lnZone, draws.airBiasK, problem.timeConstantS, zone];
      const all = fields.map((field) => Float32Array.from(field));
      const asked = (which: number) =>
        run(kernel, 24 * 5, [...all, 5, 6, problem.startC, problem.energyK, which]);
      const rides = await networkMonteCarlo(problem, draws, AT_ONCE);
      assert.ok(largestRelative(await asked(0), rides.e170Min) < 2e-5);
      assert.ok(largestDifference(await asked(1), rides.peakC) < 1e-3);
      assert.ok(largestDifference(await asked(2), rides.exitC) < 1e-3);
    });

    it("coupled nodes: E170 to 2e-5, temperatures to 1e-3 K", async () => {
      const problem: NetworkProblem = {
        ...NETWORK_OVEN,
        zoneS: Float64Array.of(600),
        zoneFactor: Float64Array.of(1),
        airC: Float64Array.of(180),
        stepS: 20,
        conductancePerS: Float64Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 0 : 0.001)),
      };
      const draws = randomDraws(3, problem, new Random(4));
      const [pull, total] = [new Float32Array(15), new Float32Array(15)];
      for (let i = 0; i < 15; i++) {
        const run = Math.floor(i / 5);
        const rate = Math.exp(draws.lnNode[i]! + draws.lnZone[run]!) / problem.timeConstantS[i % 5]!;
        pull[i] = rate * (180 + draws.airBiasK[run]!);
        total[i] = rate + 4 * 0.001;
      }
      const coupling = Float32Array.from(problem.conductancePerS!);
      const half = total.map((sum) => -Math.expm1(-10 * sum));
      const whole = total.map((sum) => -Math.expm1(-20 * sum));
      const towards = networkTowards(5);
      let t = new Float32Array(15).fill(problem.startC);
      let cure = new Float32Array(15);
      for (let step = 0; step < 30; step++) {
        const middle = await run(towards, 15, [t, t, coupling, pull, total, half, 5]);
        cure = Float32Array.from(await run(NETWORK_CURE, 15, [cure, middle, 20, problem.energyK]));
        t = Float32Array.from(await run(towards, 15, [t, middle, coupling, pull, total, whole, 5]));
      }
      const rides = await networkMonteCarlo(problem, draws, AT_ONCE);
      assert.ok(largestRelative(cure, rides.e170Min) < 2e-5);
      assert.ok(largestDifference(t, rides.exitC) < 1e-3);
    });

    it("reductions: a sum to 1e-6 of its terms, least, greatest and counts exactly", async () => {
      const random = new Random(6);
      const values = Float32Array.from({ length: 10_007 }, () => random.normal());
      const strips = async (kernel: typeof STRIP_SUM) => {
        let left: Float32Array = values;
        while (left.length > 1) left = await run(kernel, Math.ceil(left.length / STRIP), [left, left.length]);
        return left[0]!;
      };
      const size = values.reduce((sum, value) => sum + Math.abs(value), 0);
      const sum = await reduce(values, { of: "sum" }, AT_ONCE);
      assert.ok(Math.abs((await strips(STRIP_SUM)) - sum) < 1e-6 * size);
      assert.equal(await strips(STRIP_LEAST), await reduce(values, { of: "min" }, AT_ONCE));
      assert.equal(await strips(STRIP_GREATEST), await reduce(values, { of: "max" }, AT_ONCE));
      // Sixteenths fall into their bins alike in f32 and f64.
      const sixteenths = Float32Array.from({ length: 3_000 }, () => random.integer(64) / 16);
      const { low, high, counts } = await reduce(sixteenths, { histogram: 21 }, AT_ONCE);
      const found = await run(binCounts(3_000), 21, [sixteenths, 3_000, low, 21 / (high - low), 21]);
      assert.deepEqual([...found], [...counts]);
    });
  });
}
