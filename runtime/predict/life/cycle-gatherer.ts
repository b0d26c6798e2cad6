import type { Dictionary } from "../../core/dictionary.ts";
import type { Frame } from "../../core/frame.ts";
import { isBad } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";

const isGood = (frame: Frame, row: number): boolean =>
  Number.isFinite(frame.valueAt(row)) && !isBad(frame.qualityAt(row));

/** When a frame first tells a good value of a property; undefined where it does not. */
export function firstToldUs(frame: Frame, address: string): TimeUs | undefined {
  const index = frame.dictionary.indexOf(address);
  for (let r = 0; r < frame.length; r++)
    if (frame.indexAt(r) === index && isGood(frame, r)) return frame.sourceTimeUsAt(r);
  return undefined;
}

/**
 * Turns frames of one asset into one row per cycle of its use: the mean of each signal over the cycle, NaN where it had no
 * good value. A cycle is complete when the counter moves on.
 */
export class CycleGatherer {
  readonly #cycleAddress: string;
  readonly #addresses: readonly string[];
  readonly #sum: Float64Array;
  readonly #count: Uint32Array;
  readonly #row: Float64Array;
  #dictionary: Dictionary | undefined;
  #cycleIndex = -1;
  /** Per dictionary index: signal + 1, 0 for what is no signal. */
  #signalOf = new Int32Array(0);
  #cycle = Number.NaN;
  /** Of the frame at hand: when the counter was told, and what. */
  readonly #toldUs: number[] = [];
  readonly #told: number[] = [];
  /** Values that were bad or no number, and those of an earlier time than the cycle at hand. */
  skipped = 0;
  newestUs: TimeUs = 0;
  #beganUs: TimeUs = 0;

  /** @param addresses one per signal */
  constructor(cycleAddress: string, addresses: readonly string[]) {
    this.#cycleAddress = cycleAddress;
    this.#addresses = addresses;
    this.#sum = new Float64Array(addresses.length);
    this.#count = new Uint32Array(addresses.length);
    this.#row = new Float64Array(addresses.length);
  }

  /** Period in which the counter is told, µs; undefined where it is told on change. */
  get periodUs(): number | undefined {
    const update = this.#dictionary?.properties[this.#cycleIndex]?.update;
    return update?.mode === "cyclic" ? update.periodMs * 1000 : undefined;
  }

  /** What the counter said of the cycle at hand; NaN before the first. */
  get counter(): number {
    return this.#cycle;
  }

  /** Samples of an earlier time are known already. */
  passOver(beforeUs: TimeUs): void {
    this.#beganUs = Math.max(this.#beganUs, beforeUs);
  }

  /** @param onCycle gets a complete cycle, when it ended and its row, which is valid only during the call */
  consume(frame: Frame, onCycle: (cycle: number, endUs: TimeUs, row: Float64Array) => void): void {
    if (frame.dictionary !== this.#dictionary) this.#learn(frame.dictionary);
    this.#toldUs.length = 0;
    this.#told.length = 0;
    for (let r = 0; r < frame.length; r++) {
      if (frame.indexAt(r) !== this.#cycleIndex || !isGood(frame, r)) continue;
      this.#toldUs.push(frame.sourceTimeUsAt(r));
      this.#told.push(frame.valueAt(r));
    }
    // The counter counts from its own time on, wherever in the frame it stands.
    let next = 0;
    for (let r = 0; r < frame.length; r++) {
      const signal = this.#signalOf[frame.indexAt(r)]! - 1;
      if (signal < 0) continue;
      const timeUs = frame.sourceTimeUsAt(r);
      while (next < this.#told.length && this.#toldUs[next]! <= timeUs) this.#turn(next++, onCycle);
      if (!isGood(frame, r) || timeUs < this.#beganUs || Number.isNaN(this.#cycle)) {
        this.skipped++;
        continue;
      }
      this.newestUs = Math.max(this.newestUs, timeUs);
      this.#sum[signal]! += frame.valueAt(r);
      this.#count[signal]!++;
    }
    while (next < this.#told.length) this.#turn(next++, onCycle);
  }

  #turn(at: number, onCycle: (cycle: number, endUs: TimeUs, row: Float64Array) => void): void {
    const timeUs = this.#toldUs[at]!;
    const cycle = this.#told[at]!;
    if (timeUs < this.#beganUs || cycle === this.#cycle) return;
    if (!Number.isNaN(this.#cycle)) {
      for (let s = 0; s < this.#row.length; s++)
        this.#row[s] = this.#count[s]! > 0 ? this.#sum[s]! / this.#count[s]! : Number.NaN;
      onCycle(this.#cycle, timeUs, this.#row);
    }
    this.#cycle = cycle;
    this.#beganUs = timeUs;
    this.newestUs = Math.max(this.newestUs, timeUs);
    this.#sum.fill(0);
    this.#count.fill(0);
  }

  #learn(dictionary: Dictionary): void {
    this.#dictionary = dictionary;
    this.#cycleIndex = dictionary.indexOf(this.#cycleAddress);
    this.#signalOf = new Int32Array(dictionary.size);
    for (const [s, address] of this.#addresses.entries()) {
      const index = dictionary.indexOf(address);
      if (index >= 0) this.#signalOf[index] = s + 1;
    }
  }
}
