import { WINDOW_PERIODS } from "../core/evidence.ts";
import type { TimeUs } from "../core/time.ts";

/** A cyclic property without a sample for this many periods is stale. */
export const STALE_PERIODS = 3;

/** What the window says about one cyclic property. */
export interface WindowVerdict {
  /** Samples whose source time lies in the window. */
  readonly samples: number;
  /** Samples due in the part of the window since the property is known. */
  readonly expected: number;
  readonly good: number;
  /** Share of the window's time in which the property was older than three periods. */
  readonly staleShare: number;
  /** Longest step between two successive source times, and where it began. */
  readonly longestStepUs: number;
  readonly longestStepFromUs: TimeUs;
}

/**
 * The last samples of every property of a twin, in rings of typed arrays: source time, arrival on the link's clock,
 * and whether the quality was good. Pushing allocates nothing; judging walks one ring.
 */
export class SampleWindow {
  readonly #periods: number;
  #sourceTimeUs: Float64Array = new Float64Array(0);
  #arrivalUs: Float64Array = new Float64Array(0);
  #good: Uint8Array = new Uint8Array(0);
  #next = new Uint32Array(0);
  #count = new Uint32Array(0);
  #sinceUs = new Float64Array(0);

  constructor(periods = WINDOW_PERIODS) {
    this.#periods = periods;
  }

  get periods(): number {
    return this.#periods;
  }

