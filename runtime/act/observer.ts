import type { TimeUs } from "../core/time.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import type { Decision } from "./decide.ts";
import type { KeptEnvelope } from "./envelope-keeper.ts";
import { Observation } from "./observation.ts";
import type { ObservedBook } from "./observed-book.ts";
import type { ObservedCount, ObservedDecision } from "./observed-decision.ts";
import type { PlantView } from "./plant-view.ts";
import type { Proposal } from "./proposal.ts";
import { readClaim } from "./read-claim.ts";
import { untrustedText } from "./untrusted-text.ts";

export interface ObserverParts {
  readonly book: ObservedBook;
  readonly audit: Pick<AuditLog, "append">;
  /** Observed decisions inside their interval that an arm needs. */
  readonly needed: number;
}

/** Recommendations of which a part was refused are remembered up to this many. */
const KEEP_REFUSED = 200;

/**
 * Holds decisions against what comes, whether anything is written or not. Per envelope one recommendation at a time:
 * twenty judged ones are then twenty separate stretches of time, however many proposals a host sends.
 */
export class Observer {
  readonly #parts: ObserverParts;
  readonly #open = new Map<string, Observation>();
  readonly #refused = new Set<string>();
  /** Envelope -> why its last decision could not be observed. */
  readonly #problems = new Map<string, string>();

  constructor(parts: ObserverParts) {
    this.#parts = parts;
  }

  /** Told of every decision. @param proposal untrusted beyond what the decision accepted */
  decided(
    kept: KeptEnvelope,
    proposal: Partial<Proposal>,
    decision: Decision,
    view: PlantView | undefined,
    nowUs: TimeUs,
  ): void {
    const envelope = kept.governing;
    const recommendation = untrustedText(proposal.recommendation);
    if (envelope === undefined || view === undefined || recommendation === "") return;
    const open = this.#open.get(kept.id);
    const allowed = decision.accepted ? decision : decision.allowed;
    if (allowed === undefined) {
      // What lies within the deadband changes nothing, so nothing is missing without it.
      if (decision.accepted || ["deadband", "replayed", "malformed"].includes(decision.code)) return;
      this.#rememberRefused(recommendation);
      if (open?.recommendation === recommendation) open.refusedInPart();
      return;
    }
    // A hold is for want of good input, or of a host and a model that may be believed.
    if (!decision.accepted && decision.code === "hold") return;
    const { target, value, prior } = allowed;
    const watched = {
      target,
      value,
      prior,
      id: untrustedText(proposal.id),
      atUs: nowUs,
      expiresUs: Number(proposal.expiresUs),
    };
    if (open?.recommendation === recommendation) {
      open.add(watched);
      return;
    }
    if (open !== undefined && !decision.accepted) return;
    // What the actuator writes now is no operator's answer to what it decided before: that one ends unrecorded.
    this.#open.delete(kept.id);
    const read = readClaim(proposal.projected, envelope);
    if (typeof read === "string") {
      this.#problems.set(kept.id, read);
      return;
    }
    this.#problems.delete(kept.id);
    // It is written, so nothing is left to be judged by.
    if (decision.accepted && read.claim.countsOnLater === true) return;
    const observation = new Observation(
      { envelope, hash: kept.commission!.hash, recommendation, ...read },
      view,
      nowUs,
    );
    observation.add(watched);
    if (this.#refused.has(recommendation)) observation.refusedInPart();
    this.#open.set(kept.id, observation);
  }

  /** Looks what came of the open one. */
  look(kept: KeptEnvelope, view: PlantView, nowUs: TimeUs): void {
    const open = this.#open.get(kept.id);
    if (open === undefined) return;
    if (kept.governing === undefined || kept.commission?.hash !== open.hash) {
      this.#open.delete(kept.id);
      return;
    }
    const observed = open.look(view, nowUs);
    if (observed === undefined) return;
    this.#open.delete(kept.id);
    for (const decision of observed) {
      this.#parts.audit.append("observed", { ...decision });
      this.#parts.book.add(decision);
    }
  }

  /** For the envelope in force. */
  count(kept: KeptEnvelope, nowUs: TimeUs): ObservedCount {
    return this.#parts.book.count(kept.id, kept.commission?.hash, this.#parts.needed, nowUs);
  }

  /** The newest observed decisions under the envelope in force. */
  newest(kept: KeptEnvelope): ObservedDecision[] {
    return this.#parts.book.newest(kept.id, kept.commission?.hash);
  }

  /** Why the last decision could not be observed, or undefined. */
  problem(kept: KeptEnvelope): string | undefined {
    return this.#problems.get(kept.id);
  }

  #rememberRefused(recommendation: string): void {
    this.#refused.add(recommendation);
    if (this.#refused.size > KEEP_REFUSED) this.#refused.delete(this.#refused.values().next().value!);
  }
}
