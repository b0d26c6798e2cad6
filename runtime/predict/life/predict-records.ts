import { RungError } from "../../core/errors.ts";
import { type LifeDriver, type LifeEstimate, LifeEstimator } from "./life-estimator.ts";
import type { LifeModel } from "./life-model.ts";
import { type LifeRecords, missingCycles } from "./life-record.ts";
import type { SimilarFailure } from "./past-failures.ts";

/** What a model says of a recorded unit after its last cycle. */
export interface UnitPrediction extends LifeEstimate {
  readonly unit: number;
  readonly rows: number;
  /** Cycles that were not recorded; they count as passed. */
  readonly missingCycles: number;
  readonly drivers: readonly LifeDriver[];
  readonly similar: readonly SimilarFailure[];
}

/**
 * Takes every unit through its record and tells what remains after the last cycle of it.
 * @param where the records' file, for the error
 * @throws RungError `life-signals` where the records lack a signal of the model
 */
export function predictRecords(model: LifeModel, records: LifeRecords, where: string): UnitPrediction[] {
  const columns = model.signals.map(({ name }) => records.names.indexOf(name));
  const lacking = model.signals.filter((_, s) => columns[s]! < 0).map(({ name }) => name);
  if (lacking.length > 0) {
    throw new RungError({
      code: "life-signals",
      where,
      what: `lacks ${lacking.join(", ")}, which the model listens to`,
      advice: "give the columns the model was trained on; a column of nan is a signal that is missing",
    });
  }
  const width = records.names.length;
  const values = new Float64Array(columns.length);
  return records.units.map((unit) => {
    const estimator = new LifeEstimator(model);
    let estimate: LifeEstimate | undefined;
    for (let i = 0; i < unit.cycles.length; i++) {
      for (let s = 0; s < columns.length; s++) values[s] = unit.values[i * width + columns[s]!]!;
      estimate = estimator.push(unit.cycles[i]!, values);
    }
    return {
      unit: unit.unit,
      rows: unit.cycles.length,
      missingCycles: missingCycles(unit),
      ...estimate!,
      drivers: estimator.drivers(),
      similar: estimator.similar(),
    };
  });
}
