import type { EnvelopeDetail } from "../person-view.ts";
import type { EnvelopeStatus } from "../status.ts";

/** Where an envelope stands between a flow that wants it and a plant that is written. */
export type Phase =
  | "retired"
  | "never-commissioned"
  | "changed"
  | "hold"
  | "armed"
  | "second-person"
  | "locked-out"
  | "disarmed"
  | "advise-only"
  | "observing"
  | "not-ready"
  | "ready";

const OBSERVED = "Observed decisions inside their interval";

/** The one phase that a person must know of now. */
export function phaseOf(envelope: EnvelopeStatus, detail: EnvelopeDetail): Phase {
  const { arming, checks } = envelope;
  if (envelope.retired) return "retired";
  if (!envelope.commissioned) return envelope.commissionedHash === null ? "never-commissioned" : "changed";
  if (arming.mode !== "observe") return arming.hold === null ? "armed" : "hold";
  if (detail.lockedOut) return "locked-out";
  if (arming.disarmedBecause !== null) return "disarmed";
  if (envelope.armRequest !== null) return "second-person";
  if (detail.withoutRequestBlock.length > 0) return "advise-only";
  if (!envelope.observed.enough) return "observing";
  return checks.every(({ holds }) => holds) ? "ready" : "not-ready";
}

/** The first check that stands in the way of arming, with its value, or undefined. */
export function armObstacle(envelope: EnvelopeStatus): string | undefined {
  const failing = envelope.checks.filter(({ holds }) => !holds);
  // What takes longest is told last: it is known anyway.
  const first = failing.find(({ what }) => what !== OBSERVED) ?? failing[0];
  return first === undefined ? undefined : `${first.what}: ${first.value}`;
}
