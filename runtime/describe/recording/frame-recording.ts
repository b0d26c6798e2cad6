import { setImmediate as nextTurn } from "node:timers/promises";
import { isWithin, pathBelow } from "../../core/address.ts";
import { RecordedClock } from "../../core/clock.ts";
import { Dictionary } from "../../core/dictionary.ts";
import { RungError } from "../../core/errors.ts";
import { type Frame, FrameBuilder } from "../../core/frame.ts";
import type { Property } from "../../core/property.ts";
import { BAD_INVALID_TIMESTAMP, isBad } from "../../core/quality.ts";
import { wallTimeUs } from "../../core/time.ts";
import { ExactSum } from "../historian/exact-sum.ts";
import { digestOf } from "./csv-rows.ts";
import { framesOfFile } from "./frame-file.ts";
import { Pace } from "./pace.ts";
import type { ColumnTally, PlayedFile } from "./played-file.ts";

export interface FrameRecordingOptions {
  readonly file: string;
  /** Only what lies below it is played; the nearest twin above all addresses where it is missing. */
  readonly twin?: string;
  /** Recorded seconds per wall second, or as fast as it goes. */
  readonly speed?: number | "max";
}

interface Tally {
  count: number;
  inOrder: number;
  bad: number;
  readonly sum: ExactSum;
}

/**
 * A file that `rung record` wrote as a source: value, time and quality of every sample are those of the plant, bit by
 * bit, and only their source is another, of reality `recorded`. Frames come as they were recorded.
 */
export class FrameRecording implements PlayedFile {
  readonly source: string;
  readonly clock: RecordedClock;
  readonly dictionary: Dictionary;
  readonly unmapped: readonly string[];
  /** Nothing in a frame is no value: what the plant marked bad stands in the tallies. */
  readonly badCells = { count: 0, first: [] };
  /** Address of the twin that is played. */
  readonly twin: string;
  readonly cutOff: RungError | undefined;
  readonly #file: string;
  readonly #speed: number | "max";
  readonly #indices: ReadonlyMap<string, number>;
  readonly #tallies: Tally[];
  #rows = 0;

  private constructor(
    options: FrameRecordingOptions,
    twin: string,
    properties: readonly Property[],
    unmapped: readonly string[],
    digest: string,
    cutOff: RungError | undefined,
  ) {
    this.cutOff = cutOff;
    this.#file = options.file;
    this.#speed = options.speed ?? "max";
    this.twin = twin;
    this.dictionary = new Dictionary(properties);
    this.unmapped = unmapped;
    this.source = `recording:${digest.slice(0, 16)}`;
    this.clock = new RecordedClock(this.#speed === "max" ? Number.POSITIVE_INFINITY : this.#speed);
    this.#indices = new Map(properties.map(({ address }, index) => [address, index]));
    this.#tallies = properties.map(() => ({ count: 0, inOrder: 0, bad: 0, sum: new ExactSum() }));
  }

  /**
   * Reads the whole file once: it is played only where it is undamaged; `cutOff` says where it ends too early.
   * @throws RungError `no-file`, `damaged-recording`, `empty-recording`, `no-twin`
   */
  static async open(options: FrameRecordingOptions): Promise<FrameRecording> {
    const found = new Map<string, Property>();
    let cutOff: RungError | undefined;
    const frames = framesOfFile(options.file, undefined, (warning) => {
      cutOff = warning;
    });
    for await (const frame of frames) {
      for (const property of frame.dictionary.properties) found.set(property.address, property);
    }
    const twin = options.twin ?? twinAbove([...found.keys()], options.file);
    const properties = [...found.values()].filter(({ address }) => isWithin(address, twin));
    if (properties.length === 0) {
      throw new RungError({
        code: "empty-recording",
        where: options.file,
        what: found.size === 0 ? "holds no samples" : `holds nothing of ${twin}`,
        advice: found.size === 0 ? "record it again" : `it has ${[...found.keys()][0]} and the like`,
      });
    }
    const unmapped = [...found.keys()].filter((address) => !isWithin(address, twin));
    const digest = await digestOf(options.file, [twin]);
    return new FrameRecording(options, twin, properties, unmapped, digest, cutOff);
  }

  get rows(): number {
    return this.#rows;
  }

  get tallies(): ColumnTally[] {
    return this.dictionary.properties.map(({ address }, i) => {
      const { count, inOrder, sum, bad } = this.#tallies[i]!;
      return {
        column: pathBelow(address, this.twin),
        address,
        count,
        sum: sum.value,
        sumInOrder: inOrder,
        badCells: bad,
      };
    });
  }

  /** @throws RungError `damaged-recording` */
  async *frames(signal?: AbortSignal): AsyncGenerator<Frame> {
    const pace = this.#speed === "max" ? undefined : new Pace(this.#speed);
    let first = 0;
    for await (const recorded of framesOfFile(this.#file, signal)) {
      const builder = new FrameBuilder(
        { source: this.source, reality: "recorded", dictionary: this.dictionary },
        recorded.length,
      );
      const newestUs = this.#take(recorded, builder);
      if (builder.length === 0) continue;
      if (pace !== undefined && !(await pace.waitFor(newestUs, signal))) return;
      if (!Number.isNaN(newestUs)) this.clock.observe(newestUs);
      const frame = builder.build({ epoch: 0, first, receiveTimeUs: wallTimeUs() });
      first += frame.length;
      yield frame;
      // A file in the page cache is read faster than anything else gets a turn.
      await nextTurn();
      if (signal?.aborted) return;
    }
  }

  /** @returns the newest source time of the frame, NaN where none is one */
  #take(recorded: Frame, builder: FrameBuilder): number {
    let newestUs = Number.NaN;
    for (let row = 0; row < recorded.length; row++) {
      const index = this.#indices.get(recorded.addressAt(row));
      if (index === undefined) continue;
      const { value, other, quality, sourceTimeUs } = recorded.sampleAt(row);
      builder.add(index, value, sourceTimeUs, quality, other);
      this.#rows++;
      const tally = this.#tallies[index]!;
      if (isBad(quality)) tally.bad++;
      if (Number.isFinite(value)) {
        tally.count++;
        tally.inOrder += value;
        tally.sum.add(value);
      }
      if (quality !== BAD_INVALID_TIMESTAMP && !(sourceTimeUs <= newestUs)) newestUs = sourceTimeUs;
    }
    return newestUs;
  }
}

/** The longest address above all of some. @throws RungError `no-twin` */
function twinAbove(addresses: readonly string[], file: string): string {
  const paths = addresses.map((address) => address.split("/").slice(0, -1));
  const [shortest = []] = paths.toSorted((a, b) => a.length - b.length);
  let shared = shortest.length;
  while (
    shared > 0 &&
    paths.some((path) => path.slice(0, shared).join("/") !== shortest.slice(0, shared).join("/"))
  )
    shared--;
  if (shared > 0 || addresses.length === 0) return shortest.slice(0, shared).join("/");
  throw new RungError({
    code: "no-twin",
    where: file,
    what: "holds addresses of several enterprises",
    advice: "say which twin is to be played",
  });
}
