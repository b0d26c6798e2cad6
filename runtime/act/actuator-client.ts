import { join } from "node:path";
import { messageOf, RungError } from "../core/errors.ts";
import { fetchLocal, type LocalServer, originOf } from "../core/local-server.ts";
import { readAnnouncement, runFolder } from "../core/run-folder.ts";
import { monotonicMs } from "../core/time.ts";
import type { ApprovalRequest } from "./approvals.ts";
import type { Envelope } from "./envelope.ts";
import type { HostHeartbeat, RowFour } from "./host-watch.ts";
import type { Proposal, ProposalResult } from "./proposal.ts";
import type { ActuatorStatus } from "./status.ts";

export interface ActuatorClientOptions {
  readonly home: string;
  /** The host's token; asked at every request, since the actuator may be started after the host. */
  readonly token: () => string;
  /** Whether row 4 of a twin's ladder holds now, told with each heartbeat. */
  readonly rowFour: (twin: string) => RowFour;
  readonly pollMs?: number;
  /** False for a mere look: it must not pass for the host. */
  readonly heartbeat?: boolean;
}

const POLL_MS = 1_000;
const STATUS_WITHIN_MS = 3_000;
/** Sixty-four writes with a retry each take this long at worst. */
const SUBMIT_WITHIN_MS = 60_000;

/**
 * The host's side of the actuator: finds it by its run file, sends heartbeat and envelopes, submits proposals, and
 * reads status and results once a second. Whatever fails becomes `problem` or a failed result; nothing is thrown
 * into a flow, and nothing is sent again by itself.
 */
export class ActuatorClient {
  readonly #options: ActuatorClientOptions;
  readonly #wanted = new Map<string, Envelope>();
  readonly #wantProblems = new Map<string, string>();
  readonly #statusListeners = new Set<() => void>();
  readonly #resultListeners = new Set<(result: ProposalResult) => void>();
  #status: ActuatorStatus | undefined;
  #statusAtMs = 0;
  #problem: string | null = "the actuator was not asked yet";
  #resultSeq: number | undefined;
  #pid = 0;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> | undefined;
  #closed = false;

  constructor(options: ActuatorClientOptions) {
    this.#options = options;
    this.#polling = this.#poll();
  }

  /** The last status, while it is fresh: an actuator that stopped answering has none. */
  get status(): ActuatorStatus | undefined {
    const fresh =
      monotonicMs() - this.#statusAtMs <= STATUS_WITHIN_MS + 2 * (this.#options.pollMs ?? POLL_MS);
    return this.#problem === null || fresh ? this.#status : undefined;
  }

  /** Why there is no status, or null. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Address of the arming page, or null while the actuator does not run. */
  get page(): string | null {
    const server = this.#server();
    return server === undefined ? null : `${originOf(server)}/`;
  }

  /** Makes an envelope wanted; it is sent now and at every new start of the actuator. */
  want(envelope: Envelope): void {
    this.#wanted.set(envelope.id, envelope);
    void this.#sendWanted(envelope);
  }

  /** Why the actuator refused a wanted envelope, or undefined. */
  wantProblem(id: string): string | undefined {
    return this.#wantProblems.get(id);
  }

  /** A node that closes wants its envelope no longer: unless one wants it again soon, the actuator retires it. */
  unwant(id: string): void {
    this.#wanted.delete(id);
    this.#wantProblems.delete(id);
  }

