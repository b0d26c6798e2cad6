import type { TimeUs } from "../core/time.ts";
import type { Interval } from "../prescribe/recommendation.ts";

/** What the host says a recommendation will do. A claim to be tested: it is judged by what the actuator reads itself. */
export interface ProjectionClaim {
  /** The measurement, as the envelope's `projections` name it. */
  readonly address: string;
  readonly unit: string;
  /** Where the measurement will lie if the change is made. */
  readonly interval: Interval;
  /** Where it will lie if nothing is changed. */
  readonly baseline?: Interval;
  /** The interval counts on further changes later, which this recommendation does not propose yet. */
  readonly countsOnLater?: boolean;
  /** Plant time after which it will lie there. */
  readonly afterUs: number;
}

/** A decision inside the envelope, and what came of it: written or not, by the actuator or by a person. */
export interface ObservedDecision {
  /** Id of the proposal. */
  readonly id: string;
  /** All decisions of one recommendation are judged, and counted, as one. */
  readonly recommendation: string;
  readonly envelope: string;
  /** Of the envelope it lay inside. */
  readonly hash: string;
  readonly target: string;
  readonly value: number;
  readonly prior: number;
  readonly unit: string;
  readonly atUs: TimeUs;
  /** Which of the claim's two intervals could be judged; `null`: neither, since something else was done. */
  readonly judgedBy: "change" | "no change" | null;
  readonly projected: ProjectionClaim;
  /** The measurement as the actuator read it, in the claim's unit. */
  readonly realised?: number;
  readonly inside?: boolean;
  readonly judgedUs: TimeUs;
  /** The setpoint found when it was judged. */
  readonly operatorSetpoint?: number;
  /** One sentence. */
  readonly reason: string;
}

/** How many observed decisions there are, and how many an arm needs. */
export interface ObservedCount {
  readonly inside: number;
  /** Those of them where the change was made; the others show only that nothing came of doing nothing. */
  readonly changes?: number;
  readonly outside: number;
  readonly needed: number;
  /** Whether they are enough. */
  readonly enough: boolean;
}

/** "3 of 20 needed observed decisions inside their interval, 1 outside". */
export function observedWords({ inside, outside, needed }: ObservedCount): string {
  return `${inside} of ${needed} needed observed decisions inside their interval, ${outside} outside`;
}
