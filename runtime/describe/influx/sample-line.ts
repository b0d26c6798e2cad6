import type { Dictionary } from "../../core/dictionary.ts";
import type { Frame } from "../../core/frame.ts";
import { BAD_INVALID_TIMESTAMP } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import { isPlainName } from "./influx-settings.ts";
import { textOfValue } from "./text-value.ts";

/** The longest text of one sample in bytes: what InfluxDB's reference allows a string field. */
export const MOST_TEXT_BYTES = 65_535;

/** Why a sample has no line. */
export type LineFault = "bad-name" | "text-too-long" | "no-number";

/** A sample without a usable time of its own stands at the time it came; its quality says so. */
export const pointTimeUs = (frame: Frame, row: number): TimeUs =>
  frame.qualityAt(row) === BAD_INVALID_TIMESTAMP
    ? Math.trunc(frame.receiveTimeUs)
    : frame.sourceTimeUsAt(row);

/** What is fixed for all lines of one sink. */
export interface LineOptions {
  readonly measurement: string;
  /** The receiver drops strings, so that a sample without a number would come to nothing there. */
  readonly numbersOnly: boolean;
}

/**
 * Samples in line protocol, their times in nanoseconds.
 *
 * Tags: address, source, reality, and the unit where there is one. Fields: `value` (float) for a finite number, else
 * `kind` and `text` (strings), so that no field ever changes its type; `quality`, `received` (µs), `epoch`, `sequence`
 * (integers).
 */
export class SampleLines {
  readonly #measurement: string;
  readonly #numbersOnly: boolean;
  /** Beginnings of lines by property; undefined for names that line protocol cannot hold. */
  readonly #series = new WeakMap<Dictionary, Map<string, readonly (string | undefined)[]>>();

  constructor({ measurement, numbersOnly }: LineOptions) {
    this.#measurement = measurement.replaceAll(/[ ,]/g, "\\$&");
    this.#numbersOnly = numbersOnly;
  }

  /** @param slot 0 to 999, the nanoseconds that tell samples of one microsecond apart */
  of(frame: Frame, row: number, slot: number): string | LineFault {
    const series = this.#seriesOf(frame)[frame.indexAt(row)];
    if (series === undefined) return "bad-name";
    const value = frame.valueAt(row);
    const other = frame.otherAt(row);
    let stated: string;
    if (other === undefined && Number.isFinite(value))
      stated = `value=${Object.is(value, -0) ? "-0" : value}`;
    else {
      if (this.#numbersOnly && other !== undefined) return "no-number";
      const { kind, text } = textOfValue(value, other);
      if (text.length > MOST_TEXT_BYTES || Buffer.byteLength(text) > MOST_TEXT_BYTES) return "text-too-long";
      stated = `kind=${quoted(kind)},text=${quoted(text)}`;
    }
    const facts = `quality=${frame.qualityAt(row)}i,received=${Math.trunc(frame.receiveTimeUs)}i,epoch=${frame.epoch}i,sequence=${frame.sequenceAt(row)}i`;
    return `${series} ${stated},${facts} ${nanoseconds(pointTimeUs(frame, row), slot)}`;
  }

  #seriesOf({ dictionary, source, reality }: Frame): readonly (string | undefined)[] {
    let ofDictionary = this.#series.get(dictionary);
    if (ofDictionary === undefined) {
      ofDictionary = new Map();
      this.#series.set(dictionary, ofDictionary);
    }
    const key = `${reality} ${source}`;
    let series = ofDictionary.get(key);
    if (series === undefined) {
      series = dictionary.properties.map(({ address, unit }) => {
        const tags = { address, reality, source, ...(unit ? { unit } : {}) };
        if (!Object.values(tags).every(isPlainName)) return undefined;
        const pairs = Object.entries(tags).map(([name, value]) => `${name}=${tag(value)}`);
        return `${this.#measurement},${pairs.join(",")}`;
      });
      ofDictionary.set(key, series);
    }
    return series;
  }
}

/** Nanoseconds since 1970 as text: they are beyond what a Float64 holds exactly. */
export const nanoseconds = (timeUs: TimeUs, slot = 0): string =>
  timeUs === 0 ? String(slot) : `${timeUs}${String(slot).padStart(3, "0")}`;

const tag = (text: string): string => text.replaceAll(/[ ,=]/g, "\\$&");
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
