import { RungError } from "../core/errors.ts";
import { monotonicMs } from "../core/time.ts";
import type { Approvals } from "./approvals.ts";
import type { ArmMode } from "./arming.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import type { Authority } from "./authority.ts";
import { adviseOnlyCause, type Envelope, withoutRequestBlock } from "./envelope.ts";
import type { EnvelopeKeeper, KeptEnvelope, PriorValue } from "./envelope-keeper.ts";
import type { Isolation } from "./isolation.ts";
import { type ObservedCount, observedWords } from "./observed-decision.ts";
import { sameName } from "./people.ts";
import type { ActuatorSettings } from "./plant/actuator-settings.ts";
import { readEnvelope } from "./read-envelope.ts";
import { untrustedText } from "./untrusted-text.ts";

/** What the desk works with; all of it is the actuator's own. */
export interface EnvelopeDeskParts {
  readonly keeper: EnvelopeKeeper;
  readonly audit: AuditLog;
  /** None outlives the arm it was given under. */
  readonly approvals: Approvals;
  readonly settings: Pick<ActuatorSettings, "reality" | "personsToArm">;
  /** Who may do what. */
  readonly authority: Authority;
  /** Lets the arm see, at once, what forbids writing now. */
  readonly judge: (kept: KeptEnvelope) => void;
  /** Measured anew. */
  readonly isolation: () => Isolation;
  /** What was observed under the envelope in force. */
  readonly observed: (kept: KeptEnvelope) => ObservedCount;
}

const isCommission = ({ event }: { event: string }): boolean => event === "commission";

/** What flows want and people permit: an envelope is wanted, commissioned, armed, disarmed and retired here. */
export class EnvelopeDesk {
  readonly #parts: EnvelopeDeskParts;
  /** As the audit of earlier starts tells. */
  readonly #hadCommission: boolean;

  constructor(parts: EnvelopeDeskParts) {
    this.#parts = parts;
    this.#hadCommission = parts.audit.found.records.some(isCommission);
  }

