import type { Reality } from "../core/frame.ts";
import type { TimeUs } from "../core/time.ts";
import type { ApprovalClaims } from "./approval-claims.ts";
import type { ArmingState, ArmMode } from "./arming.ts";
import type { Isolation } from "./isolation.ts";
import type { ObservedCount } from "./observed-decision.ts";
import type { WriteOutcome } from "./plant/request-writer.ts";

/** One line of the list a person reads before arming. */
export interface Check {
  readonly what: string;
  readonly holds: boolean;
  /** The value it was judged by: "0.4 s", "6 targets, 3f9a21". */
  readonly value: string;
}

/** Whether the plant did what a write wanted of it; `not judged` where something else happened meanwhile. */
export type EffectVerdict = "pending" | "seen" | "wrong" | "not judged";

/** A write that was tried, newest first in lists. */
export interface WriteRecord {
  /** Of the proposal. */
  readonly id?: string;
  readonly target: string;
  readonly value: number;
  readonly prior: number;
  readonly unit: string;
  /** `taken-over` and `local` say that a person has the setpoint, nothing about the read-back. */
  readonly state: Exclude<WriteOutcome["state"], "withheld">;
  readonly readBack: number | null;
  readonly reason: string;
  /** Whether the plant did what was wanted; absent where the envelope names no effect. */
  readonly effect?: EffectVerdict;
  readonly plantTimeUs: TimeUs;
  /** Wall time, milliseconds. */
  readonly atMs: number;
}

export interface EnvelopeStatus {
  readonly id: string;
  readonly name: string;
  readonly twin: string;
  readonly wantedHash: string | null;
  readonly commissionedHash: string | null;
  /** What the flow wants is what was commissioned. */
  readonly commissioned: boolean;
  /** No flow has it any more: it cannot be armed. */
  readonly retired: boolean;
  /** "by anna, 2026-11-22", or "automatically for the virtual plant". */
  readonly commissionedHow: string | null;
  readonly arming: ArmingState;
  /** Wall time, milliseconds; null while not armed. */
  readonly armedUntilMs: number | null;
  /** What a first person asked for, while a second is waited for. */
  readonly armRequest: { readonly by: string; readonly mode: ArmMode; readonly minutes: number } | null;
  readonly checks: readonly Check[];
  readonly observed: ObservedCount;
  readonly targets: readonly {
    readonly address: string;
    readonly unit: string;
    readonly min: number;
    readonly max: number;
    /** False: a person sets it, since the PLC has no request block. */
    readonly hasRequestBlock: boolean;
    readonly setpoint: number | null;
    /** What the actuator keeps in force by its heartbeat, or null. */
    readonly inForce: number | null;
    /** The setpoint before the first write of this arm. */
    readonly beforeArm: number | null;
    /** What is proposed to people since a disarm, in place of what was in force; never written by itself. */
    readonly proposedBack?: number;
  }[];
  readonly writes: readonly WriteRecord[];
}

export interface ApprovalStatus {
  /** The recommendation's id. */
  readonly id: string;
  readonly title: string;
  readonly twin: string;
  readonly changes: readonly { readonly target: string; readonly value: number; readonly unit: string }[];
  readonly expiresUs: TimeUs;
  /** The person who asked, or null where a flow did. */
  readonly proposedBy: string | null;
  /** What its maker says it will do; the actuator does not judge it. */
  readonly claims: ApprovalClaims | null;
  /** SHA-256 of the members above as canonical JSON; whoever approves sends it back. */
  readonly hash: string;
  readonly state: "open" | "approved" | "lapsed";
  readonly approvedBy: string | null;
}

/** What the actuator says about itself, to the host and to people who signed in. */
export interface ActuatorStatus {
  readonly kind: "actuator-status";
  readonly pid: number;
  readonly reality: Reality;
  readonly personsToArm: number;
  readonly isolation: Isolation;
  readonly plant: {
    readonly connected: boolean;
    readonly problem: string | null;
    readonly timeUs: TimeUs;
    readonly speed: number;
  };
  /** Age of the host's last heartbeat, or null before the first. */
  readonly hostSilentMs: number | null;
  readonly audit: { readonly whole: boolean; readonly breaks: readonly string[] };
  readonly envelopes: readonly EnvelopeStatus[];
  readonly approvals: readonly ApprovalStatus[];
  readonly counts: Readonly<Record<string, number>>;
  /** Number of the newest result, for `GET /results?after=`. */
  readonly resultSeq: number;
}
