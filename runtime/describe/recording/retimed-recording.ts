import { setImmediate as nextTurn } from "node:timers/promises";
import { RecordedClock } from "../../core/clock.ts";
import { type Frame, FrameBuilder } from "../../core/frame.ts";
import { BAD_INVALID_TIMESTAMP } from "../../core/quality.ts";
import { type TimeUs, wallTimeUs } from "../../core/time.ts";
import { Pace } from "./pace.ts";
import { Recording, type RecordingOptions } from "./recording.ts";

export interface RetimedOptions extends Omit<RecordingOptions, "speed"> {
  readonly source: string;
  /** Another one for every playing: the same rows come again as other samples. */
  readonly epoch: number;
  /** The time that the first row gets; all others keep their distance from it. */
  readonly startUs: TimeUs;
  /** Seconds after the first row: until then all comes at once, afterwards at the speed. */
  readonly leadS: number;
  /** Seconds after the first row at which it ends. */
  readonly endS: number;
  /** Recorded seconds per wall second. */
  readonly speed: number;
}

/** Samples in a frame of the part that comes at once. */
const BATCH = 4000;

/** A recorded CSV file played as if it began at another time: its past at once, then row by row at a speed. */
export class RetimedRecording {
  readonly clock: RecordedClock;
  readonly source: string;
  readonly #recording: Recording;
  readonly #options: RetimedOptions;

  private constructor(recording: Recording, options: RetimedOptions) {
    this.#recording = recording;
    this.#options = options;
    this.source = options.source;
    this.clock = new RecordedClock(options.speed);
  }

  /** @throws RungError as `Recording.open` */
  static async open(options: RetimedOptions): Promise<RetimedRecording> {
    return new RetimedRecording(await Recording.open({ ...options, speed: "max" }), options);
  }

  /** Frames of whole rows; rows without a time are left out. Ends at the file's end, at `endS` or when called off. */
  async *frames(signal?: AbortSignal): AsyncGenerator<Frame> {
    const { startUs, leadS, endS, speed, epoch } = this.#options;
    const pace = new Pace(speed);
    let builder = this.#builder();
    let first = 0;
    let firstUs: TimeUs | undefined;
    let rowUs = Number.NaN;
    const build = (): Frame => {
      const frame = builder.build({ epoch, first, receiveTimeUs: wallTimeUs() });
      first += frame.length;
      builder = this.#builder();
      return frame;
    };
    rows: for await (const played of this.#recording.frames(signal)) {
      for (const { sample, index } of indexed(played)) {
        if (sample.quality === BAD_INVALID_TIMESTAMP) continue;
        firstUs ??= sample.sourceTimeUs;
        const timeUs = startUs + sample.sourceTimeUs - firstUs;
        if (timeUs !== rowUs) {
          const isAtOnce = timeUs <= startUs + leadS * 1e6;
          if (builder.length > 0 && (!isAtOnce || builder.length >= BATCH)) {
            yield build();
            await nextTurn();
          }
          if (timeUs > startUs + endS * 1e6) break rows;
          if (!isAtOnce && !(await pace.waitFor(timeUs, signal))) return;
          if (signal?.aborted) return;
          rowUs = timeUs;
          this.clock.observe(timeUs);
        }
        builder.add(index, sample.value, timeUs, sample.quality, sample.other);
      }
    }
    if (builder.length > 0 && !signal?.aborted) yield build();
  }

  #builder(): FrameBuilder {
    const { dictionary } = this.#recording;
    return new FrameBuilder({ source: this.source, reality: "recorded", dictionary });
  }
}

function* indexed(frame: Frame) {
  for (let row = 0; row < frame.length; row++)
    yield { sample: frame.sampleAt(row), index: frame.indexAt(row) };
}
