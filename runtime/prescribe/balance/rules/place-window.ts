import type { BalanceProblem } from "../balance-problem.ts";
import type { LoadRow } from "../load-rows.ts";
import { PrecedenceDirection } from "../salbp/precedence-direction.ts";
import { tickArcs } from "../tick-line.ts";

/** First and last place where each task can stand, from what comes before it and after it. */
export interface PlaceWindow {
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/**
 * Windows of a line with so many places, each of which has at most `copies` cycle times for a piece: the work up to a task
 * fills the places before it, the work from it on those after it.
 */
export function placeWindow(
  problem: BalanceProblem,
  loads: readonly LoadRow[],
  copies: number,
  places: number,
): PlaceWindow {
  const arcs = tickArcs(problem);
  const filled = (reversed: boolean): number[] => {
    const needed = loads.map(({ ticks, capacityTicks }) => {
      const line = { ticks: Int32Array.from(ticks), arcs };
      const { positionalWeight } = new PrecedenceDirection(line, reversed);
      return Array.from(positionalWeight, (work) =>
        work === 0 ? 1 : Math.ceil(work / (capacityTicks * copies)),
      );
    });
    return problem.tasks.map((_, task) => Math.max(...needed.map((ofRow) => ofRow[task]!)));
  };
  return {
    first: filled(true).map((count) => count - 1),
    last: filled(false).map((count) => places - count),
  };
}
