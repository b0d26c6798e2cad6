import { readFileSync } from "node:fs";
import { Plant } from "../../plant/physics/plant.ts";
import { type Frame, FrameBuilder } from "../../runtime/core/frame.ts";
import type { Quality } from "../../runtime/core/quality.ts";
import { type OvenConfig, ovenConfig } from "../../runtime/model/oven/oven-config.ts";
import { OvenTracker } from "../../runtime/predict/oven-tracker.ts";
import { OVEN, PlantFrames } from "./plant-frames.ts";

export const START_US = 1_790_000_000_000_000;

export const paintOven = (): OvenConfig =>
  ovenConfig(
    JSON.parse(readFileSync(new URL("../../examples/paint-oven.config.json", import.meta.url), "utf8")),
  );

/** A plant with a past in which a logger rode, as frames. */
export function plantWithPast(seed: number, hours = 4): { plant: Plant; past: Frame[]; source: PlantFrames } {
  const plant = new Plant({ seed, startTimeUs: START_US });
  const source = new PlantFrames(plant);
  const past: Frame[] = [];
  plant.onTick = () => past.push(source.take());
  plant.step(900);
  plant.startLogger();
  plant.step(hours * 3600);
  return { plant, past, source };
}

/**
 * The same with a tracker that has learnt from the past and now follows each tick.
 * @param seen what reaches the tracker of each frame from now on
 */
export function primedOven(
  seed: number,
  hours = 4,
  seen: (frame: Frame) => Frame = (frame) => frame,
): { plant: Plant; tracker: OvenTracker } {
  const { plant, past, source } = plantWithPast(seed, hours);
  const tracker = new OvenTracker(paintOven(), OVEN);
  tracker.prime(past);
  plant.onTick = () => tracker.accept(seen(source.take()));
  return { plant, tracker };
}

/** A frame with other values of one address, or of all, and another quality. */
export function changed(
  frame: Frame,
  address: string | undefined,
  newValue: (value: number) => number,
  quality?: Quality,
): Frame {
  const { source, reality, dictionary, epoch, first, receiveTimeUs } = frame;
  const builder = new FrameBuilder({ source, reality, dictionary }, frame.length);
  for (let row = 0; row < frame.length; row++) {
    const meant = address === undefined || frame.addressAt(row) === address;
    const value = frame.valueAt(row);
    builder.add(
      frame.indexAt(row),
      meant ? newValue(value) : value,
      frame.sourceTimeUsAt(row),
      meant ? (quality ?? frame.qualityAt(row)) : frame.qualityAt(row),
    );
  }
  return builder.build({ epoch, first, receiveTimeUs });
}
