import type { Dictionary } from "./dictionary.ts";
import { RungError } from "./errors.ts";
import type { Property } from "./property.ts";
import { BAD_INVALID_TIMESTAMP, BAD_OUT_OF_RANGE, isBad, type Quality } from "./quality.ts";
import { isStorableTimeUs } from "./time.ts";

/** Whether the plant behind a source is real. The weakest on a path is the path's. */
export type Reality = "live" | "virtual" | "recorded";

const NO_OTHERS: ReadonlyMap<number, unknown> = new Map();
/** Samples of a frame that its text shows. */
const MOST_SHOWN = 10;

/** What the builder had to mark bad, so that the ledger can say it. */
export interface FrameIssue {
  readonly row: number;
  readonly address: string;
  readonly reason: "not-a-number" | "time-out-of-range";
}

/** The columns of a frame as a codec reads and writes them: one entry per row. */
export interface FrameColumns {
  readonly property: Uint32Array;
  readonly value: Float64Array;
  readonly sourceTimeUs: Float64Array;
  readonly quality: Uint32Array;
  /** Sparse: row -> string, bigint, typed array, structure, date. */
  readonly other: ReadonlyMap<number, unknown> | undefined;
  /** Only where rows were taken out of a frame; otherwise row i has first + i. */
  readonly sequence?: Float64Array;
}

export interface FrameHead {
  /** The source's identity: one per link and session kind, stable over restarts. */
  readonly source: string;
  readonly reality: Reality;
  readonly dictionary: Dictionary;
  /** Grows by one at every restart or rebirth of the source. */
  readonly epoch: number;
  /** Sequence number of row 0 within the epoch; row i has first + i. */
  readonly first: number;
  readonly receiveTimeUs: number;
  /** Its rows are of the past and were filled in later: they are stored, and say nothing about now. */
  readonly historical?: boolean;
}

/** One sample, taken out of a frame for reading. */
export interface Sample {
  readonly address: string;
  readonly value: number;
  readonly other?: unknown;
  readonly quality: Quality;
  readonly sourceTimeUs: number;
}

/**
 * A columnar batch of samples from one source, immutable, one per publish response or tick.
 *
 * It travels in `msg.payload` by reference through Node-RED's clone on fan-out, because lodash leaves an object
 * with an unknown `Symbol.toStringTag` alone (pinned by test/core/frame-travel.test.ts). The columns are private
 * and read by row, since a typed array cannot be frozen.
 */
export class Frame implements FrameHead {
  readonly source: string;
  readonly reality: Reality;
  readonly dictionary: Dictionary;
  readonly epoch: number;
  readonly first: number;
  readonly receiveTimeUs: number;
  readonly historical: boolean;
  readonly length: number;
  readonly issues: readonly FrameIssue[];
  readonly #columns: FrameColumns;

  /** Takes over the columns, for codecs; everybody else uses FrameBuilder. */
  constructor(head: FrameHead, columns: FrameColumns, issues: readonly FrameIssue[]) {
    this.source = head.source;
    this.reality = head.reality;
    this.dictionary = head.dictionary;
    this.epoch = head.epoch;
    this.first = head.first;
    this.receiveTimeUs = head.receiveTimeUs;
    this.historical = head.historical === true;
    this.length = columns.property.length;
    this.issues = issues;
    this.#columns = columns;
  }

  get [Symbol.toStringTag](): string {
    return "RungFrame";
  }

  /** True for a frame of this or of another copy of this module. */
  static is(thing: unknown): thing is Frame {
    return thing instanceof Frame;
  }

  /** False where rows were taken out, so that the sequence numbers are no longer first + i. */
  get isConsecutive(): boolean {
    return this.#columns.sequence === undefined;
  }

  /** Rows whose value is no Float64. */
  get others(): ReadonlyMap<number, unknown> {
    return this.#columns.other ?? NO_OTHERS;
  }

