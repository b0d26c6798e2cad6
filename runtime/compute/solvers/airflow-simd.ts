import { airflowEdges, PLANE_BYTES } from "./airflow-edges.ts";
import { refuseDiverged } from "./airflow-fault.ts";
import { DIRECTION_X, DIRECTION_Y, DIRECTIONS, REST_EXCESS, WEIGHT } from "./airflow-lattice.ts";
import { type Airflow, type AirflowProblem, FLUID } from "./lattice-boltzmann.ts";
import { sharedArrays } from "./shared-arrays.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";
import { refuse } from "./solver-fault.ts";
import { SolverTeam } from "./solver-team.ts";

/** Floats of a plane, between which and the next nothing lies but address space. */
const PLANE_FLOATS = PLANE_BYTES / 4;
const LANES = 4;
/** Room for the fluid's numbers, for each thread. */
const FLUID_FLOATS = 16;

/** The airflow's fast lane, f32. */
export async function airflowSimd(
  problem: AirflowProblem,
  threads: number,
  control: SolverControl,
): Promise<Airflow> {
  const { width, height } = problem;
  const cells = width * height;
  if (cells + LANES * threads > PLANE_FLOATS)
    refuse("airflow", `${cells} cells are too many`, "choose a grid of at most 4 million cells");
  const edges = airflowEdges(problem);
  const { memory, arrays } = sharedArrays({
    barrier: ["i32", 2],
    spans: ["u32", edges.spans.length],
    spanRows: ["i32", height + 1],
    groups: ["u32", edges.groups.length],
    groupRows: ["i32", height + 1],
    fluid: ["f32", FLUID_FLOATS * threads],
    now: ["f32", DIRECTIONS * PLANE_FLOATS],
    next: ["f32", DIRECTIONS * PLANE_FLOATS],
  });
  arrays.spans.set(edges.spans);
  arrays.spanRows.set(edges.spanRows);
  arrays.groups.set(edges.groups);
  arrays.groupRows.set(edges.groupRows);
  const force = problem.force ?? [0, 0];
  for (let q = 0; q < DIRECTIONS; q++) {
    // At rest under the force: half of what it gives in a step is on its way.
    const onItsWay = 1.5 * (DIRECTION_X[q]! * force[0] + DIRECTION_Y[q]! * force[1]);
    const start = WEIGHT[q]! * (REST_EXCESS + onItsWay);
    arrays.now.fill(start, q * PLANE_FLOATS, q * PLANE_FLOATS + cells);
  }
  const spare = arrays.now.byteOffset + 4 * cells;
  let newest = arrays.now;
  let older = arrays.next;
  const team = await SolverTeam.form(memory, threads, arrays.barrier);
  const steps = async (count: number): Promise<void> => {
    const address = await team.call(
      "airflow",
      ...[newest.byteOffset, older.byteOffset, 4 * width, height],
      ...[arrays.spans.byteOffset, arrays.spanRows.byteOffset],
      ...[arrays.groups.byteOffset, arrays.groupRows.byteOffset],
      ...[1 / problem.tau, force[0], force[1], arrays.fluid.byteOffset, spare, count],
    );
    if (address !== newest.byteOffset) [newest, older] = [older, newest];
  };
  try {
    await inSlices(problem.steps - 1, 2, control, (from, to) => steps(to - from));
    const before = moments(problem, newest);
    await steps(1);
    const after = moments(problem, newest);
    refuseDiverged(after.density, problem.steps);
    const change = Math.max(largestDifference(before.ux, after.ux), largestDifference(before.uy, after.uy));
    return { ...after, steps: problem.steps, change };
  } finally {
    team.disband();
  }
}

/** Density and velocity of each cell from populations above those of rest. A collision adds the whole force, of which the velocity holds half. */
function moments(problem: AirflowProblem, f: Float32Array): Pick<Airflow, "ux" | "uy" | "density"> {
  const cells = problem.width * problem.height;
  const [fx, fy] = problem.force ?? [0, 0];
  const ux = new Float32Array(cells);
  const uy = new Float32Array(cells);
  const density = new Float32Array(cells).fill(1);
  const of = (q: number, at: number): number => f[q * PLANE_FLOATS + at]!;
  for (let at = 0; at < cells; at++) {
    if (problem.cell[at] !== FLUID) continue;
    const right = of(1, at) + of(5, at) + of(8, at);
    const left = of(3, at) + of(6, at) + of(7, at);
    const up = of(2, at) + of(5, at) + of(6, at);
    const down = of(4, at) + of(7, at) + of(8, at);
    const rho = 1 + of(0, at) + right + left + of(2, at) + of(4, at);
    density[at] = rho;
    ux[at] = (right - left - 0.5 * fx) / rho;
    uy[at] = (up - down - 0.5 * fy) / rho;
  }
  return { ux, uy, density };
}

function largestDifference(before: Float32Array, after: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < after.length; i++) largest = Math.max(largest, Math.abs(after[i]! - before[i]!));
  return largest;
}
