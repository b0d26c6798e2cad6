import type { Frame } from "../../core/frame.ts";
import type { TimeUs } from "../../core/time.ts";
import { TagSlots } from "../tag-slots.ts";
import type { StoredPoint } from "./influx-server.ts";
import { pointTimeUs } from "./sample-line.ts";

/** Nanoseconds in a microsecond: so many samples of one tag fit one source time. */
export const SLOTS = 1000;
/** Rows further apart than this are asked about separately. */
const SPAN_GAP_US = 100_000;

/** A stretch of time of one source, [fromUs, toUs). */
export interface Span {
  readonly source: string;
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
}

/** Asks the store for the points of one source in a stretch of time. */
export type AskStored = (span: Span) => Promise<readonly StoredPoint[]>;

/** Slots by sample of one tag and one time. */
type Slots = Map<string, number>;

/** What stands at the newest time of one tag. */
interface Newest {
  timeUs: TimeUs;
  slots: Slots;
}

/** Stands for a batch in which every sample is at or after the newest time of its tag. */
const NOTHING_LATE = new Map<string, Slots>();

/** The tags of one source. */
interface Lane {
  readonly numbers: TagSlots;
  /** By the number of a tag. */
  readonly newest: Newest[];
}

/** Slots of a frame's rows; SLOTS where the microsecond is full. */
export type FrameSlots = Uint16Array;

/**
 * Gives samples of one tag and one source time each a nanosecond of their own, so that none overwrites another in a
 * store that knows a point by its series and its time. A sample alone at its time, as nearly all are, stands at it
 * exactly (slot 0); the next ones stand 1 ns, 2 ns ... after it, in the order in which they came.
 *
 * The same sample (source, epoch, sequence) always gets the same slot, or writing again would store it twice. While
 * this process runs, that is known for the newest time of every tag; for a sample at another time, or the first of
 * its tag, the store is asked what it has there.
 */
export class PointSlots {
  readonly #ask: AskStored;
  readonly #lanes = new Map<string, Lane>();
  /** A batch that failed is handed over again as the same frames. */
  readonly #given = new WeakMap<Frame, FrameSlots>();

  constructor(ask: AskStored) {
    this.#ask = ask;
  }

  /** @throws what the store throws when asked; nothing is given then */
  async give(frames: readonly Frame[]): Promise<FrameSlots[]> {
    const fresh = frames.filter((frame) => !this.#given.has(frame));
    const stored = await this.#storedAround(fresh);
    for (const frame of fresh) this.#given.set(frame, this.#slotsOf(frame, stored));
    return frames.map((frame) => this.#given.get(frame)!);
  }

  #slotsOf(frame: Frame, stored: Map<string, Slots>): FrameSlots {
    const { numbers, newest } = this.#laneOf(frame.source);
    const tags = numbers.ofDictionary(frame.dictionary);
    const given = new Uint16Array(frame.length);
    for (let row = 0; row < frame.length; row++) {
      const timeUs = pointTimeUs(frame, row);
      const tag = tags[frame.indexAt(row)]!;
      const here = newest[tag];
      let slots: Slots;
      if (here?.timeUs === timeUs) slots = here.slots;
      else {
        const place = placeOf(frame.source, frame.addressAt(row), timeUs);
        slots = stored.get(place) ?? new Map();
        if (here === undefined) newest[tag] = { timeUs, slots };
        else if (timeUs > here.timeUs) {
          // A late sample further on in this batch may be of the time that is left here.
          if (stored !== NOTHING_LATE)
            stored.set(placeOf(frame.source, frame.addressAt(row), here.timeUs), here.slots);
          Object.assign(here, { timeUs, slots });
        } else stored.set(place, slots);
      }
      given[row] = slotIn(slots, sampleOf(frame.epoch, frame.sequenceAt(row)));
    }
    return given;
  }

  /** What the store has at the times of samples that may not be the first there. */
  async #storedAround(frames: readonly Frame[]): Promise<Map<string, Slots>> {
    const spans = spansOf(this.#doubtful(frames));
    if (spans.length === 0) return NOTHING_LATE;
    const found = new Map<string, Slots>();
    for (const span of spans) {
      for (const { address, timeUs, slot, epoch, sequence } of await this.#ask(span)) {
        const place = placeOf(span.source, address, timeUs);
        const slots = found.get(place) ?? new Map<string, number>();
        slots.set(sampleOf(epoch, sequence), slot);
        found.set(place, slots);
      }
    }
    return found;
  }

  /** Times, by source, at which the store may hold something that this process does not know of. */
  #doubtful(frames: readonly Frame[]): Map<string, TimeUs[]> {
    const doubtful = new Map<string, TimeUs[]>();
    const newestHere = new Map<string, TimeUs[]>();
    for (const frame of frames) {
      const { numbers, newest } = this.#laneOf(frame.source);
      const tags = numbers.ofDictionary(frame.dictionary);
      const times = doubtful.get(frame.source) ?? [];
      const here = newestHere.get(frame.source) ?? [];
      for (let row = 0; row < frame.length; row++) {
        const timeUs = pointTimeUs(frame, row);
        const tag = tags[frame.indexAt(row)]!;
        const newestUs = here[tag] ?? newest[tag]?.timeUs;
        if (newestUs === undefined || timeUs < newestUs) times.push(timeUs);
        if (newestUs === undefined || timeUs > newestUs) here[tag] = timeUs;
      }
      doubtful.set(frame.source, times);
      newestHere.set(frame.source, here);
    }
    return doubtful;
  }

  #laneOf(source: string): Lane {
    let lane = this.#lanes.get(source);
    if (lane === undefined) {
      lane = { numbers: new TagSlots(), newest: [] };
      this.#lanes.set(source, lane);
    }
    return lane;
  }
}

/** Times put together into stretches that each take one question. */
export function spansOf(timesBySource: ReadonlyMap<string, readonly TimeUs[]>): Span[] {
  const spans: Span[] = [];
  for (const [source, times] of timesBySource) {
    let open: { source: string; fromUs: TimeUs; toUs: TimeUs } | undefined;
    for (const timeUs of [...times].sort((a, b) => a - b)) {
      if (open !== undefined && timeUs - open.toUs <= SPAN_GAP_US) open.toUs = timeUs + 1;
      else {
        open = { source, fromUs: timeUs, toUs: timeUs + 1 };
        spans.push(open);
      }
    }
  }
  return spans;
}

/** The slot of a sample, the first free one for a new one. */
function slotIn(slots: Slots, sample: string): number {
  const known = slots.get(sample);
  if (known !== undefined) return known;
  let slot = slots.size;
  if (slot > 0) {
    const taken = new Set(slots.values());
    for (slot = 0; slot < SLOTS && taken.has(slot); slot++);
  }
  if (slot < SLOTS) slots.set(sample, slot);
  return slot;
}

const placeOf = (source: string, address: string, timeUs: TimeUs): string =>
  `${source}\n${address}\n${timeUs}`;
const sampleOf = (epoch: number, sequence: number): string => `${epoch} ${sequence}`;
