import { siblingModule } from "../../core/sibling-module.ts";
import type { Kernel } from "../kernel.ts";
import type { SolverPlace, SolverRun } from "./solver-backend.ts";
import { checkCount, checkEach, checkLength, checkWithin, refuse } from "./solver-fault.ts";

/** Kinds of cells. Only fluid cells carry air; the others say what the air meets half a cell before them. */
export const FLUID = 0;
export const WALL = 1;
export const INLET = 2;
export const OUTLET = 3;

/** Fastest flow, cells per step: beyond it the compressibility error, which grows with its square, exceeds 3 %. */
export const FASTEST_U = 0.1;

/**
 * Flow in a plane by the lattice Boltzmann method D2Q9. All in lattice units: cells, steps, density 1; the kinematic
 * viscosity is (tau - 1/2)/3 cells² per step. What lies outside the grid is wall.
 */
export interface AirflowProblem {
  readonly width: number;
  readonly height: number;
  /** Kind of each cell, height x width, row 0 at the floor. */
  readonly cell: Uint8Array;
  /** Velocity through inlet cells [right, up], no component above 0.1. */
  readonly inletU: readonly [number, number];
  /** Relaxation time in steps, > 0.5. */
  readonly tau: number;
  readonly steps: number;
  /** Velocity to the right of the wall above the top row: a lid that moves. */
  readonly lidU?: number;
  /** Body force per unit of volume [right, up]. */
  readonly force?: readonly [number, number];
  /** What leaves at the right enters at the left. */
  readonly periodic?: boolean;
  /** Threads to use; the result does not depend on it. Default by the size of the work, at most 2. */
  readonly threads?: number;
  /** Put here by `solve`. */
  readonly place?: SolverPlace;
}

/** Each height x width; cells that are no fluid have velocity 0 and density 1. */
export interface Airflow {
  readonly ux: Float32Array;
  readonly uy: Float32Array;
  readonly density: Float32Array;
  readonly steps: number;
  /** Largest change of a velocity component in the last step: how far from steady the flow still is. */
  readonly change: number;
}

/** Lattice Boltzmann airflow in the compute child. */
export const AIRFLOW: Kernel<AirflowProblem, Airflow & SolverRun> = {
  name: "airflow",
  module: siblingModule(import.meta.url, "./airflow-kernel").href,
};

const WHERE = "airflow";

/** @throws RungError `solver-input` naming the value at fault */
export function checkAirflow(problem: AirflowProblem): void {
  checkCount(WHERE, "width", problem.width, 1);
  checkCount(WHERE, "height", problem.height, 1);
  checkCount(WHERE, "steps", problem.steps, 1);
  checkLength(WHERE, "cell", problem.cell, problem.width * problem.height);
  checkEach(WHERE, "cell", problem.cell, FLUID, OUTLET, "0 is fluid, 1 wall, 2 inlet, 3 outlet");
  if (!(problem.tau > 0.5 && problem.tau <= 10))
    refuse(WHERE, `tau is ${problem.tau}`, "choose 0.5 < tau <= 10: a higher viscosity, or finer cells");
  const slow = `choose a time step at which nothing moves more than ${FASTEST_U} cells in it`;
  checkEach(WHERE, "inletU", problem.inletU, -FASTEST_U, FASTEST_U, slow);
  checkWithin(WHERE, "lidU", problem.lidU ?? 0, -FASTEST_U, FASTEST_U, slow);
  checkEach(WHERE, "force", problem.force ?? [], -1e-2, 1e-2, "choose a shorter time step");
  if (!problem.cell.includes(FLUID)) refuse(WHERE, "no cell is fluid", "mark the cells that hold air as 0");
  if (problem.cell.includes(INLET) && !problem.cell.includes(OUTLET))
    refuse(WHERE, "there is an inlet and no outlet", "mark the cells through which air leaves as 3");
}