  /**
   * Takes the envelope a flow wants. The first one ever of a virtual plant's home is commissioned at once and marked so;
   * a changed one disarms, and nothing is written by it or by a further one until a person commissions it.
   * @param having ids of all envelopes the flow has: another that it no longer has must not stand in the way
   */
  want(thing: unknown, having?: unknown): { readonly hash: string; readonly commissioned: boolean } {
    const envelope = readEnvelope(thing);
    if (Array.isArray(having)) this.#makeRoom(envelope, new Set(having.map(String)));
    const { kept, changed } = this.#parts.keeper.want(envelope);
    const hash = kept.wantedHash!;
    if (changed) {
      this.#parts.audit.append("envelope-wanted", { envelope: kept.id, hash });
      if (kept.governing === undefined && kept.arming.armed) this.stop(kept, "the envelope was changed");
    }
    const isFirst = !this.#parts.keeper.everCommissioned && !this.#hadCommission;
    if (isFirst && this.#parts.settings.reality === "virtual") this.commission(kept.id, hash, undefined);
    return { hash, commissioned: kept.governing !== undefined };
  }

  /**
   * @param by the person; undefined for the first envelope of a virtual plant
   * @throws RungError `not-allowed`, `envelope-changed`, `node-taken`
   */
  commission(id: unknown, hash: unknown, by: string | undefined): void {
    const kept = this.#parts.keeper.require(id);
    if (by !== undefined) this.#parts.authority.require(by, "commission", kept.addresses);
    const day = new Date().toISOString().slice(0, 10);
    this.#parts.keeper.commissionable(kept, hash);
    const how = by === undefined ? "automatically for the virtual plant" : `by ${by}, ${day}`;
    // On the disk before it is in force.
    this.#parts.audit.append("commission", { envelope: kept.id, hash: untrustedText(hash), how });
    if (kept.arming.armed) this.stop(kept, "the envelope was changed");
    this.#parts.approvals.drop(new Set(kept.addresses));
    this.#parts.keeper.commission(kept, hash, how);
  }

  /**
   * @param by the person, who has just given the password
   * @returns whether it is armed now, or a second person is waited for
   * @throws RungError `not-allowed`, `cannot-arm`, `arm-differs` where a second person asks for something else than
   *   the first, `same-hand` where the two accounts are not two people
   */
  arm(id: unknown, mode: unknown, minutes: unknown, by: string): "armed" | "second-person-needed" {
    const kept = this.#parts.keeper.require(id);
    const nowMs = monotonicMs();
    const forMs = Number(minutes) * 60_000;
    this.#parts.authority.require(by, "arm", kept.addresses);
    if (mode !== "advise" && mode !== "act") {
      throw new RungError({
        code: "cannot-arm",
        where: kept.id,
        what: `arms to advise or to act, not to ${untrustedText(mode, 40)}`,
      });
    }
    this.#parts.judge(kept);
    const obstacle = this.#obstacle(kept) ?? this.#actingObstacle(kept, mode);
    if (obstacle !== undefined) throw new RungError({ code: "cannot-arm", where: kept.id, what: obstacle });
    let people = [by];
    if (this.#parts.settings.personsToArm > 1) {
      const asked = { mode, minutes: Number(minutes), hash: kept.commission!.hash } as const;
      const first = kept.armRequestAt(nowMs);
      if (first === undefined || sameName(first.by, by)) {
        this.#parts.audit.append("arm-requested", { envelope: kept.id, by, ...asked });
        kept.armRequest = { by, ...asked, atMs: nowMs };
        return "second-person-needed";
      }
      if (first.mode !== asked.mode || first.minutes !== asked.minutes || first.hash !== asked.hash) {
        throw new RungError({
          code: "arm-differs",
          where: kept.id,
          what: `${first.by} asked for ${first.mode} for ${first.minutes} min, ${by} for ${asked.mode} for ${asked.minutes} min`,
          advice: `ask for the same, or let ${first.by} ask again`,
        });
      }
      // The first may have lost the right meanwhile.
      this.#parts.authority.require(first.by, "arm", kept.addresses);
      this.#parts.authority.requireTwo(first.by, by);
      people = [first.by, by];
    }
    kept.arming.check(forMs);
    this.#parts.audit.append("arm", {
      envelope: kept.id,
      hash: kept.commission!.hash,
      mode,
      minutes: Number(minutes),
      by: people,
    });
    kept.arming.arm(mode, forMs, people, nowMs);
    kept.release();
    kept.beforeArm.clear();
    kept.proposedBack.clear();
    return "armed";
  }

  /** Stops what is armed, or asked for by a first person. @param by the person; undefined for the host, which always may */
  disarm(id: unknown, by: string | undefined): void {
    const kept = this.#parts.keeper.require(id);
    if (by !== undefined) this.#parts.authority.require(by, "disarm", kept.addresses);
    // A line for each wish to stop what is stopped would fill the audit.
    if (kept.arming.armed || kept.armRequest !== undefined)
      this.#parts.audit.append("disarm", { envelope: kept.id, cause: `by ${by ?? "the host"}` });
    kept.arming.disarm(null);
    kept.release();
    this.#parts.approvals.drop(new Set(kept.addresses));
  }

  /** No flow has it any more: heartbeats end, and it cannot be armed until a flow wants it again. */
  retire(kept: KeptEnvelope): void {
    if (kept.arming.armed) this.stop(kept, "the flow has this envelope no longer");
    this.#parts.audit.append("retire", { envelope: kept.id, cause: "the flow has this envelope no longer" });
    this.#parts.keeper.retire(kept);
  }

  /**
   * A disarm that a person must look at. Heartbeats end with it and the PLC falls back by its own time-out; nothing is
   * written back. What stood before is proposed to people: the setpoint before the write in question, and of the others
   * that are in force the one before this arm.
   */
  stop(kept: KeptEnvelope, cause: string, lockedOut = false, prior?: PriorValue): void {
    const inForce = [...kept.inForce.values()];
    // In this order, so that an audit that cannot be written finds the arm ended already.
    kept.arming.disarm(cause, lockedOut);
    kept.release();
    this.#parts.approvals.drop(new Set(kept.addresses));
    this.#parts.audit.append("disarm", { envelope: kept.id, cause });
    const priors = new Map(prior === undefined ? [] : [[prior.target.address, prior]]);
    for (const { target } of inForce) {
      const value = kept.beforeArm.get(target.address);
      if (value !== undefined && !priors.has(target.address)) priors.set(target.address, { target, value });
    }
    for (const [address, { target, value }] of priors) {
      kept.proposedBack.set(address, value);
      this.#parts.audit.append("prior-proposed", {
        envelope: kept.id,
        target: address,
        value,
        unit: target.unit,
        cause,
      });
    }
  }

  /** A flow may give a target to another envelope: the one it no longer has is retired at once. */
  #makeRoom({ id, targets }: Envelope, having: ReadonlySet<string>): void {
    for (const kept of this.#parts.keeper.all()) {
      if (kept.id === id || kept.retired || having.has(kept.id)) continue;
      const inTheWay = kept.shown?.targets.some((own) =>
        targets.some(({ address }) => address === own.address),
      );
      if (inTheWay) this.retire(kept);
    }
  }

  /** Why it may be armed to advise, and never to act. */
  #actingObstacle({ governing }: KeptEnvelope, mode: ArmMode): string | undefined {
    return mode === "act" && governing !== undefined
      ? adviseOnlyCause(withoutRequestBlock(governing))
      : undefined;
  }

  /** Why it must not be armed whatever a person wants. */
  #obstacle(kept: KeptEnvelope): string | undefined {
    const { isolated, reasons } = this.#parts.isolation();
    if (kept.retired) return "it is retired: the flow has this envelope no longer";
    if (kept.wanted === undefined) return "no flow has asked for this envelope since the actuator started";
    if (kept.governing === undefined) return "the envelope the flow wants is not commissioned";
    const { problems } = this.#parts.audit;
    if (problems.length > 0) return `the audit is broken: ${problems[0]}`;
    if (this.#parts.settings.reality === "live" && !isolated) {
      return `not isolated from the host: ${reasons.join(", ")}`;
    }
    const observed = this.#parts.observed(kept);
    return observed.enough ? undefined : observedWords(observed);
  }
}
