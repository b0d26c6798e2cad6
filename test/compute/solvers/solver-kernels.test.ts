import assert from "node:assert/strict";
import { Compute } from "../../../runtime/compute/compute.ts";
import { airflow } from "../../../runtime/compute/solvers/airflow-kernel.ts";
import { HEAT_PLATE, type HeatPlateProblem } from "../../../runtime/compute/solvers/heat-plate.ts";
import { heatPlate } from "../../../runtime/compute/solvers/heat-plate-kernel.ts";
import { HEAT_SLAB } from "../../../runtime/compute/solvers/heat-slab.ts";
import { AIRFLOW, type AirflowProblem } from "../../../runtime/compute/solvers/lattice-boltzmann.ts";
import { networkMonteCarlo } from "../../../runtime/compute/solvers/network-kernel.ts";
import { NETWORK_MONTE_CARLO } from "../../../runtime/compute/solvers/network-monte-carlo.ts";
import { REDUCTION } from "../../../runtime/compute/solvers/reductions.ts";
import { AT_ONCE } from "../../../runtime/compute/solvers/solver-control.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { Random } from "../../../runtime/core/random.ts";
import { NETWORK_OVEN, randomDraws } from "./oven-network.ts";

const CAVITY: AirflowProblem = {
  width: 64,
  height: 64,
  cell: new Uint8Array(64 * 64),
  inletU: [0, 0],
  lidU: 0.1,
  tau: 0.8,
  steps: 300,
};

describe("solvers in the compute process", () => {
  let compute: Compute;
  beforeEach(() => {
    compute = new Compute();
  });
  afterEach(() => compute.close());

  it("give there what they give here, with two threads what they give with one", async () => {
    const cavity = await airflow({ ...CAVITY, threads: 1 }, AT_ONCE);
    const draws = randomDraws(500, NETWORK_OVEN, new Random(8));
    const rides = await networkMonteCarlo(NETWORK_OVEN, draws, AT_ONCE, 1);
    const plate: HeatPlateProblem = {
      width: 50,
      height: 40,
      startC: Float32Array.from({ length: 2_000 }, (_, i) => i % 97),
      cellM: 0.01,
      diffusivityM2PerS: 1e-5,
      stepS: 2,
      steps: 301,
    };
    const heated = await heatPlate({ ...plate, threads: 1 }, AT_ONCE);
    const ran = { backend: "wasm", status: "wasm x2" };
    assert.deepEqual(await compute.submit({ kernel: AIRFLOW, input: { ...CAVITY, threads: 2 } }), {
      ...cavity,
      ...ran,
    });
    const request = { problem: NETWORK_OVEN, draws, threads: 2 };
    assert.deepEqual(await compute.submit({ kernel: NETWORK_MONTE_CARLO, input: request }), {
      ...rides,
      ...ran,
    });
    assert.deepEqual(await compute.submit({ kernel: HEAT_PLATE, input: { ...plate, threads: 2 } }), {
      ...heated,
      ...ran,
    });
    const largest = await compute.submit({
      kernel: REDUCTION,
      input: { values: heated.temperatureC, reduction: { of: "max" }, threads: 2 },
    });
    assert.equal(
      largest.reduced,
      heated.temperatureC.reduce((most, value) => Math.max(most, value)),
    );
  });

  it("refuse there what they refuse here, with the place and the advice", async () => {
    const input = {
      thicknessM: 0.1,
      diffusivityM2PerS: 1e-5,
      startC: new Float64Array(11),
      left: { heldC: 0 },
      right: { heldC: 0 },
      stepS: 60,
      steps: 10,
    };
    await assert.rejects(compute.submit({ kernel: HEAT_SLAB, input }), (error: RungError) => {
      assert.equal(error.code, "solver-input");
      assert.match(error.message, /heat slab: a step of 60 s is unstable.*take steps of at most 5\.000 s/);
      return true;
    });
  });

  it("tell of progress, and let a more urgent request use the same threads within a breath", async () => {
    const alone = await airflow({ ...CAVITY, threads: 1 }, AT_ONCE);
    await compute.close();
    compute = new Compute({ cpuChildren: 1 });
    const told: number[] = [];
    let urgent: Promise<unknown> | undefined;
    const order: string[] = [];
    const long = compute.submit({
      kernel: AIRFLOW,
      input: { ...CAVITY, steps: 30_000, threads: 2 },
      onProgress: (done, of) => {
        told.push(done);
        assert.equal(of, 29_999);
        urgent ??= compute
          .submit({ kernel: AIRFLOW, input: { ...CAVITY, threads: 2 }, priority: 1 })
          .finally(() => order.push("urgent"));
      },
    });
    const flow = await long.finally(() => order.push("long"));
    assert.deepEqual(await urgent, { ...alone, backend: "wasm", status: "wasm x2" });
    assert.deepEqual(order, ["urgent", "long"]);
    assert.deepEqual(
      told,
      [...told].sort((a, b) => a - b),
    );
    const here = await airflow({ ...CAVITY, steps: 30_000, threads: 1 }, AT_ONCE);
    assert.deepEqual(flow, { ...here, backend: "wasm", status: "wasm x2" });
  });

  it("hear a cancellation in the middle of long work, with two threads, and the same child goes on", async () => {
    const before = await compute.submit({ kernel: AIRFLOW, input: { ...CAVITY, threads: 2 } });
    const child = compute.pid;
    const abort = new AbortController();
    const endless = compute.submit({
      kernel: AIRFLOW,
      input: { ...CAVITY, steps: 100_000_000, threads: 2 },
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(), 100);
    await assert.rejects(
      endless,
      (error) => error instanceof RungError && error.code === "compute-cancelled",
    );
    assert.deepEqual(await compute.submit({ kernel: AIRFLOW, input: { ...CAVITY, threads: 2 } }), before);
    assert.equal(compute.pid, child);
  });
});
