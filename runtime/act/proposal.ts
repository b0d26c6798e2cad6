import type { TimeUs } from "../core/time.ts";

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
}

/** What became of a proposal. */
export interface ProposalResult {
  readonly kind: "proposal-result";
  readonly id: string;
  readonly target: string;
  readonly value: number;
  readonly unit: string;
  readonly state: "refused" | "observed" | "awaiting-approval" | "written" | "verified" | "failed" | "lapsed";
  /** One sentence: why it was refused, or what was read back. */
  readonly reason: string;
  readonly readBack?: number;
  readonly timeUs: TimeUs;
}
