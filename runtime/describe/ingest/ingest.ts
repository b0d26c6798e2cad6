import { type LinkClock, LiveClock, RecordedClock, VirtualClock } from "../../core/clock.ts";
import { Dictionary } from "../../core/dictionary.ts";
import { RungError } from "../../core/errors.ts";
import type { Reality } from "../../core/frame.ts";
import { BAD_INVALID_TIMESTAMP, isBad, isGood, type Quality } from "../../core/quality.ts";
import { monotonicMs, type TimeUs, wallTimeUs } from "../../core/time.ts";
import { isWaveform } from "../../core/waveform.ts";
import type { ClockRegistry } from "../clock-registry.ts";
import type { EpochCounter } from "../epoch-counter.ts";
import { GapWatch } from "../gap-watch.ts";
import type { LinkState } from "../link-state.ts";
import { MessageClock } from "../message-clock.ts";
import type { SourceCounters, SourceListener } from "../source-signal.ts";
import { TickFrames } from "../tick-frames.ts";
import { topicMatches } from "../topic-filter.ts";
import type { IngestBinding } from "./ingest-table.ts";
import { atPath } from "./message-path.ts";
import { type Reading, readingOf } from "./reading.ts";
import { readQuality, readTime } from "./reading-marks.ts";
import { ReadingTally } from "./reading-tally.ts";
import { REASON_ADVICE, type RefusalReason } from "./refusal-reason.ts";

export interface IngestOptions {
  /** Of the Node-RED node. */
  readonly id: string;
  readonly name: string;
  /** What whoever wires it declares: nothing here can tell whether the node before it reads a real plant. */
  readonly reality: Reality;
  readonly bindings: readonly IngestBinding[];
  /** Wall seconds within which a message is due; longer is a silence. */
  readonly silentAfterS?: number;
  readonly clocks: ClockRegistry;
  readonly epochs: EpochCounter;
  readonly listener: SourceListener;
}

/** Defaults with their units. */
export const INGEST_DEFAULTS = { silentAfterS: 15 };

/** How often silence is looked for and a sign of life is given, ms: the sign-of-life period of a twin's state. */
const LIFE_MS = 5000;
/** A topic is at most so long (MQTT 3.1.1, 1.5.3); a longer one is not compared. Characters. */
const LONGEST_TOPIC = 65_535;

/**
 * Turns messages of any node into frames by a table, one frame per tick of at most 50 ms.
 *
 * What it is given it accounts for: received = emitted + dropped(reason). A value that does not fit becomes a sample
 * of bad quality; a path with nothing at it gives none. Nothing a message holds makes it throw. What was lost before
 * a message came cannot be known here.
 */
export class Ingest {
  /** Identity in frames and clocks: `ingest:<node>`, stable over restarts. */
  readonly source: string;
  readonly dictionary: Dictionary;
  readonly clock: LinkClock;
  readonly counters: SourceCounters = { received: 0, emitted: 0, dropped: {}, frames: 0, gaps: 0 };
  /** Readings by what was wrong with them; those that became bad samples are among the emitted. */
  readonly refusals: Partial<Record<RefusalReason, number>> = {};
  readonly waitingText = "no message yet";
  /** How the newest readings went, for the evidence. */
  readonly tally = new ReadingTally();
  readonly #options: IngestOptions;
  readonly #silentAfterMs: number;
  readonly #gaps: GapWatch;
  readonly #frames: TickFrames;
  readonly #time: MessageClock;
  readonly #told = new Set<string>();
  /** What a property on change was last, as a key. */
  readonly #lastKey: (string | undefined)[];
  #life: NodeJS.Timeout | undefined;
  #lastMessageMs: number | undefined;
  #isSilent = false;
  /** As many as had been sent at the last sign of life. */
  #framesAtLife = 0;

