import { type HeatPlateProblem, plateFourier } from "../heat-plate.ts";
import { type HeatSlabProblem, slabNumbers, slabStart } from "../heat-slab.ts";
import { type SolverStep, solverStep } from "./solver-step.ts";

/** `face` holds the Fourier number and of each face its Biot number (-1 where it is held) and what it meets. */
const SLAB = `function heatSlabStep(t, face) {
  const i = this.thread.x;
  const last = this.output.x - 1;
  const left = t[Math.max(i - 1, 0)];
  const right = t[Math.min(i + 1, last)];
  const own = t[i];
  let changed = own + face[0] * (left - 2 * own + right);
  if (i === 0) {
    changed = own;
    if (face[1] >= 0) changed = own + 2 * face[0] * (right - own + face[1] * (face[2] - own));
  }
  if (i === last) {
    changed = own;
    if (face[3] >= 0) changed = own + 2 * face[0] * (left - own + face[3] * (face[4] - own));
  }
  return changed;
}`;

/** A step of a slab: its nodes, °C. */
export function heatSlabStep(problem: HeatSlabProblem): SolverStep {
  const { fourier, biot, outsideC } = slabNumbers(problem);
  const shape = [problem.startC.length];
  const face = Float32Array.of(fourier, biot[0], outsideC[0], biot[1], outsideC[1]);
  return solverStep(
    "heat through a slab",
    SLAB,
    [
      { name: "t", shape, values: Float32Array.from(slabStart(problem)), isState: true },
      { name: "face", shape: [5], values: face },
    ],
    shape,
    problem.steps,
  );
}

const PLATE = `function heatPlateStep(t, fourier) {
  const x = this.thread.x;
  const y = this.thread.y;
  const right = this.output.x - 1;
  const top = this.output.y - 1;
  let changed = t[y][x];
  if (x > 0 && x < right && y > 0 && y < top) {
    const beside = t[y][Math.max(x - 1, 0)] + t[y][Math.min(x + 1, right)];
    const across = t[Math.max(y - 1, 0)][x] + t[Math.min(y + 1, top)][x];
    changed = changed + fourier * (beside + across - 4 * changed);
  }
  return changed;
}`;

/** A step of a plate: its nodes, width x height, °C. */
export function heatPlateStep(problem: HeatPlateProblem): SolverStep {
  const shape = [problem.width, problem.height];
  return solverStep(
    "heat in a plate",
    PLATE,
    [
      { name: "t", shape, values: problem.startC, isState: true },
      { name: "fourier", shape: [], values: plateFourier(problem) },
    ],
    shape,
    problem.steps,
  );
}
