import { VirtualClock } from "../../core/clock.ts";
import type { Dictionary } from "../../core/dictionary.ts";
import { RungError } from "../../core/errors.ts";
import { BAD_INVALID_TIMESTAMP, isBad } from "../../core/quality.ts";
import { monotonicMs, type TimeUs, wallTimeUs } from "../../core/time.ts";
import type { Binding } from "../binding-table.ts";
import type { ClockRegistry } from "../clock-registry.ts";
import type { EpochCounter } from "../epoch-counter.ts";
import type { LinkState } from "../link-state.ts";
import { MessageClock } from "../message-clock.ts";
import type { MqttLink, MqttLinkUser } from "../mqtt/mqtt-link.ts";
import { type SampleFault, sampleFault } from "../sample-fault.ts";
import type { SourceCounters, SourceListener } from "../source-signal.ts";
import { TickFrames } from "../tick-frames.ts";
import { topicMatches } from "../topic-filter.ts";
import type { Moment } from "./edge-watch.ts";
import { HOST_DEFAULTS, HostSession } from "./host-session.ts";
import type { HostEvent, HostGap, HostListener, Origin } from "./host-signal.ts";
import { MetricMap } from "./metric-map.ts";
import { rowOf } from "./metric-property.ts";
import type { MetricDefinition, MetricSample } from "./metric-table.ts";
import { RebirthLimiter } from "./rebirth-limiter.ts";
import { descriptorOf, filterOfEdgeNode, NAMESPACE } from "./topic.ts";

export interface SparkplugSourceOptions {
  readonly id: string;
  readonly name: string;
  readonly link: MqttLink;
  /** Address of the twin: without a table only what lies below it is taken. */
  readonly twin: string;
  /** `tag` is `group/node/device#metric`. Empty: every metric goes to its standard address. */
  readonly bindings: readonly Binding[];
  /** Topic filters to subscribe to; those of the edge nodes in the table, or of the twin, where there are none. */
  readonly filters?: readonly string[];
  /** Edge nodes publish with QoS 0, so that more is of use only behind a broker that raises it. */
  readonly qos?: 0 | 1 | 2;
  readonly reorderMs?: number;
  readonly asksForRebirth?: boolean;
  readonly clocks: ClockRegistry;
  readonly epochs: EpochCounter;
  readonly listener: SourceListener;
}

/** What a Sparkplug source counts beside its samples. */
export interface SparkplugCounters {
  births: number;
  deaths: number;
  lateDeaths: number;
  sequenceGaps: number;
  rebirthsAsked: number;
  /** Rows that were sent as historical; they travel in frames of their own. */
  historical: number;
}

/** While an edge node is online the source shows so often that it is there, ms. */
const LIFE_MS = 2000;
const MOST_TOLD = 1000;
const UNDECLARED_SHOWN = 5;

/** One per link: two sources must not ask the same edge node twice. */
const LIMITERS = new WeakMap<MqttLink, RebirthLimiter>();

function limiterOf(link: MqttLink): RebirthLimiter {
  const limiter = LIMITERS.get(link) ?? new RebirthLimiter();
  LIMITERS.set(link, limiter);
  return limiter;
}

/** A Sparkplug B host application as a source of frames. */
export class SparkplugSource implements MqttLinkUser {
  /** Identity in frames and clocks: `mqtt:<link>:<node>`, stable over restarts. */
  readonly source: string;
  readonly filters: readonly string[];
  readonly qos: 0 | 1 | 2;
  readonly counters: SourceCounters = { received: 0, emitted: 0, dropped: {}, frames: 0, gaps: 0 };
  readonly sparkplug: SparkplugCounters = {
    births: 0,
    deaths: 0,
    lateDeaths: 0,
    sequenceGaps: 0,
    rebirthsAsked: 0,
    historical: 0,
  };
  readonly #options: SparkplugSourceOptions;
  readonly #map: MetricMap;
  readonly #session: HostSession;
  readonly #frames: TickFrames;
  readonly #time: MessageClock;
  readonly #told = new Set<string>();
  readonly #born = new Set<number>();
  #due: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #life: NodeJS.Timeout | undefined;
  #newestUs: TimeUs = Number.NaN;
  #release: (() => Promise<void>) | undefined;
  #linkState: LinkState = { phase: "idle", sinceMs: 0 };

