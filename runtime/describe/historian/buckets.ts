import { BAD_NO_DATA, isBad, type Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";

/** Columns of n equal intervals. NaN where no usable value stood. */
export interface Buckets {
  /** Start of each bucket. */
  readonly fromUs: Float64Array;
  readonly min: Float64Array;
  /** Time-weighted: every value counts for as long as it stood. */
  readonly mean: Float64Array;
  readonly max: Float64Array;
  /** Samples whose source time lies in the bucket, bad ones too. */
  readonly count: Uint32Array;
  /** The worst quality that stood in the bucket; "no data" where nothing stood. */
  readonly quality: Uint32Array;
  /** Share of the bucket's time covered by usable values, 0 to 1. */
  readonly covered: Float64Array;
}

/**
 * Gathers samples in order of source time into buckets. A value stands until the next sample comes (sample and
 * hold), the last one until the end it is given; a bad or missing value stands as such and enters no figure.
 */
export class BucketGatherer {
  readonly #fromUs: TimeUs;
  readonly #toUs: TimeUs;
  readonly #n: number;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #weighted: Float64Array;
  readonly #coveredUs: Float64Array;
  readonly #count: Uint32Array;
  readonly #quality: Uint32Array;
  readonly #hasQuality: Uint8Array;
  #heldUs = Number.NaN;
  #heldValue = Number.NaN;
  #heldQuality: Quality = BAD_NO_DATA;

  /** @param n buckets over [fromUs, toUs) */
  constructor(fromUs: TimeUs, toUs: TimeUs, n: number) {
    this.#fromUs = fromUs;
    this.#toUs = toUs;
    this.#n = n;
    this.#min = new Float64Array(n).fill(Number.NaN);
    this.#max = new Float64Array(n).fill(Number.NaN);
    this.#weighted = new Float64Array(n);
    this.#coveredUs = new Float64Array(n);
    this.#count = new Uint32Array(n);
    this.#quality = new Uint32Array(n);
    this.#hasQuality = new Uint8Array(n);
  }

  /** The next sample in order of source time; those before the first bucket give what stands at its start. */
  add(timeUs: TimeUs, value: number, quality: Quality): void {
    this.#holdUntil(timeUs);
    this.#heldUs = timeUs;
    this.#heldValue = isBad(quality) ? Number.NaN : value;
    this.#heldQuality = quality;
    if (timeUs < this.#fromUs || timeUs >= this.#toUs) return;
    const bucket = this.#bucketOf(timeUs);
    this.#count[bucket]! += 1;
    this.#see(bucket, this.#heldValue, quality);
  }

  /** @param untilUs the last value stands until then at most */
  finish(untilUs: TimeUs): Buckets {
    this.#holdUntil(untilUs);
    const width = this.#width;
    const fromUs = Float64Array.from({ length: this.#n }, (_, i) => this.#startOf(i));
    for (let i = 0; i < this.#n; i++) if (this.#hasQuality[i] === 0) this.#quality[i] = BAD_NO_DATA;
    return {
      fromUs,
      min: this.#min,
      mean: this.#weighted.map((sum, i) => this.#meanOf(i, sum)),
      max: this.#max,
      count: this.#count,
      quality: this.#quality,
      covered: this.#coveredUs.map((us) => Math.min(1, us / width)),
    };
  }

  get #width(): number {
    return (this.#toUs - this.#fromUs) / this.#n;
  }

  /** A value that came at the very end of a bucket stood for no time in it, but is still its mean. */
  #meanOf(bucket: number, weighted: number): number {
    if (this.#coveredUs[bucket]! > 0) return weighted / this.#coveredUs[bucket]!;
    return (this.#min[bucket]! + this.#max[bucket]!) / 2;
  }

  #startOf(bucket: number): TimeUs {
    return this.#fromUs + bucket * this.#width;
  }

  #bucketOf(timeUs: TimeUs): number {
    const guess = Math.min(this.#n - 1, Math.floor((timeUs - this.#fromUs) / this.#width));
    // Rounding may put the guess one off at an edge.
    if (timeUs < this.#startOf(guess)) return guess - 1;
    if (guess + 1 < this.#n && timeUs >= this.#startOf(guess + 1)) return guess + 1;
    return guess;
  }

  #see(bucket: number, value: number, quality: Quality): void {
    if (this.#hasQuality[bucket] === 0 || quality >>> 30 > this.#quality[bucket]! >>> 30) {
      this.#quality[bucket] = quality;
      this.#hasQuality[bucket] = 1;
    }
    if (Number.isNaN(value)) return;
    if (!(this.#min[bucket]! <= value)) this.#min[bucket] = value;
    if (!(this.#max[bucket]! >= value)) this.#max[bucket] = value;
  }

  #holdUntil(timeUs: TimeUs): void {
    if (Number.isNaN(this.#heldUs)) return;
    let fromUs = Math.max(this.#heldUs, this.#fromUs);
    const toUs = Math.min(timeUs, this.#toUs);
    if (!(toUs > fromUs)) return;
    for (let bucket = this.#bucketOf(fromUs); bucket < this.#n && fromUs < toUs; bucket++) {
      const endUs = bucket + 1 === this.#n ? this.#toUs : this.#startOf(bucket + 1);
      const untilUs = Math.min(endUs, toUs);
      this.#see(bucket, this.#heldValue, this.#heldQuality);
      if (!Number.isNaN(this.#heldValue)) {
        this.#weighted[bucket]! += this.#heldValue * (untilUs - fromUs);
        this.#coveredUs[bucket]! += untilUs - fromUs;
      }
      fromUs = untilUs;
    }
  }
}
