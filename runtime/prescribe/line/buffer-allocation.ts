import { RungError } from "../../core/errors.ts";
import { type ContestOptions, type Ranking, rankByOcba } from "./ocba.ts";

export interface BufferProblem {
  /** Buffers that share the places. */
  readonly buffers: number;
  /** Places in all. */
  readonly places: number;
  /** Parts per hour, or any figure of which more is better, of one replication with so many places in each buffer. */
  throughput(places: readonly number[], replication: number): number;
}

export interface BufferOptions extends Partial<ContestOptions> {
  /** Replications by which a search compares two neighbours. */
  readonly look?: number;
  /** Allocations that are ranked at the end. */
  readonly finalists?: number;
}

export interface BufferAllocation {
  readonly places: readonly number[];
  /** All that were ranked at the end, in the order of `ranking.figures`. */
  readonly candidates: readonly (readonly number[])[];
  readonly ranking: Ranking;
  /** Every way to share the places out was ranked; else a search chose the candidates. */
  readonly isExhaustive: boolean;
}

/** Up to so many ways to share places out, all are ranked. */
const MOST_RANKED = 200;
const LOOK = 8;
const FINALISTS = 30;

/**
 * Shares buffer places out so that a line makes most. Few ways are ranked all; among many a search moves one place at a
 * time, or half of a buffer's, from one buffer to another as long as that helps (by common random numbers), from an even
 * start and from one that favours the middle (Hillier, So and Boling, Management Science 39, 1993: the "inverted bowl"), and the best
 * it met are ranked.
 * @throws RungError `buffer-allocation`, `contest`
 */
export function allocateBuffers(problem: BufferProblem, options: BufferOptions = {}): BufferAllocation {
  const { buffers, places } = problem;
  if (!(Number.isInteger(buffers) && buffers >= 1 && Number.isInteger(places) && places >= 0)) {
    throw new RungError({
      code: "buffer-allocation",
      where: "buffer allocation",
      what: `${places} places cannot be shared out among ${buffers} buffers`,
      advice: "whole numbers, at least one buffer",
    });
  }
  const isExhaustive = waysToShare(buffers, places) <= MOST_RANKED;
  const candidates = isExhaustive ? [...everyWay(buffers, places)] : searched(problem, options);
  const ranking = rankByOcba(
    {
      alternatives: candidates.length,
      figure: (i, replication) => problem.throughput(candidates[i]!, replication),
    },
    options,
  );
  return { places: candidates[ranking.best]!, candidates, ranking, isExhaustive };
}

/** Binomial coefficient of places + buffers - 1 over buffers - 1; `Infinity` where it is beyond counting. */
export function waysToShare(buffers: number, places: number): number {
  let ways = 1;
  for (let k = 1; k < buffers; k++) ways = (ways * (places + k)) / k;
  return Math.round(ways);
}

/** Every way to share places out, the first buffer's places growing last. */
export function* everyWay(buffers: number, places: number): Generator<number[]> {
  if (buffers === 1) {
    yield [places];
    return;
  }
  for (let first = 0; first <= places; first++)
    for (const rest of everyWay(buffers - 1, places - first)) yield [first, ...rest];
}

function searched(problem: BufferProblem, { look = LOOK, finalists = FINALISTS }: BufferOptions): number[][] {
  const met = new Map<string, { readonly places: number[]; readonly figure: number }>();
  const figureOf = (places: number[]): number => {
    const key = places.join();
    let known = met.get(key);
    if (known === undefined) {
      let sum = 0;
      for (let replication = 0; replication < look; replication++)
        sum += problem.throughput(places, replication);
      known = { places, figure: sum / look };
      met.set(key, known);
    }
    return known.figure;
  };
  for (const start of [evenShare(problem), middleShare(problem)]) {
    let here = start;
    for (;;) {
      const better = neighbours(here).reduce(
        (best, next) => (figureOf(next) > figureOf(best) ? next : best),
        here,
      );
      if (better === here) break;
      here = better;
    }
  }
  return [...met.values()]
    .sort((a, b) => b.figure - a.figure)
    .slice(0, finalists)
    .map(({ places }) => places);
}

function neighbours(places: readonly number[]): number[][] {
  const found: number[][] = [];
  for (let from = 0; from < places.length; from++)
    for (let to = 0; to < places.length; to++) {
      if (from === to) continue;
      for (const moved of new Set([1, places[from]! >> 1])) {
        if (moved < 1 || moved > places[from]!) continue;
        const next = [...places];
        next[from]! -= moved;
        next[to]! += moved;
        found.push(next);
      }
    }
  return found;
}

function evenShare({ buffers, places }: BufferProblem): number[] {
  return Array.from({ length: buffers }, (_, i) => Math.floor((places + i) / buffers));
}

/** Weights that grow towards the middle; what rounding leaves goes there too. */
function middleShare({ buffers, places }: BufferProblem): number[] {
  const weights = Array.from({ length: buffers }, (_, i) => 1 + Math.min(i, buffers - 1 - i) / buffers);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const share = weights.map((weight) => Math.floor((places * weight) / sum));
  share[buffers >> 1]! += places - share.reduce((total, each) => total + each, 0);
  return share;
}
