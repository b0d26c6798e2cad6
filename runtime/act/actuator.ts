import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, RungError } from "../core/errors.ts";
import { monotonicMs } from "../core/time.ts";
import { buildStatus } from "./actuator-status.ts";
import { Approvals } from "./approvals.ts";
import { AuditLog } from "./audit/audit-log.ts";
import { armedAtTheEnd, historyFrom } from "./audit/audit-recall.ts";
import { plantRefusal, RESOLUTION } from "./decide.ts";
import { type Envelope, readEnvelope } from "./envelope.ts";
import { EnvelopeKeeper, type KeptEnvelope } from "./envelope-keeper.ts";
import { type HostHeartbeat, HostWatch } from "./host-watch.ts";
import { type Isolation, measureIsolation } from "./isolation.ts";
import type { ActuatorSettings } from "./plant/actuator-settings.ts";
import { PlantReader } from "./plant/plant-reader.ts";
import type { PlantSession } from "./plant/plant-session.ts";
import { RequestWriter } from "./plant/request-writer.ts";
import { type PlantView, REQUEST_RESULT } from "./plant-view.ts";
import type { ProposalResult } from "./proposal.ts";
import { ResultLog } from "./result-log.ts";
import type { ActuatorStatus, ApprovalStatus } from "./status.ts";
import { WriteDesk } from "./write-desk.ts";
import type { WriteHistory } from "./write-history.ts";

export interface ActuatorParts {
  /** The actuator's own directory. */
  readonly directory: string;
  readonly settings: ActuatorSettings;
  readonly session: PlantSession;
  /** RUNG_HOME, which is the host's: what it owns is compared with what the actuator owns. */
  readonly home: string;
}

const SECOND_PERSON_WITHIN_MS = 5 * 60_000;
const ISOLATION_EVERY_MS = 30_000;
const MOST_PROPOSALS = 64;
const isCommission = ({ event }: { event: string }): boolean => event === "commission";

/**
 * The only holder of a plant's write credentials. It reads the plant by its own session, judges each proposal by
 * the commissioned envelope, writes while armed, keeps what it wrote in force by a heartbeat, and stops by itself.
 * It never writes a revert: when heartbeats end, the PLC returns to its last safe setpoint.
 */
export class Actuator {
  readonly #parts: ActuatorParts;
  readonly #audit: AuditLog;
  readonly #keeper: EnvelopeKeeper;
  readonly #reader: PlantReader;
  readonly #writer: RequestWriter;
  readonly #host: HostWatch;
  readonly #approvals = new Approvals();
  readonly #results = new ResultLog();
  readonly #history: WriteHistory;
  readonly #desk: WriteDesk;
  #isolation: Isolation;
  #isolationAtMs = 0;
  #linkProblem: string | undefined = "the plant was not read yet";
  #beatAtMs = 0;
  #closed = false;
  #loop: Promise<void> | undefined;

