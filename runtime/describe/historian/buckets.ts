import { BAD_NO_DATA, isBad, isGood, type Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";

/**
 * Columns of n equal intervals. NaN where no usable value stood. Usable is what is not bad; some columns count good
 * values only.
 *
 * The time-weighted means are the aggregate TimeAverage2 of OPC 10000-13 with stepped interpolation and simple
 * bounding values (3.1.9): the sum of value times duration over the stretches in which such a value stood, divided by
 * the sum of those durations, beginning with what stood at the bucket's start, bad or not.
 */
export interface Buckets {
  /** Start of each bucket. */
  readonly fromUs: Float64Array;
  readonly min: Float64Array;
  /** Time-weighted over usable values (TreatUncertainAsBad = false). */
  readonly mean: Float64Array;
  /** Time-weighted over good values only (TreatUncertainAsBad = true). */
  readonly goodMean: Float64Array;
  /** Of the good samples whose source time lies in the bucket, each counted once (the aggregate Average). */
  readonly sampleMean: Float64Array;
  readonly max: Float64Array;
  /** Samples whose source time lies in the bucket, bad ones too. */
  readonly count: Uint32Array;
  /** The worst quality that stood in the bucket; "no data" where nothing stood. */
  readonly quality: Uint32Array;
  /** Share of the bucket's time covered by usable values, 0 to 1. */
  readonly covered: Float64Array;
  /** Share of the bucket's time covered by good values, 0 to 1. */
  readonly goodCovered: Float64Array;
}

const quotient = (sum: number, by: number): number => (by > 0 ? sum / by : Number.NaN);

/** Mean of what stood, each value weighed by how long. */
class TimeMean {
  readonly #weighted: Float64Array;
  readonly #stoodUs: Float64Array;

  constructor(n: number) {
    this.#weighted = new Float64Array(n);
    this.#stoodUs = new Float64Array(n);
  }

  add(bucket: number, value: number, durationUs: number): void {
    this.#weighted[bucket]! += value * durationUs;
    this.#stoodUs[bucket]! += durationUs;
  }

  /** NaN where nothing stood. */
  mean(bucket: number): number {
    return quotient(this.#weighted[bucket]!, this.#stoodUs[bucket]!);
  }

  share(widthUs: number): Float64Array {
    return this.#stoodUs.map((us) => Math.min(1, us / widthUs));
  }
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
  readonly #usable: TimeMean;
  readonly #good: TimeMean;
  readonly #goodSum: Float64Array;
  readonly #goodCount: Uint32Array;
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
    this.#usable = new TimeMean(n);
    this.#good = new TimeMean(n);
    this.#goodSum = new Float64Array(n);
    this.#goodCount = new Uint32Array(n);
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
    if (isGood(quality) && !Number.isNaN(value)) {
      this.#goodSum[bucket]! += value;
      this.#goodCount[bucket]! += 1;
    }
    this.#see(bucket, this.#heldValue, quality);
  }

  /** @param untilUs the last value stands until then at most */
  finish(untilUs: TimeUs): Buckets {
    this.#holdUntil(untilUs);
    const width = this.#width;
    for (let i = 0; i < this.#n; i++) if (this.#hasQuality[i] === 0) this.#quality[i] = BAD_NO_DATA;
    return {
      fromUs: this.#column((i) => this.#startOf(i)),
      min: this.#min,
      mean: this.#column((i) => this.#meanOf(i)),
      goodMean: this.#column((i) => this.#good.mean(i)),
      sampleMean: this.#column((i) => quotient(this.#goodSum[i]!, this.#goodCount[i]!)),
      max: this.#max,
      count: this.#count,
      quality: this.#quality,
      covered: this.#usable.share(width),
      goodCovered: this.#good.share(width),
    };
  }

  get #width(): number {
    return (this.#toUs - this.#fromUs) / this.#n;
  }

  #column(of: (bucket: number) => number): Float64Array {
    return Float64Array.from({ length: this.#n }, (_, i) => of(i));
  }

  /** A value that came at the very end of a bucket stood for no time in it, but is still its mean. */
  #meanOf(bucket: number): number {
    const mean = this.#usable.mean(bucket);
    return Number.isNaN(mean) ? (this.#min[bucket]! + this.#max[bucket]!) / 2 : mean;
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
        this.#usable.add(bucket, this.#heldValue, untilUs - fromUs);
        if (isGood(this.#heldQuality)) this.#good.add(bucket, this.#heldValue, untilUs - fromUs);
      }
      fromUs = untilUs;
    }
  }
}
