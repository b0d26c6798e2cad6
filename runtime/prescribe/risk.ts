import { binomialUpperBound } from "../core/statistics/binomial.ts";

/** Confidence at which a risk is bounded. */
export const RISK_CONFIDENCE = 0.95;

/** A share of bodies counted over independent scenarios. */
export interface Risk {
  readonly hits: number;
  readonly runs: number;
  readonly share: number;
  /** The true share is below it with this confidence (Clopper and Pearson 1934, one-sided). */
  readonly upper: number;
  readonly confidence: number;
}

/** What bodies risk under one plan: a node below the least E170; one above the most, or above the hottest metal. */
export interface BodyRisks {
  readonly underCure: Risk;
  readonly overBake: Risk;
}

/** @throws RungError `bad-count` */
export function riskOf(hits: number, runs: number, confidence = RISK_CONFIDENCE): Risk {
  return { hits, runs, share: hits / runs, upper: binomialUpperBound(hits, runs, confidence), confidence };
}

/**
 * Most hits of so many runs whose upper bound keeps a limit; -1 where not even none does.
 * @param limit share in (0, 1)
 */
export function mostHits(limit: number, runs: number, confidence = RISK_CONFIDENCE): number {
  let low = -1;
  let high = Math.ceil(limit * runs);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (binomialUpperBound(middle, runs, confidence) <= limit) low = middle;
    else high = middle;
  }
  return low;
}

/** Fewest runs with which a plan without any hit keeps a limit: ln(1 - confidence) / ln(1 - limit). */
export function fewestRuns(limit: number, confidence = RISK_CONFIDENCE): number {
  return Math.ceil(Math.log1p(-confidence) / Math.log1p(-limit));
}
