import { RungError } from "../core/errors.ts";
import { monotonicMs, wallTimeUs } from "../core/time.ts";
import type { Approvals } from "./approvals.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import { type Decision, decide, lateRefusal, malformedRefusal, type RefusalCode } from "./decide.ts";
import type { EffectFound, EffectWatch } from "./effect-watch.ts";
import type { EnvelopeTarget } from "./envelope.ts";
import type { EnvelopeKeeper, KeptEnvelope, PriorValue } from "./envelope-keeper.ts";
import type { Observer } from "./observer.ts";
import type { PlantReader } from "./plant/plant-reader.ts";
import type { RequestWriter, WriteOutcome } from "./plant/request-writer.ts";
import type { PlantView } from "./plant-view.ts";
import type { Proposal, ProposalResult } from "./proposal.ts";
import type { ResultLog } from "./result-log.ts";
import type { WriteRecord } from "./status.ts";
import { untrustedText } from "./untrusted-text.ts";
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
  /** The PLC did not take what was written: a disarm, with the setpoint before it. */
  readonly lockOut: (kept: KeptEnvelope, cause: string, prior: PriorValue) => void;
  /** Looks for what a verified write does to the plant. */
  readonly effects: EffectWatch;
  /** Told of every decision, before anything is written. */
  readonly decided?: Observer["decided"];
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

/** What lies inside the envelope and is not written all the same; anything else that is not, is refused. */
const UNWRITTEN: Partial<Record<RefusalCode, ProposalResult["state"]>> = {
  "not-armed": "observed",
  "no-request-block": "advised",
};

/**
 * Takes proposals one after another: a fresh look at the plant, a decision, a line in the audit, then the write. What
 * was decided is judged again in the turn of the write, since arm, host and plant go on meanwhile.
 */
export class WriteDesk {
  readonly #parts: DeskParts;
  #queue: Promise<unknown> = Promise.resolve();
  #pending = 0;
  #writing: string | undefined;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Address being written now: what is read of it meanwhile proves nothing. */
  get writing(): string | undefined {
    return this.#writing;
  }

  /** Proposals that are not answered yet. */
  get pending(): number {
    return this.#pending;
  }

  /** @param proposals untrusted */
  propose(proposals: readonly unknown[]): Promise<ProposalResult[]> {
    this.#pending += proposals.length;
    const turn = this.#queue.then(async () => {
      try {
        const results: ProposalResult[] = [];
        for (const proposal of proposals) results.push(await this.#one(proposal));
        return results;
      } finally {
        this.#pending -= proposals.length;
      }
    });
    // A failure belongs to the one who asked; the next in the queue starts all the same.
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Returns when what was proposed until now is done. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  /** What waited for an approval that never came. */
  lapsed(proposals: readonly Proposal[]): void {
    for (const proposal of proposals) {
      const reason = `${proposal.target}: nobody approved it in time`;
      this.#parts.audit.append("lapsed", { id: proposal.id, target: proposal.target, reason });
      this.#parts.history.see(proposal.id, proposal.expiresUs, this.#parts.reader.nowUs());
      this.#parts.results.add(this.#result(proposal, "lapsed", reason));
    }
  }

