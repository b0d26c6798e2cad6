/** Ticks of one tag that did not come, both ends among them. */
export interface MissedTicks {
  readonly tag: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Counts what a client got, exactly and per tag: a tag's value is the number of the plant's tick, so that every one
 * that is missing or comes twice is known by its number.
 */
export class Tally {
  readonly #last: Float64Array;
  #missed: MissedTicks[] = [];
  #received = 0;
  #repeated = 0;
  /** Ticks up to here are warm-up. */
  #from = Number.POSITIVE_INFINITY;
  #begin: () => void = () => undefined;
  #lastArrivalMs = performance.now();

  constructor(tags: number) {
    this.#last = new Float64Array(tags).fill(Number.NaN);
  }

  /** Values of measured ticks, repetitions not counted. */
  get received(): number {
    return this.#received;
  }

  get repeated(): number {
    return this.#repeated;
  }

  /** Wall time since the last value. */
  get silentMs(): number {
    return performance.now() - this.#lastArrivalMs;
  }

  /** Tags that have had any value. */
  get tagsSeen(): number {
    return this.#last.reduce((seen, last) => (Number.isNaN(last) ? seen : seen + 1), 0);
  }

  /** Counts ticks after `from`; `begin` is called when the first of them is about to be counted. */
  measure(from: number, begin: () => void): void {
    this.#from = from;
    this.#begin = begin;
  }

  /** Called for every value in the measured path, so it does no more than two comparisons in the ordinary case. */
  take(tag: number, tick: number): void {
    if (tick === this.#last[tag]! + 1) this.#last[tag] = tick;
    else if (!this.#isNew(tag, tick)) return;
    if (tick <= this.#from) return;
    if (this.#received++ === 0) this.#begin();
  }

  /** Once per batch of values. */
  arrived(): void {
    this.#lastArrivalMs = performance.now();
  }

  /** Measured ticks that did not come. */
  missed(to: number): MissedTicks[] {
    const from = this.#from + 1;
    const unfinished = Array.from(this.#last, (last, tag) => ({ tag, from: last + 1, to }));
    return [...this.#missed, ...unfinished]
      .map((part) => ({ ...part, from: Math.max(part.from, from) }))
      .filter((part) => part.from <= part.to);
  }

  #isNew(tag: number, tick: number): boolean {
    const last = this.#last[tag]!;
    if (Number.isNaN(last) || tick > last) {
      if (!Number.isNaN(last)) this.#missed.push({ tag, from: last + 1, to: tick - 1 });
      this.#last[tag] = tick;
      return true;
    }
    const late = this.#missed.findIndex((part) => part.tag === tag && part.from <= tick && tick <= part.to);
    if (late < 0) {
      this.#repeated++;
      return false;
    }
    const { from, to } = this.#missed[late]!;
    const rest = [
      { tag, from, to: tick - 1 },
      { tag, from: tick + 1, to },
    ].filter((part) => part.from <= part.to);
    this.#missed.splice(late, 1, ...rest);
    return true;
  }
}

/** How many ticks the parts hold together. */
export const countOf = (missed: readonly MissedTicks[]): number =>
  missed.reduce((sum, { from, to }) => sum + to - from + 1, 0);
