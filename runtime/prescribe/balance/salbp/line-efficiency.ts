import type { EndedBy } from "../balance-problem.ts";
import { cycleBound, shortestCycle } from "./cycle-time.ts";
import { Effort, type EffortLimit } from "./effort.ts";
import type { TickLine } from "./precedence-direction.ts";
import { bothDirections } from "./station-count.ts";

/** What a line may be like. */
export interface EfficiencyRange {
  readonly fewestStations: number;
  readonly mostStations: number;
  /** Ticks. */
  readonly shortestCycle: number;
  readonly longestCycle: number;
}

/** The line of the least paid time a piece. */
export interface EfficientLine {
  readonly stations?: number;
  /** Ticks. */
  readonly cycle?: number;
  readonly station?: Int32Array;
  /** No line of the range pays fewer ticks for a piece: stations times cycle. */
  readonly bound: number;
  readonly endedBy: EndedBy;
}

/**
 * Least stations times cycle in a range: SALBP-E. Every number of stations has a least cycle and with it a bound; they are
 * worked through from the least bound on, each looking only for cycles that would make it the best.
 * @returns no line where the range holds none, proved by a bound of infinity
 */
export function mostEfficientLine(
  line: TickLine,
  range: EfficiencyRange,
  limit: EffortLimit = {},
  onBetter?: (paid: number, bound: number) => void,
): EfficientLine {
  const effort = new Effort(limit);
  const directions = bothDirections(line);
  const bounds = new Map<number, number>();
  for (let stations = range.fewestStations; stations <= range.mostStations; stations++) {
    const cycle = Math.max(range.shortestCycle, cycleBound(line.ticks, stations));
    if (cycle <= range.longestCycle) bounds.set(stations, stations * cycle);
  }
  const open = new Set(bounds.keys());
  let best: { readonly stations: number; readonly cycle: number; readonly station: Int32Array } | undefined;
  let ended: EndedBy = "proof";
  const paid = (): number => (best === undefined ? Number.POSITIVE_INFINITY : best.stations * best.cycle);
  const bound = (): number => Math.min(paid(), ...bounds.values());
  for (;;) {
    const [stations] = [...open].sort((a, b) => bounds.get(a)! - bounds.get(b)! || a - b);
    if (stations === undefined || bounds.get(stations)! >= paid()) break;
    open.delete(stations);
    const atMost = Math.min(range.longestCycle, Math.ceil(paid() / stations) - 1);
    // Half of what is left: the bounds say where the best line most likely lies.
    const answer = shortestCycle(
      line,
      stations,
      effort.part(0.5),
      { ...(Number.isFinite(atMost) ? { atMost } : {}), enough: range.shortestCycle },
      directions,
    );
    if (answer.station !== undefined) {
      best = { stations, cycle: Math.max(range.shortestCycle, answer.cycle!), station: answer.station };
      onBetter?.(paid(), bound());
    }
    const shorter = Math.max(range.shortestCycle, answer.bound);
    // Nothing up to atMost: what is left of this number of stations is too long, or pays no less than the best.
    bounds.set(stations, shorter > atMost ? Number.POSITIVE_INFINITY : stations * shorter);
    if (answer.endedBy !== "proof") ended = answer.endedBy;
  }
  return { ...best, bound: bound(), endedBy: bound() >= paid() ? "proof" : ended };
}
