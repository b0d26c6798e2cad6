import type { Quality } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import { BucketGatherer } from "./buckets.ts";
import type { HistoryWindows, TimeWindow } from "./history-types.ts";

type Columns = Omit<HistoryWindows, "address" | "unit">;

/** One window while samples pass through it. */
interface Open {
  readonly index: number;
  readonly toUs: TimeUs;
  readonly bucket: BucketGatherer;
}

/**
 * Gathers samples in order of source time into windows that may overlap. Each sample touches only the windows open
 * at its time, so that a walk costs the samples plus what they fall into.
 */
export class WindowGatherer {
  readonly #windows: readonly TimeWindow[];
  /** Places of the windows by their start. */
  readonly #byStart: readonly number[];
  readonly #columns: Columns;
  #next = 0;
  /** The last value stands until then at most. */
  #endUs = Number.POSITIVE_INFINITY;
  #open: Open[] = [];
  #held: { timeUs: TimeUs; value: number; quality: Quality } | undefined;

  constructor(windows: readonly TimeWindow[]) {
    const n = windows.length;
    this.#windows = windows;
    this.#byStart = windows.map((_, i) => i).sort((a, b) => windows[a]!.fromUs - windows[b]!.fromUs);
    this.#columns = {
      min: new Float64Array(n),
      mean: new Float64Array(n),
      max: new Float64Array(n),
      count: new Uint32Array(n),
      quality: new Uint32Array(n),
      covered: new Float64Array(n),
      atStart: new Float64Array(n).fill(Number.NaN),
      atEnd: new Float64Array(n).fill(Number.NaN),
    };
  }

  /** The next sample in order of source time; its value is NaN where it is not usable. */
  add(timeUs: TimeUs, value: number, quality: Quality): void {
    this.#openUntil(timeUs);
    this.#closeUntil(timeUs);
    this.#held = { timeUs, value, quality };
    for (const { index, bucket } of this.#open) {
      bucket.add(timeUs, value, quality);
      // Several samples at the very start: the last of them stood.
      if (timeUs === this.#windows[index]!.fromUs) this.#columns.atStart[index] = value;
    }
  }

  /** @param untilUs the last value stands until then at most */
  finish(untilUs: TimeUs): Columns {
    this.#endUs = untilUs;
    this.#openUntil(Number.POSITIVE_INFINITY);
    for (const open of this.#open) this.#close(open);
    this.#open = [];
    return this.#columns;
  }

  /** Opens the windows that begin at a time or before it; what stood then stands at their start. */
  #openUntil(timeUs: TimeUs): void {
    for (; this.#next < this.#byStart.length; this.#next++) {
      const index = this.#byStart[this.#next]!;
      const { fromUs, toUs } = this.#windows[index]!;
      if (fromUs > timeUs) return;
      this.#closeUntil(fromUs);
      const bucket = new BucketGatherer(fromUs, toUs, 1);
      const held = this.#held;
      if (held !== undefined) {
        bucket.add(held.timeUs, held.value, held.quality);
        this.#columns.atStart[index] = held.value;
      }
      this.#open.push({ index, toUs, bucket });
    }
  }

  #closeUntil(timeUs: TimeUs): void {
    if (!this.#open.some(({ toUs }) => toUs <= timeUs)) return;
    for (const open of this.#open) if (open.toUs <= timeUs) this.#close(open);
    this.#open = this.#open.filter(({ toUs }) => toUs > timeUs);
  }

  #close({ index, toUs, bucket }: Open): void {
    const untilUs = Math.min(toUs, this.#endUs);
    const { min, mean, max, count, quality, covered } = bucket.finish(untilUs);
    const columns = this.#columns;
    columns.min[index] = min[0]!;
    columns.mean[index] = mean[0]!;
    columns.max[index] = max[0]!;
    columns.count[index] = count[0]!;
    columns.quality[index] = quality[0]!;
    columns.covered[index] = covered[0]!;
    // A value that nobody knows to have stood until the end did not stand at it.
    if (untilUs === toUs && this.#held !== undefined) columns.atEnd[index] = this.#held.value;
  }
}
