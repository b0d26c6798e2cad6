import { DIRECTION_X, DIRECTION_Y, DIRECTIONS, OPPOSITE, WEIGHT } from "../airflow-lattice.ts";
import {
  type Airflow,
  type AirflowProblem,
  checkAirflow,
  FLUID,
  INLET,
  OUTLET,
} from "../lattice-boltzmann.ts";
import { type SolverStep, solverStep } from "./solver-step.ts";

/** Fields of `flow`, the numbers of a problem. */
const FLOW = { periodic: 0, omega: 1, inletX: 2, inletY: 3, lidU: 4, forceX: 5, forceY: 6 };
/** Columns of `lattice`, one row for each direction. */
const LATTICE = { x: 0, y: 1, weight: 2, opposite: 3 };

/**
 * One step of the lattice: f[q][y][x] is the population of direction q in cell (x, y), above its weight, which it has
 * at rest at density 1. Every element collides its whole cell anew, since a kernel gives one number only.
 */
const AIRFLOW_STEP = `function airflowStep(f, kind, lattice, flow) {
  const x = this.thread.x;
  const y = this.thread.y;
  const q = this.thread.z;
  const width = this.output.x;
  const height = this.output.y;
  let changed = f[q][y][x];
  if (kind[y][x] === ${FLUID}) {
    let excess = 0;
    let jx = 0;
    let jy = 0;
    for (let d = 0; d < ${DIRECTIONS}; d++) {
      excess += f[d][y][x];
      jx += f[d][y][x] * lattice[d][${LATTICE.x}];
      jy += f[d][y][x] * lattice[d][${LATTICE.y}];
    }
    const nearX = (jx - 0.5 * flow[${FLOW.forceX}]) / (1 + excess);
    const nearY = (jy - 0.5 * flow[${FLOW.forceY}]) / (1 + excess);
    excess = 0;
    jx = 0.5 * flow[${FLOW.forceX}];
    jy = 0.5 * flow[${FLOW.forceY}];
    let mine = 0;
    for (let d = 0; d < ${DIRECTIONS}; d++) {
      const dx = lattice[d][${LATTICE.x}];
      const dy = lattice[d][${LATTICE.y}];
      const weight = lattice[d][${LATTICE.weight}];
      let fromX = x - dx;
      const fromY = y - dy;
      if (flow[${FLOW.periodic}] > 0) {
        if (fromX < 0) fromX = fromX + width;
        if (fromX >= width) fromX = fromX - width;
      }
      let arriving = f[lattice[d][${LATTICE.opposite}]][y][x];
      if (fromY >= height) {
        arriving += 6 * weight * dx * flow[${FLOW.lidU}];
      } else {
        if (fromX >= 0 && fromX < width && fromY >= 0) {
          const there = kind[fromY][fromX];
          if (there === ${FLUID}) arriving = f[d][fromY][fromX];
          if (there === ${INLET}) arriving += 6 * weight * (dx * flow[${FLOW.inletX}] + dy * flow[${FLOW.inletY}]);
          if (there === ${OUTLET}) {
            const near = dx * nearX + dy * nearY;
            arriving = 2 * weight * (4.5 * near * near - 1.5 * (nearX * nearX + nearY * nearY)) - arriving;
          }
        }
      }
      excess += arriving;
      jx += arriving * dx;
      jy += arriving * dy;
      if (d === q) mine = arriving;
    }
    const ux = jx / (1 + excess);
    const uy = jy / (1 + excess);
    const ownX = lattice[q][${LATTICE.x}];
    const ownY = lattice[q][${LATTICE.y}];
    const ownWeight = lattice[q][${LATTICE.weight}];
    const omega = flow[${FLOW.omega}];
    const along = ownX * ux + ownY * uy;
    const even = 4.5 * along * along - 1.5 * (ux * ux + uy * uy);
    const equilibrium = ownWeight * (excess + (1 + excess) * (3 * along + even));
    const pushX = (ownX - ux + 3 * along * ownX) * flow[${FLOW.forceX}];
    const pushY = (ownY - uy + 3 * along * ownY) * flow[${FLOW.forceY}];
    changed = mine + omega * (equilibrium - mine) + (1 - 0.5 * omega) * 3 * ownWeight * (pushX + pushY);
  }
  return changed;
}`;

/** A step of the air, from rest: nine populations a cell, width x height x 9. */
export function airflowStep(problem: AirflowProblem): SolverStep {
  checkAirflow(problem);
  const { width, height } = problem;
  const cells = width * height;
  const [forceX, forceY] = problem.force ?? [0, 0];
  const start = new Float32Array(DIRECTIONS * cells);
  for (let q = 0; q < DIRECTIONS; q++) {
    // Half of what the force gives in a step is on its way.
    const onItsWay = 1.5 * WEIGHT[q]! * (DIRECTION_X[q]! * forceX + DIRECTION_Y[q]! * forceY);
    start.fill(onItsWay, q * cells, (q + 1) * cells);
  }
  const lattice = Array.from(WEIGHT, (weight, q) => [DIRECTION_X[q]!, DIRECTION_Y[q]!, weight, OPPOSITE[q]!]);
  const numbers = [problem.periodic ? 1 : 0, 1 / problem.tau, ...problem.inletU, problem.lidU ?? 0];
  const flow = Float32Array.of(...numbers, forceX, forceY);
  const shape = [width, height, DIRECTIONS];
  return solverStep(
    "airflow",
    AIRFLOW_STEP,
    [
      { name: "f", shape, values: start, isState: true },
      { name: "kind", shape: [width, height], values: Float32Array.from(problem.cell) },
      { name: "lattice", shape: [4, DIRECTIONS], values: Float32Array.from(lattice.flat()) },
      { name: "flow", shape: [flow.length], values: flow },
    ],
    shape,
    problem.steps,
    DIRECTIONS,
  );
}

/** Velocity and density of populations above their weights; cells that are no fluid have velocity 0 and density 1. */
export function airflowMoments(
  problem: AirflowProblem,
  f: Float32Array,
): Pick<Airflow, "ux" | "uy" | "density"> {
  const cells = problem.cell.length;
  const [forceX, forceY] = problem.force ?? [0, 0];
  const ux = new Float32Array(cells);
  const uy = new Float32Array(cells);
  const density = new Float32Array(cells).fill(1);
  for (let at = 0; at < cells; at++) {
    if (problem.cell[at] !== FLUID) continue;
    let all = 1;
    // A collision adds the whole force, of which the velocity holds half.
    let jx = -0.5 * forceX;
    let jy = -0.5 * forceY;
    for (let q = 0; q < DIRECTIONS; q++) {
      const population = f[q * cells + at]!;
      all += population;
      jx += population * DIRECTION_X[q]!;
      jy += population * DIRECTION_Y[q]!;
    }
    density[at] = all;
    ux[at] = jx / all;
    uy[at] = jy / all;
  }
  return { ux, uy, density };
}
