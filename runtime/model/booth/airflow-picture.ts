import { type Airflow, FLUID } from "../../compute/solvers/lattice-boltzmann.ts";
import { type Residence, residence } from "./airflow-paths.ts";
import type { AirflowSection } from "./airflow-section.ts";
import type { BoothConfig } from "./booth-fields.ts";

/** Kinematic viscosity of air at 20 °C, m²/s. */
const AIR_VISCOSITY_M2_PER_S = 1.51e-5;
/** Columns and rows of a picture at most, so that it fits into a message (about 30 kB as JSON). */
const MOST_COLUMNS = 60;
const MOST_ROWS = 48;
/** The air this close above and beside the body counts as at the body, m. */
const NEAR_M = 0.3;
/** Air that rises faster than this share of the down-draft flows back. */
const BACKFLOW = 0.02;

/**
 * The mean flow across the booth, coarse enough for a message. A picture of where the air goes round the body, where
 * it turns back and where the down-draft is weak. It is computed at a far lower Reynolds number than the booth's (both
 * are told), as if air were `viscosityRatio` times as viscous, about what turbulence does to a mean flow. It holds no
 * turbulence, no droplets, no heat and no third dimension: it is no proof of capture, of film or of safety.
 */
export interface AirflowPicture {
  readonly kind: "booth-airflow";
  readonly booth: string;
  readonly columns: number;
  readonly rows: number;
  /** Side of one picture cell, m. */
  readonly cellM: number;
  /** rows x columns, row 0 at the floor, mm/s; null where the body or the floor is. */
  readonly speedMmPerS: readonly (number | null)[];
  readonly downMmPerS: readonly (number | null)[];
  /** Mean down-draft over the body's width just above it, and just beside its flanks, m/s. */
  readonly aboveBodyMPerS: number;
  readonly besideBodyMPerS: number;
  /** Share of the section in which air rises. */
  readonly recirculatingPercent: number;
  /** Volume over flow. */
  readonly meanResidenceS: number;
  readonly residence: Residence;
  readonly reynoldsSimulated: number;
  readonly reynoldsReal: number;
  readonly viscosityRatio: number;
  readonly steps: number;
  /** Largest change of a velocity in the last step, share of the down-draft: how far from steady. */
  readonly changePerStep: number;
}

/** Reads figures and picture off a computed flow, by similarity: lengths by cells, speeds by the down-draft. */
export function airflowPicture(
  config: BoothConfig,
  { problem, cellM, velocityScale }: AirflowSection,
  flow: Airflow,
): AirflowPicture {
  const { airflow, air, size } = config;
  const { width, height, cell } = problem;
  const toMPerS = (field: Float32Array): Float32Array => field.map((u) => u * velocityScale);
  const [ux, uy] = [toMPerS(flow.ux), toMPerS(flow.uy)];
  const meanDown = (isAt: (offCentreM: number, aboveGrateM: number) => boolean): number => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < cell.length; i++) {
      if (cell[i] !== FLUID) continue;
      const offCentreM = Math.abs(((i % width) + 0.5) * cellM - size.widthM / 2);
      if (!isAt(offCentreM, (Math.floor(i / width) - 0.5) * cellM)) continue;
      sum -= uy[i]!;
      count += 1;
    }
    return count === 0 ? 0 : sum / count;
  };
  const halfWidthM = airflow.bodyWidthM / 2;
  const roofM = airflow.bodyAboveGrateM + airflow.bodyHeightM;
  const fluid = cell.reduce((count, kind) => count + (kind === FLUID ? 1 : 0), 0);
  const rising = cell.reduce(
    (count, kind, i) => count + (kind === FLUID && uy[i]! > BACKFLOW * air.downdraftMPerS ? 1 : 0),
    0,
  );
  const meanResidenceS = (fluid * cellM * cellM) / (air.downdraftMPerS * width * cellM);
  const reynoldsReal = (air.downdraftMPerS * airflow.bodyWidthM) / AIR_VISCOSITY_M2_PER_S;
  return {
    kind: "booth-airflow",
    booth: config.name,
    ...coarse(cell, width, height, cellM, ux, uy),
    aboveBodyMPerS: meanDown((x, z) => x <= halfWidthM && z > roofM && z <= roofM + NEAR_M),
    besideBodyMPerS: meanDown(
      (x, z) => x > halfWidthM && x <= halfWidthM + NEAR_M && z >= airflow.bodyAboveGrateM && z <= roofM,
    ),
    recirculatingPercent: (100 * rising) / fluid,
    meanResidenceS,
    residence: residence(problem, cellM, ux, uy, meanResidenceS),
    reynoldsSimulated: airflow.reynolds,
    reynoldsReal,
    viscosityRatio: reynoldsReal / airflow.reynolds,
    steps: flow.steps,
    changePerStep: (flow.change * velocityScale) / air.downdraftMPerS,
  };
}

/** Block means; a block that is mostly no air is none. */
function coarse(
  cell: Uint8Array,
  width: number,
  height: number,
  cellM: number,
  ux: Float32Array,
  uy: Float32Array,
): Pick<AirflowPicture, "columns" | "rows" | "cellM" | "speedMmPerS" | "downMmPerS"> {
  const block = Math.max(1, Math.ceil(width / MOST_COLUMNS), Math.ceil((height - 2) / MOST_ROWS));
  const columns = Math.ceil(width / block);
  const rows = Math.ceil((height - 2) / block);
  const speedMmPerS: (number | null)[] = [];
  const downMmPerS: (number | null)[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let [cells, fluid, speed, down] = [0, 0, 0, 0];
      // The rows of floor and ceiling are not part of the room.
      for (let y = 1 + row * block; y < Math.min(1 + (row + 1) * block, height - 1); y++) {
        for (let x = column * block; x < Math.min((column + 1) * block, width); x++) {
          const i = y * width + x;
          cells += 1;
          if (cell[i] !== FLUID) continue;
          fluid += 1;
          speed += Math.hypot(ux[i]!, uy[i]!);
          down -= uy[i]!;
        }
      }
      const isAir = 2 * fluid >= cells;
      speedMmPerS.push(isAir ? Math.round((1000 * speed) / fluid) : null);
      // -0 would be written as 0 and read back as another number.
      downMmPerS.push(isAir ? Math.round((1000 * down) / fluid) + 0 : null);
    }
  }
  return { columns, rows, cellM: block * cellM, speedMmPerS, downMmPerS };
}