  constructor(parts: ActuatorParts) {
    const { settings, session, directory } = parts;
    this.#parts = parts;
    this.#audit = new AuditLog(directory);
    const records = this.#audit.found.records;
    this.#history = historyFrom(records);
    this.#keeper = new EnvelopeKeeper(
      directory,
      { hysteresisMs: settings.hysteresisMs, longestHoldMs: settings.longestHoldMs },
      armedAtTheEnd(records),
    );
    this.#reader = new PlantReader(session, settings);
    this.#writer = new RequestWriter(session, settings);
    this.#host = new HostWatch(settings.hostSilenceMs);
    this.#isolation = measureIsolation(parts.home, directory);
    this.#desk = new WriteDesk({
      keeper: this.#keeper,
      reader: this.#reader,
      writer: this.#writer,
      audit: this.#audit,
      approvals: this.#approvals,
      results: this.#results,
      history: this.#history,
      look: () => this.#look(),
      judge: (kept) => this.#judge(kept, monotonicMs()),
      disarm: (kept, cause) => this.#disarm(kept, cause),
      takeoverMs: settings.takeoverMs,
    });
  }

  start(): void {
    this.#audit.append("start", { reality: this.#parts.settings.reality, isolation: { ...this.#isolation } });
    this.#parts.session.start();
    this.#loop ??= this.#run();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#loop;
    await this.#parts.session.close();
    for (const kept of this.#keeper.all()) {
      if (kept.arming.armed) this.#disarm(kept, "the actuator was stopped");
    }
    this.#audit.append("stop", {});
    this.#audit.close();
  }

  /** @param proposals untrusted, at most 64 at once @throws RungError `too-many` */
  propose(proposals: readonly unknown[]): Promise<ProposalResult[]> {
    if (proposals.length > MOST_PROPOSALS) {
      throw new RungError({
        code: "too-many",
        where: "proposals",
        what: `at most ${MOST_PROPOSALS} at once, got ${proposals.length}`,
      });
    }
    return this.#desk.propose(proposals);
  }

  resultsAfter(seq: number): { readonly seq: number; readonly results: readonly ProposalResult[] } {
    return { seq: this.#results.seq, results: this.#results.after(seq) };
  }

  /**
   * Takes the envelope a flow wants. The first one ever of a virtual plant's home is commissioned at once and marked so;
   * a changed one disarms, and nothing is written by it or by a further one until a person commissions it.
   * @param having ids of all envelopes the flow has: another that it no longer has must not stand in the way
   */
  want(thing: unknown, having?: unknown): { readonly hash: string; readonly commissioned: boolean } {
    const envelope = readEnvelope(thing);
    if (Array.isArray(having)) this.#makeRoom(envelope, new Set(having.map(String)));
    const { kept, changed } = this.#keeper.want(envelope);
    const hash = kept.wantedHash!;
    if (changed) {
      this.#audit.append("envelope-wanted", { envelope: kept.id, hash });
      if (kept.governing === undefined && kept.arming.armed) this.#disarm(kept, "the envelope was changed");
    }
    const isFirst = !this.#keeper.everCommissioned && !this.#audit.found.records.some(isCommission);
    if (isFirst && this.#parts.settings.reality === "virtual") this.commission(kept.id, hash, undefined);
    return { hash, commissioned: kept.governing !== undefined };
  }

  /** @param by the person; undefined for the first envelope of a virtual plant */
  commission(id: unknown, hash: unknown, by: string | undefined): void {
    const kept = this.#keeper.require(id);
    const day = new Date().toISOString().slice(0, 10);
    this.#keeper.commissionable(kept, hash);
    const how = by === undefined ? "automatically for the virtual plant" : `by ${by}, ${day}`;
    // On the disk before it is in force.
    this.#audit.append("commission", { envelope: kept.id, hash: String(hash), how });
    if (kept.arming.armed) this.#disarm(kept, "the envelope was changed");
    this.#keeper.commission(kept, hash, how);
  }

  /**
   * @param by the person, who has just given the password
   * @returns whether it is armed now, or a second person is waited for
   * @throws RungError `cannot-arm`, `second-person-needed`
   */
  arm(id: unknown, mode: unknown, minutes: unknown, by: string): "armed" | "second-person-needed" {
    const kept = this.#keeper.require(id);
    const nowMs = monotonicMs();
    const forMs = Number(minutes) * 60_000;
    const chosen = mode === "advise" ? "advise" : "act";
    this.#measureIsolation(nowMs, true);
    this.#judge(kept, nowMs);
    const obstacle = this.#obstacle(kept);
    if (obstacle !== undefined) throw new RungError({ code: "cannot-arm", where: kept.id, what: obstacle });
    let people = [by];
    if (this.#parts.settings.personsToArm > 1) {
      const first = kept.armRequest;
      const fresh = first !== undefined && nowMs - first.atMs <= SECOND_PERSON_WITHIN_MS;
      if (!fresh || first.by === by) {
        kept.armRequest = { by, atMs: nowMs };
        this.#audit.append("arm-requested", {
          envelope: kept.id,
          by,
          mode: chosen,
          minutes: Number(minutes),
        });
        return "second-person-needed";
      }
      people = [first.by, by];
    }
    this.#audit.append("arm", {
      envelope: kept.id,
      hash: kept.commission!.hash,
      mode: chosen,
      minutes: Number(minutes),
      by: people,
    });
    try {
      kept.arming.arm(chosen, forMs, people, nowMs);
    } catch (error) {
      this.#audit.append("disarm", { envelope: kept.id, cause: messageOf(error) });
      throw error;
    }
    kept.release();
    kept.beforeArm.clear();
    return "armed";
  }

  /** Anyone signed in may stop it, and so may the host. */
  disarm(id: unknown, by: string): void {
    const kept = this.#keeper.require(id);
    this.#audit.append("disarm", { envelope: kept.id, cause: `by ${by}` });
    kept.arming.disarm(null);
    kept.release();
  }

  requestApproval(thing: unknown): ApprovalStatus {
    const status = this.#approvals.request(thing);
    this.#audit.append("approval-requested", { id: status.id, title: status.title });
    return status;
  }

  /**
   * Approves one recommendation, and writes what waited for it.
   * @param hash of what the person was shown
   * @throws RungError as `Approvals.approve`
   */
  async approve(id: string, hash: unknown, by: string): Promise<readonly ProposalResult[]> {
    const waiting = this.#approvals.approve(id, hash, by, this.#reader.nowUs());
    this.#audit.append("approve", { id, hash, by, proposals: waiting.map((proposal) => proposal.id) });
    return this.#desk.propose(waiting);
  }

  heartbeat(thing: unknown): void {
    const nowMs = monotonicMs();
    this.#host.beat(thing, nowMs);
    const envelopes: unknown = (thing as Partial<HostHeartbeat> | null)?.envelopes;
    if (Array.isArray(envelopes)) this.#keeper.named(new Set(envelopes.map(String)), nowMs);
  }

  status(): ActuatorStatus {
    const nowMs = monotonicMs();
    const { settings, session } = this.#parts;
    return {
      kind: "actuator-status",
      pid: process.pid,
      reality: settings.reality,
      personsToArm: settings.personsToArm,
      isolation: this.#isolation,
      plant: {
        connected: session.connected,
        problem: this.#linkProblem ?? null,
        timeUs: Math.trunc(this.#reader.nowUs()),
        speed: this.#reader.speed,
      },
      hostSilentMs: this.#host.silentMs(nowMs),
      audit: { whole: this.#audit.found.breaks.length === 0, breaks: this.#audit.found.breaks },
      envelopes: this.#keeper.all().map((kept) =>
        buildStatus(kept, {
          nowMs,
          wallMs: Date.now(),
          nowUs: this.#reader.nowUs(),
          view: this.#reader.view,
          settings,
          isolation: this.#isolation,
          linkProblem: this.#linkProblem,
          host: this.#host,
          auditWhole: this.#audit.found.breaks.length === 0,
        }),
      ),
      approvals: this.#approvals.list(),
      counts: this.#results.counts,
      resultSeq: this.#results.seq,
    };
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      await this.#tick();
      await sleep(this.#parts.settings.pollMs);
    }
  }

  async #tick(): Promise<void> {
    await this.#look();
    const nowMs = monotonicMs();
    this.#measureIsolation(nowMs, false);
    for (const kept of this.#keeper.vanished(nowMs, this.#parts.settings.retireAfterMs)) this.#retire(kept);
    for (const kept of this.#keeper.all()) this.#judge(kept, nowMs);
    await this.#beat(nowMs);
    this.#desk.lapsed(this.#approvals.lapse(this.#reader.nowUs()));
    this.#history.prune(this.#reader.nowUs());
  }

  /** Reads the plant anew; a step of a clock disarms, a setpoint that somebody else changed is taken over. */
  async #look(): Promise<PlantView | undefined> {
    const envelopes = this.#keeper
      .all()
      .flatMap(({ retired, shown }) => (retired || shown === undefined ? [] : [shown]));
    let view: PlantView | undefined;
    try {
      view = await this.#reader.refresh(envelopes);
      this.#linkProblem = undefined;
    } catch (error) {
      this.#linkProblem = messageOf(error);
    }
    const step = this.#reader.takeClockStep();
    for (const kept of this.#keeper.all()) {
      if (step !== undefined && kept.arming.armed) this.#disarm(kept, step);
      if (view !== undefined) this.#seeTakeover(kept, view);
    }
    return view;
  }

  #seeTakeover(kept: KeptEnvelope, view: PlantView): void {
    for (const [address, { value, sinceMs }] of kept.inForce) {
      const seen = view.targets.get(address);
      if (seen === undefined || !seen.setpoint.good || address === this.#desk.writing) continue;
      if (view.askedAtMs <= sinceMs) continue;
      const apart = Math.abs(seen.setpoint.value - value);
      if (apart <= this.#parts.settings.readBackTolerance + RESOLUTION) continue;
      kept.inForce.delete(address);
      const fellBack = seen.result.value === REQUEST_RESULT.timedOut;
      const now = seen.setpoint.value;
      this.#audit.append(fellBack ? "fell-back" : "taken-over", {
        envelope: kept.id,
        target: address,
        value,
        now,
      });
      if (fellBack) continue;
      kept.takenOver.set(address, monotonicMs() + this.#parts.settings.takeoverMs);
    }
  }

  /** Finds what forbids writing now: a hold, while it is armed, or the end of the arm. */
  #judge(kept: KeptEnvelope, nowMs: number): void {
    const before = kept.arming.state(nowMs).hold !== null;
    kept.arming.causesAre(this.#causesOf(kept, nowMs), nowMs);
    const { hold } = kept.arming.state(nowMs);
    if ((hold !== null) !== before) {
      this.#audit.append(hold === null ? "resume" : "hold", {
        envelope: kept.id,
        causes: hold?.causes ?? [],
      });
    }
    const ended = kept.arming.tick(nowMs);
    if (ended === undefined) return;
    this.#audit.append("disarm", { envelope: kept.id, cause: ended });
    kept.release();
  }

  #causesOf(kept: KeptEnvelope, nowMs: number): string[] {
    const nowUs = this.#reader.nowUs();
    const envelope = kept.shown;
    const causes = [
      this.#linkProblem && `the plant is not read: ${this.#linkProblem}`,
      this.#host.silence(nowMs),
      envelope && this.#host.rowFour(envelope.twin),
    ];
    for (const [address, until] of kept.takenOver) {
      if (until <= nowMs) kept.takenOver.delete(address);
      else causes.push(`${address}: taken over by an operator`);
    }
    if (this.#linkProblem === undefined) {
      for (const target of envelope?.targets ?? []) {
        causes.push(plantRefusal(target, { view: this.#reader.view, nowUs })?.reason);
      }
    }
    return causes.filter((cause) => cause !== undefined && cause !== "") as string[];
  }

  /** A flow may give a target to another envelope: the one it no longer has is retired at once. */
  #makeRoom({ id, targets }: Envelope, having: ReadonlySet<string>): void {
    for (const kept of this.#keeper.all()) {
      if (kept.id === id || kept.retired || having.has(kept.id)) continue;
      const inTheWay = kept.shown?.targets.some((own) =>
        targets.some(({ address }) => address === own.address),
      );
      if (inTheWay) this.#retire(kept);
    }
  }

  /** No flow has it any more: heartbeats end, and it cannot be armed until a flow wants it again. */
  #retire(kept: KeptEnvelope): void {
    if (kept.arming.armed) this.#disarm(kept, "the flow has this envelope no longer");
    this.#audit.append("retire", { envelope: kept.id, cause: "the flow has this envelope no longer" });
    this.#keeper.retire(kept);
  }

  /** Why it must not be armed whatever a person wants. */
  #obstacle(kept: KeptEnvelope): string | undefined {
    if (kept.retired) return "it is retired: the flow has this envelope no longer";
    if (kept.wanted === undefined) return "no flow has asked for this envelope since the actuator started";
    if (kept.governing === undefined) return "the envelope the flow wants is not commissioned";
    const { breaks } = this.#audit.found;
    if (breaks.length > 0) return `the audit is broken: ${breaks[0]}`;
    if (this.#parts.settings.reality === "live" && !this.#isolation.isolated) {
      return `not isolated from the host: ${this.#isolation.reasons.join(", ")}`;
    }
    return undefined;
  }

  /** A disarm that a person must look at. Heartbeats end with it; the PLC falls back by its own time-out. */
  #disarm(kept: KeptEnvelope, cause: string): void {
    this.#audit.append("disarm", { envelope: kept.id, cause });
    kept.arming.disarm(cause);
    kept.release();
  }

  async #beat(nowMs: number): Promise<void> {
    const targets = this.#keeper.all().flatMap((kept) =>
      // A person who took the setpoint over owns it: no heartbeat speaks for it.
      kept.arming.armed ? [...kept.inForce.values()].map(({ target }) => target) : [],
    );
    if (targets.length === 0) return;
    const shortestMs =
      Math.min(...targets.map((target) => target.ttlMs)) / Math.max(this.#reader.speed, 1e-9);
    if (nowMs - this.#beatAtMs < shortestMs / 4) return;
    this.#beatAtMs = nowMs;
    try {
      await this.#writer.beat(targets.filter((target) => target.address !== this.#desk.writing));
    } catch (error) {
      this.#linkProblem = messageOf(error);
    }
  }

  #measureIsolation(nowMs: number, now: boolean): void {
    if (!now && nowMs - this.#isolationAtMs < ISOLATION_EVERY_MS) return;
    this.#isolationAtMs = nowMs;
    this.#isolation = measureIsolation(this.#parts.home, this.#parts.directory);
  }
}
