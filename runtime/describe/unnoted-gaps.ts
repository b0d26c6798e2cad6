import type { NewGap } from "./gap-entry.ts";
import type { Interval } from "./missing-intervals.ts";

/**
 * Gaps as one of each source that spans them all, for where there are too many to keep: it names no tags and takes in
 * what was there between them, but misses nothing. What a sink refused stays apart, since nothing fills it in.
 */
export function spanning(gaps: readonly NewGap[]): NewGap[] {
  // One without an inside is never noted, and would spoil the span.
  const noted = gaps.filter(({ fromUs, toUs }) => fromUs < toUs);
  const groups = Map.groupBy(noted, ({ source, cause }) => JSON.stringify([source, cause === "refused"]));
  return [...groups.values()].map((group) => {
    const { source, cause } = group[0]!;
    const isOne = group.every((gap) => gap.cause === cause);
    return { source, cause: isOne ? cause : "missing-samples", ...spanOf(group) };
  });
}

const spanOf = (intervals: readonly Interval[]): Interval => ({
  fromUs: intervals.reduce((least, { fromUs }) => Math.min(least, fromUs), Number.POSITIVE_INFINITY),
  toUs: intervals.reduce((most, { toUs }) => Math.max(most, toUs), Number.NEGATIVE_INFINITY),
});
