import { presentAfter } from "../core/present-time.ts";
import type { TimeUs } from "../core/time.ts";
import { LOST_PERIODS } from "./missing-intervals.ts";
import type { Gap, GapCause } from "./source-signal.ts";

/** Gaps of one cause that are told at once; where there are more, one that spans them is told instead. */
const MOST_APART = 16;

/** Properties that miss samples of the same interval; all of them where none is named. */
interface Found {
  fromUs: TimeUs;
  toUs: TimeUs;
  readonly indices: Set<number>;
}

interface Interrupted {
  readonly cause: GapCause;
  readonly fromUs: TimeUs;
}

/** An interruption that was told. */
interface Interruption {
  readonly cause: GapCause;
  /** A property without a sample after this moment has not come since. */
  readonly sinceUs: TimeUs;
  readonly found: Found;
}

/**
 * Finds where samples may be missing: by the server's overflow bit, by a step of source time longer than the
 * period, and by interruptions of the channel, which concern every property at once.
 */
export class GapWatch {
  readonly #source: string;
  readonly #addresses: readonly string[];
  readonly #periodUs: Float64Array;
  readonly #lastUs: Float64Array;
  readonly #found = new Map<GapCause, Found[]>();
  #newestUs = Number.NaN;
  #presentUs: TimeUs | undefined;
  /** From the newest sample of all on. */
  #interruption: Interrupted | undefined;
  /** From an earlier time on, where the newest sample is of a clock that is ahead. */
  #interruptedEarlier: Interrupted | undefined;
  /** The newest interruption that was told; it covers what each property misses up to its first sample after it. */
  #told: Interruption | undefined;

  /** @param periodsMs per property; 0 = on change */
  constructor(source: string, addresses: readonly string[], periodsMs: readonly number[]) {
    this.#source = source;
    this.#addresses = addresses;
    this.#periodUs = Float64Array.from(periodsMs, (ms) => ms * 1000);
    this.#lastUs = new Float64Array(addresses.length).fill(Number.NaN);
  }

  /** Source time of the newest sample, NaN before the first. */
  get newestUs(): TimeUs {
    return this.#newestUs;
  }

  /** The channel broke. It becomes a gap with the next sample, unless `continues` comes first. */
  interrupt(cause: GapCause): void {
    const presentUs = this.#presentUs ?? this.#newestUs;
    this.#interruption = interrupted(this.#interruption, cause, this.#newestUs);
    if (presentUs < this.#newestUs) {
      this.#interruptedEarlier = interrupted(this.#interruptedEarlier, cause, presentUs);
    }
  }

