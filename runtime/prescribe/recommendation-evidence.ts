import { type Evidence, restingOn } from "../core/evidence.ts";
import type { TimeUs } from "../core/time.ts";
import type { Comparison, Constraint, Interval, Recommendation, ScenarioResult } from "./recommendation.ts";

/** What a recommendation must carry to be judged by: found missing or broken, in words; nothing where all is there. */
export interface RecommendationFaults {
  /** Figures without an interval that holds their value; what the outcome is judged by also needs a width. */
  readonly uncertain: readonly string[];
  /** Constraints that are never to be broken and are. */
  readonly broken: readonly string[];
}

type Proposed = Pick<Recommendation, "comparisons" | "constraints"> &
  Partial<Pick<Recommendation, "projected">>;

/**
 * Whether a recommendation, or the answer of a what-if, carries the uncertainty of every figure it projects and keeps
 * the constraints that are never to be broken. One without constraints respects none.
 */
export function recommendationFaults(proposed: Proposed): RecommendationFaults {
  const { comparisons, constraints, projected } = proposed;
  const uncertain = comparisons
    .filter((comparison) => ![comparison.baseline, comparison.scenario, comparison.difference].every(isTold))
    .map(({ what }: Comparison) => what);
  if (
    projected !== undefined &&
    !(isTold(projected.interval) && projected.interval.low < projected.interval.high)
  )
    uncertain.push(`the projected ${projected.address}`);
  if (comparisons.length === 0) uncertain.push("no figure is projected");
  const broken = constraints
    .filter(({ hard, verdict }: Constraint) => hard && verdict === "violated")
    .map(({ name }) => name);
  if (constraints.length === 0) broken.push("no constraint is told");
  return { uncertain, broken };
}

const isTold = ({ value, low, high }: Interval): boolean =>
  [value, low, high].every(Number.isFinite) && low <= value && value <= high;

/** The look that row 4 rests on. */
export interface LastLook {
  readonly twin: string;
  /** What it proposed; undefined where it proposed nothing, which breaks nothing. */
  readonly proposed: Recommendation | ScenarioResult | undefined;
  readonly timeUs: TimeUs;
  /** Source time of the newest sample behind it, and the period in which it looks, µs. */
  readonly newestUs: TimeUs;
  readonly periodUs: number;
  /** Of the readings it looks at, µs: by it a row that fell comes back. */
  readonly readingsPeriodUs: number;
}

/** Row 4: what is recommended carries uncertainty and respects its constraints. One record, of the last look. */
export function recommendationEvidence(last: LastLook, node: string): Evidence {
  const { twin, proposed, timeUs, newestUs, periodUs, readingsPeriodUs } = last;
  const { uncertain, broken } =
    proposed === undefined ? { uncertain: [], broken: [] } : recommendationFaults(proposed);
  const causes = [
    ...(uncertain.length === 0
      ? []
      : [`the recommendation does not say how sure it is of ${uncertain.join(", ")}`]),
    ...(broken.length === 0
      ? []
      : [`the recommendation does not respect its constraints: ${broken.join(", ")}`]),
  ];
  return {
    id: `${twin}/4/recommendation`,
    twin,
    rung: 4,
    node,
    what: "figures without an interval and hard constraints broken, of the last recommendation",
    value: uncertain.length + broken.length,
    limit: "= 0",
    verdict: causes.length === 0 ? "holds" : "fails",
    timeUs,
    ...restingOn(newestUs, periodUs),
    periodUs: readingsPeriodUs,
    ...(causes.length === 0 ? {} : { cause: causes.join("; ") }),
  };
}
