import { crc32 } from "node:zlib";
import { RungError } from "../../core/errors.ts";
import { usFromMs } from "../../core/time.ts";
import { EdgeWatch, type Moment, type Received } from "./edge-watch.ts";
import type { HostListener } from "./host-signal.ts";
import type { Uint64 } from "./message-fields.ts";
import { msOf } from "./metric-value.ts";
import { RebirthLimiter } from "./rebirth-limiter.ts";
import { rebirthRequest } from "./rebirth-request.ts";
import { descriptorOf, type EdgeNodeId, parseTopic, type SparkplugTopic } from "./topic.ts";
import { malformed, readWire } from "./wire-format.ts";

/** Defaults with their units. */
export const HOST_DEFAULTS = {
  /** ms that a message is waited for when a later one is there (tck-id-operational-behavior-host-reordering-param). */
  reorderMs: 2000,
  /** Ask edge nodes for their birth where something is missing. */
  asksForRebirth: true,
  /** Edge nodes that are followed; ids beyond it are refused and told. */
  mostNodes: 10_000,
};

export interface HostSessionOptions extends Partial<typeof HOST_DEFAULTS> {
  /** Shared by all sessions of one link. */
  readonly limiter?: RebirthLimiter;
  readonly listener: HostListener;
}

/**
 * The session of a Sparkplug host application with all edge nodes (Sparkplug 3.0.0, chapter 5), without transport and
 * without a clock of its own: every call says what time it is, so that the same calls give the same answers.
 */
export class HostSession {
  readonly #options: Required<Omit<HostSessionOptions, "listener" | "limiter">>;
  readonly #listener: HostListener;
  readonly #limiter: RebirthLimiter;
  readonly #edges = new Map<string, EdgeWatch>();
  #edgesDueMs = Number.POSITIVE_INFINITY;
  #toldFull = false;
  /** False after `linkDown` until `linkUp`: what is asked of an edge node meanwhile would be lost, and not asked again. */
  #mayAsk: boolean;

  constructor({ listener, limiter = new RebirthLimiter(), ...options }: HostSessionOptions) {
    this.#options = { ...HOST_DEFAULTS, ...options };
    this.#mayAsk = this.#options.asksForRebirth;
    this.#listener = listener;
    this.#limiter = limiter;
  }

  /** Nodes that are online now, of all that were heard of. */
  get nodes(): { readonly online: number; readonly known: number } {
    let online = 0;
    for (const edge of this.#edges.values()) if (edge.isOnline) online++;
    return { online, known: this.#edges.size };
  }

  isOnline(id: EdgeNodeId): boolean {
    return this.#edges.get(descriptorOf(id))?.isOnline ?? false;
  }

  /** Messages that wait for those before them. */
  get held(): number {
    let held = 0;
    for (const edge of this.#edges.values()) held += edge.held;
    return held;
  }

  /**
   * Takes a message in. Nothing that comes over the wire makes it throw.
   * @returns false where the topic is none of an edge node
   */
  receive(topic: string, bytes: Uint8Array, at: Moment): boolean {
    let parsed: SparkplugTopic | undefined;
    try {
      parsed = parseTopic(topic);
    } catch (thrown) {
      this.#refuse(thrown);
      return false;
    }
    if (parsed === undefined || parsed.kind === "STATE" || parsed.kind === "NCMD" || parsed.kind === "DCMD") {
      return false;
    }
    const edge = this.#edge(parsed);
    if (edge === undefined) return true;
    try {
      const { payload } = readWire(bytes);
      const received: Received = {
        kind: parsed.kind,
        device: parsed.device,
        payload,
        sequence: sequenceOf(payload.seq, topic),
        checksum: crc32(bytes),
        receivedUs: at.timeUs,
      };
      // A will was written when its node connected: tck-id-payloads-ndeath-will-message.
      if (parsed.kind !== "NDEATH" && payload.timestamp !== undefined) {
        this.#listener.sent(usFromMs(msOf(payload.timestamp)));
      }
      edge.receive(received, at);
    } catch (thrown) {
      this.#refuse(thrown);
      // What it held is lost; a birth tells everything anew.
      edge.want();
    }
    this.#edgesDueMs = Math.min(this.#edgesDueMs, edge.dueMs);
    this.tick(at);
    return true;
  }

  /** Lets time pass: messages that are waited for too long, births that are due, requests that may go now. */
  tick(at: Moment): void {
    // All are looked at only when one is due: a message must not cost a walk over thousands of nodes.
    if (at.nowMs >= this.#edgesDueMs) {
      this.#edgesDueMs = Number.POSITIVE_INFINITY;
      for (const edge of this.#edges.values()) {
        edge.tick(at);
        this.#edgesDueMs = Math.min(this.#edgesDueMs, edge.dueMs);
      }
    }
    if (!this.#mayAsk) return;
    for (const edge of this.#limiter.take(at.nowMs)) this.#askForRebirth(edge, at);
  }

  /** When `tick` has something to do next, on the monotonic clock; infinite where it has not. */
  nextDueMs(): number {
    const askMs = this.#mayAsk ? this.#limiter.nextMs() : Number.POSITIVE_INFINITY;
    return Math.min(askMs, this.#edgesDueMs);
  }

  /**
   * The host is connected. Known nodes and those named here are asked for their birth: without one, a plant that does
   * not change stays unknown.
   */
  linkUp(expected: Iterable<EdgeNodeId>, at: Moment): void {
    this.#mayAsk = this.#options.asksForRebirth;
    for (const id of expected) this.#edge(id);
    for (const edge of this.#edges.values()) edge.want();
    this.tick(at);
  }

  /** The host lost its connection: nothing is known to be current any more. */
  linkDown(at: Moment): void {
    this.#mayAsk = false;
    for (const edge of this.#edges.values()) edge.linkDown(at);
  }

  #edge(id: EdgeNodeId): EdgeWatch | undefined {
    const key = descriptorOf(id);
    const known = this.#edges.get(key);
    if (known !== undefined) return known;
    if (this.#edges.size >= this.#options.mostNodes) {
      this.#listener.dropped("too-many-nodes", 1);
      if (!this.#toldFull) {
        this.#toldFull = true;
        this.#listener.problem(
          new RungError({
            code: "too-many-nodes",
            where: key,
            what: `is beyond the ${this.#options.mostNodes} edge nodes that one source follows`,
            advice: "narrow the subscription",
          }),
        );
      }
      return undefined;
    }
    const edge = new EdgeWatch(
      { group: id.group, node: id.node },
      this.#options,
      this.#limiter,
      this.#listener,
    );
    this.#edges.set(key, edge);
    return edge;
  }

  #askForRebirth(edge: string, at: Moment): void {
    const [group, node] = edge.split("/") as [string, string];
    const { topic, payload } = rebirthRequest({ group, node }, Math.trunc(at.timeUs / 1000));
    this.#listener.publish(topic, payload);
    this.#listener.event({ kind: "rebirth-asked", edge });
  }

  #refuse(thrown: unknown): void {
    if (!(thrown instanceof RungError)) throw thrown;
    this.#listener.dropped(thrown.code, 1);
    this.#listener.problem(thrown);
  }
}

function sequenceOf(seq: Uint64 | undefined, where: string): number | undefined {
  if (seq === undefined) return undefined;
  if (typeof seq === "number" && seq <= 255) return seq;
  throw malformed(where, `its sequence number is ${seq}, at most 255 is one`);
}
