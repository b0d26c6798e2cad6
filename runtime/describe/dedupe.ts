import type { Dictionary } from "../core/dictionary.ts";
import type { Frame } from "../core/frame.ts";
import { BAD_INVALID_TIMESTAMP, isAsGood, type Quality } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";
import { SequenceSet } from "./sequence-set.ts";
import { TagSlots } from "./tag-slots.ts";

const EPOCHS_KEPT = 16;

/** What tells a sample of a source without sequence numbers of its own from another. */
export interface SampleKey {
  readonly address: string;
  readonly sourceTimeUs: TimeUs;
  /** NaN where the value is in `other`. */
  readonly value: number;
  readonly other?: unknown;
  /** The same value that is not good any more is another sample. */
  readonly quality: Quality;
}

/** A row that may be stored already: only the store knows. */
export interface Suspect {
  readonly row: number;
  readonly key: SampleKey;
}

export interface Verdict {
  /** 1 for every row that is a repetition; undefined where none is. */
  readonly repeated: Uint8Array | undefined;
  readonly suspects: readonly Suspect[];
}

/**
 * Tells repetitions of one source from new samples, frame by frame, for one sink.
 *
 * - The same epoch and sequence twice is a repetition.
 * - A sample newer than all of its tag is new.
 * - An older one of the same epoch came late and is new, since the sequence says that it is another sample.
 * - An older one of another epoch (a server that repeats its last values to a new subscription), or inside an open
 *   gap (history that was read to fill it), may be stored already: it is compared by tag, source time, value and
 *   whether it is good with the newest sample, and else it is a suspect that the store is asked about. A watermark alone would drop late
 *   and backfilled samples.
 * - So is every sample of a historical frame, whatever the ledger says by the time a slow sink gets it, and what
 *   comes live at or before such a sample of its tag.
 */
export class Dedupe {
  readonly #isInGap: (address: string, timeUs: TimeUs) => boolean;
  readonly #floor: { readonly timeUs: TimeUs; readonly epoch: number };
  readonly #epochs = new Map<number, SequenceSet>();
  readonly #slots = new TagSlots();
  #markUs = new Float64Array(16).fill(Number.NEGATIVE_INFINITY);
  #markEpoch = new Float64Array(16);
  #markValue = new Float64Array(16);
  #markQuality = new Float64Array(16);
  /** The newest source time that was filled in later. */
  #filledUs = new Float64Array(16).fill(Number.NEGATIVE_INFINITY);

  /**
   * @param isInGap whether a gap of this source is open around a sample
   * @param floor the newest source time that the sink stored before this process began, and its epoch
   */
  constructor(
    isInGap: (address: string, timeUs: TimeUs) => boolean,
    floor: { timeUs: TimeUs; epoch: number } = { timeUs: Number.NEGATIVE_INFINITY, epoch: 0 },
  ) {
    this.#isInGap = isInGap;
    this.#floor = floor;
  }

  judge(frame: Frame): Verdict {
    const slots = this.#slotsOf(frame.dictionary);
    const seen = this.#epochOf(frame.epoch);
    const suspects: Suspect[] = [];
    let repeated: Uint8Array | undefined;
    for (let row = 0; row < frame.length; row++) {
      const slot = slots[frame.indexAt(row)]!;
      const timeUs = frame.sourceTimeUsAt(row);
      // A sample without a usable time is told from another by its sequence alone.
      const hasTime = frame.qualityAt(row) !== BAD_INVALID_TIMESTAMP;
      if (!seen.add(frame.sequenceAt(row)) || (hasTime && this.#repeatsNewest(frame, row, slot))) {
        repeated ??= new Uint8Array(frame.length);
        repeated[row] = 1;
        continue;
      }
      if (!hasTime) continue;
      if (this.#isSuspect(frame, row, slot)) suspects.push({ row, key: keyAt(frame, row) });
      if (frame.historical) this.#filledUs[slot] = Math.max(timeUs, this.#filledUs[slot]!);
      else if (timeUs > this.#markUs[slot]!) {
        this.#markUs[slot] = timeUs;
        this.#markEpoch[slot] = frame.epoch;
        this.#markValue[slot] = frame.valueAt(row);
        this.#markQuality[slot] = frame.qualityAt(row);
      }
    }
    return { repeated, suspects };
  }

  #repeatsNewest(frame: Frame, row: number, slot: number): boolean {
    return (
      frame.sourceTimeUsAt(row) === this.#markUs[slot] &&
      frame.epoch !== this.#markEpoch[slot] &&
      isAsGood(frame.qualityAt(row), this.#markQuality[slot]!) &&
      // NaN repeats nothing here: what such a sample holds is in `other`, and the store compares that.
      frame.valueAt(row) === this.#markValue[slot]
    );
  }

  #isSuspect(frame: Frame, row: number, slot: number): boolean {
    const timeUs = frame.sourceTimeUsAt(row);
    if (frame.historical || timeUs <= this.#filledUs[slot]!) return true;
    const markUs = this.#markUs[slot]!;
    if (timeUs > markUs && timeUs > this.#floor.timeUs) return false;
    const newestEpoch = markUs === Number.NEGATIVE_INFINITY ? this.#floor.epoch : this.#markEpoch[slot]!;
    return frame.epoch !== newestEpoch || this.#isInGap(frame.addressAt(row), timeUs);
  }

  #epochOf(epoch: number): SequenceSet {
    let seen = this.#epochs.get(epoch);
    if (seen === undefined) {
      seen = new SequenceSet();
      this.#epochs.set(epoch, seen);
      if (this.#epochs.size > EPOCHS_KEPT) this.#epochs.delete(this.#epochs.keys().next().value!);
    }
    return seen;
  }

  #slotsOf(dictionary: Dictionary): Int32Array {
    const slots = this.#slots.ofDictionary(dictionary);
    if (this.#slots.count > this.#markUs.length) {
      const size = 2 ** Math.ceil(Math.log2(this.#slots.count));
      const grow = (from: Float64Array, fill: number): Float64Array<ArrayBuffer> => {
        const to = new Float64Array(size).fill(fill);
        to.set(from);
        return to;
      };
      this.#markUs = grow(this.#markUs, Number.NEGATIVE_INFINITY);
      this.#markEpoch = grow(this.#markEpoch, 0);
      this.#markValue = grow(this.#markValue, 0);
      this.#markQuality = grow(this.#markQuality, 0);
      this.#filledUs = grow(this.#filledUs, Number.NEGATIVE_INFINITY);
    }
    return slots;
  }
}

function keyAt(frame: Frame, row: number): SampleKey {
  const other = frame.otherAt(row);
  return {
    address: frame.addressAt(row),
    sourceTimeUs: frame.sourceTimeUsAt(row),
    value: frame.valueAt(row),
    quality: frame.qualityAt(row),
    ...(other === undefined ? {} : { other }),
  };
}
