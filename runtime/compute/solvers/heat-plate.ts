import { siblingModule } from "../../core/sibling-module.ts";
import type { Kernel } from "../kernel.ts";
import type { SolverPlace, SolverRun } from "./solver-backend.ts";
import { checkCount, checkEach, checkLength, checkWithin, refuse } from "./solver-fault.ts";

/** Conduction in a plate, dT/dt = a (d²T/dx² + d²T/dy²), whose edges are held. */
export interface HeatPlateProblem {
  /** Nodes in each direction, the edges included; at least 3. */
  readonly width: number;
  readonly height: number;
  /** At the start, °C, height x width; the edges keep theirs. */
  readonly startC: Float32Array;
  /** Distance of neighbouring nodes. */
  readonly cellM: number;
  readonly diffusivityM2PerS: number;
  readonly stepS: number;
  readonly steps: number;
  /** Threads to use; the result does not depend on it. Default by the size of the work, at most 2. */
  readonly threads?: number;
  /** Put here by `solve`. */
  readonly place?: SolverPlace;
}

export interface HeatPlate {
  /** After the last step, °C, height x width. */
  readonly temperatureC: Float32Array;
  readonly timeS: number;
}

/** Heat in a plate in the compute child. */
export const HEAT_PLATE: Kernel<HeatPlateProblem, HeatPlate & SolverRun> = {
  name: "heat in a plate",
  module: siblingModule(import.meta.url, "./heat-plate-kernel").href,
};

const WHERE = "heat plate";

/**
 * Fourier number a dt / dx² of a problem that is sound and stable: Fo <= 1/4.
 * @throws RungError `solver-input` naming the value at fault; an unstable step is refused with the longest that is not
 */
export function plateFourier(problem: HeatPlateProblem): number {
  checkCount(WHERE, "width", problem.width, 3);
  checkCount(WHERE, "height", problem.height, 3);
  checkCount(WHERE, "steps", problem.steps, 1);
  checkLength(WHERE, "startC", problem.startC, problem.width * problem.height);
  checkWithin(WHERE, "cellM", problem.cellM, 1e-9, 1e6, "give metres > 0");
  checkWithin(WHERE, "diffusivityM2PerS", problem.diffusivityM2PerS, 1e-12, 1e6, "give m²/s > 0");
  checkWithin(WHERE, "stepS", problem.stepS, 1e-12, 1e12, "give seconds > 0");
  checkEach(WHERE, "startC", problem.startC, -1e6, 1e6, "give temperatures in °C");
  const perS = problem.diffusivityM2PerS / (problem.cellM * problem.cellM);
  const longestS = 0.25 / perS;
  // A step at the very limit may round to a hair above it.
  if (problem.stepS > longestS * (1 + 1e-12))
    refuse(
      WHERE,
      `a step of ${problem.stepS} s is unstable on nodes ${problem.cellM} m apart`,
      `take steps of at most ${longestS.toPrecision(4)} s, or coarser nodes`,
    );
  return problem.stepS * perS;
}
