import { callInBackground } from "../../core/background-call.ts";
import { siblingModule } from "../../core/sibling-module.ts";
import type { LifeModel } from "./life-model.ts";
import type { LifeOptions } from "./life-options.ts";
import type { LifeRecords } from "./life-record.ts";

/**
 * Trains in a thread of its own: many seconds for a hundred units.
 * @throws RungError those of `trainLifeModel`, `background-failed` where it was stopped
 */
export function trainInBackground(
  records: LifeRecords,
  source: string,
  options: Partial<LifeOptions> = {},
  signal?: AbortSignal,
): Promise<LifeModel> {
  const module = siblingModule(import.meta.url, "./train-life");
  return callInBackground<LifeModel>(module, "trainLifeModel", [records, source, options], signal);
}
