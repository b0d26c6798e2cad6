import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, RungError } from "../core/errors.ts";
import { monotonicMs } from "../core/time.ts";
import { buildStatus } from "./actuator-status.ts";
import { Approvals } from "./approvals.ts";
import { AuditLog, type AuditLogOptions } from "./audit/audit-log.ts";
import { armedAtTheEnd, historyFrom } from "./audit/audit-recall.ts";
import { readAuditTail } from "./audit/audit-tail.ts";
import { RefusedRequests } from "./audit/refused-requests.ts";
import { STOPPED } from "./audit/standing-records.ts";
import { Authority } from "./authority.ts";
import { EffectWatch } from "./effect-watch.ts";
import { EnvelopeDesk } from "./envelope-desk.ts";
import { EnvelopeKeeper } from "./envelope-keeper.ts";
import { type HostHeartbeat, HostWatch } from "./host-watch.ts";
import { type Isolation, measureIsolation } from "./isolation.ts";
import { ObservedBook } from "./observed-book.ts";
import { Observer } from "./observer.ts";
import type { People, Person } from "./people.ts";
import { type PersonView, personView } from "./person-view.ts";
import type { ActuatorSettings } from "./plant/actuator-settings.ts";
import { PlantReader } from "./plant/plant-reader.ts";
import type { PlantSession } from "./plant/plant-session.ts";
import { RequestWriter } from "./plant/request-writer.ts";
import { PlantWatch } from "./plant-watch.ts";
import type { ProposalResult } from "./proposal.ts";
import { ResultLog } from "./result-log.ts";
import type { ActuatorStatus, ApprovalStatus } from "./status.ts";
import { statusInScope } from "./status-in-scope.ts";
import { untrustedText } from "./untrusted-text.ts";
import { WriteDesk } from "./write-desk.ts";
import type { WriteHistory } from "./write-history.ts";

/** What the actuator needs of its plant session. */
export type ActuatorSession = Pick<PlantSession, "connected" | "read" | "write" | "start" | "close">;

export interface ActuatorParts {
  /** The actuator's own directory. */
  readonly directory: string;
  readonly settings: ActuatorSettings;
  readonly session: ActuatorSession;
  /** Whoever may arm, approve and commission. Absent: see `Authority`. */
  readonly people?: Pick<People, "find">;
  /** RUNG_HOME, which is the host's: what it owns is compared with what the actuator owns. */
  readonly home: string;
  /** Measures whether the host can reach it; a test of one user says here what two would measure. */
  readonly isolation?: () => Isolation;
  /** How often it is measured again by itself; 30 s unless a test says otherwise. */
  readonly isolationEveryMs?: number;
  /** As `AuditLogOptions.write`. */
  readonly auditWrite?: AuditLogOptions["write"];
}