  /**
   * The channel goes on exactly where it broke: what was queued at the server arrives, nothing is missing. That heals a
   * broken transport only; a subscription made anew counts its notifications from the start whatever was lost.
   */
  continues(): void {
    if (this.#interruption?.cause === "connection-lost") this.#interruption = undefined;
    if (this.#interruptedEarlier?.cause === "connection-lost") this.#interruptedEarlier = undefined;
  }

  /** @param nowUs at its receipt; infinity where source times tell alone what time it is */
  sample(index: number, sourceTimeUs: TimeUs, overflow: boolean, nowUs = Number.POSITIVE_INFINITY): void {
    const lastUs = this.#lastUs[index]!;
    if (sourceTimeUs > lastUs || Number.isNaN(lastUs)) this.#lastUs[index] = sourceTimeUs;
    if (sourceTimeUs > this.#newestUs || Number.isNaN(this.#newestUs)) this.#newestUs = sourceTimeUs;
    this.#presentUs = presentAfter(this.#presentUs, sourceTimeUs, nowUs);
    this.#endInterruptions(sourceTimeUs);
    // What comes late or again leaves nothing out after what was there before it.
    if (Number.isNaN(lastUs) || sourceTimeUs <= lastUs) return;
    const told = this.#told;
    if (told !== undefined && lastUs <= told.sinceUs && sourceTimeUs > told.sinceUs)
      this.#firstAfterTold(told, index, lastUs, sourceTimeUs);
    else if (overflow) this.#note("queue-overflow", index, lastUs, sourceTimeUs);
    else if (this.#periodUs[index]! > 0 && sourceTimeUs - lastUs > this.#periodUs[index]! * LOST_PERIODS) {
      this.#note("missing-samples", index, lastUs, sourceTimeUs);
    }
  }

  /** What was found since the last call. */
  take(): Gap[] {
    if (this.#found.size === 0) return [];
    const gaps = [...this.#found].flatMap(([cause, found]) =>
      (found.length > MOST_APART ? [spanning(found)] : found).map(({ fromUs, toUs, indices }) => ({
        source: this.#source,
        cause,
        fromUs,
        toUs,
        ...(indices.size === 0 ? {} : { addresses: Array.from(indices, (index) => this.#addresses[index]!) }),
      })),
    );
    this.#found.clear();
    return gaps;
  }

  /**
   * The first sample of a property after an interruption may come later than that of another, as when thousands of
   * items are made anew one after another, and its last one may have come earlier. A gap that has not been told yet
   * takes that in.
   */
  #firstAfterTold({ cause, found }: Interruption, index: number, lastUs: TimeUs, sourceTimeUs: TimeUs): void {
    const { fromUs, toUs } = found;
    const periodUs = this.#periodUs[index]!;
    if (periodUs === 0) return;
    const isEarlier = fromUs - lastUs > periodUs * LOST_PERIODS;
    // The one before it was due when the interruption was over.
    const isLater = sourceTimeUs - toUs > periodUs;
    if (this.#found.get(cause)?.includes(found)) {
      if (isEarlier) found.fromUs = lastUs;
      if (isLater) found.toUs = sourceTimeUs;
      return;
    }
    if (isEarlier) this.#note(cause, index, lastUs, fromUs);
    if (isLater) this.#note(cause, index, toUs, sourceTimeUs);
  }

  #endInterruptions(sourceTimeUs: TimeUs): void {
    const earlier = this.#interruptedEarlier;
    const interruption = this.#interruption;
    // After a new start the server repeats its last values first; they lie before the gap's end.
    if (earlier !== undefined && sourceTimeUs > earlier.fromUs) {
      this.#interruptedEarlier = undefined;
      this.#tell(earlier, sourceTimeUs);
    }
    if (interruption === undefined || sourceTimeUs <= interruption.fromUs) return;
    this.#interruption = undefined;
    if (!Number.isNaN(interruption.fromUs)) this.#tell(interruption, sourceTimeUs);
  }

  #tell({ cause, fromUs }: Interrupted, toUs: TimeUs): void {
    const found = { fromUs, toUs, indices: new Set<number>() };
    this.#told = { cause, sinceUs: fromUs, found };
    this.#found.set(cause, [...(this.#found.get(cause) ?? []), found]);
  }

  #note(cause: GapCause, index: number, fromUs: TimeUs, toUs: TimeUs): void {
    const found = this.#found.get(cause) ?? [];
    this.#found.set(cause, found);
    // The one of the last property is nearly always that of this one: they are sampled in the same tick.
    const same = found.findLast((one) => one.indices.size > 0 && one.fromUs === fromUs && one.toUs === toUs);
    if (same !== undefined) same.indices.add(index);
    else if (found.length > MOST_APART) widen(found[0]!, index, fromUs, toUs);
    else found.push({ fromUs, toUs, indices: new Set([index]) });
  }
}

/** A transport that broke and a subscription that had to be made anew are one gap, told by the graver cause. */
function interrupted(earlier: Interrupted | undefined, cause: GapCause, fromUs: TimeUs): Interrupted {
  const graver = cause === "connection-lost" ? (earlier?.cause ?? cause) : cause;
  return { cause: graver, fromUs: earlier?.fromUs ?? fromUs };
}

function widen(found: Found, index: number, fromUs: TimeUs, toUs: TimeUs): void {
  found.fromUs = Math.min(found.fromUs, fromUs);
  found.toUs = Math.max(found.toUs, toUs);
  if (found.indices.size > 0) found.indices.add(index);
}

/** One gap for several; of all properties where one of them is. */
function spanning(found: readonly Found[]): Found {
  const isOfAll = found.some(({ indices }) => indices.size === 0);
  return {
    fromUs: found.reduce((least, { fromUs }) => Math.min(least, fromUs), Number.POSITIVE_INFINITY),
    toUs: found.reduce((most, { toUs }) => Math.max(most, toUs), Number.NEGATIVE_INFINITY),
    indices: isOfAll ? new Set() : new Set(found.flatMap(({ indices }) => [...indices])),
  };
}
