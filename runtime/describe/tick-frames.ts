import type { Dictionary } from "../core/dictionary.ts";
import { FrameBuilder, type FrameIssue, type Reality } from "../core/frame.ts";
import type { Quality } from "../core/quality.ts";
import { type TimeUs, wallTimeUs } from "../core/time.ts";
import type { GapWatch } from "./gap-watch.ts";
import { RateMeter } from "./rate-meter.ts";
import type { SourceCounters, SourceListener } from "./source-signal.ts";

/** Rows within this time become one frame, ms. */
const TICK_MS = 50;
/** A frame is sent at once when it has as many rows. */
const LARGEST_FRAME = 5000;

export interface TickFramesOptions {
  readonly source: string;
  readonly reality: Reality;
  /** Asked when a frame begins: it may have grown since the one before. */
  readonly dictionary: () => Dictionary;
  /** `emitted`, `frames` and `gaps` are counted here, the rest by the source. */
  readonly counters: SourceCounters;
  readonly listener: SourceListener;
  /** Its gaps are told after the frame in which they end. */
  readonly gaps?: GapWatch;
  /** Told of every value that a frame had to mark bad, before the frame. */
  readonly issue?: (issue: FrameIssue) => void;
}

/** Gathers the rows of a source whose values come one by one into frames, one per tick of at most 50 ms. */
export class TickFrames {
  readonly #options: TickFramesOptions;
  readonly #rate = new RateMeter();
  #builder: FrameBuilder | undefined;
  #tick: NodeJS.Timeout | undefined;
  #epoch = 0;
  #sequence = 0;
  #isHistorical = false;
  #isTouched = false;

  constructor(options: TickFramesOptions) {
    this.#options = options;
  }

  /** What comes now belongs to an epoch; what waits is of the one before and is sent first. */
  begin(epoch: number): void {
    this.flush();
    this.#epoch = epoch;
    this.#sequence = 0;
  }

  get isEmpty(): boolean {
    return this.#builder === undefined;
  }

  perSecond(): number {
    return this.#rate.perSecond();
  }

  /** Rows that come now are historical, or of now; the two never share a frame. */
  turnTo(time: "past" | "now"): void {
    const isHistorical = time === "past";
    if (isHistorical !== this.#isHistorical) this.flush();
    this.#isHistorical = isHistorical;
  }

  /** Adds a row, and sends the frame when its time has come. See `FrameBuilder.add`. */
  add(index: number, value: number, timeUs: TimeUs, quality: Quality, other?: unknown): void {
    this.#builder ??= this.#newBuilder();
    this.#builder.add(index, value, timeUs, quality, other);
    if (this.#builder.length >= LARGEST_FRAME) this.flush();
    else this.#tick ??= setTimeout(() => this.flush(), TICK_MS);
  }

  /** Something came that brings no row: a frame within the tick shows that the source is there. */
  touch(): void {
    this.#isTouched = true;
    this.#tick ??= setTimeout(() => this.flush(), TICK_MS);
  }

  /** Sends what waits, and tells the gaps that were found. */
  flush(): void {
    clearTimeout(this.#tick);
    this.#tick = undefined;
    const builder = this.#builder;
    this.#builder = undefined;
    if (builder !== undefined) this.#send(builder);
    else if (this.#isTouched) this.showLife();
    this.#isTouched = false;
    const { gaps, counters, listener } = this.#options;
    for (const gap of gaps?.take() ?? []) {
      counters.gaps++;
      listener.gap(gap);
    }
  }

  /** Sends a frame without rows where none waits: the source is there, and has nothing new. */
  showLife(): void {
    if (this.isEmpty) this.#options.listener.frame(this.#built(this.#newBuilder()));
  }

  #send(builder: FrameBuilder): void {
    const { counters, listener, issue } = this.#options;
    const frame = this.#built(builder);
    this.#sequence += frame.length;
    this.#rate.add(frame.length);
    counters.frames++;
    counters.emitted += frame.length;
    if (issue !== undefined) for (const each of frame.issues) issue(each);
    listener.frame(frame);
  }

  #built(builder: FrameBuilder) {
    return builder.build({
      epoch: this.#epoch,
      first: this.#sequence,
      receiveTimeUs: wallTimeUs(),
      // Without rows it is a sign of life, which is of now.
      historical: this.#isHistorical && builder.length > 0,
    });
  }

  #newBuilder(): FrameBuilder {
    const { source, reality, dictionary } = this.#options;
    return new FrameBuilder({ source, reality, dictionary: dictionary() });
  }
}
