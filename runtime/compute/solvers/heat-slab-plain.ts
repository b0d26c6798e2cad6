import { type HeatSlab, type HeatSlabProblem, slabNumbers, slabStart } from "./heat-slab.ts";

/** The slab's plain lane: the same scheme node by node, the reference of the others. */
export function heatSlabPlain(problem: HeatSlabProblem): HeatSlab {
  const { fourier, biot, outsideC } = slabNumbers(problem);
  let now: Float64Array = slabStart(problem);
  let next: Float64Array = now.slice();
  const last = now.length - 1;
  const face = (own: number, inner: number, side: 0 | 1): number =>
    biot[side] < 0 ? own : own + 2 * fourier * (inner - own + biot[side] * (outsideC[side] - own));
  for (let step = 0; step < problem.steps; step++) {
    for (let i = 1; i < last; i++) next[i] = now[i]! + fourier * (now[i - 1]! - 2 * now[i]! + now[i + 1]!);
    next[0] = face(now[0]!, now[1]!, 0);
    next[last] = face(now[last]!, now[last - 1]!, 1);
    [now, next] = [next, now];
  }
  return { temperatureC: now, timeS: problem.steps * problem.stepS };
}
