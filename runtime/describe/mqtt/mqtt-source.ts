import { Dictionary } from "../../core/dictionary.ts";
import { messageOf, RungError } from "../../core/errors.ts";
import { BAD_INVALID_TIMESTAMP, isBad } from "../../core/quality.ts";
import { wallTimeUs } from "../../core/time.ts";
import type { Binding } from "../binding-table.ts";
import type { ClockRegistry } from "../clock-registry.ts";
import type { EpochCounter } from "../epoch-counter.ts";
import { GapWatch } from "../gap-watch.ts";
import type { LinkState } from "../link-state.ts";
import { MessageClock } from "../message-clock.ts";
import { type SampleFault, sampleFault } from "../sample-fault.ts";
import type { SourceCounters, SourceListener } from "../source-signal.ts";
import { TickFrames } from "../tick-frames.ts";
import { topicMatches } from "../topic-filter.ts";
import type { MqttLink, MqttLinkUser } from "./mqtt-link.ts";
import { PAYLOAD_DEFAULTS, type PayloadFormat, readPayload } from "./payload.ts";
import { Repetitions } from "./repetitions.ts";

export interface MqttSourceOptions {
  readonly id: string;
  readonly name: string;
  readonly link: MqttLink;
  /** `tag` is the topic. A topic that is not declared is counted and told once. */
  readonly bindings: readonly Binding[];
  /** Topic filters to subscribe to; the topics of the bindings where there are none. */
  readonly filters?: readonly string[];
  readonly qos?: 0 | 1 | 2;
  readonly format?: Partial<PayloadFormat>;
  readonly clocks: ClockRegistry;
  readonly epochs: EpochCounter;
  readonly listener: SourceListener;
}

/** Topics that are remembered as told: a flood of strange topics must not fill the memory. */
const MOST_TOLD = 1000;
/** Characters of a topic that are shown. */
const LONGEST_SHOWN = 200;

/** Turns the messages of declared topics into frames, one per tick of at most 50 ms. */
export class MqttSource implements MqttLinkUser {
  /** Identity in frames and clocks: `mqtt:<link>:<node>`, stable over restarts. */
  readonly source: string;
  readonly dictionary: Dictionary;
  readonly filters: readonly string[];
  readonly qos: 0 | 1 | 2;
  readonly counters: SourceCounters = { received: 0, emitted: 0, dropped: {}, frames: 0, gaps: 0 };
  readonly #options: MqttSourceOptions;
  readonly #format: PayloadFormat;
  readonly #tagOfTopic: ReadonlyMap<string, number>;
  readonly #gaps: GapWatch;
  readonly #frames: TickFrames;
  readonly #time: MessageClock;
  readonly #told = new Set<string>();
  readonly #repetitions: Repetitions;
  #release: (() => Promise<void>) | undefined;
  #linkState: LinkState = { phase: "idle", sinceMs: 0 };

