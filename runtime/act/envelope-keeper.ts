import { join } from "node:path";
import { RungError } from "../core/errors.ts";
import { readJsonFile, writePrivateJson } from "../core/private-file.ts";
import { Arming, type ArmingOptions, type ArmMode } from "./arming.ts";
import { type Envelope, type EnvelopeTarget, envelopeHash } from "./envelope.ts";
import type { WriteRecord } from "./status.ts";

export interface Commission {
  readonly envelope: Envelope;
  readonly hash: string;
  readonly how: string;
}

/** A value the actuator keeps in force by its heartbeat. */
export interface InForce {
  readonly target: EnvelopeTarget;
  readonly value: number;
  /** Monotonic: a view asked for earlier does not show it yet. */
  readonly sinceMs: number;
}

/** What a first person asked for; a second one agrees to exactly this. */
export interface ArmRequest {
  readonly by: string;
  readonly mode: ArmMode;
  readonly minutes: number;
  /** Of the envelope in force then. */
  readonly hash: string;
  /** Monotonic. */
  readonly atMs: number;
}

const SECOND_PERSON_WITHIN_MS = 5 * 60_000;

/** Everything about one envelope: what the flow wants, what was commissioned, its arm, what it wrote. */
export class KeptEnvelope {
  readonly id: string;
  readonly arming: Arming;
  wanted: Envelope | undefined;
  commission: Commission | undefined;
  armRequest: ArmRequest | undefined;
  /** No flow has it any more: nothing is written by it until a flow wants it again. */
  retired = false;
  /** Since when the host has not named it, monotonic. */
  missingSinceMs: number | undefined;
  readonly inForce = new Map<string, InForce>();
  /** Setpoints before the first write of this arm. */
  readonly beforeArm = new Map<string, number>();
  /** Targets a person took over -> until when they are left alone, monotonic milliseconds. */
  readonly takenOver = new Map<string, number>();
  readonly writes: WriteRecord[] = [];

  constructor(id: string, arming: Arming) {
    this.id = id;
    this.arming = arming;
  }

  get wantedHash(): string | null {
    return this.wanted === undefined ? null : envelopeHash(this.wanted);
  }

  /** The envelope writes are judged by: the commissioned one, while the flow wants nothing else. */
  get governing(): Envelope | undefined {
    if (this.retired || this.commission === undefined) return undefined;
    return this.wanted === undefined || this.wantedHash === this.commission.hash
      ? this.commission.envelope
      : undefined;
  }

  /** The envelope that is shown and read. */
  get shown(): Envelope | undefined {
    return this.wanted ?? this.commission?.envelope;
  }

  /** What a first person asked for, while a second may still agree. */
  armRequestAt(nowMs: number): ArmRequest | undefined {
    const { armRequest } = this;
    return armRequest !== undefined && nowMs - armRequest.atMs <= SECOND_PERSON_WITHIN_MS
      ? armRequest
      : undefined;
  }

  /** Nothing is kept in force any longer: heartbeats stop and the PLC falls back by itself. */
  release(): void {
    this.inForce.clear();
    this.takenOver.clear();
    this.armRequest = undefined;
  }
}

const FILE = "envelopes.json";

/**
 * The envelopes of an actuator. Commissioned ones live in `envelopes.json` with their hash; a file edited by hand
 * no longer fits its hash and counts as not commissioned.
 */
export class EnvelopeKeeper {
  /** Whether this home ever had a commissioned envelope, as far as the file tells. */
  everCommissioned = false;
  readonly #file: string;
  readonly #kept = new Map<string, KeptEnvelope>();
  readonly #options: Partial<ArmingOptions>;

