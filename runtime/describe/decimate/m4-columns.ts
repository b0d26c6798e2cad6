import type { TimeUs } from "../../core/time.ts";

/** Samples for drawing in order of time; NaN where one was bad, so that the line breaks there. */
export interface DecimatedSamples {
  readonly timeUs: Float64Array;
  readonly value: Float64Array;
}

/** A time and a value; NaN where it was bad. */
export interface DrawnSample {
  readonly timeUs: TimeUs;
  readonly value: number;
}

/** Samples that one column keeps at most: four that are good, and where it was bad first and last. */
export const MOST_PER_COLUMN = 6;

/**
 * A ring of columns of equal width over the newest time of one property: of each column the first, the last, the least
 * and the greatest good sample, which draw the same pixels as all its samples do where a column is a pixel wide (M4:
 * Jugel, Jerzak, Hackenbroich, Markl, "M4: A Visualization-Oriented Time Series Data Aggregation", PVLDB 7(10), 2014),
 * and the first and last bad one.
 *
 * What a column keeps does not depend on the order in which samples come, nor on how often the same one comes: history,
 * live values and what is filled in later may overlap, and nothing is drawn twice. Columns begin at whole multiples of
 * their width, so that a picture that moves on does not flicker.
 */
export class M4Columns {
  readonly widthUs: number;
  readonly size: number;
  /** Samples taken in so far, whatever became of them. */
  taken = 0;
  /** Of these, samples that were older than the ring reaches. */
  tooOld = 0;
  /** How often it was cleared. */
  cleared = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #before: DrawnSample | undefined;
  #revision = 0;
  #isChanged = false;
  /** Which column stands in a slot; NaN for none. */
  readonly #column: Float64Array;
  readonly #touched: Float64Array;
  readonly #firstUs: Float64Array;
  readonly #first: Float64Array;
  readonly #lastUs: Float64Array;
  readonly #last: Float64Array;
  readonly #leastUs: Float64Array;
  readonly #least: Float64Array;
  readonly #greatestUs: Float64Array;
  readonly #greatest: Float64Array;
  readonly #badFromUs: Float64Array;
  readonly #badToUs: Float64Array;

  /**
   * @param widthUs of a column, above 0
   * @param size columns that are kept, at least 1
   */
  constructor(widthUs: number, size: number) {
    this.widthUs = widthUs;
    this.size = size;
    const column = () => new Float64Array(size).fill(Number.NaN);
    this.#column = column();
    this.#touched = new Float64Array(size);
    this.#firstUs = column();
    this.#first = column();
    this.#lastUs = column();
    this.#last = column();
    this.#leastUs = column();
    this.#least = column();
    this.#greatestUs = column();
    this.#greatest = column();
    this.#badFromUs = column();
    this.#badToUs = column();
  }

  /** Number of the newest column, from 1970; -Infinity before the first sample. */
  get newestColumn(): number {
    return this.#newest;
  }

  get oldestColumn(): number {
    return this.#newest - this.size + 1;
  }

  /** The newest sample that has left the ring: from it the line comes in. */
  get before(): DrawnSample | undefined {
    return this.#before;
  }

  /** Source time of the newest sample; undefined before the first. */
  get newestUs(): TimeUs | undefined {
    const slot = this.#slotOf(this.#newest);
    if (slot < 0) return undefined;
    const lastUs = this.#lastUs[slot]!;
    const badUs = this.#badToUs[slot]!;
    return Number.isNaN(lastUs) || badUs > lastUs ? badUs : lastUs;
  }

  columnOf(timeUs: TimeUs): number {
    return Math.floor(timeUs / this.widthUs);
  }