const ISOLATION_EVERY_MS = 30_000;
const MOST_PROPOSALS = 64;
/** A proposal takes a look at the plant, and a write seconds: what comes faster would wait for ever longer. */
const MOST_PENDING = 256;

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
  readonly #refusedRequests: RefusedRequests;
  readonly #history: WriteHistory;
  readonly #desk: WriteDesk;
  readonly #watch: PlantWatch;
  readonly #envelopes: EnvelopeDesk;
  readonly #authority: Authority;
  readonly #observer: Observer;
  readonly #effects: EffectWatch;
  #isolation: Isolation;
  #isolationAtMs = 0;
  #beatAtMs = 0;
  #closed = false;
  /** What went wrong in the last turn. */
  #fault: string | undefined;
  #loop: Promise<void> | undefined;

  constructor(parts: ActuatorParts) {
    const { settings, session, directory } = parts;
    this.#parts = parts;
    this.#audit = new AuditLog(directory, {
      anchors: settings.audit ?? {},
      ...(parts.auditWrite === undefined ? {} : { write: parts.auditWrite }),
    });
    this.#refusedRequests = new RefusedRequests((event, data) => this.#audit.append(event, data));
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
    this.#isolation = this.#isolationNow();
    const { people } = parts;
    this.#authority = new Authority(
      settings.reality,
      people === undefined ? undefined : (name) => people.find(name),
    );
    this.#observer = new Observer({
      book: ObservedBook.recall(records),
      audit: this.#audit,
      needed: settings.observedToArm,
    });
    this.#effects = new EffectWatch({
      audit: this.#audit,
      found: (kept, found) => this.#desk.effectFound(kept, found),
      wrong: (kept, cause, { target, prior }) =>
        this.#envelopes.stop(kept, cause, false, { target, value: prior }),
    });
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
      lockOut: (kept, cause, prior) => this.#envelopes.stop(kept, cause, true, prior),
      effects: this.#effects,
      decided: (...decision) => this.#observer.decided(...decision),
      takeoverMs: settings.takeoverMs,
    });
    this.#watch = new PlantWatch({
      keeper: this.#keeper,
      reader: this.#reader,
      host: this.#host,
      audit: this.#audit,
      approvals: this.#approvals,
      settings,
      writing: () => this.#desk.writing,
      stop: (kept, cause) => this.#envelopes.stop(kept, cause),
      effects: this.#effects,
    });
    this.#envelopes = new EnvelopeDesk({
      keeper: this.#keeper,
      audit: this.#audit,
      approvals: this.#approvals,
      settings,
      judge: (kept) => this.#watch.judge(kept),
      authority: this.#authority,
      isolation: () => this.#measureIsolation(),
      observed: (kept) => this.#observer.count(kept, this.#reader.nowUs()),
    });
    // Each of the above has taken its own of it.
    this.#audit.forgetRecords();
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
    // A write under way is read back first.
    await this.#desk.settled();
    await this.#parts.session.close();
    try {
      for (const kept of this.#keeper.all()) {
        if (kept.arming.armed) this.#envelopes.stop(kept, STOPPED);
      }
      this.#refusedRequests.tellNow();
      this.#audit.append("stop", {});
    } catch (error) {
      if (!isUnwritable(error)) throw error;
    } finally {
      this.#audit.close();
    }
  }

  /** @param proposals untrusted, at most 64 at once and 256 unanswered @throws RungError `too-many` */
  propose(proposals: readonly unknown[]): Promise<ProposalResult[]> {
    if (proposals.length > MOST_PROPOSALS) {
      throw new RungError({
        code: "too-many",
        where: "proposals",
        what: `at most ${MOST_PROPOSALS} at once, got ${proposals.length}`,
      });
    }
    const { pending } = this.#desk;
    if (pending + proposals.length > MOST_PENDING) {
      throw new RungError({
        code: "too-many",
        where: "proposals",
        what: `${pending} wait for their answer, at most ${MOST_PENDING} may`,
        advice: "wait for the answers",
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

  /** As `EnvelopeDesk.disarm`. */
  disarm(id: unknown, by: string | undefined): void {
    this.#envelopes.disarm(id, by);
  }

  requestApproval(thing: unknown): ApprovalStatus {
    return this.#approvals.request(thing, this.#reader.nowUs(), ({ id, title }) => {
      this.#audit.append("approval-requested", { id, title });
    });
  }

  /**
   * Approves one recommendation, and writes what waited for it.
   * @param hash of what the person was shown
   * @throws RungError `not-allowed`, and as `Approvals.approve`
   */
  async approve(id: string, hash: unknown, by: string): Promise<readonly ProposalResult[]> {
    const addresses = this.#approvals.addresses(id);
    if (addresses !== undefined) this.#authority.require(by, "approve", addresses);
    const waiting = this.#approvals.approve(id, hash, by, this.#reader.nowUs(), (proposals) => {
      this.#audit.append("approve", { id, hash, by, proposals: proposals.map((proposal) => proposal.id) });
    });
    return this.#desk.propose(waiting);
  }

  /** A request that was refused before it was one: it stands in the audit, with others of its kind. */
  refusedRequest(code: string, asked: string): void {
    if (!this.#closed) this.#refusedRequests.add(code, asked);
  }

  heartbeat(thing: unknown): void {
    const nowMs = monotonicMs();
    this.#host.beat(thing, nowMs);
    const envelopes: unknown = (thing as Partial<HostHeartbeat> | null)?.envelopes;
    if (Array.isArray(envelopes))
      this.#keeper.named(new Set(envelopes.map((id) => untrustedText(id))), nowMs);
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
      audit: { whole: this.#audit.problems.length === 0, breaks: this.#audit.problems },
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
          observed: this.#observer.count(kept, this.#reader.nowUs()),
          notObserved: this.#observer.problem(kept),
          auditProblem: this.#audit.problems[0],
        }),
      ),
      approvals: this.#approvals.list(),
      counts: this.#results.counts,
      resultSeq: this.#results.seq,
    };
  }

  /** As much of the status as one person may see. */
  statusFor(person: Person): ActuatorStatus {
    return statusInScope(this.status(), person, this.#keeper.all());
  }

  /** What the pages show to one person. */
  viewFor(person: Person): PersonView {
    return personView(person, {
      status: this.status(),
      kept: this.#keeper.all(),
      // What was read before the link was lost is not what is in force now.
      view: this.#watch.linkProblem === undefined ? this.#reader.view : undefined,
      observed: (kept) => this.#observer.newest(kept),
      audit: readAuditTail(this.#parts.directory),
      nowMs: monotonicMs(),
    });
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      await this.tick();
      await sleep(this.#parts.settings.pollMs);
    }
  }

  /** One turn: looks at the plant, judges every envelope, keeps in force what was written. */
  async tick(): Promise<void> {
    try {
      this.#stopWithoutAudit();
      await this.#turn();
      this.#fault = undefined;
    } catch (error) {
      // It goes on looking, so that people see why.
      this.#stopAll(this.#audit.failure ?? messageOf(error));
      this.#tell(error);
    }
  }

  /** On stderr, once for as long as it lasts; what the status tells already is not told again. */
  #tell(error: unknown): void {
    const fault = messageOf(error);
    if (isUnwritable(error) || fault === this.#fault) return;
    this.#fault = fault;
    process.stderr.write(`actuator: ${error instanceof Error ? error.stack : fault}\n`);
  }

  /** Ends every arm, whether or not the audit can tell of it. */
  #stopAll(cause: string): void {
    for (const kept of this.#keeper.all()) {
      try {
        if (kept.arming.armed) this.#envelopes.stop(kept, cause);
      } catch (error) {
        this.#tell(error);
      }
    }
  }

  async #turn(): Promise<void> {
    const view = await this.#watch.look();
    const nowMs = monotonicMs();
    const { isolationEveryMs = ISOLATION_EVERY_MS } = this.#parts;
    if (nowMs - this.#isolationAtMs >= isolationEveryMs) this.#measureIsolation();
    for (const kept of this.#keeper.vanished(nowMs, this.#parts.settings.retireAfterMs)) {
      this.#envelopes.retire(kept);
    }
    for (const kept of this.#keeper.all()) {
      this.#watch.judge(kept);
      this.#effects.judge(kept);
      if (view !== undefined) this.#observer.look(kept, view, this.#reader.nowUs());
    }
    await this.#beat(nowMs);
    this.#desk.lapsed(this.#approvals.lapse(this.#reader.nowUs()));
    this.#history.prune(this.#reader.nowUs());
    this.#refusedRequests.tell();
  }

  /** What cannot be written down is not done: no heartbeat keeps a value in force either. Then tries to write again. */
  #stopWithoutAudit(): void {
    const { failure } = this.#audit;
    if (failure === undefined) return;
    this.#stopAll(failure);
    this.#audit.retry();
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
    this.#isolation = this.#isolationNow();
    const { isolated, measured, reasons } = this.#isolation;
    // A host that is down cannot be measured: its silence holds, and ends by itself.
    if (this.#parts.settings.reality === "live" && measured && !isolated) {
      for (const kept of this.#keeper.all()) {
        if (kept.arming.armed) this.#envelopes.stop(kept, `no longer isolated: ${reasons.join(", ")}`);
      }
    }
    return this.#isolation;
  }

  #isolationNow(): Isolation {
    const { home, directory, isolation } = this.#parts;
    return isolation?.() ?? measureIsolation(home, directory);
  }
}

const isUnwritable = (error: unknown): boolean =>
  error instanceof RungError && error.code === "audit-unwritable";
