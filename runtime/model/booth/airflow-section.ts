import { type AirflowProblem, FLUID, INLET, OUTLET, WALL } from "../../compute/solvers/lattice-boltzmann.ts";
import { airflowFit } from "./airflow-fit.ts";
import type { BoothConfig } from "./booth-fields.ts";

/** A cross-section of the booth as a lattice, and what its lattice units mean. */
export interface AirflowSection {
  readonly problem: AirflowProblem;
  readonly cellM: number;
  /** m/s of one cell per step. */
  readonly velocityScale: number;
}

/** A car body in section: full width up to the waist, drawn in to the roof. Shares of height and of width. */
const WAIST = 0.6;
const ROOF = 0.7;

/**
 * The booth across, seen along the conveyor: air enters through the whole ceiling and leaves through the grate in the
 * middle of the floor; the body hangs in between. Row 0 is the floor, the last row the ceiling; what lies beside the
 * grid is wall.
 */
export function airflowSection(config: BoothConfig): AirflowSection {
  const { size, air, airflow } = config;
  const { ceilingU, columns: width, rows, steps } = airflowFit(config);
  const height = rows + 2;
  const cellM = 1 / airflow.cellsPerM;
  const cell = new Uint8Array(width * height).fill(FLUID);
  for (let x = 0; x < width; x++) {
    const offCentreM = Math.abs((x + 0.5) * cellM - size.widthM / 2);
    cell[x] = offCentreM <= airflow.grateWidthM / 2 ? OUTLET : WALL;
    cell[(height - 1) * width + x] = INLET;
    for (let row = 1; row < height - 1; row++) {
      const aboveM = (row - 0.5) * cellM - airflow.bodyAboveGrateM;
      if (isBody(offCentreM, aboveM, airflow.bodyWidthM, airflow.bodyHeightM)) cell[row * width + x] = WALL;
    }
  }
  const bodyCells = airflow.bodyWidthM / cellM;
  const viscosity = (ceilingU * bodyCells) / airflow.reynolds;
  return {
    problem: {
      width,
      height,
      cell,
      inletU: [0, -ceilingU],
      tau: 0.5 + 3 * viscosity,
      steps,
    },
    cellM,
    velocityScale: air.downdraftMPerS / ceilingU,
  };
}

function isBody(offCentreM: number, aboveM: number, widthM: number, heightM: number): boolean {
  const share = aboveM / heightM;
  if (share < 0 || share > 1) return false;
  const narrowing = share <= WAIST ? 1 : 1 - ((1 - ROOF) * (share - WAIST)) / (1 - WAIST);
  return offCentreM <= (narrowing * widthM) / 2;
}
