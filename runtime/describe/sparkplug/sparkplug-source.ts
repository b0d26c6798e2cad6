import { LiveClock, VirtualClock } from "../../core/clock.ts";
import type { Dictionary } from "../../core/dictionary.ts";
import { RungError } from "../../core/errors.ts";
import { FrameBuilder } from "../../core/frame.ts";
import { monotonicMs, type TimeUs, wallTimeUs } from "../../core/time.ts";
import type { Binding } from "../binding-table.ts";
import type { ClockRegistry } from "../clock-registry.ts";
import type { EpochCounter } from "../epoch-counter.ts";
import type { LinkState } from "../link-state.ts";
import { topicMatches } from "../mqtt/link-options.ts";
import type { MqttLink, MqttLinkUser } from "../mqtt/mqtt-link.ts";
import { SpeedEstimate } from "../mqtt/speed-estimate.ts";
import { RateMeter } from "../rate-meter.ts";
import type { SourceCounters, SourceListener } from "../source-signal.ts";
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

/** Messages within this time become one frame, ms. */
const TICK_MS = 50;
/** While an edge node is online the source shows so often that it is there, ms. */
const LIFE_MS = 2000;
const LARGEST_FRAME = 5000;
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
  readonly #rate = new RateMeter();
  readonly #speed = new SpeedEstimate();
  readonly #told = new Set<string>();
  readonly #born = new Set<number>();
  #builder: FrameBuilder;
  #isHistorical = false;
  #tick: NodeJS.Timeout | undefined;
  #due: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #life: NodeJS.Timeout | undefined;
  #epoch = 0;
  #sequence = 0;
  #newestUs: TimeUs = Number.NaN;
  #lastSentUs: TimeUs = Number.NaN;
  #release: (() => Promise<void>) | undefined;
  #linkState: LinkState = { phase: "idle", sinceMs: 0 };

  /** @throws RungError `malformed-tag`, `duplicate-tag`, `bad-address` */
  constructor(options: SparkplugSourceOptions) {
    this.#options = options;
    this.source = `mqtt:${options.link.options.id}:${options.id}`;
    this.#map = new MetricMap(options.twin, options.bindings);
    this.filters = options.filters?.length ? options.filters : this.#ownFilters();
    this.qos = options.qos ?? 0;
    this.#builder = this.#newBuilder();
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
    this.#epoch = this.#options.epochs.next(this.source);
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
    this.#flush();
    const release = this.#release;
    this.#release = undefined;
    await release?.();
    clearTimeout(this.#tick);
    this.#options.clocks.delete(this.source);
  }

  /** For the status line. `unbound`: rows of the table that no birth has told yet. */
  summary(): { tags: number; unbound?: number; perSecond: number; ageUs: number | undefined } {
    const { size } = this.dictionary;
    const unbound = this.#map.isTable ? size - this.#born.size : 0;
    return {
      tags: size - unbound,
      ...(unbound > 0 ? { unbound } : {}),
      perSecond: this.#rate.perSecond(),
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
    this.#flush();
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
    this.#flush();
    if (origin.device === undefined) {
      this.#epoch = this.#options.epochs.next(this.source);
      this.#sequence = 0;
    }
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
    this.#builder = this.#newBuilder();
  }

  #samples(origin: Origin, samples: readonly MetricSample[]): void {
    for (const sample of samples) {
      this.counters.received++;
      const mapped = this.#map.find(origin, sample.name);
      if (typeof mapped === "string") {
        this.#drop(mapped, 1);
        continue;
      }
      if (sample.isHistorical !== this.#isHistorical && this.#builder.length > 0) this.#flush();
      this.#isHistorical = sample.isHistorical;
      const { value, other, quality } = rowOf(sample, mapped.property.type, mapped.toProperty);
      this.#builder.add(mapped.index, value, sample.timeUs, quality, other);
      if (sample.isHistorical) this.sparkplug.historical++;
      else if (!(sample.timeUs <= this.#newestUs)) this.#newestUs = sample.timeUs;
      if (this.#builder.length >= LARGEST_FRAME) this.#flush();
    }
    if (this.#builder.length > 0) this.#tick ??= setTimeout(() => this.#flush(), TICK_MS);
  }

  #gap({ group, node, cause, fromUs, toUs }: HostGap): void {
    this.#flush();
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
    const { clock } = this.#options.link;
    if (clock instanceof LiveClock) clock.observe(sentUs, wallTimeUs());
    // A message that was held up says nothing about the time now.
    else if (clock instanceof VirtualClock && !(sentUs < this.#lastSentUs)) {
      this.#lastSentUs = sentUs;
      clock.observe(sentUs, this.#speed.observe(sentUs));
    }
  }

  #showLife(): void {
    if (this.#linkState.phase !== "connected" || this.#session.nodes.online === 0) return;
    // Without rows it says only that the edge nodes are there.
    if (this.#builder.length === 0) this.#emit();
  }

  #flush(): void {
    clearTimeout(this.#tick);
    this.#tick = undefined;
    if (this.#builder.length > 0) this.#emit();
  }

  #emit(): void {
    const frame = this.#builder.build({
      epoch: this.#epoch,
      first: this.#sequence,
      receiveTimeUs: wallTimeUs(),
    });
    this.#builder = this.#newBuilder();
    this.#sequence += frame.length;
    this.#rate.add(frame.length);
    this.counters.frames++;
    this.counters.emitted += frame.length;
    for (const { address, reason } of frame.issues) {
      this.#tellOnce(
        new RungError({
          code: reason,
          where: address,
          what:
            reason === "not-a-number"
              ? "came without a finite number and with good quality; it is stored as bad"
              : "came with a time outside 1970 to 2255; it is stored as bad",
          advice: "correct the publisher",
        }),
      );
    }
    this.#options.listener.frame(frame);
  }

  #newBuilder(): FrameBuilder {
    return new FrameBuilder({
      source: this.source,
      reality: this.#options.link.options.reality,
      dictionary: this.#map.dictionary,
    });
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

  #tellOnce(error: RungError): void {
    const key = `${error.code} ${error.where}`;
    if (this.#told.has(key) || this.#told.size >= MOST_TOLD) return;
    this.#told.add(key);
    this.#options.listener.problem(error);
  }
}