  /** @throws RungError `malformed-tag`, `duplicate-tag`, `bad-address` */
  constructor(options: SparkplugSourceOptions) {
    this.#options = options;
    this.source = `mqtt:${options.link.options.id}:${options.id}`;
    this.#map = new MetricMap(options.twin, options.bindings);
    this.filters = options.filters?.length ? options.filters : this.#ownFilters();
    this.qos = options.qos ?? 0;
    this.#time = new MessageClock(options.link.clock);
    this.#frames = new TickFrames({
      source: this.source,
      reality: options.link.options.reality,
      dictionary: () => this.#map.dictionary,
      counters: this.counters,
      listener: options.listener,
      issue: ({ address, reason }) => this.#tellFault(address, reason),
    });
    this.#session = new HostSession({
      reorderMs: options.reorderMs ?? HOST_DEFAULTS.reorderMs,
      asksForRebirth: options.asksForRebirth ?? HOST_DEFAULTS.asksForRebirth,
      limiter: limiterOf(options.link),
      listener: this.#listener(),
    });
  }

  get dictionary(): Dictionary {
    return this.#map.dictionary;
  }

  get linkState(): LinkState {
    return this.#linkState;
  }

  /** Edge nodes online now, of all that were heard of. */
  get nodes(): { readonly online: number; readonly known: number } {
    return this.#session.nodes;
  }

  /**
   * Registers with the link, which connects at its first user.
   * @throws RungError `shared-subscription-not-supported`, `malformed-topic`
   */
  start(): void {
    this.#frames.begin(this.#options.epochs.next(this.source));
    this.#options.clocks.set(this.source, this.#options.link.clock);
    // Messages come before the link may publish.
    this.#session.linkDown(this.#now());
    try {
      this.#release = this.#options.link.use(this);
    } catch (thrown) {
      this.#options.clocks.delete(this.source);
      throw thrown;
    }
    this.#life = setInterval(() => this.#showLife(), LIFE_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#life);
    clearTimeout(this.#due);
    this.#frames.flush();
    const release = this.#release;
    this.#release = undefined;
    await release?.();
    // Messages that came until the link let go.
    this.#frames.flush();
    this.#options.clocks.delete(this.source);
  }

  /** For the status line. `unbound`: rows of the table that no birth has told yet. */
  summary(): { tags: number; unbound?: number; perSecond: number; ageUs: number | undefined } {
    const { size } = this.dictionary;
    const unbound = this.#map.isTable ? size - this.#born.size : 0;
    return {
      tags: size - unbound,
      ...(unbound > 0 ? { unbound } : {}),
      perSecond: this.#frames.perSecond(),
      ageUs: Number.isNaN(this.#newestUs)
        ? undefined
        : Math.max(0, this.#options.link.clock.nowUs() - this.#newestUs),
    };
  }

  state(state: LinkState): void {
    this.#linkState = state;
  }

  opened(): void {
    // A host application begins a new session with every connection; it goes on when the link may publish.
  }

  ready(): void {
    this.#session.linkUp(this.#map.edgeNodes(), this.#now());
    this.#schedule();
  }

  closed(): void {
    this.#session.linkDown(this.#now());
    this.#frames.flush();
  }

  problem(error: RungError): void {
    this.#options.listener.problem(error);
  }

  message(topic: string, payload: Buffer): void {
    if (!topic.startsWith(NAMESPACE) || !this.filters.some((filter) => topicMatches(filter, topic))) return;
    this.#session.receive(topic, payload, this.#now());
    this.#schedule();
  }

  #listener(): HostListener {
    return {
      sent: (timeUs) => this.#observe(timeUs),
      born: (origin, definitions) => this.#birth(origin, definitions),
      samples: (origin, samples) => this.#samples(origin, samples),
      dropped: (reason, count) => {
        this.counters.received += count;
        this.#drop(reason, count);
      },
      gap: (gap) => this.#gap(gap),
      event: (event) => this.#event(event),
      problem: (error) => this.#tellOnce(error),
      publish: (topic, payload) => {
        this.#options.link.publish(topic, payload);
      },
    };
  }

  #birth(origin: Origin, definitions: Iterable<MetricDefinition>): void {
    // A row before this birth belongs to the session before it.
    this.#frames.flush();
    if (origin.device === undefined) this.#frames.begin(this.#options.epochs.next(this.source));
    const told = [...definitions];
    this.#map.learn(origin, told);
    const undeclared: string[] = [];
    for (const { name } of told) {
      const mapped = this.#map.find(origin, name);
      if (typeof mapped === "object") this.#born.add(mapped.index);
      else if (mapped === "undeclared-metric") undeclared.push(name);
    }
    if (undeclared.length > 0) this.#tellUndeclared(origin, undeclared);
    for (const problem of this.#map.takeProblems()) this.#tellOnce(problem);
  }

  #samples(origin: Origin, samples: readonly MetricSample[]): void {
    const receiveTimeUs = wallTimeUs();
    for (const sample of samples) {
      this.counters.received++;
      const mapped = this.#map.find(origin, sample.name);
      if (typeof mapped === "string") {
        this.#drop(mapped, 1);
        continue;
      }
      this.#frames.turnTo(sample.isHistorical ? "past" : "now");
      const { value, other, quality } = rowOf(sample, mapped.property.type, mapped.toProperty);
      const fault = this.#time.faultOf(sample.timeUs, receiveTimeUs);
      const timeUs = fault === undefined ? sample.timeUs : this.#options.link.clock.nowUs();
      if (fault !== undefined) this.#tellFault(mapped.property.address, fault);
      const isMarked = fault !== undefined && !isBad(quality);
      this.#frames.add(mapped.index, value, timeUs, isMarked ? BAD_INVALID_TIMESTAMP : quality, other);
      if (sample.isHistorical) this.sparkplug.historical++;
      else if (fault === undefined && !(timeUs <= this.#newestUs)) this.#newestUs = timeUs;
    }
  }

  #gap({ group, node, cause, fromUs, toUs }: HostGap): void {
    this.#frames.flush();
    this.counters.gaps++;
    const addresses = this.#addressesOf(descriptorOf({ group, node }));
    // Sparkplug counts in ms: what is missing may lie within the ms of the messages around it.
    const gap = { source: this.source, cause, fromUs, toUs: Math.max(toUs, fromUs + 1), addresses };
    this.#options.listener.gap(gap);
  }

  #addressesOf(edge: string): string[] {
    return this.#map.indicesOf(edge).map((index) => this.dictionary.properties[index]!.address);
  }

  #event(event: HostEvent): void {
    if (event.kind === "node-online") this.sparkplug.births++;
    else if (event.kind === "late-death") this.sparkplug.lateDeaths++;
    else if (event.kind === "sequence-gap") this.sparkplug.sequenceGaps++;
    else if (event.kind === "rebirth-asked") this.sparkplug.rebirthsAsked++;
    else if (event.kind === "node-offline" && event.cause === "death") {
      this.sparkplug.deaths++;
      this.#options.listener.problem(
        new RungError({
          code: "edge-node-offline",
          where: event.edge,
          what: "is offline: its last values are marked stale",
          advice: "they are good again with its next birth",
        }),
      );
    }
  }

  #observe(sentUs: TimeUs): void {
    const receiveTimeUs = wallTimeUs();
    if (this.#time.faultOf(sentUs, receiveTimeUs) === undefined) this.#time.observe(sentUs, receiveTimeUs);
  }

  #showLife(): void {
    if (this.#linkState.phase !== "connected" || this.#session.nodes.online === 0) return;
    this.#frames.showLife();
  }

  #schedule(): void {
    const dueMs = this.#session.nextDueMs();
    if (dueMs >= this.#dueMs || dueMs === Number.POSITIVE_INFINITY) return;
    clearTimeout(this.#due);
    this.#dueMs = dueMs;
    this.#due = setTimeout(
      () => {
        this.#dueMs = Number.POSITIVE_INFINITY;
        if (this.#release === undefined) return;
        this.#session.tick(this.#now());
        this.#schedule();
      },
      Math.max(1, Math.ceil(dueMs - monotonicMs())),
    );
  }

  /** Wall time, or the plant's where it is simulated. */
  #now(): Moment {
    const { clock } = this.#options.link;
    return { nowMs: monotonicMs(), timeUs: clock instanceof VirtualClock ? clock.nowUs() : wallTimeUs() };
  }

  #ownFilters(): string[] {
    const nodes = this.#map.edgeNodes();
    return nodes.length > 0 ? nodes.map(filterOfEdgeNode) : [`${NAMESPACE}/#`];
  }

  #drop(reason: string, count: number): void {
    this.counters.dropped[reason] = (this.counters.dropped[reason] ?? 0) + count;
  }

  #tellUndeclared(origin: Origin, names: readonly string[]): void {
    const shown = names.slice(0, UNDECLARED_SHOWN).join(", ");
    this.#tellOnce(
      new RungError({
        code: "undeclared-metric",
        where: `${descriptorOf(origin)}${origin.device === undefined ? "" : `/${origin.device}`}`,
        what: `${names.length} metrics are no declared property of this source: ${shown}${names.length > UNDECLARED_SHOWN ? ", ..." : ""}`,
        advice: "add them to the table, or leave them: they are counted and not kept",
      }),
    );
  }

  /** Without an error made for every sample of a clock that is wrong. */
  #tellFault(address: string, fault: SampleFault): void {
    if (!this.#told.has(`${fault} ${address}`)) this.#tellOnce(sampleFault(address, fault));
  }

  #tellOnce(error: RungError): void {
    const key = `${error.code} ${error.where}`;
    if (this.#told.has(key) || this.#told.size >= MOST_TOLD) return;
    this.#told.add(key);
    this.#options.listener.problem(error);
  }
}
