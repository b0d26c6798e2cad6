import { airflowEdges, PLANE_BYTES } from "./airflow-edges.ts";
import { refuseDiverged } from "./airflow-fault.ts";
import { DIRECTION_X, DIRECTION_Y, DIRECTIONS, REST_EXCESS, WEIGHT } from "./airflow-lattice.ts";
import { type Airflow, type AirflowProblem, FLUID } from "./lattice-boltzmann.ts";
import { sharedArrays } from "./shared-arrays.ts";
import { BARRIER } from "./solver-barrier.ts";
import { inSlices, type SolverControl } from "./solver-control.ts";
import { refuse } from "./solver-fault.ts";
import { SolverTeam } from "./solver-team.ts";

/** Floats of a plane, between which and the next nothing lies but address space. */
const PLANE_FLOATS = PLANE_BYTES / 4;
const LANES = 4;
/** Room for the fluid's numbers, for each thread. */
const FLUID_FLOATS = 32;
/** Floats of a line of the cache, which each thread has to itself behind the cells of a plane. */
const LINE_FLOATS = 16;

/** The airflow's fast lane, f32. */
export async function airflowSimd(
  problem: AirflowProblem,
  threads: number,
  control: SolverControl,
): Promise<Airflow> {
  const { width, height } = problem;
  const cells = width * height;
  const spareCell = Math.ceil(cells / LINE_FLOATS) * LINE_FLOATS;
  if (spareCell + LINE_FLOATS * threads > PLANE_FLOATS)
    refuse("airflow", `${cells} cells are too many`, "choose a grid of at most 4 million cells");
  const edges = airflowEdges(problem);
  const { memory, arrays } = sharedArrays({
    barrier: BARRIER,
    spans: ["u32", edges.spans.length],
    spanRows: ["i32", height + 1],
    groups: ["u32", edges.groups.length],
    groupRows: ["i32", height + 1],
    fluid: ["f32", FLUID_FLOATS * threads],
    density: ["f32", cells + LANES],
    ux: ["f32", cells + LANES],
    uy: ["f32", cells + LANES],
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
  const spare = arrays.now.byteOffset + 4 * spareCell;
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
  const moments = (): Pick<Airflow, "ux" | "uy" | "density"> => {
    const { density, ux, uy } = arrays;
    team.alone(
      "airflowMoments",
      ...[newest.byteOffset, 4 * cells, force[0] / 2, force[1] / 2],
      ...[density.byteOffset, ux.byteOffset, uy.byteOffset],
    );
    return {
      density: ofFluid(density, problem.cell, 1),
      ux: ofFluid(ux, problem.cell, 0),
      uy: ofFluid(uy, problem.cell, 0),
    };
  };
  try {
    await inSlices(problem.steps - 1, 2, control, (from, to) => steps(to - from));
    const before = moments();
    await steps(1);
    const after = moments();
    refuseDiverged(after.density, problem.steps);
    const change = Math.max(largestDifference(before.ux, after.ux), largestDifference(before.uy, after.uy));
    return { ...after, steps: problem.steps, change };
  } finally {
    team.disband();
  }
}

/** Values of the cells that are fluid, `otherwise` of the others. */
function ofFluid(values: Float32Array, cell: Uint8Array, otherwise: number): Float32Array {
  const own = new Float32Array(cell.length);
  own.set(values.subarray(0, cell.length));
  for (let at = 0; at < own.length; at++) if (cell[at] !== FLUID) own[at] = otherwise;
  return own;
}

/** Largest difference of two fields, element by element. */
export function largestDifference(before: Float32Array, after: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < after.length; i++) largest = Math.max(largest, Math.abs(after[i]! - before[i]!));
  return largest;
}
