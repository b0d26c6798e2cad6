import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, RungError } from "../core/errors.ts";
import { monotonicMs } from "../core/time.ts";
import { buildStatus } from "./actuator-status.ts";
import { Approvals } from "./approvals.ts";
import { AuditLog } from "./audit/audit-log.ts";
import { armedAtTheEnd, historyFrom } from "./audit/audit-recall.ts";
import { EnvelopeDesk } from "./envelope-desk.ts";
import { EnvelopeKeeper } from "./envelope-keeper.ts";
import { type HostHeartbeat, HostWatch } from "./host-watch.ts";
import { type Isolation, measureIsolation } from "./isolation.ts";
import type { ActuatorSettings } from "./plant/actuator-settings.ts";
import { PlantReader } from "./plant/plant-reader.ts";
import type { PlantSession } from "./plant/plant-session.ts";
import { RequestWriter } from "./plant/request-writer.ts";
import { PlantWatch } from "./plant-watch.ts";
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

const ISOLATION_EVERY_MS = 30_000;
const MOST_PROPOSALS = 64;

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
  readonly #watch: PlantWatch;
  readonly #envelopes: EnvelopeDesk;
  #isolation: Isolation;
  #isolationAtMs = 0;
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
      look: () => this.#watch.look(),
      judge: (kept) => this.#watch.judge(kept),
      disarm: (kept, cause) => this.#envelopes.stop(kept, cause),
      takeoverMs: settings.takeoverMs,
    });
    this.#watch = new PlantWatch({
      keeper: this.#keeper,
      reader: this.#reader,
      host: this.#host,
      audit: this.#audit,
      settings,
      writing: () => this.#desk.writing,
      stop: (kept, cause) => this.#envelopes.stop(kept, cause),
    });
    this.#envelopes = new EnvelopeDesk({
      keeper: this.#keeper,
      audit: this.#audit,
      settings,
      judge: (kept) => this.#watch.judge(kept),
      isolation: () => this.#measureIsolation(),
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
      if (kept.arming.armed) this.#envelopes.stop(kept, "the actuator was stopped");
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

  /** As `EnvelopeDesk.want`. */
  want(thing: unknown, having?: unknown): { readonly hash: string; readonly commissioned: boolean } {
    return this.#envelopes.want(thing, having);
  }

  /** As `EnvelopeDesk.commission`. */
  commission(id: unknown, hash: unknown, by: string): void {
    this.#envelopes.commission(id, hash, by);
  }

  /** As `EnvelopeDesk.arm`. */
  arm(id: unknown, mode: unknown, minutes: unknown, by: string): "armed" | "second-person-needed" {
    return this.#envelopes.arm(id, mode, minutes, by);
  }

  /** Anyone signed in may stop it, and so may the host. */
  disarm(id: unknown, by: string): void {
    this.#envelopes.disarm(id, by);
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
        problem: this.#watch.linkProblem ?? null,
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
          linkProblem: this.#watch.linkProblem,
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
    await this.#watch.look();
    const nowMs = monotonicMs();
    if (nowMs - this.#isolationAtMs >= ISOLATION_EVERY_MS) this.#measureIsolation();
    for (const kept of this.#keeper.vanished(nowMs, this.#parts.settings.retireAfterMs)) {
      this.#envelopes.retire(kept);
    }
    for (const kept of this.#keeper.all()) this.#watch.judge(kept);
    await this.#beat(nowMs);
    this.#desk.lapsed(this.#approvals.lapse(this.#reader.nowUs()));
    this.#history.prune(this.#reader.nowUs());
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
      this.#watch.linkProblem = messageOf(error);
    }
  }

  #measureIsolation(): Isolation {
    this.#isolationAtMs = monotonicMs();
    this.#isolation = measureIsolation(this.#parts.home, this.#parts.directory);
    return this.#isolation;
  }
}