  constructor(options: IngestOptions) {
    this.#options = options;
    this.source = `ingest:${options.id}`;
    this.#silentAfterMs = 1000 * (options.silentAfterS || INGEST_DEFAULTS.silentAfterS);
    const properties = options.bindings.map((binding) => binding.property);
    this.dictionary = new Dictionary(properties);
    this.clock = clockOf(options.reality);
    this.#time = new MessageClock(this.clock);
    this.#gaps = new GapWatch(
      this.source,
      properties.map(({ address }) => address),
      properties.map(({ update }) => (update.mode === "cyclic" ? update.periodMs : 0)),
    );
    this.#lastKey = new Array<string | undefined>(properties.length).fill(undefined);
    this.#frames = new TickFrames({
      source: this.source,
      reality: options.reality,
      dictionary: () => this.dictionary,
      counters: this.counters,
      listener: options.listener,
      gaps: this.#gaps,
    });
  }

  start(): void {
    this.#frames.begin(this.#options.epochs.next(this.source));
    this.#options.clocks.set(this.source, this.clock);
    this.#life = setInterval(() => this.showLife(), LIFE_MS);
    this.#life.unref();
  }

  async stop(): Promise<void> {
    this.#frames.flush();
    clearInterval(this.#life);
    this.#options.clocks.delete(this.source);
  }

  get linkState(): LinkState {
    if (this.#lastMessageMs === undefined) return { phase: "idle", sinceMs: 0 };
    const silentMs = monotonicMs() - this.#lastMessageMs;
    if (silentMs <= this.#silentAfterMs) return { phase: "connected", sinceMs: this.#lastMessageMs };
    const error = new RungError({
      code: "silent",
      where: this.#options.name,
      what: `no message for more than ${this.#silentAfterMs / 1000} s`,
      advice: "look at the node before it, or declare how long it may be silent",
    });
    return { phase: "retrying", error, sinceMs: this.#lastMessageMs };
  }

  /** For the status line. `ageUs` is that of the newest sample on the source's clock. */
  summary(): { tags: number; perSecond: number; ageUs: number | undefined } {
    const newestUs = this.#gaps.newestUs;
    return {
      tags: this.#options.bindings.length,
      perSecond: this.#frames.perSecond(),
      ageUs: Number.isNaN(newestUs) ? undefined : Math.max(0, this.clock.nowUs() - newestUs),
    };
  }

  /** Takes one message in. Never throws, whatever it holds. */
  take(message: unknown, receiveTimeUs: TimeUs = wallTimeUs(), atMs: number = monotonicMs()): void {
    const topic = readTopic(message);
    this.#lastMessageMs = atMs;
    this.#isSilent = false;
    let matched = 0;
    for (const [index, binding] of this.#options.bindings.entries()) {
      if (binding.topic !== undefined && (topic === undefined || !topicMatches(binding.topic, topic)))
        continue;
      matched++;
      this.counters.received++;
      try {
        this.#read(index, binding, message, receiveTimeUs);
      } catch (thrown) {
        // A message may hold getters and proxies of strangers; what they throw is a value that cannot be read.
        this.#refuse("unreadable", binding, thrown);
        this.#drop("unreadable");
      }
    }
    if (matched === 0) {
      this.counters.received++;
      this.#drop("no-row");
      this.#tell(
        "no-row",
        this.#options.name,
        topic === undefined ? "no topic" : JSON.stringify(topic.slice(0, 80)),
      );
    }
  }

  #read(index: number, binding: IngestBinding, message: unknown, receiveTimeUs: TimeUs): void {
    const { property, toProperty } = binding;
    const given = atPath(message, binding.path);
    const mark =
      binding.quality === undefined ? { quality: 0 } : readQuality(atPath(message, binding.quality));
    // A bad value may well be none.
    const isNone = given === undefined || (given === null && isGood(mark.quality));
    if (isNone) {
      this.#refuse("missing", binding);
      this.#drop("missing");
      return;
    }
    const raw: Reading =
      given === null
        ? { value: Number.NaN, quality: mark.quality }
        : readingOf(given, property.type, this.#sampleRateHz(binding, message));
    const time = this.#timeOf(binding, message, receiveTimeUs);
    if (raw.fault !== undefined) this.#refuse(raw.fault, binding, given);
    else if (time.fault !== undefined) this.#refuse(time.fault, binding);
    else if (mark.fault !== undefined) this.#refuse(mark.fault, binding);
    else this.tally.note(true);
    const quality = worst(
      raw.quality,
      time.fault === undefined ? mark.quality : BAD_INVALID_TIMESTAMP,
      mark.quality,
    );
    const value = raw.other === undefined ? toProperty(raw.value) : raw.value;
    const other = isWaveform(raw.other)
      ? { ...raw.other, samples: raw.other.samples.map((each) => toProperty(each)) }
      : raw.other;
    if (property.update.mode === "onChange" && this.#isUnchanged(index, value, other, quality, time)) {
      this.#drop("unchanged");
      return;
    }
    if (time.isOwn || this.clock instanceof RecordedClock) this.#time.observe(time.timeUs, receiveTimeUs);
    if (time.fault === undefined) {
      this.#gaps.sample(index, time.timeUs, false, this.#time.receiptUs(receiveTimeUs));
    }
    this.#frames.add(index, value, time.timeUs, quality, other);
  }

  #sampleRateHz({ sampleRate }: IngestBinding, message: unknown): number | undefined {
    if (sampleRate === undefined || typeof sampleRate === "number") return sampleRate;
    const given = atPath(message, sampleRate);
    return typeof given === "number" ? given : undefined;
  }

  /** A time that cannot be used is replaced by that of receipt, and the sample is bad. */
  #timeOf(
    { time }: IngestBinding,
    message: unknown,
    receiveTimeUs: TimeUs,
  ): { timeUs: TimeUs; isOwn: boolean; fault?: RefusalReason } {
    const { clock } = this;
    if (time === undefined) {
      return { timeUs: clock instanceof VirtualClock ? clock.nowUs() : receiveTimeUs, isOwn: false };
    }
    const read = readTime(atPath(message, time.path), time.unit, this.#time.latestUs(receiveTimeUs));
    if (!("fault" in read)) return { timeUs: read.timeUs, isOwn: true };
    // In a recording of last year the wall time of today would make all that follows look late.
    const timeUs = clock instanceof LiveClock ? receiveTimeUs : clock.nowUs() || receiveTimeUs;
    return { timeUs, isOwn: false, fault: read.fault };
  }

  /**
   * A property on change that is polled comes again and again with the same value. With a source time of its own that
   * is new it is another event, such as the same part passing twice.
   */
  #isUnchanged(
    index: number,
    value: number,
    other: unknown,
    quality: Quality,
    time: { timeUs: TimeUs; isOwn: boolean },
  ): boolean {
    // A waveform is measured anew each time, and its key would be as long as itself.
    if (isWaveform(other)) return false;
    const shown =
      typeof other === "bigint" ? `${other}n` : other === undefined ? value : JSON.stringify(other);
    const key = `${quality} ${time.isOwn ? time.timeUs : ""} ${shown}`;
    if (this.#lastKey[index] === key) return true;
    this.#lastKey[index] = key;
    return false;
  }

  /**
   * Called on a timer: an empty frame says that messages come though they held nothing new, and silence for longer
   * than declared becomes a gap.
   */
  showLife(atMs: number = monotonicMs()): void {
    if (this.#lastMessageMs === undefined) return;
    if (atMs - this.#lastMessageMs > this.#silentAfterMs) {
      if (!this.#isSilent) this.#gaps.interrupt("silent");
      this.#isSilent = true;
      return;
    }
    if (this.counters.frames === this.#framesAtLife) this.#frames.showLife();
    this.#framesAtLife = this.counters.frames;
  }

  #drop(reason: string): void {
    this.counters.dropped[reason] = (this.counters.dropped[reason] ?? 0) + 1;
  }

  #refuse(reason: RefusalReason, binding: IngestBinding, seen?: unknown): void {
    this.refusals[reason] = (this.refusals[reason] ?? 0) + 1;
    this.tally.note(false);
    this.#tell(reason, `${this.#options.name}, ${binding.property.address}`, shownAs(seen, binding));
  }

  /** Once per reason: a plant that sends ten thousand bad values a second must not flood the log. */
  #tell(reason: RefusalReason, where: string, seen: string): void {
    if (this.#told.has(reason)) return;
    this.#told.add(reason);
    const { what, advice } = REASON_ADVICE[reason];
    this.#options.listener.problem(
      new RungError({
        code: reason,
        where,
        what: `${what}: ${seen}; more of this kind are counted only`,
        advice,
      }),
    );
  }
}

function clockOf(reality: Reality): LinkClock {
  if (reality === "live") return new LiveClock();
  return reality === "virtual" ? new VirtualClock() : new RecordedClock();
}

/** The worst of some qualities: bad before uncertain before good, the first where equal. */
function worst(...qualities: Quality[]): Quality {
  return qualities.find(isBad) ?? qualities.find((quality) => !isGood(quality)) ?? qualities[0]!;
}

function readTopic(message: unknown): string | undefined {
  try {
    const topic = (message as { topic?: unknown } | null)?.topic;
    return typeof topic === "string" && topic.length <= LONGEST_TOPIC ? topic : undefined;
  } catch {
    // A getter that throws: the message has no topic that could be read.
    return undefined;
  }
}

/** What came, short enough for a log. */
function shownAs(seen: unknown, { tag }: IngestBinding): string {
  if (seen === undefined) return `at ${tag}`;
  if (typeof seen === "string") {
    return seen.length > 40
      ? `a text of ${seen.length} characters at ${tag}`
      : `${JSON.stringify(seen)} at ${tag}`;
  }
  if (typeof seen === "object" && seen !== null)
    return `${seen instanceof Error ? seen.message : "an object"} at ${tag}`;
  return `${String(seen)} at ${tag}`;
}
