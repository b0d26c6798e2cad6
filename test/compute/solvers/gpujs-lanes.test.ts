import assert from "node:assert/strict";
import type { Compute } from "../../../runtime/compute/compute.ts";
import type { Kernel } from "../../../runtime/compute/kernel.ts";
import { HEAT_PLATE, type HeatPlateProblem } from "../../../runtime/compute/solvers/heat-plate.ts";
import { HEAT_SLAB, type HeatSlabProblem } from "../../../runtime/compute/solvers/heat-slab.ts";
import {
  AIRFLOW,
  type AirflowProblem,
  INLET,
  OUTLET,
  WALL,
} from "../../../runtime/compute/solvers/lattice-boltzmann.ts";
import {
  NETWORK_MONTE_CARLO,
  type NetworkProblem,
} from "../../../runtime/compute/solvers/network-monte-carlo.ts";
import { REDUCTION, type Reduction } from "../../../runtime/compute/solvers/reductions.ts";
import { solve } from "../../../runtime/compute/solvers/solve.ts";
import type { SolverRun } from "../../../runtime/compute/solvers/solver-backend.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { needsFile } from "../../needs.ts";
import type { SlowAnswer } from "../gpujs/slow-fast-lane.ts";
import { SOFTWARE_DRIVER, softwareGpuCompute } from "../gpujs/software-gpu.ts";
import { largestDifference, largestRelative } from "./differences.ts";
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

const SLAB: HeatSlabProblem = {
  thicknessM: 1,
  diffusivityM2PerS: 1,
  conductivityWPerMK: 1,
  startC: new Float64Array(33).fill(1),
  left: { heldC: 0.2 },
  right: { airC: 0, heatTransferWPerM2K: 10 },
  stepS: 0.3 / 32 ** 2,
  steps: 200,
};

const PLATE: HeatPlateProblem = (() => {
  const random = new Random(1);
  const startC = Float32Array.from({ length: 40 * 23 }, () => random.uniform());
  return { width: 40, height: 23, startC, cellM: 1, diffusivityM2PerS: 0.2, stepS: 1, steps: 30 };
})();

const COUPLED: NetworkProblem = {
  ...NETWORK_OVEN,
  zoneS: Float64Array.of(600, 0, 200),
  zoneFactor: Float64Array.of(1, 1, 0.8),
  airC: Float64Array.of(180, 20, 150),
  stepS: 20,
  conductancePerS: Float64Array.from({ length: 25 }, (_, i) => (i % 6 === 0 ? 0 : 0.0002 * (1 + (i % 5)))),
};

const STATUS = { webgpu: /^webgpu · SwiftShader/, webasm: /^wasm x[1-9]$/, cpu: /^cpu \(asked for\)$/ };