  constructor(options: MqttSourceOptions) {
    this.#options = options;
    this.source = `mqtt:${options.link.options.id}:${options.id}`;
    this.dictionary = new Dictionary(options.bindings.map((binding) => binding.property));
    this.#tagOfTopic = new Map(options.bindings.map((binding, tag) => [binding.tag, tag]));
    this.filters = options.filters?.length ? options.filters : [...this.#tagOfTopic.keys()];
    this.qos = options.qos ?? 1;
    this.#format = { ...PAYLOAD_DEFAULTS, ...options.format };
    this.#gaps = new GapWatch(
      this.source,
      options.bindings.map((binding) => binding.property.address),
      options.bindings.map(({ property }) =>
        property.update.mode === "cyclic" ? property.update.periodMs : 0,
      ),
    );
    this.#time = new MessageClock(options.link.clock);
    this.#frames = new TickFrames({
      source: this.source,
      reality: options.link.options.reality,
      dictionary: () => this.dictionary,
      counters: this.counters,
      listener: options.listener,
      gaps: this.#gaps,
      issue: ({ address, reason }) => this.#tellFault(address, reason),
    });
    this.#repetitions = new Repetitions(options.bindings.length);
  }

  /**
   * Registers with the link, which connects at its first user.
   * @throws RungError `shared-subscription-not-supported`, `malformed-topic`
   */
  start(): void {
    this.#frames.begin(this.#options.epochs.next(this.source));
    this.#options.clocks.set(this.source, this.#options.link.clock);
    try {
      this.#release = this.#options.link.use(this);
    } catch (thrown) {
      this.#options.clocks.delete(this.source);
      throw thrown;
    }
  }

  async stop(): Promise<void> {
    this.#frames.flush();
    const release = this.#release;
    this.#release = undefined;
    await release?.();
    // Messages that came until the link let go.
    this.#frames.flush();
    this.#options.clocks.delete(this.source);
  }

  get linkState(): LinkState {
    return this.#linkState;
  }

  /** For the status line. `ageUs` is that of the newest sample on the link's clock. */
  summary(): { tags: number; perSecond: number; ageUs: number | undefined } {
    const newestUs = this.#gaps.newestUs;
    return {
      tags: this.#options.bindings.length,
      perSecond: this.#frames.perSecond(),
      ageUs: Number.isNaN(newestUs) ? undefined : Math.max(0, this.#options.link.clock.nowUs() - newestUs),
    };
  }

  state(state: LinkState): void {
    this.#linkState = state;
  }

  opened(resumed: boolean): void {
    // What the broker queued comes now; whether it kept everything shows in the source times of cyclic properties.
    if (resumed && this.qos > 0) this.#gaps.continues();
  }

  closed(): void {
    this.#gaps.interrupt("connection-lost");
  }

  problem(error: RungError): void {
    this.#options.listener.problem(error);
  }

  message(topic: string, payload: Buffer): void {
    const tag = this.#tagOfTopic.get(topic);
    if (tag === undefined && !this.filters.some((filter) => topicMatches(filter, topic))) return;
    this.counters.received++;
    if (tag === undefined) {
      this.#drop("undeclared-topic");
      const where = shortened(topic);
      if (this.#isNews("undeclared-topic", where)) {
        this.#options.listener.problem(
          new RungError({
            code: "undeclared-topic",
            where,
            what: "is no declared property of this source",
            advice: "add it to the table, or narrow the subscription",
          }),
        );
      }
      return;
    }
    const { property, toProperty } = this.#options.bindings[tag]!;
    const receiveTimeUs = wallTimeUs();
    try {
      const reading = readPayload(topic, payload, property.type, this.#format);
      if (this.#repetitions.has(tag, reading.sourceTimeUs, payload)) {
        this.#drop("repeated-message");
        this.#frames.touch();
        return;
      }
      const value = reading.other === undefined ? toProperty(reading.value) : reading.value;
      const { timeUs, fault } = this.#time.timeOf(reading.sourceTimeUs, receiveTimeUs);
      if (fault === undefined) this.#gaps.sample(tag, timeUs, false, this.#time.receiptUs(receiveTimeUs));
      else this.#tellFault(property.address, fault);
      const isMarked = fault !== undefined && !isBad(reading.quality);
      const quality = isMarked ? BAD_INVALID_TIMESTAMP : reading.quality;
      this.#frames.add(tag, value, timeUs, quality, reading.other);
      this.#told.delete(topic);
    } catch (thrown) {
      const error = asProblem(thrown, topic);
      this.#drop(error.code);
      if (!this.#told.has(topic)) this.#options.listener.problem(error);
      this.#told.add(topic);
    }
  }

  #drop(reason: string): void {
    this.counters.dropped[reason] = (this.counters.dropped[reason] ?? 0) + 1;
  }

  #tellFault(address: string, fault: SampleFault): void {
    if (this.#isNews(fault, address)) this.#options.listener.problem(sampleFault(address, fault));
  }

  /** True once for each thing that can be wrong somewhere. */
  #isNews(code: string, where: string): boolean {
    const key = `${code} ${where}`;
    if (this.#told.has(key) || this.#told.size >= MOST_TOLD) return false;
    this.#told.add(key);
    return true;
  }
}

/** Whatever a payload does to its reader, it stops nothing else. */
const asProblem = (thrown: unknown, topic: string): RungError =>
  thrown instanceof RungError
    ? thrown
    : new RungError({ code: "malformed-payload", where: topic, what: messageOf(thrown), cause: thrown });

/**
 * A topic may have 65,535 characters; a log line and the memory of what was told may not. What is cut is copied, since
 * a part of a text keeps the whole in memory.
 */
const shortened = (topic: string): string =>
  topic.length > LONGEST_SHOWN
    ? `${Buffer.from(topic.slice(0, LONGEST_SHOWN)).toString()}... (${topic.length} characters)`
    : topic;
