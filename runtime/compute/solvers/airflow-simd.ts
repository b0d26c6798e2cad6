import { airflowEdges } from "./airflow-edges.ts";
import { refuseDiverged } from "./airflow-fault.ts";
import { DIRECTION_X, DIRECTION_Y, DIRECTIONS, REST_EXCESS, WEIGHT } from "./airflow-lattice.ts";
import { type Airflow, type AirflowProblem, FLUID } from "./lattice-boltzmann.ts";
import { sharedArrays } from "./shared-arrays.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";
import { SolverTeam } from "./solver-team.ts";

/** Floats between planes beyond the cells: planes a power of two apart would share the few places of a cache. */
const PLANE_GAP = 16 * 5;

/** The airflow's fast lane, f32. */
export async function airflowSimd(
  problem: AirflowProblem,
  threads: number,
  control: SolverControl,
): Promise<Airflow> {
  const { width, height } = problem;
  const cells = width * height;
  const planeCells = Math.ceil(cells / 16) * 16 + PLANE_GAP;
  const edges = airflowEdges(problem, planeCells);
  const { memory, arrays } = sharedArrays({
    barrier: ["i32", 2],
    now: ["f32", DIRECTIONS * planeCells],
    next: ["f32", DIRECTIONS * planeCells],
    spans: ["u32", edges.spans.length],
    spanRows: ["i32", height + 1],
    records: ["u32", edges.records.length],
    recordRows: ["i32", height + 1],
    scratch: ["f32", 36 * threads],
  });
  arrays.spans.set(edges.spans);
  arrays.spanRows.set(edges.spanRows);
  arrays.records.set(edges.records);
  arrays.recordRows.set(edges.recordRows);
  const force = problem.force ?? [0, 0];
  for (let q = 0; q < DIRECTIONS; q++) {
    // At rest under the force: half of what it gives in a step is on its way.
    const onItsWay = 1.5 * (DIRECTION_X[q]! * force[0] + DIRECTION_Y[q]! * force[1]);
    const start = WEIGHT[q]! * (REST_EXCESS + onItsWay);
    arrays.now.fill(start, q * planeCells, q * planeCells + cells);
  }
  let newest = arrays.now;
  let older = arrays.next;
  const team = await SolverTeam.form(memory, threads, arrays.barrier);
  const steps = async (count: number): Promise<void> => {
    const address = await team.call(
      "airflow",
      ...[newest.byteOffset, older.byteOffset, 4 * planeCells, 4 * width, height],
      ...[arrays.spans.byteOffset, arrays.spanRows.byteOffset],
      ...[arrays.records.byteOffset, arrays.recordRows.byteOffset],
      ...[1 / problem.tau, force[0], force[1], arrays.scratch.byteOffset, count],
    );
    if (address !== newest.byteOffset) [newest, older] = [older, newest];
  };
  try {
    await inSlices(problem.steps - 1, 2, control, (from, to) => steps(to - from));
    const before = moments(problem, newest, planeCells);
    await steps(1);
    const after = moments(problem, newest, planeCells);
    refuseDiverged(after.density, problem.steps);
    const change = Math.max(largestDifference(before.ux, after.ux), largestDifference(before.uy, after.uy));
    return { ...after, steps: problem.steps, change };
  } finally {
    team.disband();
  }
}

/** Density and velocity of each cell from populations above those of rest. A collision adds the whole force, of which the velocity holds half. */
function moments(
  problem: AirflowProblem,
  f: Float32Array,
  planeCells: number,
): Pick<Airflow, "ux" | "uy" | "density"> {
  const cells = problem.width * problem.height;
  const [fx, fy] = problem.force ?? [0, 0];
  const ux = new Float32Array(cells);
  const uy = new Float32Array(cells);
  const density = new Float32Array(cells).fill(1);
  const of = (q: number, at: number): number => f[q * planeCells + at]!;
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
