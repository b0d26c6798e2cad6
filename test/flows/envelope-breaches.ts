import type { AuditRecord } from "../../runtime/act/audit/audit-chain.ts";
import type { EnvelopeTarget } from "../../runtime/act/envelope.ts";

/** One write as the actuator's audit tells it. */
export interface AuditedWrite {
  readonly target: string;
  readonly value: number;
  /** The setpoint it was written over. */
  readonly prior: number;
  readonly plantTimeUs: number;
}

export type Limits = Pick<EnvelopeTarget, "address" | "min" | "max" | "maxStep" | "ratePerMinute">;

/** Sums of decimal fractions. */
const ROUNDING = 1e-6;
const MINUTE_US = 60e6;

export function auditedWrites(records: readonly AuditRecord[]): AuditedWrite[] {
  return records
    .filter(({ event }) => event === "write")
    .map(({ data }) => ({
      target: String(data.target),
      value: Number(data.value),
      prior: Number(data.prior),
      plantTimeUs: Number(data.plantTimeUs),
    }));
}

/**
 * What in these writes lies outside the envelope: range, step, and the sum of all steps of a target within any minute
 * of plant time. Worked out from the audit alone, apart from the code that decided.
 * @param writes in the order in which they were made
 */
export function envelopeBreaches(writes: readonly AuditedWrite[], limits: readonly Limits[]): string[] {
  return writes.flatMap((write, i) => {
    const { target, value, prior, plantTimeUs } = write;
    const limit = limits.find(({ address }) => address === target);
    if (limit === undefined) return [`${target} is not in the envelope`];
    const step = Math.abs(value - prior);
    let inMinute = 0;
    for (const other of writes.slice(0, i + 1)) {
      if (other.target === target && other.plantTimeUs > plantTimeUs - MINUTE_US)
        inMinute += Math.abs(other.value - other.prior);
    }
    const inside: [string, boolean][] = [
      [`${value} is not within ${limit.min} to ${limit.max}`, value >= limit.min && value <= limit.max],
      [`a step of ${step}, at most ${limit.maxStep}`, step <= limit.maxStep + ROUNDING],
      [`${inMinute} in a minute, at most ${limit.ratePerMinute}`, inMinute <= limit.ratePerMinute + ROUNDING],
    ];
    return inside.flatMap(([what, holds]) => (holds ? [] : [`${target}: ${what}`]));
  });
}
