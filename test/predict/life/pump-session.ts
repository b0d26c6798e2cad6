import type { LifeModel } from "../../../runtime/predict/life/life-model.ts";
import { LifeSession, type LifeSessionParts } from "../../../runtime/predict/life/life-session.ts";
import { readLifeRecords } from "../../../runtime/predict/life/read-records.ts";
import { trainLifeModel } from "../../../runtime/predict/life/train-life.ts";
import { pumpFile, seedsFrom } from "./worn-pumps.ts";

/** A small model of so many pumps that ran until they failed. */
export function pumpModel(pumps: number): LifeModel {
  const records = readLifeRecords(pumpFile(seedsFrom(1, pumps)), "pumps");
  const options = { trees: 20, leaves: 12, learningRate: 0.25, members: 1, capCycles: 60, folds: 3 };
  return trainLifeModel(records, "pumps", options);
}

export const pumpSession = (model: LifeModel, more: Partial<LifeSessionParts> = {}): LifeSession =>
  new LifeSession({
    node: "n",
    model,
    modelId: "pumps",
    cyclePath: "cycles",
    paths: { temperature: "bearing/temperature" },
    ...more,
  });
