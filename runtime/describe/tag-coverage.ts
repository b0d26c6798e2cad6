import type { TimeUs } from "../core/time.ts";
import type { Backfill } from "./gap-entry.ts";
import { type Interval, LOST_PERIODS, samplesBetween } from "./missing-intervals.ts";

/** Periods on either side of a gap that are read as well, and samples that must be there. */
const BESIDE_PERIODS = 3;
const LEAST_BESIDE = 2;

/**
 * How much of a gap the history of one property fills in, given its samples in the order of time.
 *
 * Of a property that is sent on change, all that lies behind a sample is filled in, if need be one from before the
 * gap. Of a cyclic one a step longer
 * than its period leaves a hole, except where the history is as dense as the live samples on both sides of the gap:
 * then the server took no samples, as when it was stopped, or has lost them for good: nothing is left to fill in, and
 * the part tells how many are missing. A history that was lost up to the gap, or that keeps only some samples, is not
 * dense on both sides.
 */
export class TagCoverage {
  readonly #address: string;
  readonly #gap: Interval;
  readonly #periodUs: number;
  readonly #parts: Backfill[] = [];
  #before = 0;
  #after = 0;
  #firstUs: TimeUs = Number.NaN;
  #beginUs: TimeUs;
  #lastUs: TimeUs;
  #samples = 0;
  /** Samples that were due in steps that are too long. */
  #missing = 0;

  /** @param periodUs 0 for a property that is sent on change */
  constructor(address: string, gap: Interval, periodUs: number) {
    this.#address = address;
    this.#gap = gap;
    this.#periodUs = periodUs;
    this.#beginUs = gap.fromUs;
    this.#lastUs = gap.fromUs;
  }

  /** What must be read; without its ends. */
  get asked(): Interval {
    const { fromUs, toUs } = this.#gap;
    const besideUs = BESIDE_PERIODS * this.#periodUs;
    return this.#periodUs === 0
      ? { fromUs, toUs }
      : { fromUs: fromUs - besideUs - 1, toUs: toUs + besideUs + 1 };
  }

  /** @returns whether the sample lies within the gap; those at its ends are there already */
  add(timeUs: TimeUs): boolean {
    if (timeUs <= this.#gap.fromUs) this.#before++;
    else if (timeUs >= this.#gap.toUs) this.#after++;
    else {
      this.#reach(timeUs);
      this.#samples++;
      if (Number.isNaN(this.#firstUs)) this.#firstUs = timeUs;
      return true;
    }
    return false;
  }

  /** Whether there were samples from after the gap: the history is not behind. */
  get reachesOn(): boolean {
    return this.#after > 0;
  }

  /**
   * The parts that are filled in; together they are the gap where nothing is missing. Asked for once.
   * @param reachesBack for a property that is sent on change: the history has a sample from before the gap
   * @param reachesOn for such a property: the history has got beyond the gap, and is not still being written
   */
  parts(reachesBack: boolean, reachesOn = true): Backfill[] {
    if (this.#periodUs === 0 && !reachesBack) {
      if (Number.isNaN(this.#firstUs)) return [];
      this.#beginUs = this.#firstUs;
    }
    if (this.#periodUs > 0 || reachesOn) this.#reach(this.#gap.toUs);
    this.#end();
    const isDense = this.#periodUs > 0 && this.#before >= LEAST_BESIDE && this.#after >= LEAST_BESIDE;
    if (!isDense) return this.#parts;
    const samples = this.#parts.reduce((sum, part) => sum + part.samples, 0);
    const part = { address: this.#address, ...this.#gap, samples };
    return [this.#missing === 0 ? part : { ...part, missing: this.#missing }];
  }

  #reach(timeUs: TimeUs): void {
    if (this.#periodUs > 0 && timeUs - this.#lastUs > LOST_PERIODS * this.#periodUs) {
      this.#end();
      this.#missing += samplesBetween(this.#lastUs, timeUs, this.#periodUs);
      this.#beginUs = timeUs;
    }
    if (timeUs > this.#lastUs) this.#lastUs = timeUs;
  }

  #end(): void {
    const isEmpty = this.#beginUs === this.#lastUs && this.#samples === 0;
    if (!isEmpty) {
      this.#parts.push({
        address: this.#address,
        fromUs: this.#beginUs,
        toUs: this.#lastUs,
        samples: this.#samples,
      });
    }
    this.#samples = 0;
  }
}