  /** @param restarted ids that were armed when the process ended */
  constructor(directory: string, options: Partial<ArmingOptions>, restarted: ReadonlySet<string>) {
    this.#file = join(directory, FILE);
    this.#options = options;
    for (const commission of readJsonFile<Commission[]>(this.#file) ?? []) {
      this.everCommissioned = true;
      if (envelopeHash(commission.envelope) !== commission.hash) continue;
      const id = commission.envelope.id;
      this.#make(id, restarted.has(id) ? "the actuator was restarted" : null).commission = commission;
    }
  }

  all(): KeptEnvelope[] {
    return [...this.#kept.values()];
  }

  /** @throws RungError `unknown-envelope` */
  require(id: unknown): KeptEnvelope {
    const kept = typeof id === "string" ? this.#kept.get(id) : undefined;
    if (kept !== undefined) return kept;
    throw new RungError({
      code: "unknown-envelope",
      where: String(id),
      what: "is no envelope of this actuator",
      advice: "deploy the flow that wants it",
    });
  }

  /**
   * Takes what the flow wants. @returns whether it differs from what was wanted or commissioned before
   * @throws RungError `target-taken` where another envelope holds a target already
   */
  want(envelope: Envelope): { readonly kept: KeptEnvelope; readonly changed: boolean } {
    for (const other of this.#others(envelope.id)) {
      const taken = envelope.targets.find((t) => other.shown?.targets.some((u) => u.address === t.address));
      if (taken !== undefined) {
        throw new RungError({
          code: "target-taken",
          where: taken.address,
          what: `is a target of envelope ${other.shown!.name} already`,
          advice: "one setpoint has one envelope",
        });
      }
    }
    const kept = this.#kept.get(envelope.id) ?? this.#make(envelope.id, null);
    const before = kept.wantedHash ?? kept.commission?.hash;
    kept.wanted = envelope;
    kept.retired = false;
    kept.missingSinceMs = undefined;
    const changed = before !== kept.wantedHash;
    if (changed) kept.armRequest = undefined;
    return { kept, changed };
  }

  /** Takes down which envelopes the running flow has, as the host says. */
  named(ids: ReadonlySet<string>, nowMs: number): void {
    for (const kept of this.#kept.values()) {
      if (ids.has(kept.id)) kept.missingSinceMs = undefined;
      else kept.missingSinceMs ??= nowMs;
    }
  }

  /** Envelopes not yet retired that no flow has had for a while, which a deploy takes. */
  vanished(nowMs: number, afterMs: number): KeptEnvelope[] {
    return this.all().filter(
      ({ retired, missingSinceMs }) =>
        !retired && missingSinceMs !== undefined && nowMs - missingSinceMs >= afterMs,
    );
  }

  /** One that was never commissioned is forgotten, since nothing was ever in force by it. */
  retire(kept: KeptEnvelope): void {
    kept.retired = true;
    kept.wanted = undefined;
    if (kept.commission === undefined) this.#kept.delete(kept.id);
  }

  /**
   * What the flow wants, where it may be put in force.
   * @param hash what the person saw; a flow deployed meanwhile is refused
   * @throws RungError `envelope-changed`, `node-taken`
   */
  commissionable(kept: KeptEnvelope, hash: unknown): Envelope {
    const { wanted } = kept;
    if (wanted === undefined || kept.wantedHash !== hash) {
      throw new RungError({
        code: "envelope-changed",
        where: kept.id,
        what: "is no longer the envelope that was shown",
        advice: "read it again, then commission it",
      });
    }
    const rivalry = this.#rivalry(wanted);
    if (rivalry !== undefined) {
      throw new RungError({
        code: "node-taken",
        where: kept.id,
        what: rivalry,
        advice: "one request block has one envelope: take it out of the other's table",
      });
    }
    return wanted;
  }

  /** Puts it in force. @throws RungError as `commissionable` */
  commission(kept: KeptEnvelope, hash: unknown, how: string): void {
    const envelope = this.commissionable(kept, hash);
    kept.commission = { envelope, hash: envelopeHash(envelope), how };
    kept.armRequest = undefined;
    this.everCommissioned = true;
    const all = this.all().flatMap((one) => (one.commission === undefined ? [] : [one.commission]));
    writePrivateJson(this.#file, all);
  }

  /** The envelope a target belongs to. */
  holding(address: unknown): KeptEnvelope | undefined {
    return this.all().find(
      (kept) => !kept.retired && kept.shown?.targets.some((target) => target.address === address),
    );
  }

  /** A node of the plant that another commissioned envelope writes already, whatever address it has there. */
  #rivalry(envelope: Envelope): string | undefined {
    for (const other of this.#others(envelope.id)) {
      const theirs = new Set(other.commission?.envelope.targets.flatMap(writtenNodes));
      const node = envelope.targets.flatMap(writtenNodes).find((id) => theirs.has(id));
      if (node !== undefined) return `${node} is written by the commissioned envelope ${other.shown!.name}`;
    }
    return undefined;
  }

  #others(id: string): KeptEnvelope[] {
    return this.all().filter((kept) => kept.id !== id && !kept.retired);
  }

  #make(id: string, disarmedBecause: string | null): KeptEnvelope {
    const kept = new KeptEnvelope(id, new Arming(this.#options, disarmedBecause));
    this.#kept.set(id, kept);
    return kept;
  }
}

/** What of the plant a target may change. */
const writtenNodes = ({ nodeIds }: EnvelopeTarget): string[] => [nodeIds.setpoint, nodeIds.request];