describe("built-in solvers by request", function () {
  this.timeout(60_000);
  let compute: Compute;
  before(() => {
    compute = softwareGpuCompute();
  });
  after(() => compute.close());

  for (const backend of ["cpu", "webasm", "webgpu"] as const) {
    describe(`on ${backend} against the fast lane`, () => {
      before(function () {
        if (backend === "webgpu") needsFile(this, SOFTWARE_DRIVER);
      });
      const ranThere = (run: SolverRun): void => {
        assert.equal(run.backend, backend);
        assert.match(run.status, STATUS[backend]);
      };

      it("heat through a slab, to 2e-6 of its range", async () => {
        const found = await solve(compute, HEAT_SLAB, SLAB, { backend });
        ranThere(found);
        const fast = await compute.submit({ kernel: HEAT_SLAB, input: SLAB });
        assert.ok(largestDifference(found.temperatureC, fast.temperatureC) < 2e-6);
        assert.equal(found.timeS, fast.timeS);
      });

      it("heat in a plate, to 2e-6 of its range", async () => {
        const found = await solve(compute, HEAT_PLATE, PLATE, { backend });
        ranThere(found);
        const fast = await compute.submit({ kernel: HEAT_PLATE, input: PLATE });
        assert.ok(largestDifference(found.temperatureC, fast.temperatureC) < 2e-6);
      });

      for (const [name, problem] of Object.entries(FLOWS)) {
        it(`airflow ${name}, velocity and density to 5e-6`, async () => {
          const found = await solve(compute, AIRFLOW, problem, { backend });
          ranThere(found);
          const fast = await compute.submit({ kernel: AIRFLOW, input: problem });
          assert.ok(largestDifference(fast.ux, new Float32Array(fast.ux.length)) > 1e-3, "nothing flows");
          for (const field of ["ux", "uy", "density"] as const) {
            const difference = largestDifference(found[field], fast[field]);
            assert.ok(difference < 5e-6, `${field} ${difference}`);
          }
          assert.ok(Math.abs(found.change - fast.change) < 1e-5);
          assert.equal(found.steps, fast.steps);
        });
      }

      for (const [name, problem] of Object.entries({
        "apart from each other": { ...NETWORK_OVEN, stepS: 30 },
        "coupled, with a zone of no stay": COUPLED,
      })) {
        it(`network rides of nodes ${name}: E170 to 2e-5, temperatures to 1e-3 K`, async () => {
          const input = { problem, draws: randomDraws(12, problem, new Random(2)) };
          const found = await solve(compute, NETWORK_MONTE_CARLO, input, { backend });
          ranThere(found);
          const fast = await compute.submit({ kernel: NETWORK_MONTE_CARLO, input });
          const relative = largestRelative(found.e170Min, fast.e170Min);
          assert.ok(relative < 2e-5, `${relative}`);
          assert.ok(largestDifference(found.peakC, fast.peakC) < 1e-3);
          assert.ok(largestDifference(found.exitC, fast.exitC) < 1e-3);
        });
      }

      it("reductions: a sum to 1e-6 of its terms, least, greatest and counts exactly", async () => {
        const random = new Random(6);
        const values = Float32Array.from({ length: 10_007 }, () => random.normal());
        const both = async (reduction: Reduction, of = values): Promise<[unknown, unknown]> => {
          const input = { values: of, reduction };
          const found = await solve(compute, REDUCTION, input, { backend });
          ranThere(found);
          return [found.reduced, (await compute.submit({ kernel: REDUCTION, input })).reduced];
        };
        const size = values.reduce((sum, value) => sum + Math.abs(value), 0);
        const [sum, fast] = (await both({ of: "sum" })) as [number, number];
        assert.ok(Math.abs(sum - fast) < 1e-6 * size);
        for (const end of ["min", "max"] as const) {
          const [found, exact] = await both({ of: end });
          assert.equal(found, exact);
        }
        // Sixteenths fall into their bins alike in f32 and f64.
        const sixteenths = Float32Array.from({ length: 3_000 }, () => random.integer(64) / 16);
        const [found, exact] = await both({ histogram: 21 }, sixteenths);
        assert.deepEqual(found, exact);
        await assert.rejects(
          both({ quantiles: [0.5] }),
          (fault) => fault instanceof RungError && fault.code === "solver-input",
        );
      });
    });
  }

  it("that choose their backend take the fast lane where there is no GPU or a slower one, in bits the same", async () => {
    const input = { ...PLATE, threads: 1 };
    const fast = await compute.submit({ kernel: HEAT_PLATE, input });
    assert.deepEqual(await solve(compute, HEAT_PLATE, input), fast);
    const largest = await solve(compute, REDUCTION, { values: input.startC, reduction: { of: "max" } });
    assert.equal(largest.backend, "wasm");
  });

  it("that choose their backend take a GPU that is faster, measured once for a problem's shape", async function () {
    needsFile(this, SOFTWARE_DRIVER);
    const module = new URL("../gpujs/slow-fast-lane.ts", import.meta.url).href;
    const slow: Kernel<HeatPlateProblem, SlowAnswer & SolverRun> = { name: "slow fast lane", module };
    // A shape for which nothing was measured before.
    const plate = { ...PLATE, width: 46, height: 20 };
    const fast = await compute.submit({ kernel: HEAT_PLATE, input: plate });
    // One step to warm up and one to measure; then never again.
    for (const fastSteps of [[1, 1], []]) {
      const found = await solve(compute, slow, plate);
      assert.equal(found.backend, "webgpu");
      assert.match(found.status, STATUS.webgpu);
      assert.deepEqual(found.fastSteps, fastSteps);
      assert.ok(largestDifference(found.temperatureC, fast.temperatureC) < 2e-6);
    }
  });

  it("say why a flow blew up and what a problem lacks, by gpu.js too", async () => {
    for (const backend of ["wasm", "webasm"] as const) {
      const failing = (problem: AirflowProblem) =>
        solve(compute, AIRFLOW, problem, { backend }).then(
          () => assert.fail("it ran"),
          (fault: RungError) => fault.code,
        );
      const problem = FLOWS["from an inlet around a wall to an outlet"]!;
      const wild = { ...problem, tau: 0.5001, inletU: [0.1, 0.1], steps: 400 } as const;
      assert.equal(await failing(wild), "airflow-diverged");
      assert.equal(await failing({ ...problem, tau: 0.5 }), "solver-input");
    }
  });
});
