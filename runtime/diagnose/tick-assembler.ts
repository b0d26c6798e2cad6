import type { Dictionary } from "../core/dictionary.ts";
import type { Frame } from "../core/frame.ts";
import { isBad } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";
import type { Signal } from "./signal.ts";

/** Samples that did not make it into a row, by reason. */
export interface SkippedSamples {
  /** Bad quality, or no finite number. */
  bad: number;
  /** Older than the row that is being assembled, or a second value for a row already handed on. */
  late: number;
}

/**
 * Turns frames into rows, one per tick of source time. A row is handed on when every signal is there, or when the
 * first sample of a later tick arrives; what is missing then is NaN.
 */
export class TickAssembler {
  readonly #signals: readonly Signal[];
  readonly #periodUs: number;
  readonly #row: Float64Array;
  readonly #reference: Float64Array;
  /** Changes of setpoints so far. */
  referenceChanges = 0;
  readonly skipped: SkippedSamples = { bad: 0, late: 0 };
  #tick = Number.NEGATIVE_INFINITY;
  #filled = 0;
  #open = false;
  #dictionary: Dictionary | undefined;
  /** Per dictionary index: signal + 1 where it is a signal, 0 otherwise. */
  #signalOf = new Int32Array(0);
  /** Per dictionary index: the signals it is the setpoint of. */
  #referenceOf: readonly (readonly number[] | undefined)[] = [];

  constructor(signals: readonly Signal[], periodUs: number) {
    this.#signals = signals;
    this.#periodUs = periodUs;
    this.#row = new Float64Array(signals.length).fill(Number.NaN);
    this.#reference = Float64Array.from(signals, ({ reference }) =>
      reference === undefined ? 0 : Number.NaN,
    );
  }

  /** Tells setpoints that came before: they are sent on change only. */
  knowReferences(inForce: (address: string) => number | undefined): void {
    for (const [s, { reference }] of this.#signals.entries()) {
      const value = reference === undefined ? undefined : inForce(reference);
      if (value !== undefined && Number.isFinite(value)) this.#reference[s] = value;
    }
  }

  /** @param onRow gets the time of the tick and a row that is valid only during the call */
  consume(frame: Frame, onRow: (timeUs: TimeUs, row: Float64Array) => void): void {
    if (frame.dictionary !== this.#dictionary) this.#learn(frame.dictionary);
    for (let r = 0; r < frame.length; r++) {
      const index = frame.indexAt(r);
      const signal = this.#signalOf[index]! - 1;
      const referenceOf = this.#referenceOf[index];
      if (signal < 0 && referenceOf === undefined) continue;
      const value = frame.valueAt(r);
      if (!Number.isFinite(value) || isBad(frame.qualityAt(r))) {
        this.skipped.bad++;
        continue;
      }
      if (referenceOf !== undefined) this.#refer(referenceOf, value);
      if (signal >= 0) this.#place(signal, value, frame.sourceTimeUsAt(r), onRow);
    }
  }

  #refer(signals: readonly number[], value: number): void {
    for (const signal of signals) {
      const before = this.#reference[signal]!;
      if (before - value !== 0 && !Number.isNaN(before)) this.referenceChanges++;
      this.#reference[signal] = value;
    }
  }

  #place(
    signal: number,
    value: number,
    timeUs: TimeUs,
    onRow: (timeUs: TimeUs, row: Float64Array) => void,
  ): void {
    const tick = Math.floor(timeUs / this.#periodUs);
    if (tick > this.#tick) {
      if (this.#open) this.#hand(onRow);
      this.#tick = tick;
      this.#open = true;
    } else if (tick < this.#tick || !this.#open) {
      this.skipped.late++;
      return;
    }
    if (Number.isNaN(this.#row[signal]!)) this.#filled++;
    this.#row[signal] = value - this.#reference[signal]!;
    if (this.#filled === this.#signals.length) this.#hand(onRow);
  }

  #hand(onRow: (timeUs: TimeUs, row: Float64Array) => void): void {
    onRow(this.#tick * this.#periodUs, this.#row);
    this.#row.fill(Number.NaN);
    this.#filled = 0;
    this.#open = false;
  }

  #learn(dictionary: Dictionary): void {
    this.#dictionary = dictionary;
    this.#signalOf = new Int32Array(dictionary.size);
    const referenceOf: number[][] = [];
    for (const [s, { property, reference }] of this.#signals.entries()) {
      const own = dictionary.indexOf(property.address);
      if (own >= 0) this.#signalOf[own] = s + 1;
      const at = reference === undefined ? -1 : dictionary.indexOf(reference);
      if (at >= 0) {
        referenceOf[at] ??= [];
        referenceOf[at].push(s);
      }
    }
    this.#referenceOf = referenceOf;
  }
}