  async #one(given: unknown): Promise<ProposalResult> {
    const { keeper, reader, history, approvals } = this.#parts;
    const claimed = (given ?? {}) as Partial<Proposal>;
    const malformed = malformedRefusal(given);
    if (malformed !== undefined) {
      // The plant is not asked for what is no proposal.
      this.#writeDown(claimed, malformed, reader.nowUs());
      return this.#refused(claimed as Proposal, malformed);
    }
    const view = await this.#parts.look();
    const holding = keeper.holding(claimed.target);
    const kept = holding ?? keeper.all().find((one) => one.governing !== undefined);
    if (kept !== undefined) this.#parts.judge(kept);
    const nowUs = reader.nowUs();
    const judged = decide(given, {
      envelope: kept?.governing,
      changed: kept?.changed ?? false,
      view,
      history,
      arm: kept?.arming.view(approvals.covers(claimed as Proposal, nowUs)) ?? { mode: "observe" },
      nowUs,
    });
    const isToWait = !judged.accepted && judged.code === "awaiting-approval";
    const notWaiting = isToWait ? this.#wait(claimed as Proposal, kept!) : undefined;
    const decision = notWaiting === undefined ? judged : { ...judged, reason: notWaiting };
    this.#writeDown(claimed, decision, nowUs);
    if (kept !== undefined) this.#parts.decided?.(kept, claimed, decision, view, nowUs);
    if (!decision.accepted) return this.#refused(claimed as Proposal, decision, notWaiting);
    const proposal = claimed as Proposal;
    approvals.spend(proposal);
    history.see(proposal.id, proposal.expiresUs, nowUs);
    return this.#write(proposal, kept!, decision, nowUs);
  }

  #writeDown(claimed: Partial<Proposal>, decision: Decision, nowUs: number): void {
    this.#parts.audit.append("decision", {
      ...printable(claimed),
      plantTimeUs: Math.trunc(nowUs),
      outcome: decision.accepted ? "accepted" : decision.code,
      reason: decision.reason,
    });
  }

  /** Files it for a person. @returns why it does not wait, or undefined */
  #wait(proposal: Proposal, kept: KeptEnvelope): string | undefined {
    const { twin, targets } = kept.shown!;
    const isByHand = targets.every(({ nodeIds }) => nodeIds.request === undefined);
    try {
      this.#parts.approvals.wait(proposal, twin, `${isByHand ? "Set by hand at" : "Write to"} ${twin}`);
      return undefined;
    } catch (error) {
      if (!(error instanceof RungError)) throw error;
      return `waits for no approval: ${error.message}`;
    }
  }

  /** @param notWaiting why one that needs an approval does not wait for it */
  #refused(
    proposal: Proposal,
    decision: Decision & { accepted: false },
    notWaiting?: string,
  ): ProposalResult {
    const { history, results, reader } = this.#parts;
    if (decision.code === "awaiting-approval") {
      const state = notWaiting === undefined ? "awaiting-approval" : "refused";
      return results.add(this.#result(proposal, state, decision.reason));
    }
    if (decision.code !== "malformed") history.see(proposal.id, proposal.expiresUs, reader.nowUs());
    return results.add(this.#result(proposal, UNWRITTEN[decision.code] ?? "refused", decision.reason));
  }

  async #write(
    proposal: Proposal,
    kept: KeptEnvelope,
    decision: Decision & { accepted: true },
    nowUs: number,
  ): Promise<ProposalResult> {
    const { audit, history, writer, results, effects } = this.#parts;
    const { target, value, prior } = decision;
    const before = effects.before(target);
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
    if (outcome.state !== "withheld") {
      this.#record(proposal.id, kept, decision, outcome.state, readBack, reason);
    }
    this.#follow(proposal.id, kept, decision, outcome, before);
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

  /** What came of a write's effect, on the list of writes that people read. */
  effectFound(kept: KeptEnvelope, { due, verdict }: EffectFound): void {
    const record = kept.writes.find(({ id }) => id === due.id);
    if (record !== undefined) kept.writes[kept.writes.indexOf(record)] = { ...record, effect: verdict };
  }

  /** What the outcome means for the arm. @param before where the measurement lay that it is to move */
  #follow(
    id: string,
    kept: KeptEnvelope,
    { target, value, prior }: Decision & { accepted: true },
    outcome: WriteOutcome,
    before: number | undefined,
  ): void {
    const nowMs = monotonicMs();
    const { effects, reader } = this.#parts;
    switch (outcome.state) {
      case "verified":
        // A disarm while it was under way leaves it to the PLC's own time-out.
        if (!kept.arming.armed) return;
        effects.judge(kept);
        if (!kept.arming.armed) return;
        kept.inForce.set(target.address, {
          target,
          value,
          safe: kept.inForce.get(target.address)?.safe ?? prior,
          sinceMs: nowMs,
        });
        if (target.effect !== undefined && before !== undefined) {
          effects.expect(kept, { id, target, value, prior, before, writtenUs: reader.nowUs() });
        }
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
        this.#parts.lockOut(kept, `read-back lock-out: ${target.address}: ${outcome.reason}`, {
          target,
          value: prior,
        });
    }
  }

  #record(
    id: string,
    kept: KeptEnvelope,
    { target, value, prior }: Decision & { accepted: true },
    state: WriteRecord["state"],
    readBack: number | null,
    reason: string,
  ): void {
    if (!kept.beforeArm.has(target.address)) kept.beforeArm.set(target.address, prior);
    kept.writes.unshift({
      id,
      target: target.address,
      value,
      prior,
      unit: target.unit,
      state,
      readBack,
      reason,
      ...(target.effect !== undefined && state === "verified" ? { effect: "pending" as const } : {}),
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
      id: untrustedText(proposal.id),
      target: untrustedText(proposal.target),
      value: typeof proposal.value === "number" ? proposal.value : Number.NaN,
      unit: untrustedText(proposal.unit),
      state,
      reason,
      timeUs: Math.trunc(this.#parts.reader.nowUs()),
    };
    return readBack === null ? result : { ...result, readBack };
  }
}

/** The members of an untrusted proposal that go into the audit, cut to a length nobody can fill a disk with. */
function printable(proposal: Partial<Proposal>): Record<string, unknown> {
  const clip = (thing: unknown) => (typeof thing === "number" ? thing : untrustedText(thing));
  return {
    id: clip(proposal.id),
    target: clip(proposal.target),
    value: clip(proposal.value),
    unit: clip(proposal.unit),
    expiresUs: clip(proposal.expiresUs),
    recommendation: clip(proposal.recommendation),
    ...(proposal.check === undefined
      ? {}
      : { check: { passed: proposal.check?.passed === true, what: clip(proposal.check?.what) } }),
    evidence: Array.isArray(proposal.evidence) ? proposal.evidence.slice(0, 32).map(clip) : [],
  };
}
