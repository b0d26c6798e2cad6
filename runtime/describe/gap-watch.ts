import type { TimeUs } from "../core/time.ts";
import type { Gap, GapCause } from "./source-signal.ts";

/** A step between two samples of a cyclic property that is longer than this many periods has lost at least one. */
const LOST_PERIODS = 1.75;

/**
 * Finds where samples may be missing: by the server's overflow bit, by a step of source time longer than the
 * period, and by interruptions of the channel, which concern every property at once.
 */
export class GapWatch {
  readonly #source: string;
  readonly #addresses: readonly string[];
  readonly #periodUs: Float64Array;
  readonly #lastUs: Float64Array;
  readonly #found = new Map<GapCause, { fromUs: TimeUs; toUs: TimeUs; addresses: string[] }>();
  #newestUs = Number.NaN;
  #interruption: { cause: GapCause; fromUs: TimeUs } | undefined;
  /** A property whose last sample is not after this moment is covered by an interruption that was told. */
  #toldFromUs = Number.NEGATIVE_INFINITY;

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
    // A transport that broke and a subscription that had to be made anew are one gap, told by the graver cause.
    const earlier = this.#interruption;
    const fromUs = earlier?.fromUs ?? this.#newestUs;
    this.#interruption = { cause: cause === "connection-lost" ? (earlier?.cause ?? cause) : cause, fromUs };
  }

  /**
   * The channel goes on exactly where it broke: what was queued at the server arrives, nothing is missing. That heals a
   * broken transport only; a subscription made anew counts its notifications from the start whatever was lost.
   */
  continues(): void {
    if (this.#interruption?.cause === "connection-lost") this.#interruption = undefined;
  }

  sample(index: number, sourceTimeUs: TimeUs, overflow: boolean): void {
    const lastUs = this.#lastUs[index]!;
    if (sourceTimeUs > lastUs || Number.isNaN(lastUs)) this.#lastUs[index] = sourceTimeUs;
    if (sourceTimeUs > this.#newestUs || Number.isNaN(this.#newestUs)) this.#newestUs = sourceTimeUs;
    this.#endInterruption(sourceTimeUs);
    if (Number.isNaN(lastUs) || lastUs <= this.#toldFromUs) return;
    if (overflow) this.#note("queue-overflow", index, lastUs, sourceTimeUs);
    else if (this.#periodUs[index]! > 0 && sourceTimeUs - lastUs > this.#periodUs[index]! * LOST_PERIODS) {
      this.#note("missing-samples", index, lastUs, sourceTimeUs);
    }
  }

  /** What was found since the last call, one gap per cause. */
  take(): Gap[] {
    if (this.#found.size === 0) return [];
    const gaps = [...this.#found].map(([cause, { fromUs, toUs, addresses }]) => ({
      source: this.#source,
      cause,
      fromUs,
      toUs,
      ...(addresses.length === 0 ? {} : { addresses }),
    }));
    this.#found.clear();
    return gaps;
  }

  #endInterruption(sourceTimeUs: TimeUs): void {
    const interruption = this.#interruption;
    if (interruption === undefined) return;
    if (Number.isNaN(interruption.fromUs)) this.#interruption = undefined;
    // After a new start the server repeats its last values first; they lie before the gap's end.
    else if (sourceTimeUs > interruption.fromUs) {
      this.#interruption = undefined;
      this.#toldFromUs = interruption.fromUs;
      this.#found.set(interruption.cause, { fromUs: interruption.fromUs, toUs: sourceTimeUs, addresses: [] });
    }
  }

  #note(cause: GapCause, index: number, fromUs: TimeUs, toUs: TimeUs): void {
    const known = this.#found.get(cause);
    if (known === undefined) {
      this.#found.set(cause, { fromUs, toUs, addresses: [this.#addresses[index]!] });
      return;
    }
    known.fromUs = Math.min(known.fromUs, fromUs);
    known.toUs = Math.max(known.toUs, toUs);
    if (!known.addresses.includes(this.#addresses[index]!)) known.addresses.push(this.#addresses[index]!);
  }
}
