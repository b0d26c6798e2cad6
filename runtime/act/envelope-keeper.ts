import { join } from "node:path";
import { RungError } from "../core/errors.ts";
import { readJsonFile, writePrivateJson } from "../core/private-file.ts";
import { Arming, type ArmingOptions, type ArmMode } from "./arming.ts";
import { type Envelope, type EnvelopeTarget, envelopeHash } from "./envelope.ts";
import { readEnvelope } from "./read-envelope.ts";
import type { WriteRecord } from "./status.ts";
import { untrustedText } from "./untrusted-text.ts";

export interface Commission {
  readonly envelope: Envelope;
  readonly hash: string;
  readonly how: string;
}

/** A value the actuator keeps in force by its heartbeat. */
export interface InForce {
  readonly target: EnvelopeTarget;
  readonly value: number;
  /** What the PLC falls back to: the setpoint before the first of the writes that are in force without a break. */
  readonly safe: number;
  /** Monotonic: a view asked for earlier does not show it yet. */
  readonly sinceMs: number;
}

/** A setpoint as it was before it was written. */
export interface PriorValue {
  readonly target: EnvelopeTarget;
  readonly value: number;
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

/** How long a first person's wish to arm waits for a second one. */
export const SECOND_PERSON_WITHIN_MS = 5 * 60_000;

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
  /** What is proposed to people since a disarm, in place of what was in force then, by address. */
  readonly proposedBack = new Map<string, number>();
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

  /** The flow wants another envelope than was commissioned. */
  get changed(): boolean {
    return !this.retired && this.commission !== undefined && this.governing === undefined;
  }

  /** The envelope that is shown and read. */
  get shown(): Envelope | undefined {
    return this.wanted ?? this.commission?.envelope;
  }

  /** The twin and the setpoints it is about: what a person's scopes must hold. */
  get addresses(): string[] {
    const envelopes = [this.wanted, this.commission?.envelope].filter((one) => one !== undefined);
    return envelopes.flatMap(({ twin, targets }) => [twin, ...targets.map(({ address }) => address)]);
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

/** Envelopes that no person commissioned; a host that makes up more must not fill memory and audit. */
export const MOST_UNCOMMISSIONED = 32;

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
      if (!isWhole(commission)) continue;
      const id = commission.envelope.id;
      this.#make(id, restarted.has(id) ? "the actuator was restarted" : null).commission = commission;
    }
    this.#partRivals();
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
      where: untrustedText(id),
      what: "is no envelope of this actuator",
      advice: "deploy the flow that wants it",
    });
  }

  /**
   * Takes what the flow wants. @returns whether it differs from what was wanted or commissioned before, or was retired
   * @throws RungError `target-taken` where another envelope holds a target already; `too-many` without a commission;
   *   `node-taken` where it would be in force again by its commission, and another writes its nodes meanwhile
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
    const commissioned = this.#kept.get(envelope.id)?.commission?.hash;
    if (commissioned === envelopeHash(envelope)) this.#requireNoRival(envelope);
    const kept = this.#kept.get(envelope.id) ?? this.#makeNew(envelope.id);
    const before = kept.retired ? null : (kept.wantedHash ?? commissioned);
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
    this.#requireNoRival(wanted);
    return wanted;
  }

  /** Puts it in force. @throws RungError as `commissionable` */
  commission(kept: KeptEnvelope, hash: unknown, how: string): void {
    const envelope = this.commissionable(kept, hash);
    const commission = { envelope, hash: envelopeHash(envelope), how };
    const all = this.all().flatMap((one) => (one === kept ? commission : (one.commission ?? [])));
    // On the disk before it is in force.
    writePrivateJson(this.#file, all);
    kept.commission = commission;
    kept.armRequest = undefined;
    this.everCommissioned = true;
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

  #requireNoRival(envelope: Envelope): void {
    const rivalry = this.#rivalry(envelope);
    if (rivalry === undefined) return;
    throw new RungError({
      code: "node-taken",
      where: envelope.id,
      what: rivalry,
      advice: "one request block has one envelope: take it out of the other's table",
    });
  }

  /**
   * One that was commissioned while another was retired may share a node or a target with it, and the file does not
   * tell which of them the flow has: both wait, as retired ones, until a flow wants one of them.
   */
  #partRivals(): void {
    const rivals = this.all().filter(({ id, commission }) => {
      const { envelope } = commission!;
      const addresses = new Set(envelope.targets.map(({ address }) => address));
      const isShared = (other: KeptEnvelope) =>
        other.commission!.envelope.targets.some(({ address }) => addresses.has(address));
      return this.#rivalry(envelope) !== undefined || this.#others(id).some(isShared);
    });
    for (const kept of rivals) kept.retired = true;
  }

  #others(id: string): KeptEnvelope[] {
    return this.all().filter((kept) => kept.id !== id && !kept.retired);
  }

  #makeNew(id: string): KeptEnvelope {
    const uncommissioned = this.all().filter(({ commission }) => commission === undefined).length;
    if (uncommissioned >= MOST_UNCOMMISSIONED) {
      throw new RungError({
        code: "too-many",
        where: id,
        what: `${uncommissioned} envelopes wait for a person to commission them`,
        advice: "commission them, or take them out of the flow and wait until they are retired",
      });
    }
    return this.#make(id, null);
  }

  #make(id: string, disarmedBecause: string | null): KeptEnvelope {
    const kept = new KeptEnvelope(id, new Arming(this.#options, disarmedBecause));
    this.#kept.set(id, kept);
    return kept;
  }
}

/** One edited by hand, or from before a limit was known, no longer says what it was commissioned to say. */
function isWhole({ envelope, hash }: Commission): boolean {
  try {
    return envelopeHash(readEnvelope(envelope)) === hash;
  } catch (error) {
    if (error instanceof RungError) return false;
    throw error;
  }
}

/** What of the plant a target may change. */
const writtenNodes = ({ nodeIds: { setpoint, request } }: EnvelopeTarget): string[] =>
  request === undefined ? [setpoint] : [setpoint, request];
