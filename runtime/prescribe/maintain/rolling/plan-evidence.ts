import type { Evidence } from "../../../core/evidence.ts";
import { binomialInterval } from "../../../core/statistics/binomial.ts";
import type { TimeUs } from "../../../core/time.ts";
import type { WorkOrder } from "../orders/work-order.ts";
import { HOUR_US } from "./foretold-life.ts";
import type { MaintenancePlanMessage, PlannedStop } from "./plan-message.ts";

/** Share of the parts that are to be found as foretold: the intervals of lives are told with 90 %. */
const FORETOLD = 0.9;
/** Sign-offs before the lives are judged: fewer cannot tell 90 % from 65 %. */
const SIGNED_LEAST = 20;
/** The last so many are judged. */
const SIGNED_MOST = 100;
/** A plan is renewed before a quarter of its horizon is over; then it says nothing of what is left. */
const VALID_SHARE = 0.25;

export interface PlanEvidenceParts {
  readonly twin: string;
  readonly node: string;
  /** Undefined before the first plan. */
  readonly plan: MaintenancePlanMessage | undefined;
  /** Signed off, in the order of their sign-offs. */
  readonly signed: readonly WorkOrder[];
  /** On the twin's clock. */
  readonly nowUs: TimeUs;
}

/**
 * Row 4 of a plan of maintenance, both halves (docs/decisions/0068-plans-of-maintenance-on-the-ladder.md): the plan keeps
 * its windows, repairers and parts and says how sure it is; and the lives that it plans by are the plant's, judged by how
 * people found the parts that they signed off.
 */
export function planEvidence(parts: PlanEvidenceParts): Evidence[] {
  return [planRecord(parts), livesRecord(parts)];
}

function planRecord({ twin, node, plan, nowUs }: PlanEvidenceParts): Evidence {
  const base = { id: `${twin}/4/maintenance-plan`, twin, rung: 4, node, limit: "= 0" } as const;
  if (plan === undefined)
    return {
      ...base,
      what: "a plan of maintenance",
      value: null,
      verdict: "collecting",
      progress: { n: 0, of: 1 },
      timeUs: nowUs,
    };
  const faults = plan.stops.flatMap((stop) => stopFaults(plan, stop));
  if (plan.unknown.length > 0) faults.push(`nothing tells when ${plan.unknown.join(", ")} will be due`);
  return {
    ...base,
    what: `limits broken and works without an interval, of a plan of ${plan.stops.length} stops`,
    value: faults.length,
    verdict: faults.length === 0 ? "holds" : "fails",
    timeUs: plan.madeAtUs,
    validUntilUs: plan.madeAtUs + VALID_SHARE * plan.horizonH * HOUR_US,
    ...(faults.length === 0 ? {} : { cause: `the plan of maintenance: ${faults.join("; ")}` }),
  };
}

/** What speaks against a stop by its own figures. */
export function stopFaults(
  { windows, repairers }: MaintenancePlanMessage,
  { fromUs, toUs, works }: PlannedStop,
): string[] {
  const faults: string[] = [];
  const names = works.map(({ label }) => label).join(", ");
  // A window is in whole microseconds, a plan in hours.
  const SLACK_US = 1000;
  const inWindow = (windows ?? []).some(
    (one) => one.fromUs - SLACK_US <= fromUs && toUs <= one.toUs + SLACK_US,
  );
  if (windows !== null && !inWindow) faults.push(`${names} at a time when the line may not stand`);
  for (const { label, crew, partFromUs, lowUs, dueUs, highUs, by } of works) {
    if (crew > repairers) faults.push(`${label} needs ${crew} of ${repairers} repairers`);
    if (partFromUs !== null && fromUs < partFromUs - SLACK_US)
      faults.push(`${label} before its part is there`);
    const isTold = lowUs <= dueUs && dueUs <= highUs && (lowUs < highUs || by === "finding");
    if (!isTold) faults.push(`${label} does not say how sure its due time is`);
  }
  return faults;
}

function livesRecord({ twin, node, signed, nowUs }: PlanEvidenceParts): Evidence {
  const judged = signed.slice(-SIGNED_MOST);
  const n = judged.length;
  const hits = judged.filter((order) => order.signed?.condition === "as foretold").length;
  const base = {
    id: `${twin}/4/maintenance-lives`,
    twin,
    rung: 4,
    node,
    what: "parts found as foretold when they were worked on",
    limit: `${100 * FORETOLD} % within the binomial 95 %`,
    timeUs: nowUs,
  } as const;
  if (n < SIGNED_LEAST) {
    const value = n === 0 ? null : (100 * hits) / n;
    return { ...base, value, unit: "%", verdict: "collecting", progress: { n, of: SIGNED_LEAST } };
  }
  const { high } = binomialInterval(hits, n);
  const holds = high >= FORETOLD;
  const failed = judged.filter((order) => order.signed?.condition === "failed").length;
  return {
    ...base,
    value: (100 * hits) / n,
    unit: "%",
    verdict: holds ? "holds" : "fails",
    ...(holds
      ? {}
      : {
          cause: `of ${n} parts that were worked on ${hits} were found as foretold, ${failed} had failed and ${n - hits - failed} were still good`,
        }),
  };
}
