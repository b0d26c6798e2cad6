import assert from "node:assert/strict";
import { airflow } from "../../../runtime/compute/solvers/airflow-kernel.ts";
import { airflowExact } from "../../../runtime/compute/solvers/airflow-plain.ts";
import {
  type Airflow,
  type AirflowProblem,
  INLET,
  OUTLET,
  WALL,
} from "../../../runtime/compute/solvers/lattice-boltzmann.ts";
import { AT_ONCE } from "../../../runtime/compute/solvers/solver-control.ts";
import { RungError } from "../../../runtime/core/errors.ts";
import { largestDifference } from "./differences.ts";

const HEIGHT = 16;
const MIDDLE_U = 0.01;

/** Air between two walls, driven by a force that gives it 0.01 cells a step in the middle. */
function channel(tau: number, width: number, steps: number): AirflowProblem {
  const viscosity = (tau - 0.5) / 3;
  return {
    width,
    height: HEIGHT,
    cell: new Uint8Array(width * HEIGHT),
    inletU: [0, 0],
    force: [(8 * viscosity * MIDDLE_U) / HEIGHT ** 2, 0],
    tau,
    steps,
    periodic: true,
  };
}

/** Poiseuille's parabola at the middle of each cell, its walls half a cell outside the outermost ones. */
const parabola = Float64Array.from(
  { length: HEIGHT },
  (_, y) => (4 * MIDDLE_U * (y + 0.5) * (HEIGHT - y - 0.5)) / HEIGHT ** 2,
);

/** tau at which half-way bounce-back puts the wall exactly half a cell outside: (2 tau - 1)² = 3/4. */
const EXACT_TAU = 0.5 + Math.sqrt(3 / 16);

