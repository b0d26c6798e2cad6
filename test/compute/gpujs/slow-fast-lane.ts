import { setTimeout as pause } from "node:timers/promises";
import type { KernelControl } from "../../../runtime/compute/kernel.ts";
import { heatPlateStep } from "../../../runtime/compute/solvers/gpujs/heat.ts";
import type { HeatPlateProblem } from "../../../runtime/compute/solvers/heat-plate.ts";
import { heatPlatePlain } from "../../../runtime/compute/solvers/heat-plate-plain.ts";
import { runSolver } from "../../../runtime/compute/solvers/run-solver.ts";
import type { SolverRun } from "../../../runtime/compute/solvers/solver-backend.ts";
import type { SolverLanes } from "../../../runtime/compute/solvers/solver-lanes.ts";
import { stepsPart } from "../../../runtime/compute/solvers/steps-part.ts";

export interface SlowAnswer {
  readonly temperatureC: Float32Array;
  /** Steps that the fast lane was asked for, call by call. */
  readonly fastSteps: readonly number[];
}

/** A plate whose fast lane takes a second a step, so that any GPU is faster. */
export function run(problem: HeatPlateProblem, control: KernelControl): Promise<SlowAnswer & SolverRun> {
  const fastSteps: number[] = [];
  const lanes: SolverLanes<HeatPlateProblem, SlowAnswer> = {
    threads: () => 1,
    fast: async (part) => {
      fastSteps.push(part.steps);
      await pause(1000 * part.steps);
      return { temperatureC: Float32Array.from(heatPlatePlain(part)), fastSteps };
    },
    step: heatPlateStep,
    read: (_, temperatureC) => ({ temperatureC, fastSteps }),
    part: stepsPart,
  };
  return runSolver(lanes, problem, control);
}
