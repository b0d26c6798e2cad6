import type { Plant } from "../../plant/physics/plant.ts";
import { TAGS } from "../../plant/tags.ts";
import { Dictionary } from "../../runtime/core/dictionary.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import type { Property } from "../../runtime/core/property.ts";
import { GOOD } from "../../runtime/core/quality.ts";

export const AREA = "acme/leipzig/paint";
export const OVEN = `${AREA}/oven1`;

const dictionary = new Dictionary(
  TAGS.map(
    (tag): Property => ({
      address: `${AREA}/${tag.path}`,
      kind: "measurement",
      type: "number",
      ...(tag.unit === "" ? {} : { unit: tag.unit }),
      update: tag.cyclic ? { mode: "cyclic", periodMs: 5000 } : { mode: "onChange" },
    }),
  ),
);

/**
 * The values that the plant has just published, as the frame a source would make of them. The first one holds every
 * value the plant has, as a new subscription does.
 */
export class PlantFrames {
  readonly #plant: Plant;
  #sequence = 0;

  constructor(plant: Plant) {
    this.#plant = plant;
  }

  take(): Frame {
    const { values, fresh, timeUs } = this.#plant;
    const builder = new FrameBuilder({ source: "plant", reality: "virtual", dictionary }, TAGS.length);
    for (let i = 0; i < TAGS.length; i++) {
      if (fresh[i] === 1 || (this.#sequence === 0 && !Number.isNaN(values[i]!))) {
        builder.add(i, values[i]!, timeUs, GOOD);
      }
    }
    const frame = builder.build({ epoch: 1, first: this.#sequence, receiveTimeUs: timeUs });
    this.#sequence += frame.length;
    return frame;
  }
}
