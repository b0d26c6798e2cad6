import { messageOf, RungError } from "../core/errors.ts";
import { monotonicMs } from "../core/time.ts";
import type { AuditLog } from "./audit/audit-log.ts";
import { type Envelope, readEnvelope } from "./envelope.ts";
import type { EnvelopeKeeper, KeptEnvelope } from "./envelope-keeper.ts";
import type { Isolation } from "./isolation.ts";
import type { ActuatorSettings } from "./plant/actuator-settings.ts";

/** What the desk works with; all of it is the actuator's own. */
export interface EnvelopeDeskParts {
  readonly keeper: EnvelopeKeeper;
  readonly audit: AuditLog;
  readonly settings: Pick<ActuatorSettings, "reality" | "personsToArm">;
  /** Lets the arm see, at once, what forbids writing now. */
  readonly judge: (kept: KeptEnvelope) => void;
  /** Measured anew. */
  readonly isolation: () => Isolation;
}

const isCommission = ({ event }: { event: string }): boolean => event === "commission";

/** What flows want and people permit: an envelope is wanted, commissioned, armed, disarmed and retired here. */
export class EnvelopeDesk {
  readonly #parts: EnvelopeDeskParts;

  constructor(parts: EnvelopeDeskParts) {
    this.#parts = parts;
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
    const isFirst =
      !this.#parts.keeper.everCommissioned && !this.#parts.audit.found.records.some(isCommission);
    if (isFirst && this.#parts.settings.reality === "virtual") this.commission(kept.id, hash, undefined);
    return { hash, commissioned: kept.governing !== undefined };
  }

  /** @param by the person; undefined for the first envelope of a virtual plant */
  commission(id: unknown, hash: unknown, by: string | undefined): void {
    const kept = this.#parts.keeper.require(id);
    const day = new Date().toISOString().slice(0, 10);
    this.#parts.keeper.commissionable(kept, hash);
    const how = by === undefined ? "automatically for the virtual plant" : `by ${by}, ${day}`;
    // On the disk before it is in force.
    this.#parts.audit.append("commission", { envelope: kept.id, hash: String(hash), how });
    if (kept.arming.armed) this.stop(kept, "the envelope was changed");
    this.#parts.keeper.commission(kept, hash, how);
  }

  /**
   * @param by the person, who has just given the password
   * @returns whether it is armed now, or a second person is waited for
   * @throws RungError `cannot-arm`, `arm-differs` where a second person asks for something else than the first
   */
  arm(id: unknown, mode: unknown, minutes: unknown, by: string): "armed" | "second-person-needed" {
    const kept = this.#parts.keeper.require(id);
    const nowMs = monotonicMs();
    const forMs = Number(minutes) * 60_000;
    const chosen = mode === "advise" ? "advise" : "act";
    this.#parts.judge(kept);
    const obstacle = this.#obstacle(kept);
    if (obstacle !== undefined) throw new RungError({ code: "cannot-arm", where: kept.id, what: obstacle });
    let people = [by];
    if (this.#parts.settings.personsToArm > 1) {
      const asked = { mode: chosen, minutes: Number(minutes), hash: kept.commission!.hash } as const;
      const first = kept.armRequestAt(nowMs);
      if (first === undefined || first.by === by) {
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
      people = [first.by, by];
    }
    this.#parts.audit.append("arm", {
      envelope: kept.id,
      hash: kept.commission!.hash,
      mode: chosen,
      minutes: Number(minutes),
      by: people,
    });
    try {
      kept.arming.arm(chosen, forMs, people, nowMs);
    } catch (error) {
      this.#parts.audit.append("disarm", { envelope: kept.id, cause: messageOf(error) });
      throw error;
    }
    kept.release();
    kept.beforeArm.clear();
    return "armed";
  }

  /** Anyone signed in may stop it, and so may the host. */
  disarm(id: unknown, by: string): void {
    const kept = this.#parts.keeper.require(id);
    this.#parts.audit.append("disarm", { envelope: kept.id, cause: `by ${by}` });
    kept.arming.disarm(null);
    kept.release();
  }

  /** No flow has it any more: heartbeats end, and it cannot be armed until a flow wants it again. */
  retire(kept: KeptEnvelope): void {
    if (kept.arming.armed) this.stop(kept, "the flow has this envelope no longer");
    this.#parts.audit.append("retire", { envelope: kept.id, cause: "the flow has this envelope no longer" });
    this.#parts.keeper.retire(kept);
  }

  /** A disarm that a person must look at. Heartbeats end with it; the PLC falls back by its own time-out. */
  stop(kept: KeptEnvelope, cause: string): void {
    this.#parts.audit.append("disarm", { envelope: kept.id, cause });
    kept.arming.disarm(cause);
    kept.release();
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

  /** Why it must not be armed whatever a person wants. */
  #obstacle(kept: KeptEnvelope): string | undefined {
    const { isolated, reasons } = this.#parts.isolation();
    if (kept.retired) return "it is retired: the flow has this envelope no longer";
    if (kept.wanted === undefined) return "no flow has asked for this envelope since the actuator started";
    if (kept.governing === undefined) return "the envelope the flow wants is not commissioned";
    const { breaks } = this.#parts.audit.found;
    if (breaks.length > 0) return `the audit is broken: ${breaks[0]}`;
    if (this.#parts.settings.reality === "live" && !isolated) {
      return `not isolated from the host: ${reasons.join(", ")}`;
    }
    return undefined;
  }
}
