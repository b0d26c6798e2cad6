import { siblingModule } from "../../core/sibling-module.ts";
import type { Kernel } from "../kernel.ts";
import type { SolverPlace, SolverRun } from "./solver-backend.ts";
import { checkCount, checkEach, checkWithin, refuse } from "./solver-fault.ts";

/** What a face of a slab meets: a temperature that holds it, or air that flows past it. */
export type SlabFace =
  | { readonly heldC: number }
  | { readonly airC: number; readonly heatTransferWPerM2K: number };

/** Conduction through a slab, dT/dt = a d²T/dx², on nodes evenly spread from face to face. */
export interface HeatSlabProblem {
  readonly thicknessM: number;
  readonly diffusivityM2PerS: number;
  /** Needed where a face meets air. */
  readonly conductivityWPerMK?: number;
  /** At the start, °C, one per node, the first on the left face and the last on the right one; at least 3. */
  readonly startC: Float64Array;
  readonly left: SlabFace;
  readonly right: SlabFace;
  readonly stepS: number;
  readonly steps: number;
  /** Put here by `solve`. */
  readonly place?: SolverPlace;
}

export interface HeatSlab {
  /** After the last step, °C, one per node. */
  readonly temperatureC: Float64Array;
  readonly timeS: number;
}

/** Heat through a slab in the compute child. */
export const HEAT_SLAB: Kernel<HeatSlabProblem, HeatSlab & SolverRun> = {
  name: "heat through a slab",
  module: siblingModule(import.meta.url, "./heat-slab-kernel").href,
};

/** The dimensionless numbers that the explicit scheme works with. */
export interface SlabNumbers {
  /** a dt / dx². */
  readonly fourier: number;
  /** h dx / k of the left and right face; -1 where it is held. */
  readonly biot: readonly [number, number];
  /** Temperature of what each face meets, °C. */
  readonly outsideC: readonly [number, number];
}

const WHERE = "heat slab";

/**
 * Numbers of a problem that is sound and stable: Fo <= 1/2 inside, and Fo (1 + Bi) <= 1/2 at a face in air.
 * @throws RungError `solver-input` naming the value at fault; an unstable step is refused with the longest that is not
 */
export function slabNumbers(problem: HeatSlabProblem): SlabNumbers {
  const nodes = problem.startC.length;
  checkCount(WHERE, "number of nodes", nodes, 3);
  checkCount(WHERE, "steps", problem.steps, 1);
  checkWithin(WHERE, "thicknessM", problem.thicknessM, 1e-9, 1e6, "give metres > 0");
  checkWithin(WHERE, "diffusivityM2PerS", problem.diffusivityM2PerS, 1e-12, 1e6, "give m²/s > 0");
  checkWithin(WHERE, "stepS", problem.stepS, 1e-12, 1e12, "give seconds > 0");
  checkEach(WHERE, "startC", problem.startC, -1e6, 1e6, "give temperatures in °C");
  const cellM = problem.thicknessM / (nodes - 1);
  const perS = problem.diffusivityM2PerS / (cellM * cellM);
  const faces = [problem.left, problem.right].map((face) => faceOf(problem, face, cellM));
  const steepest = Math.max(...faces.map(({ biot }) => 1 + Math.max(0, biot)));
  const longestS = 0.5 / (perS * steepest);
  // A step at the very limit may round to a hair above it.
  if (problem.stepS > longestS * (1 + 1e-12))
    refuse(
      WHERE,
      `a step of ${problem.stepS} s is unstable on nodes ${cellM} m apart`,
      `take steps of at most ${longestS.toPrecision(4)} s, or fewer nodes`,
    );
  return {
    fourier: problem.stepS * perS,
    biot: [faces[0]!.biot, faces[1]!.biot],
    outsideC: [faces[0]!.outsideC, faces[1]!.outsideC],
  };
}

function faceOf(problem: HeatSlabProblem, face: SlabFace, cellM: number): { biot: number; outsideC: number } {
  if ("heldC" in face) {
    checkWithin(WHERE, "heldC", face.heldC, -1e6, 1e6, "give a temperature in °C");
    return { biot: -1, outsideC: face.heldC };
  }
  checkWithin(WHERE, "airC", face.airC, -1e6, 1e6, "give a temperature in °C");
  checkWithin(WHERE, "heatTransferWPerM2K", face.heatTransferWPerM2K, 0, 1e9, "give W/(m² K), >= 0");
  const conductivity = problem.conductivityWPerMK ?? Number.NaN;
  checkWithin(WHERE, "conductivityWPerMK", conductivity, 1e-9, 1e9, "a face in air needs W/(m K) > 0");
  return { biot: (face.heatTransferWPerM2K * cellM) / conductivity, outsideC: face.airC };
}

/** Start with held faces at their temperatures. */
export function slabStart(problem: HeatSlabProblem): Float64Array {
  const start = Float64Array.from(problem.startC);
  if ("heldC" in problem.left) start[0] = problem.left.heldC;
  if ("heldC" in problem.right) start[start.length - 1] = problem.right.heldC;
  return start;
}
