import type { Frame } from "../../../runtime/core/frame.ts";
import { isGood } from "../../../runtime/core/quality.ts";
import { converter } from "../../../runtime/core/unit.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
import { BOOTH_READINGS, type BoothReadings } from "../../../runtime/model/booth/booth-comparison.ts";

const KEYS = Object.keys(BOOTH_READINGS) as (keyof BoothReadings)[];

/** A booth's readings out of its twin's state, in the units that the model wants. */
export class MeasuredBooth {
  readonly #state: TwinState;
  readonly #addresses: ReadonlyMap<string, keyof BoothReadings>;

  constructor(state: TwinState) {
    this.#state = state;
    this.#addresses = new Map(KEYS.map((key) => [`${state.address}/${BOOTH_READINGS[key].path}`, key]));
  }

  isTouchedBy(frame: Frame): boolean {
    for (let row = 0; row < frame.length; row++) if (this.#addresses.has(frame.addressAt(row))) return true;
    return false;
  }

  /**
   * The newest good values that are not stale, and the newest of their times.
   * @throws RungError `unit-mismatch` where a reading's unit cannot be told in the model's
   */
  read(): { readonly readings: BoothReadings; readonly timeUs: number } {
    const readings: { -readonly [Key in keyof BoothReadings]: number } = {};
    let timeUs = 0;
    for (const [address, key] of this.#addresses) {
      const last = this.#state.last(address);
      if (last === undefined || last.stale || !isGood(last.quality)) continue;
      const { unit } = BOOTH_READINGS[key];
      // An undeclared unit fits any port.
      const convert = last.unit === undefined ? undefined : converter(last.unit, unit, address);
      readings[key] = convert === undefined ? last.value : convert(last.value);
      timeUs = Math.max(timeUs, last.sourceTimeUs);
    }
    return { readings, timeUs };
  }
}
