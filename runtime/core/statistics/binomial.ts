import { RungError } from "../errors.ts";
import { inverseIncompleteBeta } from "./incomplete-beta.ts";

function check(hits: number, trials: number): void {
  if (!(trials > 0) || !(hits >= 0) || hits > trials) {
    throw new RungError({
      code: "bad-count",
      where: "binomial bounds",
      what: `${hits} of ${trials} is no count`,
      advice: "give 0 <= hits <= trials and trials > 0",
    });
  }
}

/**
 * Exact two-sided interval of a proportion (Clopper and Pearson 1934). Fractional counts are allowed, so that
 * correlated trials can enter with their effective number.
 * @param level confidence, 0.95 by default: each side keeps (1 - level) / 2
 * @returns bounds in [0, 1]
 * @throws RungError `bad-count`
 */
export function binomialInterval(
  hits: number,
  trials: number,
  level = 0.95,
): { readonly low: number; readonly high: number } {
  check(hits, trials);
  const tail = (1 - level) / 2;
  return {
    low: hits === 0 ? 0 : inverseIncompleteBeta(tail, hits, trials - hits + 1),
    high: hits === trials ? 1 : inverseIncompleteBeta(1 - tail, hits + 1, trials - hits),
  };
}

/** Exact one-sided upper bound of a proportion: the true rate is below it with confidence `level`. @throws RungError `bad-count` */
export function binomialUpperBound(hits: number, trials: number, level = 0.95): number {
  check(hits, trials);
  return hits === trials ? 1 : inverseIncompleteBeta(level, hits + 1, trials - hits);
}

/** Exact one-sided lower bound of a proportion. @throws RungError `bad-count` */
export function binomialLowerBound(hits: number, trials: number, level = 0.95): number {
  check(hits, trials);
  return hits === 0 ? 0 : inverseIncompleteBeta(1 - level, hits, trials - hits + 1);
}
