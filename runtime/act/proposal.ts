import type { TimeUs } from "../core/time.ts";
import type { ProjectionClaim } from "./observed-decision.ts";

/** No proposal may live longer than this, so that ids need be remembered only so long. */
export const LONGEST_LIFE_US = 8 * 3600e6;

/** All that the actuator believes of a proposal. Everything else it reads from the plant itself. */
export interface Proposal {
  readonly kind: "proposal";
  readonly id: string;
  readonly target: string;
  readonly value: number;
  readonly unit: string;
  readonly expiresUs: TimeUs;
  /** Recorded in the audit; may make the actuator refuse, never permit. */
  readonly evidence: readonly string[];
  /** Id of the recommendation it comes from. */
  readonly recommendation: string;
  /** What the simulation of the change said. Recorded; one that failed refuses, one that passed permits nothing. */
  readonly check?: { readonly passed: boolean; readonly what: string };
  /** Judged while observing. */
  readonly projected?: ProjectionClaim;
}

/** What became of a proposal. */
export interface ProposalResult {
  readonly kind: "proposal-result";
  readonly id: string;
  readonly target: string;
  readonly value: number;
  readonly unit: string;
  readonly state:
    | "refused"
    | "observed"
    | "awaiting-approval"
    | "advised"
    | "written"
    | "verified"
    | "failed"
    | "lapsed";
  /** One sentence: why it was refused, or what was read back. */
  readonly reason: string;
  readonly readBack?: number;
  readonly timeUs: TimeUs;
}