  /** Submits proposals and waits for what became of each. Never rejects. */
  async submit(proposals: readonly Proposal[]): Promise<readonly ProposalResult[]> {
    try {
      const answer = await this.#call<{ results: ProposalResult[] }>(
        "/proposals",
        { proposals },
        SUBMIT_WITHIN_MS,
      );
      return answer.results;
    } catch (error) {
      const reason = `not written: ${messageOf(error)}`;
      return proposals.map(({ id, target, value, unit }) => ({
        kind: "proposal-result",
        id,
        target,
        value,
        unit,
        state: "failed",
        reason,
        timeUs: this.#status?.plant.timeUs ?? 0,
      }));
    }
  }

  /** Asks a person to approve. @returns why it could not be asked, or undefined */
  async requestApproval(request: ApprovalRequest): Promise<string | undefined> {
    try {
      await this.#call("/approvals", request);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Told after every poll, whether it succeeded or not. @returns a function that ends it */
  onStatus(listener: () => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  /** Told of every result, also of those that came later than the answer to `submit`. */
  onResult(listener: (result: ProposalResult) => void): () => void {
    this.#resultListeners.add(listener);
    return () => this.#resultListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#polling;
  }

  async #poll(): Promise<void> {
    try {
      if (this.#options.heartbeat !== false) await this.#beat();
      const status = await this.#call<ActuatorStatus>("/status");
      if (status.pid !== this.#pid) {
        this.#pid = status.pid;
        this.#resultSeq = undefined;
        for (const envelope of this.#wanted.values()) await this.#sendWanted(envelope);
      }
      await this.#readResults(status.resultSeq);
      this.#status = status;
      this.#statusAtMs = monotonicMs();
      this.#problem = null;
    } catch (error) {
      this.#problem = messageOf(error);
    }
    for (const listener of this.#statusListeners) listener();
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#polling = this.#poll();
    }, this.#options.pollMs ?? POLL_MS);
    this.#timer.unref();
  }

  #beat(): Promise<unknown> {
    const twins = [...this.#wanted.values()].map(({ twin }) => twin);
    const rowFour = Object.fromEntries(twins.map((twin) => [twin, this.#options.rowFour(twin)]));
    return this.#call("/heartbeat", { rowFour, envelopes: [...this.#wanted.keys()] } satisfies HostHeartbeat);
  }

  async #readResults(newest: number): Promise<void> {
    const from = this.#resultSeq ?? newest;
    this.#resultSeq = newest;
    if (newest <= from) return;
    const { seq, results } = await this.#call<{ seq: number; results: ProposalResult[] }>(
      `/results?after=${from}`,
    );
    this.#resultSeq = seq;
    for (const result of results) for (const listener of this.#resultListeners) listener(result);
  }

  async #sendWanted(envelope: Envelope): Promise<void> {
    try {
      await this.#call("/envelopes", { envelope, envelopes: [...this.#wanted.keys()] });
      this.#wantProblems.delete(envelope.id);
    } catch (error) {
      this.#wantProblems.set(envelope.id, messageOf(error));
      // Asked again at the next start of the actuator, or at once where it only was not there.
      if (this.#status === undefined) this.#pid = 0;
    }
  }

  #server(): LocalServer | undefined {
    return readAnnouncement<LocalServer>(join(runFolder(this.#options.home), "actuator.json"));
  }

  async #call<T>(path: string, body?: object, withinMs = STATUS_WITHIN_MS): Promise<T> {
    const server = this.#server();
    if (server === undefined) {
      throw new RungError({
        code: "no-actuator",
        where: "actuator",
        what: "does not run",
        advice: "the launcher starts it; a live plant has its own",
      });
    }
    const response = await fetchLocal(server, path, {
      headers: { Authorization: `Bearer ${this.#options.token()}`, "Content-Type": "application/json" },
      signal: AbortSignal.timeout(withinMs),
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T & { error?: { message: string } };
    if (answer.error === undefined) return answer;
    throw new RungError({ code: "actuator-refused", where: "actuator", what: answer.error.message });
  }
}

/** Whether what the flow wants is what the actuator has, armed: in words for a node's status. */
export function armText(status: ActuatorStatus | undefined, envelopeId: string | undefined): string {
  if (status === undefined) return "no actuator";
  const envelope = status.envelopes.find((one) =>
    envelopeId === undefined ? !one.retired : one.id === envelopeId,
  );
  if (envelope === undefined) return "no envelope";
  if (envelope.retired) return "envelope retired: no flow has it";
  if (!envelope.commissioned) return "envelope not commissioned";
  const { mode, hold, disarmedBecause } = envelope.arming;
  if (mode === "observe") return disarmedBecause === null ? "not armed" : `disarmed: ${disarmedBecause}`;
  const until = new Date(envelope.armedUntilMs ?? 0).toTimeString().slice(0, 5);
  if (hold !== null) return `hold: ${hold.causes[0]}`;
  return mode === "act" ? `armed until ${until}` : `asks until ${until}`;
}
