import type { Dictionary } from "../../core/dictionary.ts";
import { RungError } from "../../core/errors.ts";
import type { Frame } from "../../core/frame.ts";
import { isScalar, type Property } from "../../core/property.ts";
import { isBad } from "../../core/quality.ts";
import type { TimeUs } from "../../core/time.ts";
import { ExogenousSteps } from "./exogenous-steps.ts";

/** Takes from frames the samples of one property, and those of its exogenous inputs step by step. */
export class FrameSteps {
  readonly address: string;
  readonly #inputs: readonly { readonly address: string; readonly steps: ExogenousSteps }[];
  #columns = new WeakMap<Dictionary, Int32Array>();
  readonly #properties = new Map<string, Property>();
  /** Source time of the newest sample taken. */
  newestUs: TimeUs = 0;
  /** Values that were bad or no number. */
  skipped = 0;

  constructor(address: string, inputs: readonly string[], stepUs: number) {
    this.address = address;
    this.#inputs = inputs.map((input) => ({ address: input, steps: new ExogenousSteps(stepUs) }));
  }

  /** Undefined before a frame knew it. */
  get property(): Property | undefined {
    return this.#properties.get(this.address);
  }

  unitOf(address: string): string | undefined {
    return this.#properties.get(address)?.unit;
  }

  isOnChange(address: string): boolean {
    return this.#properties.get(address)?.update.mode === "onChange";
  }

  /**
   * The inputs are read first, so that a step is whole when a sample of the property ends it.
   * @returns samples of the property, in the order of the frame
   * @throws RungError `not-a-number`, `unit-mismatch`
   */
  read(frame: Frame): { readonly timeUs: TimeUs; readonly value: number }[] {
    const columns = this.#columnsIn(frame.dictionary);
    const samples: { timeUs: TimeUs; value: number }[] = [];
    for (let row = 0; row < frame.length; row++) {
      const place = columns.indexOf(frame.indexAt(row));
      if (place < 0) continue;
      const value = frame.valueAt(row);
      if (!Number.isFinite(value) || isBad(frame.qualityAt(row))) {
        this.skipped++;
        continue;
      }
      const timeUs = frame.sourceTimeUsAt(row);
      if (place > 0) {
        this.#inputs[place - 1]!.steps.push(timeUs, value);
        continue;
      }
      this.newestUs = Math.max(this.newestUs, timeUs);
      samples.push({ timeUs, value });
    }
    return samples;
  }

  /** The inputs' values of the step that ends then, NaN where there is none. */
  take(endUs: TimeUs): number[] {
    return this.#inputs.map(({ steps }) => steps.take(endUs));
  }

  /** Places of the property and of its inputs in a dictionary, -1 where it has none. */
  #columnsIn(dictionary: Dictionary): Int32Array {
    let columns = this.#columns.get(dictionary);
    if (columns === undefined) {
      const addresses = [this.address, ...this.#inputs.map(({ address }) => address)];
      columns = Int32Array.from(addresses, (address) => dictionary.indexOf(address));
      for (const index of columns) if (index >= 0) this.#meet(dictionary.properties[index]!);
      for (const { address, steps } of this.#inputs) steps.onChange = this.isOnChange(address);
      this.#columns.set(dictionary, columns);
    }
    return columns;
  }

  #meet(property: Property): void {
    const { address, type, unit } = property;
    if (!isScalar(type)) {
      throw new RungError({
        code: "not-a-number",
        where: address,
        what: `is a ${type}`,
        advice: "forecast a property that is a number, from properties that are",
      });
    }
    const before = this.#properties.get(address);
    if (before !== undefined && before.unit !== unit) {
      throw new RungError({
        code: "unit-mismatch",
        where: address,
        what: `came in ${before.unit ?? "no unit"} and now comes in ${unit ?? "no unit"}`,
        advice: "deploy the forecast anew, so that it learns in one unit",
      });
    }
    this.#properties.set(address, property);
  }
}
