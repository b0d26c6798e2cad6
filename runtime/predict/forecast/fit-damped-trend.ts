import type { PointModel } from "./point-model.ts";

const DAMPED_TREND_MEMORY = 200;
const TREND_GRID = [0.05, 0.1, 0.2, 0.4, 0.8].flatMap((level) =>
  [0.02, 0.1, 0.3].flatMap((trend) => [0.8, 0.9, 0.98].map((damping) => ({ level, trend, damping }))),
);

/** The weights with the least squared error one step ahead, from a coarse grid. */
export function fitDampedTrend(series: Float64Array): PointModel {
  let best: PointModel = { kind: "persistence" };
  let least = Number.POSITIVE_INFINITY;
  for (const { level, trend, damping } of TREND_GRID) {
    let [a, b, sum] = [Number.NaN, 0, 0];
    for (const value of series) {
      if (Number.isNaN(value)) continue;
      if (Number.isNaN(a)) {
        a = value;
        continue;
      }
      const expected = a + damping * b;
      const error = value - expected;
      sum += error * error;
      const next = expected + level * error;
      b = damping * b + trend * (next - a - damping * b);
      a = next;
    }
    if (sum < least) {
      least = sum;
      best = {
        kind: "damped-trend",
        level,
        trend,
        damping,
        memory: Math.min(DAMPED_TREND_MEMORY, Math.floor(series.length / 4)),
      };
    }
  }
  return best;
}
