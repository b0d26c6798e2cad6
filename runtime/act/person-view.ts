import { addressesOf } from "./approvals.ts";
import type { AuditTailLine } from "./audit/audit-tail.ts";
import { withoutRequestBlock } from "./envelope.ts";
import { envelopeDifference, type FieldDifference } from "./envelope-difference.ts";
import { type KeptEnvelope, SECOND_PERSON_WITHIN_MS } from "./envelope-keeper.ts";
import type { ObservedDecision } from "./observed-decision.ts";
import { sameName } from "./people.ts";
import type { PlantView } from "./plant-view.ts";
import { inScope, type Person, type Right, rightRefusal } from "./rights.ts";
import type { ActuatorStatus } from "./status.ts";
import { statusInScope } from "./status-in-scope.ts";

/** What the pages know of one envelope beyond its status. */
export interface EnvelopeDetail {
  readonly differences: readonly FieldDifference[];
  /** Why this person may not do it, in words, or null. */
  readonly refused: Readonly<Record<"commission" | "arm" | "disarm", string | null>>;
  readonly lockedOut: boolean;
  /** How long the arm lasts from its beginning, milliseconds; 0 while it is not armed. */
  readonly armLastsMs: number;
  /** How long a second person may still agree to the first one's wish, milliseconds. */
  readonly secondPersonWithinMs: number | null;
  /** Setpoints whose PLC has no request block: they are only advised. */
  readonly withoutRequestBlock: readonly string[];
  readonly observed: readonly ObservedDecision[];
}

export interface ApprovalDetail {
  /** Why this person may not approve it, in words, or null. */
  readonly refused: string | null;
  /** The setpoint in force of each change, in their order, as the actuator reads it; null where it is not read. */
  readonly now: readonly (number | null)[];
}

/** All that one signed-in person sees on the actuator's pages, within the scopes. */
export interface PersonView {
  readonly kind: "person-view";
  readonly person: Pick<Person, "name" | "role" | "scopes">;
  readonly status: ActuatorStatus;
  /** By the envelope's id. */
  readonly envelopes: Readonly<Record<string, EnvelopeDetail>>;
  /** By the approval's id. */
  readonly approvals: Readonly<Record<string, ApprovalDetail>>;
  /** Newest first. */
  readonly audit: readonly AuditTailLine[];
}

export interface PersonViewParts {
  readonly status: ActuatorStatus;
  readonly kept: readonly KeptEnvelope[];
  readonly view: PlantView | undefined;
  readonly observed: (kept: KeptEnvelope) => readonly ObservedDecision[];
  /** Oldest first. */
  readonly audit: readonly AuditTailLine[];
  /** Monotonic. */
  readonly nowMs: number;
}

const AUDIT_LINES = 20;

export function personView(person: Person, parts: PersonViewParts): PersonView {
  const status = statusInScope(parts.status, person, parts.kept);
  const { name, role, scopes } = person;
  const details = status.envelopes.map(({ id }) => {
    const kept = parts.kept.find((one) => one.id === id)!;
    return [id, envelopeDetail(person, kept, parts)] as const;
  });
  const approvals = status.approvals.map((approval) => {
    const { id, changes, proposedBy } = approval;
    const self = proposedBy !== null && sameName(proposedBy, name);
    const detail: ApprovalDetail = {
      refused: self
        ? "you proposed it: another person must approve it"
        : (rightRefusal(person, "approve", addressesOf(approval)) ?? null),
      now: changes.map(({ target }) => {
        const setpoint = parts.view?.targets.get(target)?.setpoint;
        return setpoint?.good ? setpoint.value : null;
      }),
    };
    return [id, detail] as const;
  });
  return {
    kind: "person-view",
    person: { name, role, scopes },
    status,
    envelopes: Object.fromEntries(details),
    approvals: Object.fromEntries(approvals),
    audit: parts.audit
      .filter((line) => maySee(person, line, parts))
      .slice(-AUDIT_LINES)
      .reverse(),
  };
}

function envelopeDetail(person: Person, kept: KeptEnvelope, parts: PersonViewParts): EnvelopeDetail {
  const { nowMs } = parts;
  const refused = (right: Right) => rightRefusal(person, right, kept.addresses) ?? null;
  const asked = kept.armRequestAt(nowMs);
  return {
    differences:
      kept.wanted === undefined || kept.governing !== undefined
        ? []
        : envelopeDifference(kept.commission?.envelope, kept.wanted),
    refused: { commission: refused("commission"), arm: refused("arm"), disarm: refused("disarm") },
    lockedOut: kept.arming.lockedOut,
    armLastsMs: kept.arming.lastsMs,
    secondPersonWithinMs: asked === undefined ? null : SECOND_PERSON_WITHIN_MS - (nowMs - asked.atMs),
    withoutRequestBlock: kept.shown === undefined ? [] : withoutRequestBlock(kept.shown),
    observed: parts.observed(kept),
  };
}

/** A line whose subject is not known here is only for whoever may see everything. */
function maySee(person: Person, { event, data }: AuditTailLine, { status, kept }: PersonViewParts): boolean {
  if (person.scopes.includes("") || event === "start" || event === "stop") return true;
  const envelope = kept.find(({ id }) => id === data.envelope);
  const approval = status.approvals.find(({ id }) => id === data.id);
  const about = [
    ...(typeof data.target === "string" ? [data.target] : []),
    ...(envelope?.addresses ?? []),
    ...(approval === undefined ? [] : addressesOf(approval)),
  ];
  return inScope(person, about);
}
