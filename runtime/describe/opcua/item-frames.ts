import type { DataValue } from "node-opcua";
import type { Dictionary } from "../../core/dictionary.ts";
import { type Frame, FrameBuilder, type FrameHead } from "../../core/frame.ts";
import { BAD_INVALID_TIMESTAMP, hasOverflow, isBad } from "../../core/quality.ts";
import { type TimeUs, wallTimeUs } from "../../core/time.ts";
import type { Binding } from "../binding-table.ts";
import { GapWatch } from "../gap-watch.ts";
import { implausible, MOST_AHEAD_US } from "../message-clock.ts";
import type { PastSample } from "../past-reader.ts";
import { RateMeter } from "../rate-meter.ts";
import { type SampleFault, sampleFault } from "../sample-fault.ts";
import type { SourceCounters, SourceListener } from "../source-signal.ts";
import { observeClock } from "./clock-items.ts";
import type { OpcuaLink } from "./opcua-link.ts";
import { newReading, type ReadingDepth, readValueInto } from "./sample-value.ts";
import { type ItemNotification, sourceOrder } from "./source-order.ts";

/** Of a handle that nobody knows; the clock's items have smaller negative numbers. */
const NO_TAG = -1_000_000;

export interface ItemFramesParts {
  readonly source: string;
  readonly link: Pick<OpcuaLink, "clock" | "options">;
  /** By index into the dictionary. */
  readonly bindings: readonly Binding[];
  /** By index into the dictionary: how to look into a value. */
  readonly depths: readonly ReadingDepth[];
  readonly dictionary: Dictionary;
  readonly counters: SourceCounters;
  readonly listener: SourceListener;
  /** The subscription brought its canary or a sample: the server samples. */
  sampled(): void;
}

/**
 * Turns notifications of monitored items, and answers of methods, into the frames of a source: in its units, in source
 * order, numbered within the epoch. What is missing between them is told before the frame that shows it.
 */
export class ItemFrames {
  readonly source: string;
  /** Of the subscription; who sees it break says so here. */
  readonly gaps: GapWatch;
  /** Methods are called beside the subscription: their samples say nothing about its gaps. */
  readonly #methodGaps: GapWatch;
  readonly #parts: ItemFramesParts;
  #dictionary: Dictionary;
  /** By client handle, which node-opcua counts up from 1: index into the dictionary, or one of the clock's items. */
  #tagOfHandle: number[] = [];
  readonly #reading = newReading();
  readonly #rate = new RateMeter();
  #epoch = 0;
  #sequence = 0;
  /** Source time of the first sample of each tag in this epoch. */
  readonly #firstUs: Float64Array;
  readonly #faultsTold = new Set<string>();

  constructor(parts: ItemFramesParts) {
    this.#parts = parts;
    this.source = parts.source;
    this.#dictionary = parts.dictionary;
    this.#firstUs = new Float64Array(parts.bindings.length).fill(Number.NaN);
    const properties = parts.bindings.map(({ property }) => property);
    const newGaps = () =>
      new GapWatch(
        parts.source,
        properties.map(({ address }) => address),
        properties.map(({ update }) => (update.mode === "cyclic" ? update.periodMs : 0)),
      );
    this.gaps = newGaps();
    this.#methodGaps = newGaps();
  }

  get dictionary(): Dictionary {
    return this.#dictionary;
  }

  /** The frames from now on say what they hold by this one, which has the same properties in the same order. */
  use(dictionary: Dictionary): void {
    this.#dictionary = dictionary;
  }

  /** Source time of the newest sample, NaN before the first; of methods only where nothing else has come. */
  get newestUs(): TimeUs {
    const { newestUs } = this.gaps;
    return Number.isNaN(newestUs) ? this.#methodGaps.newestUs : newestUs;
  }

  perSecond(): number {
    return this.#rate.perSecond();
  }

  /** What comes from now on belongs to this epoch. */
  begin(epoch: number): void {
    this.#epoch = epoch;
    this.#sequence = 0;
    this.#firstUs.fill(Number.NaN);
  }

  /** Forgets the items of an earlier subscription. */
  forgetItems(): void {
    this.#tagOfHandle = [];
  }

  /** @param tag index into the dictionary, or one of the clock's items */
  addItem(clientHandle: number, tag: number): void {
    this.#tagOfHandle[clientHandle] = tag;
  }

  /** Whether a sample was the first to come of its tag from the present subscription, which repeats it. */
  isFirst(index: number, timeUs: TimeUs): boolean {
    return this.#firstUs[index] === timeUs;
  }

  /** One frame, of the notifications of a publishing cycle. */
  send(items: readonly ItemNotification[]): void {
    const tags = new Int32Array(items.length);
    for (let i = 0; i < items.length; i++) tags[i] = this.#tagOfHandle[items[i]!.clientHandle] ?? NO_TAG;
    this.#send(items, tags, this.gaps);
  }

