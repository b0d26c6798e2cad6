import type { BoothConfig } from "./booth-fields.ts";
import type { OutOfReach } from "./set-point-reach.ts";

/** Lattice speed where the section is narrowest, cells per step; peaks beside it stay below the lattice's 0.1. */
const NARROWEST_U = 0.0625;
/** The run ends after the air could have crossed the booth this often. */
const CROSSINGS = 8;
/** Reynolds number per cell, at the narrowest place, beyond which the lattice's flow blows up; tried on such sections. */
const MOST_CELL_REYNOLDS = 9;
/** About a minute on the slowest lane. */
const MOST_CELL_STEPS = 1.5e9;

/** How a section is laid on the lattice. */
export interface AirflowFit {
  /** Cells per step through the ceiling. */
  readonly ceilingU: number;
  readonly steps: number;
  /** Without the rows of floor and ceiling. */
  readonly columns: number;
  readonly rows: number;
}

/** How much faster the air goes at the narrowest place than through the ceiling: beside the body or in the grate. */
const squeeze = ({ size, airflow }: BoothConfig): number =>
  size.widthM / Math.min(airflow.grateWidthM, size.widthM - airflow.bodyWidthM);

export function airflowFit(config: BoothConfig): AirflowFit {
  const { size, airflow } = config;
  const ceilingU = NARROWEST_U / squeeze(config);
  const columns = Math.max(8, Math.round(size.widthM * airflow.cellsPerM));
  const rows = Math.max(8, Math.round(size.heightM * airflow.cellsPerM));
  return { ceilingU, columns, rows, steps: Math.ceil((CROSSINGS * rows) / ceilingU) };
}

/** What keeps the section from being computed; empty where nothing does. */
export function airflowFaults(config: BoothConfig): OutOfReach[] {
  const { size, airflow } = config;
  const found: OutOfReach[] = [];
  const add = (what: string, advice: string): void => {
    found.push({ section: "airflow", what, advice });
  };
  const fits = (value: number, limit: number, what: string, parameter: string): void => {
    if (value > limit)
      add(`${what}, got ${value} m in ${Number(limit.toPrecision(6))} m`, `parameter ${parameter}`);
  };
  const topM = airflow.bodyAboveGrateM + airflow.bodyHeightM;
  fits(airflow.grateWidthM, size.widthM, "the grate must fit into the booth's width", "grateWidthM");
  fits(airflow.bodyWidthM, 0.8 * size.widthM, "the body must leave air at its sides", "bodyWidthM");
  fits(topM, 0.9 * size.heightM, "the body must leave air above it", "bodyHeightM");
  if (found.length > 0) return found;
  const least = (airflow.reynolds * squeeze(config)) / (MOST_CELL_REYNOLDS * airflow.bodyWidthM);
  if (airflow.cellsPerM < least) {
    add(
      `a picture at Reynolds number ${airflow.reynolds} needs at least ${Math.ceil(least)} cells per m, got ${airflow.cellsPerM}`,
      "make the cells finer (parameter cellsPerM) or lower the Reynolds number",
    );
  }
  const { columns, rows, steps } = airflowFit(config);
  if (columns * rows * steps > MOST_CELL_STEPS) {
    add(
      `${columns} x ${rows} cells in ${steps.toLocaleString("en")} steps take too long`,
      "make the cells coarser (parameter cellsPerM)",
    );
  }
  return found;
}
