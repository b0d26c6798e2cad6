import { refuseDiverged } from "./airflow-fault.ts";
import { DIRECTION_X, DIRECTION_Y, DIRECTIONS, OPPOSITE, WEIGHT } from "./airflow-lattice.ts";
import { type Airflow, type AirflowProblem, FLUID, INLET, OUTLET } from "./lattice-boltzmann.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";

/** As `Airflow`, in double precision. */
export interface ExactAirflow {
  readonly ux: Float64Array;
  readonly uy: Float64Array;
  readonly density: Float64Array;
  readonly change: number;
}

/** The plain lane's answer, in the precision of the others. */
export async function airflowPlain(problem: AirflowProblem, control: SolverControl): Promise<Airflow> {
  const exact = await airflowExact(problem, control);
  return {
    ux: Float32Array.from(exact.ux),
    uy: Float32Array.from(exact.uy),
    density: Float32Array.from(exact.density),
    steps: problem.steps,
    change: exact.change,
  };
}

/** Cell by cell in double precision: the reference of the other lanes. */
export async function airflowExact(problem: AirflowProblem, control: SolverControl): Promise<ExactAirflow> {
  const flow = new PlainFlow(problem);
  let before = flow.moments();
  await inSlices(problem.steps, 1, control, (from, to) => {
    for (let step = from; step < to; step++) {
      if (step === problem.steps - 1) before = flow.moments();
      flow.step();
    }
  });
  const after = flow.moments();
  refuseDiverged(after.density, problem.steps);
  const change = Math.max(largestDifference(before.ux, after.ux), largestDifference(before.uy, after.uy));
  return { ...after, change };
}

function largestDifference(before: Float64Array, after: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < after.length; i++) largest = Math.max(largest, Math.abs(after[i]! - before[i]!));
  return largest;
}

class PlainFlow {
  readonly #problem: AirflowProblem;
  readonly #cells: number;
  readonly #force: readonly [number, number];
  /** Populations after collision, 9 x cells. */
  #now: Float64Array;
  #next: Float64Array;
  readonly #arriving = new Float64Array(DIRECTIONS);

  constructor(problem: AirflowProblem) {
    this.#problem = problem;
    this.#cells = problem.width * problem.height;
    this.#force = problem.force ?? [0, 0];
    this.#now = new Float64Array(DIRECTIONS * this.#cells);
    const [fx, fy] = this.#force;
    for (let q = 0; q < DIRECTIONS; q++) {
      // At rest under the force: half of what it gives in a step is on its way.
      const start = WEIGHT[q]! * (1 + 1.5 * (DIRECTION_X[q]! * fx + DIRECTION_Y[q]! * fy));
      this.#now.fill(start, q * this.#cells, (q + 1) * this.#cells);
    }
    this.#next = this.#now.slice();
  }

  /** Streams along each link, then relaxes towards equilibrium (BGK) under Guo's force. */
  step(): void {
    const { width, height, cell, tau } = this.#problem;
    const [fx, fy] = this.#force;
    const arriving = this.#arriving;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        if (cell[at] !== FLUID) continue;
        let density = 0;
        let jx = 0.5 * fx;
        let jy = 0.5 * fy;
        for (let q = 0; q < DIRECTIONS; q++) {
          const f = this.#arrivingAt(x, y, q);
          arriving[q] = f;
          density += f;
          jx += f * DIRECTION_X[q]!;
          jy += f * DIRECTION_Y[q]!;
        }
        const ux = jx / density;
        const uy = jy / density;
        for (let q = 0; q < DIRECTIONS; q++) {
          const along = DIRECTION_X[q]! * ux + DIRECTION_Y[q]! * uy;
          const pushed =
            (DIRECTION_X[q]! - ux + 3 * along * DIRECTION_X[q]!) * fx +
            (DIRECTION_Y[q]! - uy + 3 * along * DIRECTION_Y[q]!) * fy;
          this.#next[q * this.#cells + at] =
            arriving[q]! +
            (equilibrium(q, density, ux, uy) - arriving[q]!) / tau +
            (1 - 0.5 / tau) * 3 * WEIGHT[q]! * pushed;
        }
      }
    }
    [this.#now, this.#next] = [this.#next, this.#now];
  }

  /** The population that comes in along direction q: from the neighbour behind, or from what stands there. */
  #arrivingAt(x: number, y: number, q: number): number {
    const { width, height, cell, periodic, inletU, lidU } = this.#problem;
    const at = y * width + x;
    let fromX = x - DIRECTION_X[q]!;
    const fromY = y - DIRECTION_Y[q]!;
    if (periodic) fromX = (fromX + width) % width;
    const back = this.#now[OPPOSITE[q]! * this.#cells + at]!;
    if (fromY >= height) return back + 6 * WEIGHT[q]! * DIRECTION_X[q]! * (lidU ?? 0);
    if (fromX < 0 || fromX >= width || fromY < 0) return back;
    const from = fromY * width + fromX;
    const kind = cell[from]!;
    if (kind === FLUID) return this.#now[q * this.#cells + from]!;
    if (kind === INLET)
      return back + 6 * WEIGHT[q]! * (DIRECTION_X[q]! * inletU[0] + DIRECTION_Y[q]! * inletU[1]);
    if (kind === OUTLET) {
      const { ux, uy } = this.#momentsAt(at);
      // Anti-bounce-back: density 1 at the outlet, velocity as in the cell before it.
      return equilibrium(q, 1, ux, uy) + equilibrium(OPPOSITE[q]!, 1, ux, uy) - back;
    }
    return back;
  }

  /** Density and velocity of every cell after the latest step. */
  moments(): Omit<ExactAirflow, "change"> {
    const ux = new Float64Array(this.#cells);
    const uy = new Float64Array(this.#cells);
    const density = new Float64Array(this.#cells).fill(1);
    for (let at = 0; at < this.#cells; at++) {
      if (this.#problem.cell[at] !== FLUID) continue;
      const here = this.#momentsAt(at);
      ux[at] = here.ux;
      uy[at] = here.uy;
      density[at] = here.density;
    }
    return { ux, uy, density };
  }

  #momentsAt(at: number): { density: number; ux: number; uy: number } {
    let density = 0;
    // A collision adds the whole force, of which the velocity holds half.
    let jx = -0.5 * this.#force[0];
    let jy = -0.5 * this.#force[1];
    for (let q = 0; q < DIRECTIONS; q++) {
      const f = this.#now[q * this.#cells + at]!;
      density += f;
      jx += f * DIRECTION_X[q]!;
      jy += f * DIRECTION_Y[q]!;
    }
    return { density, ux: jx / density, uy: jy / density };
  }
}

/** Second-order equilibrium of one direction. */
function equilibrium(q: number, density: number, ux: number, uy: number): number {
  const along = DIRECTION_X[q]! * ux + DIRECTION_Y[q]! * uy;
  return WEIGHT[q]! * density * (1 + 3 * along + 4.5 * along * along - 1.5 * (ux * ux + uy * uy));
}