  /** Makes room for properties; what is known stays. */
  grow(properties: number): void {
    const size = Math.max(16, 2 ** Math.ceil(Math.log2(properties)));
    if (size <= this.#next.length) return;
    const copy = <T extends Float64Array | Uint8Array | Uint32Array>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    const samples = size * this.#periods;
    this.#sourceTimeUs = copy(new Float64Array(ringMemory(samples * 8)), this.#sourceTimeUs);
    this.#arrivalUs = copy(new Float64Array(ringMemory(samples * 8)), this.#arrivalUs);
    this.#good = copy(new Uint8Array(ringMemory(samples)), this.#good);
    this.#next = copy(new Uint32Array(size), this.#next);
    this.#count = copy(new Uint32Array(size), this.#count);
    this.#sinceUs = copy(new Float64Array(size), this.#sinceUs);
  }

  push(index: number, sourceTimeUs: TimeUs, arrivalUs: TimeUs, good: boolean): void {
    const next = this.#next[index]!;
    const at = index * this.#periods + next;
    this.#sourceTimeUs[at] = sourceTimeUs;
    this.#arrivalUs[at] = arrivalUs;
    this.#good[at] = good ? 1 : 0;
    this.#next[index] = next + 1 === this.#periods ? 0 : next + 1;
    if (this.#count[index] === 0) this.#sinceUs[index] = sourceTimeUs;
    if (this.#count[index]! < this.#periods) this.#count[index]! += 1;
  }

  /** Forgets one property. */
  forget(index: number): void {
    this.#count[index] = 0;
    this.#next[index] = 0;
  }

  /** Share of good samples among the last ones, and their number; for properties without a period. */
  quality(index: number): { samples: number; good: number } {
    const samples = this.#count[index]!;
    let good = 0;
    for (let i = 0; i < samples; i++) good += this.#good[index * this.#periods + i]!;
    return { samples, good };
  }

  /** Judges one property over the last periods before `nowUs`. */
  judge(index: number, nowUs: TimeUs, periodUs: number): WindowVerdict {
    const fromUs = Math.max(nowUs - this.#periods * periodUs, this.#coveredFromUs(index, periodUs));
    const limitUs = STALE_PERIODS * periodUs;
    let samples = 0;
    let good = 0;
    let staleUs = 0;
    let longestStepUs = 0;
    let longestStepFromUs = 0;
    let newestUs = Number.NaN;
    const walk = this.#walk(index);
    for (let i = 0; i < walk.count; i++) {
      const at = walk.base + ((walk.start + i) % this.#periods);
      const timeUs = this.#sourceTimeUs[at]!;
      const arrivalUs = this.#arrivalUs[at]!;
      if (timeUs > fromUs && timeUs <= nowUs) {
        samples++;
        good += this.#good[at]!;
      }
      if (timeUs <= newestUs) continue;
      if (!Number.isNaN(newestUs)) {
        staleUs += Math.max(0, arrivalUs - Math.max(newestUs + limitUs, fromUs));
        const stepUs = timeUs - newestUs;
        if (timeUs > fromUs && stepUs > longestStepUs) {
          longestStepUs = stepUs;
          longestStepFromUs = newestUs;
        }
      }
      newestUs = timeUs;
    }
    if (!Number.isNaN(newestUs)) staleUs += Math.max(0, nowUs - Math.max(newestUs + limitUs, fromUs));
    const spanUs = nowUs - fromUs;
    const expected = Math.min(this.#periods, Math.floor(spanUs / periodUs));
    const staleShare = spanUs > 0 ? Math.min(1, staleUs / spanUs) : 0;
    return { samples, expected, good, staleShare, longestStepUs, longestStepFromUs };
  }

  /**
   * The age that a property exceeded in 1 % of the window's time. Between two arrivals the age rises steadily, so
   * the distribution is known exactly from the arrivals.
   */
  ageP99Us(index: number, nowUs: TimeUs, periodUs: number): number {
    const fromUs = Math.max(nowUs - this.#periods * periodUs, this.#coveredFromUs(index, periodUs));
    const stretches: { fromAgeUs: number; toAgeUs: number }[] = [];
    let newestUs = Number.NaN;
    let shownUs = fromUs;
    const add = (untilUs: TimeUs): void => {
      if (!Number.isNaN(newestUs) && untilUs > shownUs) {
        stretches.push({ fromAgeUs: shownUs - newestUs, toAgeUs: untilUs - newestUs });
      }
      shownUs = Math.max(shownUs, untilUs);
    };
    const walk = this.#walk(index);
    for (let i = 0; i < walk.count; i++) {
      const at = walk.base + ((walk.start + i) % this.#periods);
      if (this.#sourceTimeUs[at]! <= newestUs) continue;
      add(Math.min(nowUs, this.#arrivalUs[at]!));
      newestUs = this.#sourceTimeUs[at]!;
    }
    add(nowUs);
    const total = stretches.reduce((sum, stretch) => sum + stretch.toAgeUs - stretch.fromAgeUs, 0);
    const timeAbove = (ageUs: number): number =>
      stretches.reduce((sum, s) => sum + Math.max(0, s.toAgeUs - Math.max(ageUs, s.fromAgeUs)), 0);
    let low = 0;
    let high = stretches.reduce((most, stretch) => Math.max(most, stretch.toAgeUs), 0);
    // The time above an age falls steadily with it: halve until whole microseconds.
    while (high - low > 1) {
      const middle = (low + high) / 2;
      if (timeAbove(middle) > 0.01 * total) low = middle;
      else high = middle;
    }
    return Math.round(high);
  }

  /** Start of what the ring can speak for: since the property is known, or since its oldest entry. */
  #coveredFromUs(index: number, periodUs: number): TimeUs {
    const full = this.#count[index] === this.#periods;
    if (!full) return this.#sinceUs[index]! - periodUs;
    return this.#sourceTimeUs[index * this.#periods + this.#next[index]!]! - periodUs;
  }

  #walk(index: number): { base: number; start: number; count: number } {
    const count = this.#count[index]!;
    return {
      base: index * this.#periods,
      start: count === this.#periods ? this.#next[index]! : 0,
      count,
    };
  }
}

/**
 * Memory that the garbage collector does not count. V8 adds ArrayBuffers to the pressure that starts a full
 * collection: the rings of 5,000 properties, 28 MB that are never garbage, brought one every half second.
 * A SharedArrayBuffer is not added (`BackingStore::PerIsolateAccountingLength`); nobody shares it.
 */
const ringMemory = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);
