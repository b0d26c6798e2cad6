import { crc32 } from "node:zlib";
import { LiveClock, VirtualClock } from "../../core/clock.ts";
import { Dictionary } from "../../core/dictionary.ts";
import { RungError } from "../../core/errors.ts";
import { FrameBuilder } from "../../core/frame.ts";
import { type TimeUs, wallTimeUs } from "../../core/time.ts";
import type { Binding } from "../binding-table.ts";
import type { ClockRegistry } from "../clock-registry.ts";
import type { EpochCounter } from "../epoch-counter.ts";
import { GapWatch } from "../gap-watch.ts";
import type { LinkState } from "../link-state.ts";
import { RateMeter } from "../rate-meter.ts";
import type { SourceCounters, SourceListener } from "../source-signal.ts";
import { topicMatches } from "./link-options.ts";
import type { MqttLink, MqttLinkUser } from "./mqtt-link.ts";
import { PAYLOAD_DEFAULTS, type PayloadFormat, readPayload } from "./payload.ts";
import { SpeedEstimate } from "./speed-estimate.ts";

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

/** Messages within this time become one frame, ms. */
const TICK_MS = 50;
/** Topics that are remembered as told: a flood of strange topics must not fill the memory. */
const MOST_TOLD = 1000;
/**
 * Samples per tag that a repetition is looked for among: a broker sends again what was not acknowledged, some tens of
 * messages of all topics together, and a publisher what it sent last.
 */
const REPEATED_AMONG = 32;
/** A frame is sent at once when it has as many rows. */
const LARGEST_FRAME = 5000;

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
  readonly #rate = new RateMeter();
  readonly #speed = new SpeedEstimate();
  readonly #told = new Set<string>();
  /** Per tag the last source times that came, each with the checksum of its message. */
  readonly #recent: readonly Map<TimeUs, number>[];
  #isRepeating = false;
  #builder: FrameBuilder;
  #tick: NodeJS.Timeout | undefined;
  #epoch = 0;
  #sequence = 0;
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
    this.#recent = options.bindings.map(() => new Map());
    this.#builder = this.#newBuilder();
  }

  /**
   * Registers with the link, which connects at its first user.
   * @throws RungError `shared-subscription-not-supported`, `malformed-topic`
   */
  start(): void {
    this.#epoch = this.#options.epochs.next(this.source);
    this.#options.clocks.set(this.source, this.#options.link.clock);
    try {
      this.#release = this.#options.link.use(this);
    } catch (thrown) {
      this.#options.clocks.delete(this.source);
      throw thrown;
    }
  }

  async stop(): Promise<void> {
    this.#flush();
    const release = this.#release;
    this.#release = undefined;
    await release?.();
    clearTimeout(this.#tick);
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
      perSecond: this.#rate.perSecond(),
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
      this.#tellOnce(topic, "undeclared-topic", () => ({
        what: "is no declared property of this source",
        advice: "add it to the table, or narrow the subscription",
      }));
      return;
    }
    const { property, toProperty } = this.#options.bindings[tag]!;
    const receiveTimeUs = wallTimeUs();
    try {
      const reading = readPayload(topic, payload, property.type, this.#format);
      if (reading.sourceTimeUs !== undefined && this.#isRepetition(tag, reading.sourceTimeUs, payload)) {
        this.#drop("repeated-message");
        this.#isRepeating = true;
        this.#tick ??= setTimeout(() => this.#flush(), TICK_MS);
        return;
      }
      if (reading.sourceTimeUs !== undefined) this.#observe(reading.sourceTimeUs, receiveTimeUs);
      const timeUs = reading.sourceTimeUs ?? this.#options.link.clock.nowUs();
      const value = reading.other === undefined ? toProperty(reading.value) : reading.value;
      this.#builder.add(tag, value, timeUs, reading.quality, reading.other);
      this.#gaps.sample(tag, timeUs, false);
      this.#told.delete(topic);
    } catch (thrown) {
      if (!(thrown instanceof RungError)) throw thrown;
      this.#drop(thrown.code);
      if (!this.#told.has(topic)) this.#options.listener.problem(thrown);
      this.#told.add(topic);
      return;
    }
    if (this.#builder.length >= LARGEST_FRAME) this.#flush();
    else this.#tick ??= setTimeout(() => this.#flush(), TICK_MS);
  }

  /**
   * QoS 1 is at least once (MQTT 3.1.1, 4.3.2), and DUP does not tell what a publisher sent twice (3.3.1.1). The same
   * message with the same source time is the same sample; without a time in it nobody can tell.
   */
  #isRepetition(tag: number, timeUs: TimeUs, payload: Buffer): boolean {
    const recent = this.#recent[tag]!;
    const checksum = crc32(payload);
    if (recent.get(timeUs) === checksum) return true;
    recent.set(timeUs, checksum);
    if (recent.size > REPEATED_AMONG) recent.delete(recent.keys().next().value!);
    return false;
  }

  #observe(sourceTimeUs: TimeUs, receiveTimeUs: TimeUs): void {
    const { clock } = this.#options.link;
    if (clock instanceof LiveClock) clock.observe(sourceTimeUs, receiveTimeUs);
    // A late or repeated message says nothing about the time now.
    else if (clock instanceof VirtualClock && !(sourceTimeUs < this.#gaps.newestUs)) {
      clock.observe(sourceTimeUs, this.#speed.observe(sourceTimeUs));
    }
  }

  #flush(): void {
    clearTimeout(this.#tick);
    this.#tick = undefined;
    const rows = this.#builder.length;
    // What repeats itself brings nothing new, and shows that the source is there: a frame without rows says so.
    if (rows > 0 || this.#isRepeating) {
      const frame = this.#builder.build({
        epoch: this.#epoch,
        first: this.#sequence,
        receiveTimeUs: wallTimeUs(),
      });
      this.#builder = this.#newBuilder();
      this.#isRepeating = false;
      this.#sequence += rows;
      this.#rate.add(rows);
      this.counters.frames++;
      this.counters.emitted += rows;
      for (const { address, reason } of frame.issues) {
        this.#tellOnce(address, reason, () => ({
          what:
            reason === "not-a-number"
              ? "came without a finite number and with good quality; it is stored as bad"
              : "came with a source time outside 1970 to 2255; it is stored as bad",
          advice: "correct the publisher",
        }));
      }
      this.#options.listener.frame(frame);
    }
    for (const gap of this.#gaps.take()) {
      this.counters.gaps++;
      this.#options.listener.gap(gap);
    }
  }

  #newBuilder(): FrameBuilder {
    const { link } = this.#options;
    return new FrameBuilder({
      source: this.source,
      reality: link.options.reality,
      dictionary: this.dictionary,
    });
  }

  #drop(reason: string): void {
    this.counters.dropped[reason] = (this.counters.dropped[reason] ?? 0) + 1;
  }

  #tellOnce(where: string, code: string, text: () => { what: string; advice: string }): void {
    const key = `${code} ${where}`;
    if (this.#told.has(key) || this.#told.size >= MOST_TOLD) return;
    this.#told.add(key);
    this.#options.listener.problem(new RungError({ code, where, ...text() }));
  }
}
