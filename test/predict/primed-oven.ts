import { readFileSync } from "node:fs";
import { Plant } from "../../plant/physics/plant.ts";
import type { Frame } from "../../runtime/core/frame.ts";
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

/** The same with a tracker that has learnt from the past and now follows each tick. */
export function primedOven(seed: number, hours = 4): { plant: Plant; tracker: OvenTracker } {
  const { plant, past, source } = plantWithPast(seed, hours);
  const tracker = new OvenTracker(paintOven(), OVEN);
  tracker.prime(past);
  plant.onTick = () => tracker.accept(source.take());
  return { plant, tracker };
}
