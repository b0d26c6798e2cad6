import { monotonicMs, wallTimeUs } from "../core/time.ts";
import type { Approvals } from "./approvals.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import { type Decision, decide, lateRefusal } from "./decide.ts";
import type { EnvelopeTarget } from "./envelope.ts";
import type { EnvelopeKeeper, KeptEnvelope } from "./envelope-keeper.ts";
import type { PlantReader } from "./plant/plant-reader.ts";
import type { RequestWriter, WriteOutcome } from "./plant/request-writer.ts";
import type { PlantView } from "./plant-view.ts";
import type { Proposal, ProposalResult } from "./proposal.ts";
import type { ResultLog } from "./result-log.ts";
import type { WriteRecord } from "./status.ts";
import type { WriteHistory } from "./write-history.ts";

/** What the desk works with; all of it is the actuator's own. */
export interface DeskParts {
  readonly keeper: EnvelopeKeeper;
  readonly reader: PlantReader;
  readonly writer: RequestWriter;
  readonly audit: AuditLog;
  readonly approvals: Approvals;
  readonly results: ResultLog;
  readonly history: WriteHistory;
  /** Reads the plant anew and looks for a person who took over; undefined while the link is lost. */
  readonly look: () => Promise<PlantView | undefined>;
  /** Lets the arm see, at once, what forbids writing now: a silent host, row 4 lost, its time over. */
  readonly judge: (kept: KeptEnvelope) => void;
  readonly disarm: (kept: KeptEnvelope, cause: string) => void;
  readonly takeoverMs: number;
}

const KEEP_WRITES = 20;

const RESULT_OF: Readonly<Record<WriteOutcome["state"], ProposalResult["state"]>> = {
  verified: "verified",
  "taken-over": "refused",
  local: "refused",
  withheld: "refused",
  mismatch: "failed",
  "link-lost": "failed",
};

/**
 * Takes proposals one after another: a fresh look at the plant, a decision, a line in the audit, then the write. What
 * was decided is judged again in the turn of the write, since arm, host and plant go on meanwhile.
 */
export class WriteDesk {
  readonly #parts: DeskParts;
  #queue: Promise<unknown> = Promise.resolve();
  #writing: string | undefined;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Address being written now: what is read of it meanwhile proves nothing. */
  get writing(): string | undefined {
    return this.#writing;
  }

  /** @param proposals untrusted */
  propose(proposals: readonly unknown[]): Promise<ProposalResult[]> {
    const turn = this.#queue.then(async () => {
      const results: ProposalResult[] = [];
      for (const proposal of proposals) results.push(await this.#one(proposal));
      return results;
    });
    // A failure belongs to the one who asked; the next in the queue starts all the same.
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** What waited for an approval that never came. */
  lapsed(proposals: readonly Proposal[]): void {
    for (const proposal of proposals) {
      const reason = `${proposal.target}: nobody approved it in time`;
      this.#parts.audit.append("lapsed", { id: proposal.id, target: proposal.target, reason });
      this.#parts.history.see(proposal.id, proposal.expiresUs);
      this.#parts.results.add(this.#result(proposal, "lapsed", reason));
    }
  }

