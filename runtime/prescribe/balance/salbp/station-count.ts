import type { EndedBy } from "../balance-problem.ts";
import { fitsBins } from "./bin-packing.ts";
import { Effort, type EffortLimit } from "./effort.ts";
import { hoffmann, hoffmannRules } from "./hoffmann.ts";
import { PrecedenceDirection, type TickLine } from "./precedence-direction.ts";
import { bestDualFeasible, ceilDivide, halves, stationsOf, thirds } from "./station-bounds.ts";
import { type SearchBounds, StationSearch } from "./station-search.ts";

/** What a search for few stations came to. */
export interface StationCount {
  /** Fewest stations found; undefined where none as few as asked was found. */
  readonly stations?: number;
  /** Station of each task, from 0. */
  readonly station?: Int32Array;
  /** No balance has fewer stations. Above the number asked it is the proof that there is none. */
  readonly bound: number;
  readonly endedBy: EndedBy;
}

export interface StationCountAsked {
  /** Looks for balances with at most as many stations; default as many as tasks. */
  readonly atMost?: number;
  /** Is content with as many, without asking for fewer. */
  readonly enough?: number;
  /** Hears of each better answer. */
  readonly onBetter?: (stations: number, bound: number) => void;
}

/** Bins of a root node are packed exactly for so many steps; what is not decided by then seldom is. */
const MOST_PACKING_STEPS = 300_000;
/** Loads a station of the heuristics; time for more of them is spent better on the search. */
const HEURISTIC_LOADS = 20;
const CYCLIC_LOADS = 10_000;

/** A graph from both ends, made once for searches with several cycle times. */
export type BothDirections = readonly [PrecedenceDirection, PrecedenceDirection];

export function bothDirections(line: TickLine): BothDirections {
  return [new PrecedenceDirection(line, false), new PrecedenceDirection(line, true)];
}

/**
 * Fewest stations for a cycle time: SALBP-1. Bounds first, then heuristics, then branch, bound and remember from the
 * narrower end of the line and, where that takes half of what may be spent, from the other.
 * @param cycle ticks, at least the longest task
 */
export function fewestStations(
  line: TickLine,
  cycle: number,
  limit: EffortLimit | Effort = {},
  asked: StationCountAsked = {},
  directions: BothDirections = bothDirections(line),
): StationCount {
  const effort = limit instanceof Effort ? limit : new Effort(limit);
  const bounds: SearchBounds = {
    halves: halves(line.ticks, cycle),
    thirds: thirds(line.ticks, cycle),
    dualFeasible: bestDualFeasible(line.ticks, cycle),
  };
  const total = line.ticks.reduce((a, b) => a + b, 0);
  const sums = [bounds.halves, bounds.thirds, bounds.dualFeasible].map(stationsOf);
  let bound = Math.max(1, ceilDivide(total, cycle), ...sums);
  const atMost = Math.min(asked.atMost ?? line.ticks.length, line.ticks.length);
  let below = atMost + 1;
  let best: Int32Array | undefined;
  const enough = (): number => Math.max(bound, asked.enough ?? 0);
  const settled = (): boolean => below <= enough() || bound > atMost;

  const better = (stations: number, station: Int32Array, reversed: boolean): void => {
    below = stations;
    best = reversed ? station.map((at) => stations - 1 - at) : station;
    asked.onBetter?.(stations, bound);
  };
  const answer = (endedBy: EndedBy): StationCount => {
    const found = best === undefined ? {} : { stations: below, station: best };
    return { ...found, bound, endedBy };
  };
  const [forward, backward] = directions;
  const ends =
    backward.breadth(line.ticks, cycle) < forward.breadth(line.ticks, cycle)
      ? [backward, forward]
      : directions;

  for (const rule of hoffmannRules(HEURISTIC_LOADS)) {
    for (const end of ends) {
      if (settled() || effort.spent() !== undefined) break;
      const station = hoffmann(line, end, cycle, rule, below, effort);
      if (station !== undefined) better(Math.max(...station) + 1, station, end.reversed);
    }
  }
  while (!settled() && bound < below) {
    if (fitsBins(line.ticks, cycle, bound, MOST_PACKING_STEPS, effort) !== false) break;
    bound++;
  }
  if (settled()) return answer("proof");

  let ended: EndedBy = effort.spent() ?? "work";
  for (const [i, end] of ends.entries()) {
    if (effort.spent() !== undefined) break;
    const part = i === 0 ? effort.part(0.5) : effort;
    const search = new StationSearch(line, end, cycle, bounds, part);
    for (const order of ["cyclic-best-first", "breadth-first"] as const) {
      const mostLoads = order === "breadth-first" ? Number.POSITIVE_INFINITY : CYCLIC_LOADS;
      const {
        stations,
        station,
        complete,
        limit: reached,
      } = search.run({ order, mostLoads }, below, enough());
      if (stations !== undefined) better(stations, station!, end.reversed);
      if (complete) bound = below;
      if (settled()) return answer("proof");
      if (reached !== undefined) ended = reached;
      if (part.spent() !== undefined) break;
    }
  }
  return answer(effort.spent() ?? ended);
}
