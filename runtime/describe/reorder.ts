import type { Dictionary } from "../core/dictionary.ts";
import type { Frame } from "../core/frame.ts";
import { BAD_INVALID_TIMESTAMP } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";
import { TagSlots } from "./tag-slots.ts";

/** 500 ms of source time; samples of one source that wait at once. */
export const REORDER_DEFAULTS = { windowUs: 500_000, maxRows: 200_000 };

/** A frame, or some rows of one, on its way from the spool to a sink. */
export interface Piece {
  /** Of the record it is from. */
  readonly number: number;
  readonly frame: Frame;
}

interface Held extends Piece {
  /** Rows that were released already; undefined where none was. */
  released: Uint8Array | undefined;
  /** Rows that wait. */
  rows: number;
  readonly toUs: TimeUs;
}

/**
 * Puts the samples of one source in the order of their source time, tag by tag. A sample waits until the source has
 * sent one that is `windowUs` newer. One whose tag has already let a newer one go is late: it is counted, passed on
 * at once and never dropped.
 *
 * What is in order, as nearly everything is, passes as the frame it came in. Depends on the frames alone, so that a
 * repetition from the spool gives the same again.
 */
export class SourceReorder {
  readonly #windowUs: number;
  readonly #maxRows: number;
  readonly #slots = new TagSlots();
  /** Newest source time per tag, held or released; and released. */
  #newestUs = new Float64Array(16).fill(Number.NEGATIVE_INFINITY);
  #releasedUs = new Float64Array(16).fill(Number.NEGATIVE_INFINITY);
  #lateOf = new Float64Array(16);
  #held: Held[] = [];
  #heldRows = 0;
  #horizonUs = Number.NEGATIVE_INFINITY;
  /** True while something held must be sorted. */
  #isTangled = false;
  #late = 0;
  #forced = 0;

  constructor(options: Partial<typeof REORDER_DEFAULTS> = {}) {
    this.#windowUs = options.windowUs ?? REORDER_DEFAULTS.windowUs;
    this.#maxRows = options.maxRows ?? REORDER_DEFAULTS.maxRows;
  }

  /** Samples that wait. */
  get heldRows(): number {
    return this.#heldRows;
  }

  /** Samples that came after a newer one of their tag had been passed on. */
  get late(): number {
    return this.#late;
  }

  /** Samples that were passed on before their time because too many waited. */
  get forced(): number {
    return this.#forced;
  }

  lateOf(address: string): number {
    const slot = this.#slots.of(address);
    return slot === undefined ? 0 : this.#lateOf[slot]!;
  }

