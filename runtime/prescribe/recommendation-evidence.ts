import { type Evidence, restingOn } from "../core/evidence.ts";
import type { TimeUs } from "../core/time.ts";
import type { Comparison, Constraint, Interval, Recommendation, ScenarioResult } from "./recommendation.ts";

/** What a recommendation must carry to be judged by: found missing or broken, in words; nothing where all is there. */
export interface RecommendationFaults {
  /** Figures without an interval that holds their value; what the outcome is judged by also needs a width. */
  readonly uncertain: readonly string[];
  /** Constraints that it breaks by its own figures, each with value and limit. */
  readonly broken: readonly string[];
  /** Weighed limits that a change which mends the cure does not reach yet, told in the same words. */
  readonly beyond: readonly string[];
}

type Proposed = Pick<Recommendation, "comparisons" | "constraints"> &
  Partial<Pick<Recommendation, "projected" | "mends">>;

/**
 * Whether a recommendation, or the answer of a what-if, carries the uncertainty of every figure it projects and keeps
 * all of its constraints by its own figures, the cure's too. Only one that mends a cure which is beyond its limits
 * already may leave it beyond some of them. One without constraints respects none.
 */
export function recommendationFaults(proposed: Proposed): RecommendationFaults {
  const { comparisons, constraints, projected, mends = false } = proposed;
  const uncertain = comparisons
    .filter((comparison) => ![comparison.baseline, comparison.scenario, comparison.difference].every(isTold))
    .map(({ what }: Comparison) => what);
  if (
    projected !== undefined &&
    !(isTold(projected.interval) && projected.interval.low < projected.interval.high)
  )
    uncertain.push(`the projected ${projected.address}`);
  if (comparisons.length === 0) uncertain.push("no figure is projected");
  const violated = constraints.filter(({ verdict }) => verdict === "violated");
  const isExcused = ({ hard }: Constraint): boolean => mends && !hard;
  const broken = violated.filter((one) => !isExcused(one)).map(constraintWords);
  const beyond = violated.filter(isExcused).map(constraintWords);
  if (constraints.length === 0) broken.push("no constraint is told");
  return { uncertain, broken, beyond };
}

/** "bodies below E170 10 min (0.25 % against 0.1 %)" */
export function constraintWords({ name, value, limit, unit }: Constraint): string {
  const figure = (of: number): string => `${Number(of.toPrecision(3))} ${unit}`;
  return `${name} (${figure(value)} against ${figure(limit)})`;
}

const isTold = ({ value, low, high }: Interval): boolean =>
  [value, low, high].every(Number.isFinite) && low <= value && value <= high;

/** The look that row 4 rests on. */
export interface LastLook {
  readonly twin: string;
  /** What it proposed; undefined where it proposed nothing, which breaks nothing. */
  readonly proposed: Recommendation | ScenarioResult | undefined;
  /** Of the model now. */
  readonly modelVersion: string;
  readonly timeUs: TimeUs;
  /** Source time of the newest sample behind it, and the period in which it looks, µs. */
  readonly newestUs: TimeUs;
  readonly periodUs: number;
  /** Of the readings it looks at, µs: by it a row that fell comes back. */
  readonly readingsPeriodUs: number;
}

/**
 * Row 4: what is recommended carries uncertainty and respects its constraints. One record, of the last look. Once the
 * model is calibrated anew the record collects until the next look.
 */
export function recommendationEvidence(last: LastLook, node: string): Evidence {
  const { twin, proposed, modelVersion, timeUs, newestUs, periodUs, readingsPeriodUs } = last;
  const { uncertain, broken, beyond } =
    proposed === undefined ? { uncertain: [], broken: [], beyond: [] } : recommendationFaults(proposed);
  const causes = [
    ...(uncertain.length === 0
      ? []
      : [`the recommendation does not say how sure it is of ${uncertain.join(", ")}`]),
    ...(broken.length === 0
      ? []
      : [`the recommendation does not respect its constraints: ${broken.join(", ")}`]),
  ];
  const mending = beyond.length === 0 ? "" : `, which mends the cure and leaves beyond: ${beyond.join(", ")}`;
  const madeWith = proposed?.modelVersion ?? modelVersion;
  const stale = causes.length === 0 && madeWith !== modelVersion;
  return {
    id: `${twin}/4/recommendation`,
    twin,
    rung: 4,
    node,
    what: stale
      ? `a recommendation of the model as it is (${modelVersion}; the last one was made with ${madeWith})`
      : `figures without an interval and constraints broken, of the last recommendation${mending}`,
    value: uncertain.length + broken.length,
    limit: "= 0",
    verdict: causes.length > 0 ? "fails" : stale ? "collecting" : "holds",
    ...(stale ? { progress: { n: 0, of: 1 } } : {}),
    timeUs,
    ...restingOn(newestUs, periodUs),
    periodUs: readingsPeriodUs,
    ...(causes.length === 0 ? {} : { cause: causes.join("; ") }),
  };
}
