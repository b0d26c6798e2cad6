import { mean } from "../core/statistics/serial-mean.ts";

/** Stretches that the normal data is cut into. */
const STRETCHES = 10;

/**
 * Whether a signal has no level of its own in the normal data: more than half of its variance is that of the means of
 * ten stretches (a one-way analysis of variance). Nothing then says where it may be next; its scatter may still do so.
 */
export function wanders(values: Float64Array): boolean {
  const known = values.filter(Number.isFinite);
  const centre = mean(known);
  const variance = (of: ArrayLike<number>): number => mean(Array.from(of, (value) => (value - centre) ** 2));
  const length = Math.floor(known.length / STRETCHES);
  const means = Array.from({ length: STRETCHES }, (_, k) =>
    mean(known.subarray(k * length, (k + 1) * length)),
  );
  return variance(means) > variance(known) / 2;
}
