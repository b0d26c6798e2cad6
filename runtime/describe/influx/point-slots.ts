import type { Frame } from "../../core/frame.ts";
import type { TimeUs } from "../../core/time.ts";
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

/** What stands at the newest time of one tag: slots by sample. */
interface Newest {
  timeUs: TimeUs;
  readonly slots: Map<string, number>;
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
  readonly #newest = new Map<string, Newest>();
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

  #slotsOf(frame: Frame, stored: Map<string, Map<string, number>>): FrameSlots {
    return Uint16Array.from({ length: frame.length }, (_, row) => {
      const timeUs = pointTimeUs(frame, row);
      const tag = tagOf(frame.source, frame.addressAt(row));
      const newest = this.#newest.get(tag);
      const at = placeOf(tag, timeUs);
      const slots = newest?.timeUs === timeUs ? newest.slots : (stored.get(at) ?? new Map<string, number>());
      const slot = slotIn(slots, sampleOf(frame.epoch, frame.sequenceAt(row)));
      if (newest === undefined || timeUs > newest.timeUs) this.#newest.set(tag, { timeUs, slots });
      // A late sample's time is not kept, so that its neighbours of this batch must find it here.
      else stored.set(at, slots);
      return slot;
    });
  }

  /** What the store has at the times of samples that may not be the first there, by tag and time. */
  async #storedAround(frames: readonly Frame[]): Promise<Map<string, Map<string, number>>> {
    const found = new Map<string, Map<string, number>>();
    for (const span of spansOf(this.#doubtful(frames))) {
      for (const { address, timeUs, slot, epoch, sequence } of await this.#ask(span)) {
        const at = placeOf(tagOf(span.source, address), timeUs);
        const slots = found.get(at) ?? new Map<string, number>();
        slots.set(sampleOf(epoch, sequence), slot);
        found.set(at, slots);
      }
    }
    return found;
  }

  /** Times, by source, at which the store may hold something that this process does not know of. */
  #doubtful(frames: readonly Frame[]): Map<string, TimeUs[]> {
    const doubtful = new Map<string, TimeUs[]>();
    const newestHere = new Map<string, TimeUs>();
    for (const frame of frames) {
      for (let row = 0; row < frame.length; row++) {
        const timeUs = pointTimeUs(frame, row);
        const tag = tagOf(frame.source, frame.addressAt(row));
        const newestUs = newestHere.get(tag) ?? this.#newest.get(tag)?.timeUs;
        if (newestUs === undefined || timeUs < newestUs) {
          const times = doubtful.get(frame.source) ?? [];
          times.push(timeUs);
          doubtful.set(frame.source, times);
        }
        if (newestUs === undefined || timeUs > newestUs) newestHere.set(tag, timeUs);
      }
    }
    return doubtful;
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
function slotIn(slots: Map<string, number>, sample: string): number {
  const known = slots.get(sample);
  if (known !== undefined) return known;
  const taken = new Set(slots.values());
  let slot = 0;
  while (slot < SLOTS && taken.has(slot)) slot++;
  if (slot < SLOTS) slots.set(sample, slot);
  return slot;
}

const tagOf = (source: string, address: string): string => `${source}\n${address}`;
const placeOf = (tag: string, timeUs: TimeUs): string => `${tag}\n${timeUs}`;
const sampleOf = (epoch: number, sequence: number): string => `${epoch} ${sequence}`;
