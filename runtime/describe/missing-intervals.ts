import type { TimeUs } from "../core/time.ts";

/** A step longer than this many periods has lost at least one sample. */
export const LOST_PERIODS = 1.75;

/** Source time in which samples are missing; those at both ends are there. */
export interface Interval {
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
}

/** An interval of a source of which everything that the source has is stored now. */
export interface FilledGap extends Interval {
  readonly source: string;
}

/**
 * Where samples of a cyclic property are missing.
 * @param timesUs source times of what is there, ascending
 */
export function missingIntervals(
  timesUs: ArrayLike<number>,
  periodUs: number,
): (Interval & { readonly samples: number })[] {
  const missing: (Interval & { samples: number })[] = [];
  for (let i = 1; i < timesUs.length; i++) {
    const fromUs = timesUs[i - 1]!;
    const toUs = timesUs[i]!;
    const stepUs = toUs - fromUs;
    if (stepUs > LOST_PERIODS * periodUs)
      missing.push({ fromUs, toUs, samples: samplesBetween(fromUs, toUs, periodUs) });
  }
  return missing;
}

/** How many samples of a cyclic property are due between two that are there. */
export const samplesBetween = (fromUs: TimeUs, toUs: TimeUs, periodUs: number): number =>
  Math.max(0, Math.round((toUs - fromUs) / periodUs) - 1);

/** What of `whole` is in none of `parts`, ascending. Intervals that only touch leave nothing between them. */
export function without(whole: Interval, parts: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let fromUs = whole.fromUs;
  for (const part of [...parts].sort((a, b) => a.fromUs - b.fromUs)) {
    if (part.toUs <= fromUs || part.fromUs >= whole.toUs) continue;
    if (part.fromUs > fromUs) left.push({ fromUs, toUs: part.fromUs });
    fromUs = part.toUs;
  }
  if (fromUs < whole.toUs) left.push({ fromUs, toUs: whole.toUs });
  return left;
}