  /** Takes a sample in, in any order of time. @param value NaN or infinite for one that is bad */
  add(timeUs: TimeUs, value: number): void {
    this.taken++;
    const column = Math.floor(timeUs / this.widthUs);
    if (!Number.isFinite(column)) return;
    if (column > this.#newest) this.#advance(column);
    if (column < this.oldestColumn) {
      this.tooOld++;
      this.#leave(timeUs, value);
      return;
    }
    const slot = column % this.size;
    if (this.#column[slot] !== column) this.#open(slot, column);
    if (Number.isFinite(value)) this.#addGood(slot, timeUs, value);
    else this.#addBad(slot, timeUs);
  }

  addAll({ timeUs, value }: DecimatedSamples): void {
    for (let i = 0; i < timeUs.length; i++) this.add(timeUs[i]!, value[i]!);
  }

  /** Forgets everything: the source starts over. */
  clear(): void {
    this.#column.fill(Number.NaN);
    this.#newest = Number.NEGATIVE_INFINITY;
    this.#before = undefined;
    this.cleared++;
    this.#isChanged = true;
  }

  /** Closes what came since the last call under a number. @returns that number, the same where nothing came */
  mark(): number {
    if (this.#isChanged) this.#revision++;
    this.#isChanged = false;
    return this.#revision;
  }

  /** Calls with each column that holds something and changed after a mark, the oldest first. */
  eachChanged(afterMark: number, take: (column: number) => void): void {
    if (!Number.isFinite(this.#newest)) return;
    for (let column = Math.max(0, this.oldestColumn); column <= this.#newest; column++) {
      const slot = column % this.size;
      if (this.#column[slot] === column && this.#touched[slot]! > afterMark) take(column);
    }
  }

  /**
   * Appends the samples that a column keeps, in order of time and each once.
   * @returns how many, at most MOST_PER_COLUMN
   */
  readInto(column: number, times: number[], values: number[]): number {
    const slot = this.#slotOf(column);
    if (slot < 0) return 0;
    const begin = times.length;
    const put = (timeUs: number, value: number) => {
      if (Number.isNaN(timeUs)) return;
      let at = times.length;
      while (at > begin && times[at - 1]! > timeUs) at--;
      for (let i = at; i > begin && times[i - 1] === timeUs; i--) if (Object.is(values[i - 1], value)) return;
      times.splice(at, 0, timeUs);
      values.splice(at, 0, value);
    };
    put(this.#firstUs[slot]!, this.#first[slot]!);
    put(this.#leastUs[slot]!, this.#least[slot]!);
    put(this.#greatestUs[slot]!, this.#greatest[slot]!);
    put(this.#lastUs[slot]!, this.#last[slot]!);
    put(this.#badFromUs[slot]!, Number.NaN);
    put(this.#badToUs[slot]!, Number.NaN);
    return times.length - begin;
  }

  /** All that the ring keeps, in order of time. */
  samples(): DecimatedSamples {
    const times: number[] = [];
    const values: number[] = [];
    this.eachChanged(Number.NEGATIVE_INFINITY, (column) => void this.readInto(column, times, values));
    return { timeUs: Float64Array.from(times), value: Float64Array.from(values) };
  }

  #slotOf(column: number): number {
    if (!(column >= 0)) return -1;
    const slot = column % this.size;
    return this.#column[slot] === column ? slot : -1;
  }

  /** What falls out of the ring is gone but for its newest sample. */
  #advance(column: number): void {
    const oldest = Math.max(0, this.oldestColumn);
    const end = Math.min(this.#newest, column - this.size);
    if (Number.isFinite(this.#newest))
      for (let leaving = oldest; leaving <= end; leaving++) {
        const slot = this.#slotOf(leaving);
        if (slot < 0) continue;
        if (!Number.isNaN(this.#lastUs[slot]!)) this.#leave(this.#lastUs[slot]!, this.#last[slot]!);
        if (!Number.isNaN(this.#badToUs[slot]!)) this.#leave(this.#badToUs[slot]!, Number.NaN);
        this.#column[slot] = Number.NaN;
      }
    this.#newest = column;
  }

  #leave(timeUs: TimeUs, value: number): void {
    if (this.#before !== undefined && timeUs < this.#before.timeUs) return;
    this.#before = { timeUs, value: Number.isFinite(value) ? value : Number.NaN };
    this.#isChanged = true;
  }

  #open(slot: number, column: number): void {
    this.#column[slot] = column;
    this.#firstUs[slot] = Number.NaN;
    this.#lastUs[slot] = Number.NaN;
    this.#leastUs[slot] = Number.NaN;
    this.#greatestUs[slot] = Number.NaN;
    this.#badFromUs[slot] = Number.NaN;
    this.#badToUs[slot] = Number.NaN;
  }

  /** Of two samples of one time the first is the lesser and the last the greater, whichever came first. */
  #addGood(slot: number, timeUs: TimeUs, value: number): void {
    const firstUs = this.#firstUs[slot]!;
    const lastUs = this.#lastUs[slot]!;
    let isNew = false;
    if (!(firstUs < timeUs) && (firstUs !== timeUs || value < this.#first[slot]!)) {
      this.#firstUs[slot] = timeUs;
      this.#first[slot] = value;
      isNew = true;
    }
    if (!(lastUs > timeUs) && (lastUs !== timeUs || value > this.#last[slot]!)) {
      this.#lastUs[slot] = timeUs;
      this.#last[slot] = value;
      isNew = true;
    }
    const isAlone = Number.isNaN(this.#leastUs[slot]!);
    const least = this.#least[slot]!;
    if (isAlone || value < least || (value === least && timeUs < this.#leastUs[slot]!)) {
      this.#leastUs[slot] = timeUs;
      this.#least[slot] = value;
      isNew = true;
    }
    const greatest = this.#greatest[slot]!;
    if (isAlone || value > greatest || (value === greatest && timeUs < this.#greatestUs[slot]!)) {
      this.#greatestUs[slot] = timeUs;
      this.#greatest[slot] = value;
      isNew = true;
    }
    if (isNew) this.#touch(slot);
  }

  #addBad(slot: number, timeUs: TimeUs): void {
    let isNew = false;
    if (!(this.#badFromUs[slot]! <= timeUs)) {
      this.#badFromUs[slot] = timeUs;
      isNew = true;
    }
    if (!(this.#badToUs[slot]! >= timeUs)) {
      this.#badToUs[slot] = timeUs;
      isNew = true;
    }
    if (isNew) this.#touch(slot);
  }

  #touch(slot: number): void {
    this.#touched[slot] = this.#revision + 1;
    this.#isChanged = true;
  }
}
