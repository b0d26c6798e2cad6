import { type Evidence, restingOn, type Verdict } from "../core/evidence.ts";
import type { OvenTracker } from "./oven-tracker.ts";

/** Limits of "tracks the plant" on exit temperatures, per node, K. `largestK` is on the mean of two bodies in a row. */
export const TRACKING_LIMITS = { rmseK: 3, biasK: 1.5, largestK: 6 } as const;

/**
 * Row 4: the model tracks the plant. One record each for the worst node's RMSE, bias and largest mean error of two
 * bodies in a row, of those that left last; how credible the tracker's own spread is (NIS) stands in the words. Valid for ten periods of what is
 * read after the newest good sample of the air; fails while bodies leave and none is judged.
 */
export function trackingEvidence(tracker: OvenTracker, node: string): Evidence[] {
  const { residuals, twin, config } = tracker;
  const of = residuals.capacity;
  const n = residuals.bodies;
  const names = config.nodes.map((entry) => entry.name);
  const [low, high] = residuals.nisBand;
  const credible = `NIS ${residuals.meanNis.toFixed(1)}, 95 % band ${low.toFixed(1)} to ${high.toFixed(1)}`;
  const record = (id: string, what: string, limitK: number, errorOf: (index: number) => number): Evidence => {
    const values = names.map((_, i) => Math.abs(errorOf(i)));
    const value = Math.max(...values);
    const worst = names[values.indexOf(value)]!;
    const lost = tracker.lostSight;
    const verdict: Verdict =
      n < of ? "collecting" : value <= limitK && lost === undefined ? "holds" : "fails";
    return {
      id: `${twin}/4/${id}`,
      twin,
      rung: 4,
      node,
      what: `${what} of the last ${of} bodies, worst node (${worst}; ${credible})`,
      value: n === 0 ? null : value,
      unit: "K",
      limit: `<= ${limitK} K`,
      verdict,
      ...(verdict === "collecting" ? { progress: { n, of } } : {}),
      timeUs: Number.isNaN(tracker.timeUs) ? 0 : tracker.timeUs,
      ...restingOn(tracker.knownUs, tracker.readings.periodUs),
      ...(verdict === "fails"
        ? {
            cause:
              lost ?? `the model misses the exit temperature of ${worst} by ${value.toFixed(1)} K (${what})`,
          }
        : {}),
    };
  };
  return [
    record("exit-rmse", "exit temperature RMSE", TRACKING_LIMITS.rmseK, (i) => residuals.rmseOf(i)),
    record("exit-bias", "exit temperature bias", TRACKING_LIMITS.biasK, (i) => residuals.biasOf(i)),
    record(
      "exit-pair-mean",
      "largest mean exit temperature error of two bodies in a row",
      TRACKING_LIMITS.largestK,
      (i) => residuals.largestOf(i),
    ),
  ];
}
