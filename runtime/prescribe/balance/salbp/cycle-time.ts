import type { EndedBy } from "../balance-problem.ts";
import { Effort, type EffortLimit } from "./effort.ts";
import type { TickLine } from "./precedence-direction.ts";
import { type BothDirections, bothDirections, fewestStations } from "./station-count.ts";

/** What a search for a short cycle came to. */
export interface ShortCycle {
  /** Shortest cycle found, in ticks: the load of its fullest station. */
  readonly cycle?: number;
  readonly station?: Int32Array;
  /** No balance has a shorter cycle. */
  readonly bound: number;
  readonly endedBy: EndedBy;
}

export interface ShortCycleAsked {
  /** Looks for cycles of at most so many ticks; without it the longest that can be needed. */
  readonly atMost?: number;
  /** Is content with a cycle as short as this. */
  readonly enough?: number;
  readonly onBetter?: (cycle: number, bound: number) => void;
}

/**
 * What one cycle time may take of what is left: little in the first round, so that one hard question leaves time for the
 * others, and all of it in the second.
 */
const SHARES = [0.3, 1];

/**
 * Shortest cycle for a number of stations: SALBP-2. Halves the gap between what is ruled out and what is found; each half
 * is a question to the search for stations. A cycle that is not decided in its share is passed over, and asked once more
 * when the others are done.
 */
export function shortestCycle(
  line: TickLine,
  stations: number,
  limit: EffortLimit | Effort = {},
  asked: ShortCycleAsked = {},
  directions: BothDirections = bothDirections(line),
): ShortCycle {
  const effort = limit instanceof Effort ? limit : new Effort(limit);
  const total = line.ticks.reduce((a, b) => a + b, 0);
  let bound = cycleBound(line.ticks, stations);
  /** The longest cycle that is still asked for. */
  let most = Math.min(asked.atMost ?? total, Math.max(1, total));
  let best: { readonly cycle: number; readonly station: Int32Array } | undefined;
  let limitMet: EndedBy = "work";
  const answer = (endedBy: EndedBy): ShortCycle => ({ ...best, bound, endedBy });
  for (const share of SHARES) {
    // Below it this round looks for nothing more, ruled out or passed over.
    let from = bound;
    while (from <= most) {
      const cycle =
        best === undefined && asked.atMost === undefined ? firstTry(from, most) : (from + most) >> 1;
      const part = effort.part(share);
      const count = fewestStations(line, cycle, part, { atMost: stations, enough: stations }, directions);
      if (count.station !== undefined) {
        best = { cycle: longestLoad(line.ticks, count.station), station: count.station };
        most = best.cycle - 1;
        asked.onBetter?.(best.cycle, bound);
        if (best.cycle <= (asked.enough ?? 0)) return answer("proof");
      } else {
        if (count.bound > stations) bound = cycle + 1;
        else limitMet = count.endedBy;
        from = cycle + 1;
      }
      const spent = effort.spent();
      if (spent !== undefined && bound <= most) return answer(spent);
    }
    if (bound > most) return answer("proof");
  }
  return answer(limitMet);
}

/** A cycle that is likely to do, by a twentieth above what is ruled out, so that the first answers come soon. */
function firstTry(from: number, most: number): number {
  return Math.min(most, from + Math.max(1, Math.floor(from / 20)));
}

/**
 * Shorter no cycle can be: the longest task, the mean load, and two, three, ... of the longest tasks that must share a
 * station as there are more of them than stations (Scholl 1999).
 */
export function cycleBound(ticks: Int32Array, stations: number): number {
  const sorted = ticks.toSorted((a, b) => b - a);
  const total = ticks.reduce((a, b) => a + b, 0);
  let bound = Math.max(1, sorted[0]!, Math.ceil(total / stations));
  for (let k = 1; k * stations < sorted.length; k++) {
    let sum = 0;
    for (let i = 0; i <= k; i++) sum += sorted[k * stations - i]!;
    bound = Math.max(bound, sum);
  }
  return bound;
}

/** The load of the fullest station. */
export function longestLoad(ticks: Int32Array, station: Int32Array): number {
  const loads = new Map<number, number>();
  for (const [task, at] of station.entries()) loads.set(at, (loads.get(at) ?? 0) + ticks[task]!);
  return Math.max(...loads.values());
}
