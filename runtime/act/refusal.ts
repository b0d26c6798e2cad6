import type { EnvelopeTarget } from "./envelope.ts";

/** Why a proposal is refused; stable, for the audit. The order is that of the checks. */
export type RefusalCode =
  | "malformed"
  | "replayed"
  | "not-a-number"
  | "training"
  | "unknown-target"
  | "wrong-unit"
  | "expired"
  | "expiry-too-far"
  | "check-failed"
  | "not-commissioned"
  | "envelope-changed"
  | "not-valid-now"
  | "stale-plant"
  | "stale-input"
  | "bad-quality"
  | "local-mode"
  | "wrong-state"
  | "safety-state"
  | "interlock"
  | "out-of-range"
  | "plc-limit"
  | "deadband"
  | "step-too-large"
  | "too-fast"
  | "too-fast-hour"
  | "budget"
  | "hold"
  | "locked-out"
  | "disarmed"
  | "not-armed"
  | "awaiting-approval"
  | "no-request-block";

/** A change that the envelope allows. */
export interface AllowedChange {
  readonly target: EnvelopeTarget;
  /** In the target's unit. */
  readonly value: number;
  /** The setpoint in force when it was decided. */
  readonly prior: number;
}

export interface Refusal {
  readonly accepted: false;
  readonly code: RefusalCode;
  /** One sentence. */
  readonly reason: string;
  /** What would have been written: only the arm, a missing approval or request block, stood against it. */
  readonly allowed?: AllowedChange;
}

export function refuse(code: RefusalCode, reason: string): Refusal {
  return { accepted: false, code, reason };
}

/** Values closer than this are one value: the least a Double setpoint of a PLC is believed to resolve. */
export const RESOLUTION = 1e-6;

export const show = (value: number): string => String(Math.round(value * 100) / 100);
export const seconds = (us: number): string => `${(us / 1e6).toFixed(1)} s`;
