import type { Recommendation } from "../prescribe/recommendation.ts";
import type { Proposal } from "./proposal.ts";

/**
 * Splits a recommendation into one proposal per setpoint that changes. The ids are its own id and the target, so
 * that a recommendation that comes twice is written once.
 * @param negligible targets an envelope found within the deadband
 */
export function proposalsOf(recommendation: Recommendation, negligible: readonly string[] = []): Proposal[] {
  const claims = {
    ...claimOf(recommendation),
    ...checkOf(recommendation),
  };
  return recommendation.changes
    .filter(({ target, from, to }) => from !== to && !negligible.includes(target))
    .map(({ target, to, unit }) => ({
      kind: "proposal",
      id: `${recommendation.id}/${target}`,
      target,
      value: to,
      unit,
      expiresUs: recommendation.expiresUs,
      evidence: recommendation.evidence,
      recommendation: recommendation.id,
      ...claims,
    }));
}

function claimOf({ projected, later }: Partial<Recommendation>): Pick<Proposal, "projected"> {
  if (projected === undefined) return {};
  return { projected: later === undefined ? projected : { ...projected, countsOnLater: true } };
}

/** What the simulation of the change says about the limits that must never be broken; decision 0006. */
function checkOf({ constraints }: Partial<Recommendation>): Pick<Proposal, "check"> {
  if (constraints === undefined) return {};
  const broken = constraints.filter(({ hard, verdict }) => hard && verdict === "violated");
  const what = broken.map(({ name, value, limit, unit }) => `${name} ${value} ${unit}, limit ${limit}`);
  return { check: { passed: broken.length === 0, what: what.join("; ") || "no hard limit is broken" } };
}
