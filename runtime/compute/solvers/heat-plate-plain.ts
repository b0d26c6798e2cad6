import { type HeatPlateProblem, plateFourier } from "./heat-plate.ts";

/** The plate's plain lane: node by node in double precision, the reference of the others. °C, height x width. */
export function heatPlatePlain(problem: HeatPlateProblem): Float64Array {
  const fourier = plateFourier(problem);
  const { width, height } = problem;
  let now = Float64Array.from(problem.startC);
  let next = now.slice();
  for (let step = 0; step < problem.steps; step++) {
    for (let y = 1; y < height - 1; y++) {
      for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
        const around = now[at - 1]! + now[at + 1]! + now[at - width]! + now[at + width]!;
        next[at] = now[at]! + fourier * (around - 4 * now[at]!);
      }
    }
    [now, next] = [next, now];
  }
  return now;
}