  /** One frame, of what a method answered. */
  sendAnswer(tag: number, value: DataValue): void {
    this.#send([{ clientHandle: 0, value }], Int32Array.of(tag), this.#methodGaps);
  }

  /** Rows of the past take their numbers among those of now, so that none is ever missing in the sequence. */
  sendPast(samples: readonly PastSample[]): Frame {
    const builder = new FrameBuilder(this.#head(), samples.length);
    for (const { index, value, sourceTimeUs, quality, other } of samples) {
      builder.add(index, value, sourceTimeUs, quality, other);
    }
    return this.#deliver(builder, wallTimeUs(), true);
  }

  /** A frame without rows: the channel lives, and what is on change has not changed. */
  showLife(): void {
    const now = { epoch: this.#epoch, first: this.#sequence, receiveTimeUs: wallTimeUs() };
    this.#parts.listener.frame(new FrameBuilder(this.#head(), 0).build(now));
  }

  #send(items: readonly ItemNotification[], tags: Int32Array, gaps: GapWatch): void {
    const receiveTimeUs = wallTimeUs();
    const { link, bindings, depths, counters, listener } = this.#parts;
    const builder = new FrameBuilder(this.#head(), items.length);
    const reading = this.#reading;
    // The canary first: it tells what time it is at the plant, and so which source times can be none.
    for (let i = 0; i < items.length; i++) {
      const tag = tags[i]!;
      if (tag >= 0 || tag === NO_TAG) continue;
      this.#parts.sampled();
      observeClock(link.clock, tag, items[i]!.value, receiveTimeUs);
    }
    const nowUs = link.clock.nowUs();
    const latestUs = nowUs + MOST_AHEAD_US;
    const gapsNowUs = link.clock.reality === "live" ? nowUs : Number.POSITIVE_INFINITY;
    const { timesUs, places } = sourceOrder(items);
    for (let i = 0; i < items.length; i++) {
      const place = places === undefined ? i : places[i]!;
      const tag = tags[place]!;
      if (tag < 0) continue;
      const { property, toProperty } = bindings[tag]!;
      readValueInto(reading, items[place]!.value, property.type, toProperty, depths[tag]);
      if (reading.issue !== undefined) this.#tellFault(property.address, reading.issue);
      const ownUs = timesUs[place]!;
      // A server that gives no source time leaves that of the arrival.
      let timeUs = Number.isNaN(ownUs) ? nowUs : ownUs;
      const fault = implausible(timeUs, latestUs);
      if (fault === undefined) {
        if (Number.isNaN(this.#firstUs[tag]!)) this.#firstUs[tag] = timeUs;
        gaps.sample(tag, timeUs, hasOverflow(reading.quality), gapsNowUs);
      } else {
        this.#tellFault(property.address, fault);
        timeUs = nowUs;
        if (!isBad(reading.quality)) reading.quality = BAD_INVALID_TIMESTAMP;
      }
      builder.add(tag, reading.value, timeUs, reading.quality, reading.other);
    }
    // Before the frame: who finds the same gap by the frame's epoch then knows already what it is.
    for (const gap of gaps.take()) {
      counters.gaps++;
      listener.gap(gap);
    }
    const rows = builder.length;
    if (rows > 0) {
      // Samples prove that the server samples as well as the canary does, which may queue behind them.
      if (gaps === this.gaps) this.#parts.sampled();
      this.#rate.add(rows);
      this.#deliver(builder, receiveTimeUs, false);
    } else this.showLife();
  }

  #deliver(builder: FrameBuilder, receiveTimeUs: TimeUs, historical: boolean): Frame {
    const { counters, listener } = this.#parts;
    const frame = builder.build({ epoch: this.#epoch, first: this.#sequence, receiveTimeUs, historical });
    this.#sequence += frame.length;
    counters.received += frame.length;
    counters.emitted += frame.length;
    counters.frames++;
    for (const { address, reason } of frame.issues) this.#tellFault(address, reason);
    listener.frame(frame);
    return frame;
  }

  #head(): Pick<FrameHead, "source" | "reality" | "dictionary"> {
    return {
      source: this.source,
      reality: this.#parts.link.options.reality,
      dictionary: this.#dictionary,
    };
  }

  /** Told once per property and reason: a sensor that sends NaN sends it ten times a second. */
  #tellFault(address: string, reason: SampleFault): void {
    const key = `${address} ${reason}`;
    if (this.#faultsTold.has(key)) return;
    this.#faultsTold.add(key);
    this.#parts.listener.problem(sampleFault(address, reason));
  }
}
