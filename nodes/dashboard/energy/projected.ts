import type { Recommendation } from "../../../runtime/prescribe/recommendation.ts";
import type { ProjectedEnergy } from "./energy-view.ts";

export const isRecommendation = (payload: unknown): payload is Recommendation =>
  (payload as Recommendation | null | undefined)?.kind === "recommendation";

/** The energy that a recommendation projects: of its comparisons those in kWh. */
export const projectedOf = ({ twin, title, comparisons }: Recommendation): ProjectedEnergy[] =>
  comparisons
    .filter(({ unit }) => unit === "kWh")
    .map(({ what, baseline, scenario, difference }) => ({
      twin,
      title,
      what,
      baseline: baseline.value,
      scenario: scenario.value,
      low90: Number.isFinite(difference.low) ? difference.low : null,
      high90: Number.isFinite(difference.high) ? difference.high : null,
    }));
