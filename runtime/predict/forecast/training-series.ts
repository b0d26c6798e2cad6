import { RungError } from "../../core/errors.ts";
import { checkTask, type ForecastTask, minimumSteps } from "./forecast-task.ts";
import { bridgeGaps } from "./step-assembler.ts";
import { type StepSeries, stepSeries } from "./step-series.ts";

/**
 * What a model is fitted to, short gaps bridged and what is no finite number taken for missing.
 * @param needed least steps with a value
 * @returns the series and how many of its steps have a value
 * @throws RungError `too-few-rows`, `bad-option`, `exogenous-missing`
 */
export function trainingSeries(
  values: Float64Array,
  endUs: Float64Array,
  task: ForecastTask,
  exogenous: readonly Float64Array[],
  needed: number = minimumSteps(task),
): { readonly series: StepSeries; readonly good: number } {
  checkTask(task);
  const good = values.filter(Number.isFinite).length;
  if (good < needed) {
    throw new RungError({
      code: "too-few-rows",
      where: "forecast",
      what: `needs ${needed} steps of history, got ${good}`,
      advice: "wait, or shorten step, horizon or season",
    });
  }
  checkExogenous(values, task, exogenous);
  const whole = (column: Float64Array): Float64Array => bridgeGaps(column.map(finiteOrMissing));
  return { series: stepSeries(whole(values), endUs, exogenous.map(whole)), good };
}

const finiteOrMissing = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

function checkExogenous(
  values: Float64Array,
  { exogenous: inputs = [] }: ForecastTask,
  columns: readonly Float64Array[],
): void {
  const fault = (where: string, what: string): RungError =>
    new RungError({
      code: "exogenous-missing",
      where,
      what,
      advice: "give its values for the time the model learns from, or leave it out",
    });
  if (columns.length !== inputs.length)
    throw fault("forecast", `names ${inputs.length} exogenous inputs, got ${columns.length} columns`);
  for (const [e, column] of columns.entries()) {
    const { name } = inputs[e]!;
    if (column.length < values.length)
      throw fault(name, `has ${column.length} steps, the property has ${values.length}`);
    const good = column.subarray(0, values.length).filter(Number.isFinite).length;
    if (2 * good < values.length) throw fault(name, `has a value in ${good} of ${values.length} steps`);
  }
}
