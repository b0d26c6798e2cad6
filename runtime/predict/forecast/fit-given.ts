import { naiveOf } from "./candidates.ts";
import { driftReference } from "./drift-watch.ts";
import type { ForecastFit } from "./forecast-fit.ts";
import type { GivenModel, Outlook } from "./forecast-model.ts";
import type { ForecastTask } from "./forecast-task.ts";
import type { Steps } from "./forecaster.ts";
import { heldOutErrors, newestOrigins } from "./held-out-errors.ts";
import { meanWindowOf, originsOf, ranked } from "./rolling-origins.ts";
import type { StepSeries } from "./step-series.ts";
import { trainingSeries } from "./training-series.ts";

/** Steps whose forecasts are scored before a model of a user's has intervals. */
const LEAST_SCORED = 60;

/**
 * A user's model with what its intervals start from: its errors on the newest part of a history, which it may or may
 * not have learned from. Only what comes afterwards is evidence.
 * @param tell asks the model for its forecast from what was known at a step
 * @throws RungError `too-few-rows`, `bad-option`, `exogenous-missing`, the model's own
 */
export async function fitGiven(
  { values, endUs, exogenous }: Required<Steps>,
  task: ForecastTask,
  model: GivenModel,
  tell: (series: StepSeries, t: number) => Promise<Outlook | undefined>,
): Promise<ForecastFit> {
  const { horizon, season, longSeason } = task;
  const needed = Math.max(120, model.past + horizon + LEAST_SCORED);
  const { series, good } = trainingSeries(values, endUs, task, exogenous, needed);
  const origins = originsOf(series.values.length);
  const from = Math.max(0, newestOrigins(series.values.length, horizon));
  const told = new Map<number, Outlook>();
  const absolute: number[] = [];
  const oneAhead: number[] = [];
  for (let t = from; t < series.values.length; t++) {
    const outlook = await tell(series, t);
    if (outlook === undefined) continue;
    told.set(t, outlook);
    const error = Math.abs((series.values[t + horizon] ?? Number.NaN) - outlook.mean[horizon - 1]!);
    if (Number.isFinite(error)) absolute.push(error);
    const next = (series.values[t + 1] ?? Number.NaN) - outlook.mean[0]!;
    if (Number.isFinite(next)) oneAhead.push(next);
  }
  const own = absolute.reduce((sum, error) => sum + error, 0) / absolute.length;
  const drift = driftReference(Float64Array.from(oneAhead));
  return {
    version: 2,
    task,
    model,
    name: model.name,
    baselines: {
      meanWindow: meanWindowOf(series, origins, horizon),
      season,
      ...(longSeason !== undefined && { longSeason }),
    },
    ...(drift !== undefined && { drift }),
    ...heldOutErrors(series.values, from + 1, horizon, (t) => told.get(t)),
    candidates: [
      { name: model.name, meanAbsoluteError: own },
      ...ranked(series, origins, naiveOf(task), horizon).map(({ candidate, meanAbsoluteError }) => ({
        name: candidate.name,
        meanAbsoluteError,
      })),
    ],
    steps: good,
    fromUs: endUs[0]!,
    toUs: endUs.at(-1)!,
  };
}