  /** Takes a frame in and gives out what is due, in the order of source time per tag. */
  push(number: number, frame: Frame): Piece[] {
    if (frame.length === 0) return [];
    if (frame.historical) return this.#pass(number, frame);
    const slots = this.#slotsOf(frame.dictionary);
    let toUs = Number.NEGATIVE_INFINITY;
    let lateRows: Uint8Array | undefined;
    for (let row = 0; row < frame.length; row++) {
      const slot = slots[frame.indexAt(row)]!;
      const timeUs = frame.sourceTimeUsAt(row);
      if (timeUs > toUs) toUs = timeUs;
      if (timeUs >= this.#newestUs[slot]!) this.#newestUs[slot] = timeUs;
      else if (timeUs < this.#releasedUs[slot]!) {
        // One without a usable time has no place to come late to.
        if (frame.qualityAt(row) !== BAD_INVALID_TIMESTAMP) {
          this.#late++;
          this.#lateOf[slot]! += 1;
        }
        lateRows ??= new Uint8Array(frame.length);
        lateRows[row] = 1;
      } else this.#isTangled = true;
    }
    const due: Piece[] = [];
    let waiting = frame.length;
    if (lateRows !== undefined) {
      const late = lateRows;
      due.push({ number, frame: frame.filter((row) => late[row] === 1) });
      waiting -= due[0]!.frame.length;
    }
    if (waiting > 0) {
      this.#held.push({ number, frame, released: lateRows, rows: waiting, toUs });
      this.#heldRows += waiting;
    }
    this.#horizonUs = Math.max(this.#horizonUs, toUs - this.#windowUs);
    this.#release(this.#horizonUs, due);
    if (this.#heldRows > this.#maxRows) {
      this.#forced += this.#heldRows;
      this.#release(Number.POSITIVE_INFINITY, due);
    }
    return due;
  }

  /** Rows of the past are neither late nor to be sorted; they keep their place behind what waits. */
  #pass(number: number, frame: Frame): Piece[] {
    if (this.#held.length === 0) return [{ number, frame }];
    this.#held.push({
      number,
      frame,
      released: undefined,
      rows: frame.length,
      toUs: Number.NEGATIVE_INFINITY,
    });
    this.#heldRows += frame.length;
    return [];
  }

  /** Gives out everything that waits: nothing more comes for now. */
  flush(): Piece[] {
    const due: Piece[] = [];
    this.#release(Number.POSITIVE_INFINITY, due);
    return due;
  }

  #release(horizonUs: TimeUs, due: Piece[]): void {
    if (this.#held.length === 0) return;
    if (this.#isTangled) {
      this.#releaseSorted(horizonUs, due);
      return;
    }
    let count = 0;
    while (count < this.#held.length && this.#held[count]!.toUs <= horizonUs) count++;
    for (const held of this.#held.splice(0, count)) {
      this.#heldRows -= held.rows;
      const { number, frame, released } = held;
      const rest = released === undefined ? frame : frame.filter((row) => released[row] === 0);
      this.#noteReleased(rest);
      due.push({ number, frame: rest });
    }
  }

  /** Rows up to the horizon by time, then by arrival; neighbours of one frame stay together. */
  #releaseSorted(horizonUs: TimeUs, due: Piece[]): void {
    const rows: { timeUs: TimeUs; held: Held; row: number }[] = [];
    for (const held of this.#held) {
      for (let row = 0; row < held.frame.length; row++) {
        if (held.released?.[row] === 1) continue;
        const timeUs = held.frame.sourceTimeUsAt(row);
        if (timeUs <= horizonUs) rows.push({ timeUs, held, row });
      }
    }
    if (rows.length === 0) return;
    // The sort is stable, and rows were gathered as they came.
    rows.sort((a, b) => a.timeUs - b.timeUs);
    for (let begin = 0; begin < rows.length; ) {
      const { held } = rows[begin]!;
      let end = begin + 1;
      // A run of one frame passes as one piece where its rows are in their order.
      while (end < rows.length && rows[end]!.held === held && rows[end]!.row > rows[end - 1]!.row) end++;
      const chosen = new Set(rows.slice(begin, end).map(({ row }) => row));
      due.push({ number: held.number, frame: held.frame.filter((row) => chosen.has(row)) });
      this.#noteReleased(due.at(-1)!.frame);
      begin = end;
    }
    for (const { held, row } of rows) {
      held.released ??= new Uint8Array(held.frame.length);
      held.released[row] = 1;
      held.rows--;
    }
    this.#heldRows -= rows.length;
    this.#held = this.#held.filter(({ rows: waiting }) => waiting > 0);
    if (this.#held.length === 0) this.#isTangled = false;
  }

  #noteReleased(frame: Frame): void {
    if (frame.historical) return;
    const slots = this.#slotsOf(frame.dictionary);
    for (let row = 0; row < frame.length; row++) {
      const slot = slots[frame.indexAt(row)]!;
      const timeUs = frame.sourceTimeUsAt(row);
      if (timeUs > this.#releasedUs[slot]!) this.#releasedUs[slot] = timeUs;
    }
  }

  #slotsOf(dictionary: Dictionary): Int32Array {
    const slots = this.#slots.ofDictionary(dictionary);
    if (this.#slots.count > this.#newestUs.length) {
      const size = 2 ** Math.ceil(Math.log2(this.#slots.count));
      const grow = (from: Float64Array, fill: number): Float64Array<ArrayBuffer> => {
        const to = new Float64Array(size).fill(fill);
        to.set(from);
        return to;
      };
      this.#newestUs = grow(this.#newestUs, Number.NEGATIVE_INFINITY);
      this.#releasedUs = grow(this.#releasedUs, Number.NEGATIVE_INFINITY);
      this.#lateOf = grow(this.#lateOf, 0);
    }
    return slots;
  }
}
