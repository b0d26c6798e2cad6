import type { TimeUs } from "../core/time.ts";
import { converter, sameDimension } from "../core/unit.ts";
import type { Recommendation } from "../prescribe/recommendation.ts";
import { RESOLUTION } from "./decide.ts";
import { type Envelope, targetOf } from "./envelope.ts";
import { validityProblem } from "./validity.ts";

/** What an envelope node says about a recommendation; it travels as `msg.rung.envelope`. */
export interface EnvelopeCheck {
  readonly id: string;
  readonly hash: string;
  readonly verdict: "inside" | "refused";
  /** One sentence per change that is refused. */
  readonly reasons: readonly string[];
  /** Targets whose change is within the deadband: nothing to write. */
  readonly negligible: readonly string[];
}

/**
 * Checks a whole recommendation in the flow, so that a person sees at once why it would be refused. It decides
 * nothing: the actuator judges each proposal again by what it commissioned and read itself.
 * @param nowUs on the plant's clock
 */
export function checkRecommendation(
  recommendation: Recommendation,
  envelope: Envelope,
  hash: string,
  nowUs: TimeUs,
): EnvelopeCheck {
  const reasons: string[] = [];
  const negligible: string[] = [];
  if (recommendation.expiresUs <= nowUs) reasons.push("the recommendation is expired");
  const invalid = validityProblem(envelope, nowUs);
  if (invalid !== undefined) reasons.push(invalid);
  for (const { target: address, from, to, unit } of recommendation.changes) {
    const target = targetOf(envelope, address);
    if (target === undefined) {
      reasons.push(`${address} is not in envelope ${envelope.name}`);
      continue;
    }
    if (!sameDimension(unit, target.unit)) {
      reasons.push(`${address} is set in ${target.unit}, the recommendation says ${unit}`);
      continue;
    }
    const convert = converter(unit, target.unit, address);
    const value = convert(to);
    const step = Math.abs(value - convert(from));
    if (step <= target.deadband) {
      negligible.push(address);
      continue;
    }
    if (value < target.min || value > target.max) {
      reasons.push(`${address}: ${round(value)} ${target.unit} is not within ${target.min} to ${target.max}`);
    }
    if (step > target.maxStep + RESOLUTION) {
      reasons.push(`${address}: a step of ${round(step)} ${target.unit}, at most ${target.maxStep}`);
    }
  }
  return {
    id: envelope.id,
    hash,
    verdict: reasons.length === 0 ? "inside" : "refused",
    reasons,
    negligible,
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