describe("lattice Boltzmann airflow", () => {
  it("is Poiseuille's parabola at tau = 1/2 + sqrt(3/16) to 3e-13 in f64", async () => {
    const { ux, uy, change } = await airflowExact(channel(EXACT_TAU, 1, 12_000), AT_ONCE);
    assert.ok(largestDifference(ux, parabola) / MIDDLE_U < 3e-13);
    assert.ok(largestDifference(uy, new Float64Array(HEIGHT)) < 1e-13);
    assert.ok(change < 1e-13);
  });

  for (const [tau, slip] of [
    [0.6, 3.7e-3],
    [0.8, 2.03e-3],
    [1.2, 6.3e-3],
  ] as const) {
    it(`has the scheme's slip at the wall at tau ${tau}: ${slip} of the middle's velocity`, async () => {
      const { ux } = await airflowExact(channel(tau, 1, tau < 0.7 ? 30_000 : 10_000), AT_ONCE);
      assert.ok(Math.abs(largestDifference(ux, parabola) / MIDDLE_U - slip) < 5e-6);
    });
  }

  it("is the parabola in the fast lane to 2e-5, alike in every column", async () => {
    const width = 9;
    const flow = await airflow(channel(EXACT_TAU, width, 8_000), AT_ONCE);
    for (let x = 0; x < width; x++) {
      const column = Float64Array.from({ length: HEIGHT }, (_, y) => flow.ux[y * width + x]!);
      const difference = largestDifference(column, parabola) / MIDDLE_U;
      assert.ok(difference < 2e-5, `column ${x}: ${difference}`);
    }
  });

  it("meets Ghia, Ghia and Shin 1982 in a cavity of 128², Re = 100, within 0.01 U at every point", async () => {
    const size = 128;
    const lidU = 0.1;
    const flow = await airflow(
      {
        width: size,
        height: size,
        cell: new Uint8Array(size * size),
        inletU: [0, 0],
        lidU,
        tau: 0.5 + (3 * lidU * size) / 100,
        steps: 20_000,
      },
      AT_ONCE,
    );
    assert.ok(flow.change < 1e-6 * lidU * 10, `steady to ${flow.change}`);
    const middle = size / 2;
    const u = (y: number) =>
      between(
        y * size - 0.5,
        (i) => (flow.ux[i * size + middle - 1]! + flow.ux[i * size + middle]!) / 2 / lidU,
      );
    const v = (x: number) =>
      between(
        x * size - 0.5,
        (i) => (flow.uy[(middle - 1) * size + i]! + flow.uy[middle * size + i]!) / 2 / lidU,
      );
    for (const [y, expected] of GHIA_U)
      assert.ok(Math.abs(u(y) - expected) < 0.01, `u(${y}) = ${u(y)}, Ghia ${expected}`);
    for (const [x, expected] of GHIA_V)
      assert.ok(Math.abs(v(x) - expected) < 0.01, `v(${x}) = ${v(x)}, Ghia ${expected}`);
  });

  it("lets out what it lets in, and agrees with f64 around an obstacle to 5e-6", async () => {
    const problem = ventilated();
    const [flow, exact] = [await airflow(problem, AT_ONCE), await airflowExact(problem, AT_ONCE)];
    assertAgree(flow, exact);
    const steady = await airflow({ ...problem, steps: 6_000 }, AT_ONCE);
    const through = (x: number) => {
      let sum = 0;
      for (let y = 0; y < problem.height; y++) {
        const at = y * problem.width + x;
        sum += steady.ux[at]! * steady.density[at]!;
      }
      return sum;
    };
    // Of the inlet's outermost rows the diagonal links end at the walls.
    const inflow = 0.05 * problem.height - (2 * 6 * 0.05) / 36;
    for (const x of [1, 12, 22, 40, 58])
      assert.ok(Math.abs(through(x) - inflow) < 1e-4, `through column ${x}: ${through(x)} of ${inflow}`);
    const inObstacle = 10 * problem.width + 22;
    assert.deepEqual([steady.ux[inObstacle], steady.uy[inObstacle], steady.density[inObstacle]], [0, 0, 1]);
  });

  it("agrees with f64 and does not depend on the threads, for every kind of edge and width", async () => {
    for (const width of [1, 4, 5, 7, 23])
      for (const extra of [{ lidU: 0.05 }, { periodic: true, force: [2e-5, -1e-5] as const, lidU: -0.02 }]) {
        const height = 11;
        const cell = new Uint8Array(width * height);
        if (width > 6) cell[5 * width + 3] = WALL;
        const problem: AirflowProblem = {
          width,
          height,
          cell,
          inletU: [0, 0],
          tau: 0.8,
          steps: 57,
          ...extra,
        };
        const one = await airflow({ ...problem, threads: 1 }, AT_ONCE);
        assertAgree(one, await airflowExact(problem, AT_ONCE));
        for (const threads of [2, 3]) assert.deepEqual(await airflow({ ...problem, threads }, AT_ONCE), one);
      }
    const problem = ventilated();
    const one = await airflow({ ...problem, threads: 1 }, AT_ONCE);
    assert.deepEqual(await airflow({ ...problem, threads: 2 }, AT_ONCE), one);
  });

  it("says so when the flow blew up", async () => {
    const problem = { ...ventilated(), tau: 0.5001, inletU: [0.1, 0.1] as const, steps: 4_000 };
    await assert.rejects(
      airflow(problem, AT_ONCE),
      (error) => error instanceof RungError && error.code === "airflow-diverged",
    );
  });

  it("refuses what cannot be computed, and says what to do", async () => {
    const sound = ventilated();
    const faults: [Partial<AirflowProblem>, RegExp][] = [
      [{ tau: 0.5 }, /tau is 0.5 \(choose 0.5 < tau/],
      [{ inletU: [0.2, 0] }, /inletU\[0\] is 0.2 \(choose a time step/],
      [{ lidU: Number.NaN }, /lidU is NaN/],
      [{ cell: sound.cell.map((kind) => (kind === OUTLET ? WALL : kind)) }, /an inlet and no outlet/],
      [{ cell: sound.cell.map(() => WALL) }, /no cell is fluid/],
      [{ cell: sound.cell.map(() => 9) }, /cell\[0\] is 9/],
      [{ steps: 0 }, /steps is 0/],
      [{ width: sound.width + 1 }, /cell has 1200 values/],
    ];
    for (const [change, what] of faults)
      await assert.rejects(
        airflow({ ...sound, ...change }, AT_ONCE),
        (error) => error instanceof RungError && error.code === "solver-input" && what.test(error.message),
      );
  });
});

/** A duct with an inlet at the left, an outlet at the right and a block in between. */
function ventilated(): AirflowProblem {
  const width = 60;
  const height = 20;
  const cell = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    cell[y * width] = INLET;
    cell[y * width + width - 1] = OUTLET;
  }
  for (let y = 8; y < 12; y++) cell.fill(WALL, y * width + 20, y * width + 24);
  return { width, height, cell, inletU: [0.05, 0], tau: 0.7, steps: 400 };
}

/** The fast lane's f32 against f64, in velocities of about 0.05. */
function assertAgree(flow: Airflow, exact: Awaited<ReturnType<typeof airflowExact>>): void {
  const differences = [
    largestDifference(flow.ux, exact.ux),
    largestDifference(flow.uy, exact.uy),
    largestDifference(flow.density, exact.density),
  ];
  assert.ok(Math.max(...differences) < 5e-6, `${differences}`);
  assert.ok(Math.abs(flow.change - exact.change) < 1e-6);
}

/** Linear between the cells' middles. */
function between(place: number, value: (index: number) => number): number {
  const below = Math.floor(place);
  return value(below) + (place - below) * (value(below + 1) - value(below));
}

/** Velocity u(y) on the vertical through the middle: U. Ghia, K. N. Ghia, C. T. Shin, J. Comput. Phys. 48 (1982), table I. */
const GHIA_U = [
  [0.9766, 0.84123],
  [0.9688, 0.78871],
  [0.9609, 0.73722],
  [0.9531, 0.68717],
  [0.8516, 0.23151],
  [0.7344, 0.00332],
  [0.6172, -0.13641],
  [0.5, -0.20581],
  [0.4531, -0.2109],
  [0.2813, -0.15662],
  [0.1719, -0.1015],
  [0.1016, -0.06434],
  [0.0703, -0.04775],
  [0.0625, -0.04192],
  [0.0547, -0.03717],
] as const;

/** Velocity v(x) on the horizontal through the middle: table II. */
const GHIA_V = [
  [0.9688, -0.05906],
  [0.9609, -0.07391],
  [0.9531, -0.08864],
  [0.9453, -0.10313],
  [0.9063, -0.16914],
  [0.8594, -0.22445],
  [0.8047, -0.24533],
  [0.5, 0.05454],
  [0.2344, 0.17527],
  [0.2266, 0.17507],
  [0.1563, 0.16077],
  [0.0938, 0.12317],
  [0.0781, 0.1089],
  [0.0703, 0.10091],
  [0.0625, 0.09233],
] as const;
