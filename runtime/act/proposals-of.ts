import type { Recommendation } from "../prescribe/recommendation.ts";
import type { Proposal } from "./proposal.ts";

/**
 * Splits a recommendation into one proposal per setpoint that changes. The ids are its own id and the target, so
 * that a recommendation that comes twice is written once.
 * @param negligible targets an envelope found within the deadband
 */
export function proposalsOf(recommendation: Recommendation, negligible: readonly string[] = []): Proposal[] {
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
    }));
}
