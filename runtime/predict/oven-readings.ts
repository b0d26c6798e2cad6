import type { Dictionary } from "../core/dictionary.ts";
import type { Frame } from "../core/frame.ts";
import { isGood } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";
import type { OvenAddresses } from "./oven-addresses.ts";

export interface Reading {
  value: number;
  timeUs: TimeUs;
}

/**
 * The last good value of each property the tracker reads, and the order in time in which they came. A value of
 * other quality leaves the last good one standing; how old it has become is the reader's to judge.
 */
export class OvenReadings {
  readonly airTemperature: Reading[];
  readonly setpoint: Reading[];
  readonly burnerOutput: Reading[];
  readonly fanFlow: Reading[];
  /** kW. */
  readonly fanPower: Reading[];
  readonly exitNode: Reading[];
  readonly loggerNode: Reading[];
  readonly exitBody: Reading;
  readonly entryBody: Reading;
  readonly speed: Reading;
  /** Bodies inside, as the conveyor counts them. */
  readonly bodies: Reading;
  readonly hall: Reading;
  readonly gasFlow: Reading;
  readonly exhaustFlow: Reading;
  readonly #slots = new Map<string, Reading>();
  #dictionary: Dictionary | undefined;
  #periodUs: number | undefined;

  constructor(addresses: OvenAddresses) {
    const one = (address: string): Reading => {
      const reading = { value: Number.NaN, timeUs: Number.NaN };
      this.#slots.set(address, reading);
      return reading;
    };
    const many = (list: readonly string[]): Reading[] => list.map(one);
    this.airTemperature = many(addresses.airTemperature);
    this.setpoint = many(addresses.setpoint);
    this.burnerOutput = many(addresses.burnerOutput);
    this.fanFlow = many(addresses.fanFlow);
    this.fanPower = many(addresses.fanPower);
    this.exitNode = many(addresses.exitNode);
    this.loggerNode = many(addresses.loggerNode);
    this.exitBody = one(addresses.exitBody);
    this.entryBody = one(addresses.entryBody);
    this.speed = one(addresses.speed);
    this.bodies = one(addresses.bodies);
    this.hall = one(addresses.hall);
    this.gasFlow = one(addresses.gasFlow);
    this.exhaustFlow = one(addresses.exhaustFlow);
  }

  /** The longest period among the cyclic properties that are read, µs; undefined before the first frame. */
  get periodUs(): number | undefined {
    return this.#periodUs;
  }

  /** Since when the air of some zone has had no good value, and which zone's it is; NaN before all have had one. */
  get airKnown(): { readonly timeUs: TimeUs; readonly zone: number } {
    let zone = 0;
    for (const [z, { timeUs }] of this.airTemperature.entries()) {
      if (!(timeUs >= this.airTemperature[zone]!.timeUs)) zone = z;
    }
    return { timeUs: this.airTemperature[zone]!.timeUs, zone };
  }

  /** As before the first frame. */
  forget(): void {
    for (const reading of this.#slots.values()) {
      reading.value = Number.NaN;
      reading.timeUs = Number.NaN;
    }
  }

  /**
   * Takes a frame in, moment by moment: `moment` is called once per source time, before that time's values stand,
   * and `stood` after them.
   * @returns rows that were older than what is known, and so were not taken
   */
  accept(frame: Frame, moment: (timeUs: TimeUs) => void, stood: (timeUs: TimeUs) => void): number {
    if (frame.dictionary !== this.#dictionary) this.#learn(frame.dictionary);
    const rows: number[] = [];
    for (let row = 0; row < frame.length; row++) if (this.#slots.has(frame.addressAt(row))) rows.push(row);
    rows.sort((a, b) => frame.sourceTimeUsAt(a) - frame.sourceTimeUsAt(b));
    let late = 0;
    for (let i = 0; i < rows.length; ) {
      const timeUs = frame.sourceTimeUsAt(rows[i]!);
      moment(timeUs);
      for (; i < rows.length && frame.sourceTimeUsAt(rows[i]!) === timeUs; i++) {
        const row = rows[i]!;
        if (!isGood(frame.qualityAt(row))) continue;
        const reading = this.#slots.get(frame.addressAt(row))!;
        if (reading.timeUs > timeUs) late++;
        else {
          reading.value = frame.valueAt(row);
          reading.timeUs = timeUs;
        }
      }
      stood(timeUs);
    }
    return late;
  }

  #learn(dictionary: Dictionary): void {
    this.#dictionary = dictionary;
    for (const { address, update } of dictionary.properties) {
      if (update.mode !== "cyclic" || !this.#slots.has(address)) continue;
      this.#periodUs = Math.max(this.#periodUs ?? 0, update.periodMs * 1000);
    }
  }
}
