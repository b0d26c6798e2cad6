import type { Kernel, KernelControl } from "../../compute/kernel.ts";
import { run as solveAirflow } from "../../compute/solvers/airflow-kernel.ts";
import type { SolverPlace, SolverRun } from "../../compute/solvers/solver-backend.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import { type AirflowPicture, airflowPicture } from "./airflow-picture.ts";
import { airflowSection } from "./airflow-section.ts";
import type { BoothConfig } from "./booth-fields.ts";

export interface AirflowOrder {
  readonly booth: BoothConfig;
  /** True for the whole field as well: for a file, not for a message. */
  readonly wantsField: boolean;
  /** Put here by `solve`. */
  readonly place?: SolverPlace;
}

/** The whole field, rows x columns from the floor up, m/s. */
export interface AirflowField {
  readonly columns: number;
  readonly rows: number;
  readonly cellM: number;
  readonly right: Float32Array;
  readonly up: Float32Array;
}

export interface AirflowAnswer {
  readonly picture: AirflowPicture;
  readonly field?: AirflowField;
}

/** The booth's airflow in the compute child: the lattice stays there, only the picture comes back. */
export const BOOTH_AIRFLOW: Kernel<AirflowOrder, AirflowAnswer & SolverRun> = {
  name: "booth airflow",
  module: siblingModule(import.meta.url, "./airflow-kernel").href,
};

export async function run(
  { booth, wantsField, place }: AirflowOrder,
  control: KernelControl,
): Promise<AirflowAnswer & SolverRun> {
  const section = airflowSection(booth);
  const flow = await solveAirflow({ ...section.problem, ...(place === undefined ? {} : { place }) }, control);
  const { backend, status } = flow;
  const picture = airflowPicture(booth, section, flow);
  if (!wantsField) return { picture, backend, status };
  const { width, height } = section.problem;
  const room = (field: Float32Array): Float32Array =>
    field.slice(width, (height - 1) * width).map((u) => u * section.velocityScale);
  return {
    picture,
    backend,
    status,
    field: {
      columns: width,
      rows: height - 2,
      cellM: section.cellM,
      right: room(flow.ux),
      up: room(flow.uy),
    },
  };
}