  /** Copies the columns, bit by bit, into arrays of `length` rows; `sequence` only where `isConsecutive` is false. */
  copyColumns(to: Omit<FrameColumns, "other">): void {
    to.property.set(this.#columns.property);
    to.value.set(this.#columns.value);
    to.sourceTimeUs.set(this.#columns.sourceTimeUs);
    to.quality.set(this.#columns.quality);
    if (this.#columns.sequence !== undefined) to.sequence?.set(this.#columns.sequence);
  }

  /** Index into the dictionary of row i. */
  indexAt(row: number): number {
    return this.#columns.property[row]!;
  }

  propertyAt(row: number): Property {
    return this.dictionary.properties[this.#columns.property[row]!]!;
  }

  addressAt(row: number): string {
    return this.propertyAt(row).address;
  }

  /** The number of row i; NaN where the value is in `otherAt`. */
  valueAt(row: number): number {
    return this.#columns.value[row]!;
  }

  otherAt(row: number): unknown {
    return this.#columns.other?.get(row);
  }

  qualityAt(row: number): Quality {
    return this.#columns.quality[row]!;
  }

  /** Whole microseconds since 1970. */
  sourceTimeUsAt(row: number): number {
    return this.#columns.sourceTimeUs[row]!;
  }

  sequenceAt(row: number): number {
    return this.#columns.sequence?.[row] ?? this.first + row;
  }

  sampleAt(row: number): Sample {
    const sample = {
      address: this.addressAt(row),
      value: this.valueAt(row),
      quality: this.qualityAt(row),
      sourceTimeUs: this.sourceTimeUsAt(row),
    };
    const other = this.otherAt(row);
    return other === undefined ? sample : { ...sample, other };
  }

  *[Symbol.iterator](): Generator<Sample> {
    for (let row = 0; row < this.length; row++) yield this.sampleAt(row);
  }

  /**
   * The rows that `keep` accepts, as a frame; this frame itself where it accepts all. Every row keeps its sequence
   * number, so that what is kept can still be told from a repetition downstream.
   */
  filter(keep: (row: number) => boolean): Frame {
    const rows: number[] = [];
    for (let row = 0; row < this.length; row++) if (keep(row)) rows.push(row);
    if (rows.length === this.length) return this;
    const pick = <T extends Uint32Array | Float64Array>(from: T, to: T): T => {
      for (let i = 0; i < rows.length; i++) to[i] = from[rows[i]!]!;
      return to;
    };
    const columns = this.#columns;
    const sequence = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) sequence[i] = this.sequenceAt(rows[i]!);
    const rowAfter = new Map(rows.map((row, i) => [row, i]));
    const other = [...(columns.other ?? [])].filter(([row]) => rowAfter.has(row));
    const issues = this.issues.filter((issue) => rowAfter.has(issue.row));
    return new Frame(
      { ...this.#head(), first: sequence[0] ?? this.first },
      {
        property: pick(columns.property, new Uint32Array(rows.length)),
        value: pick(columns.value, new Float64Array(rows.length)),
        sourceTimeUs: pick(columns.sourceTimeUs, new Float64Array(rows.length)),
        quality: pick(columns.quality, new Uint32Array(rows.length)),
        other: other.length === 0 ? undefined : new Map(other.map(([row, v]) => [rowAfter.get(row)!, v])),
        sequence,
      },
      issues.map((issue) => ({ ...issue, row: rowAfter.get(issue.row)! })),
    );
  }

  #head(): FrameHead {
    return {
      source: this.source,
      reality: this.reality,
      dictionary: this.dictionary,
      epoch: this.epoch,
      first: this.first,
      receiveTimeUs: this.receiveTimeUs,
      historical: this.historical,
    };
  }

  /** What a debug node shows: where it is from and its first samples. */
  toString(): string {
    const shown = Math.min(this.length, MOST_SHOWN);
    const lines = Array.from({ length: shown }, (_, row) => {
      const { address, value, other, quality, sourceTimeUs } = this.sampleAt(row);
      const unit = this.propertyAt(row).unit;
      const time = isStorableTimeUs(sourceTimeUs) ? new Date(sourceTimeUs / 1000).toISOString() : "no time";
      const bad = isBad(quality) ? " bad" : "";
      return `${address} = ${other === undefined ? value : String(other)}${unit === undefined ? "" : ` ${unit}`}${bad} at ${time}`;
    });
    if (this.length > shown) lines.push(`and ${this.length - shown} more`);
    const samples = this.length === 1 ? "1 sample" : `${this.length} samples`;
    const past = this.historical ? "historical " : "";
    return [`${past}frame of ${samples} from ${this.source} (${this.reality})`, ...lines].join("\n");
  }

  toJSON(): object {
    return {
      source: this.source,
      reality: this.reality,
      epoch: this.epoch,
      first: this.first,
      receiveTimeUs: this.receiveTimeUs,
      ...(this.historical ? { historical: true } : {}),
      samples: [...this],
    };
  }
}

/** Collects rows, then hands them over as an immutable frame. */
export class FrameBuilder {
  readonly #head: { source: string; reality: Reality; dictionary: Dictionary };
  #property: Uint32Array<ArrayBuffer>;
  #value: Float64Array<ArrayBuffer>;
  #time: Float64Array<ArrayBuffer>;
  #quality: Uint32Array<ArrayBuffer>;
  #other: Map<number, unknown> | undefined;
  #issues: FrameIssue[] = [];
  #length = 0;

  constructor(head: { source: string; reality: Reality; dictionary: Dictionary }, capacity = 64) {
    this.#head = head;
    const size = Math.max(1, capacity);
    this.#property = new Uint32Array(size);
    this.#value = new Float64Array(size);
    this.#time = new Float64Array(size);
    this.#quality = new Uint32Array(size);
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Adds a row. A value that is no finite number, or a time outside 1970 to 2255, makes the row's quality bad and
   * is listed in the frame's `issues`; it is never dropped here.
   * @param index into the dictionary
   * @param value a number, booleans as 0 and 1; NaN where the sample is `other`
   * @throws RungError `malformed-frame` for an index outside the dictionary
   */
  add(index: number, value: number, sourceTimeUs: number, quality: Quality, other?: unknown): void {
    const property = this.#head.dictionary.properties[index];
    if (property === undefined) {
      throw new RungError({
        code: "malformed-frame",
        where: this.#head.source,
        what: `row ${this.#length} points at property ${index}, the dictionary has ${this.#head.dictionary.size}`,
        advice: "the source must send indices of its own dictionary",
      });
    }
    if (this.#length === this.#property.length) this.#grow();
    const row = this.#length++;
    let time = Math.trunc(sourceTimeUs);
    let mark = quality >>> 0;
    if (!isStorableTimeUs(time)) {
      this.#issues.push({ row, address: property.address, reason: "time-out-of-range" });
      time = 0;
      mark = BAD_INVALID_TIMESTAMP;
    }
    if (!Number.isFinite(value) && other === undefined && !isBad(mark)) {
      this.#issues.push({ row, address: property.address, reason: "not-a-number" });
      mark = BAD_OUT_OF_RANGE;
    }
    this.#property[row] = index;
    this.#value[row] = value;
    this.#time[row] = time;
    this.#quality[row] = mark;
    if (other !== undefined) {
      this.#other ??= new Map();
      this.#other.set(row, other);
    }
  }

  /** Hands the rows over; the builder is empty afterwards and must not be used again. */
  build(head: { epoch: number; first: number; receiveTimeUs: number; historical?: boolean }): Frame {
    const n = this.#length;
    const columns = {
      property: this.#property.subarray(0, n),
      value: this.#value.subarray(0, n),
      sourceTimeUs: this.#time.subarray(0, n),
      quality: this.#quality.subarray(0, n),
      other: this.#other,
    };
    const frame = new Frame(
      {
        source: this.#head.source,
        reality: this.#head.reality,
        dictionary: this.#head.dictionary,
        epoch: head.epoch,
        first: head.first,
        receiveTimeUs: head.receiveTimeUs,
        historical: head.historical === true,
      },
      columns,
      this.#issues,
    );
    this.#property = new Uint32Array(1);
    this.#value = new Float64Array(1);
    this.#time = new Float64Array(1);
    this.#quality = new Uint32Array(1);
    this.#other = undefined;
    this.#issues = [];
    this.#length = 0;
    return frame;
  }

  #grow(): void {
    const size = this.#property.length * 2;
    const property = new Uint32Array(size);
    const value = new Float64Array(size);
    const time = new Float64Array(size);
    const quality = new Uint32Array(size);
    property.set(this.#property);
    value.set(this.#value);
    time.set(this.#time);
    quality.set(this.#quality);
    this.#property = property;
    this.#value = value;
    this.#time = time;
    this.#quality = quality;
  }
}