  async #one(given: unknown): Promise<ProposalResult> {
    const { keeper, reader, history, approvals, audit } = this.#parts;
    const view = await this.#parts.look();
    const claimed = (given ?? {}) as Partial<Proposal>;
    const holding = keeper.holding(claimed.target);
    const kept = holding ?? keeper.all().find((one) => one.governing !== undefined);
    if (kept !== undefined) this.#parts.judge(kept);
    const nowUs = reader.nowUs();
    const decision = decide(given, {
      envelope: kept?.governing,
      view,
      history,
      arm: kept?.arming.view(approvals.covers(claimed as Proposal, nowUs)) ?? { mode: "observe" },
      nowUs,
    });
    audit.append("decision", {
      ...printable(claimed),
      plantTimeUs: Math.trunc(nowUs),
      outcome: decision.accepted ? "accepted" : decision.code,
      reason: decision.reason,
    });
    if (!decision.accepted) return this.#refused(claimed as Proposal, kept, decision);
    const proposal = claimed as Proposal;
    history.see(proposal.id, proposal.expiresUs);
    return this.#write(proposal, kept!, decision, nowUs);
  }

  #refused(
    proposal: Proposal,
    kept: KeptEnvelope | undefined,
    decision: Decision & { accepted: false },
  ): ProposalResult {
    const { history, approvals, results } = this.#parts;
    if (decision.code === "awaiting-approval") {
      approvals.wait(proposal, kept!.shown!.twin);
      return results.add(this.#result(proposal, "awaiting-approval", decision.reason));
    }
    if (decision.code !== "malformed") history.see(proposal.id, proposal.expiresUs);
    return results.add(
      this.#result(proposal, decision.code === "not-armed" ? "observed" : "refused", decision.reason),
    );
  }

  async #write(
    proposal: Proposal,
    kept: KeptEnvelope,
    decision: Decision & { accepted: true },
    nowUs: number,
  ): Promise<ProposalResult> {
    const { audit, history, writer, results } = this.#parts;
    const { target, value, prior } = decision;
    const plantTimeUs = Math.trunc(nowUs);
    audit.append("write", {
      id: proposal.id,
      envelope: kept.id,
      target: target.address,
      value,
      prior,
      unit: target.unit,
      plantTimeUs,
    });
    history.wrote(target.address, nowUs, value - prior);
    this.#writing = target.address;
    let outcome: WriteOutcome;
    try {
      outcome = await writer.write(target, value, prior, () =>
        this.#lateRefusal(proposal, kept, target, value),
      );
    } finally {
      this.#writing = undefined;
    }
    const readBack = "readBack" in outcome ? (outcome.readBack ?? null) : null;
    const isWithheld = outcome.state === "withheld";
    const reason =
      outcome.state === "verified"
        ? `read back ${readBack} ${target.unit}`
        : `${isWithheld ? "not written" : outcome.state}: ${outcome.reason}`;
    audit.append(isWithheld ? "withheld" : "read-back", {
      id: proposal.id,
      target: target.address,
      state: outcome.state,
      readBack,
      reason,
    });
    if (outcome.state !== "withheld") this.#record(kept, decision, outcome.state, readBack, reason);
    this.#follow(kept, decision, outcome);
    return results.add(this.#result(proposal, RESULT_OF[outcome.state], reason, readBack));
  }

  /** Why an accepted proposal must not be written any more, or undefined. */
  #lateRefusal(
    proposal: Proposal,
    kept: KeptEnvelope,
    target: EnvelopeTarget,
    value: number,
  ): string | undefined {
    const { reader, approvals, judge } = this.#parts;
    judge(kept);
    const nowUs = reader.nowUs();
    return lateRefusal(target, value, proposal.expiresUs, {
      envelope: kept.governing,
      view: reader.view,
      nowUs,
      arm: kept.arming.view(approvals.covers(proposal, nowUs)),
    })?.reason;
  }

  /** What the outcome means for the arm. */
  #follow(kept: KeptEnvelope, { target, value }: Decision & { accepted: true }, outcome: WriteOutcome): void {
    const nowMs = monotonicMs();
    switch (outcome.state) {
      case "verified":
        // A disarm while it was under way leaves it to the PLC's own time-out.
        if (kept.arming.armed) kept.inForce.set(target.address, { target, value, sinceMs: nowMs });
        return;
      case "taken-over":
        kept.inForce.delete(target.address);
        kept.takenOver.set(target.address, nowMs + this.#parts.takeoverMs);
        return;
      case "local":
      case "link-lost":
        kept.inForce.delete(target.address);
        return;
      case "withheld":
        return;
      case "mismatch":
        this.#parts.disarm(kept, `read-back lock-out: ${target.address}: ${outcome.reason}`);
    }
  }

  #record(
    kept: KeptEnvelope,
    { target, value, prior }: Decision & { accepted: true },
    state: WriteRecord["state"],
    readBack: number | null,
    reason: string,
  ): void {
    if (!kept.beforeArm.has(target.address)) kept.beforeArm.set(target.address, prior);
    kept.writes.unshift({
      target: target.address,
      value,
      prior,
      unit: target.unit,
      state,
      readBack,
      reason,
      plantTimeUs: Math.trunc(this.#parts.reader.nowUs()),
      atMs: Math.trunc(wallTimeUs() / 1000),
    });
    kept.writes.length = Math.min(kept.writes.length, KEEP_WRITES);
  }

  #result(
    proposal: Partial<Proposal>,
    state: ProposalResult["state"],
    reason: string,
    readBack: number | null = null,
  ): ProposalResult {
    const result: ProposalResult = {
      kind: "proposal-result",
      id: String(proposal.id ?? ""),
      target: String(proposal.target ?? ""),
      value: typeof proposal.value === "number" ? proposal.value : Number.NaN,
      unit: String(proposal.unit ?? ""),
      state,
      reason,
      timeUs: Math.trunc(this.#parts.reader.nowUs()),
    };
    return readBack === null ? result : { ...result, readBack };
  }
}

/** The members of an untrusted proposal that go into the audit, cut to a length nobody can fill a disk with. */
function printable(proposal: Partial<Proposal>): Record<string, unknown> {
  const clip = (thing: unknown) => (typeof thing === "number" ? thing : String(thing ?? "").slice(0, 300));
  return {
    id: clip(proposal.id),
    target: clip(proposal.target),
    value: clip(proposal.value),
    unit: clip(proposal.unit),
    expiresUs: clip(proposal.expiresUs),
    recommendation: clip(proposal.recommendation),
    evidence: Array.isArray(proposal.evidence) ? proposal.evidence.slice(0, 32).map(clip) : [],
  };
}
