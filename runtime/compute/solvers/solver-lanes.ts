import type { RungError } from "../../core/errors.ts";
import type { KernelControl } from "../kernel.ts";
import type { SolverStep } from "./gpujs/solver-step.ts";

/** A solver as its lanes have it. */
export interface SolverLanes<Problem, Answer> {
  /** Threads of the fast lane for a problem. @throws RungError `solver-input` */
  threads(problem: Problem): number;
  fast(problem: Problem, control: KernelControl): Promise<Answer>;
  /** By gpu.js. @throws RungError `solver-input` where it cannot */
  step(problem: Problem): SolverStep;
  /** @param before the state before the last step */
  read(problem: Problem, after: Float32Array, before: Float32Array): Answer;
  /** What a step means that left what is no number. Default that of any kernel. */
  notFinite?(problem: Problem): RungError;
  /** At most this share of the work, at least one unit of it. @returns it and the share that it truly is */
  part(problem: Problem, share: number): { readonly problem: Problem; readonly share: number };
}
