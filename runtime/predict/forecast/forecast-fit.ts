import type { TimeUs } from "../../core/time.ts";
import { candidatesOf } from "./candidates.ts";
import { type DriftReference, driftReference } from "./drift-watch.ts";
import { exogenousCount, type ForecastModel, nameOf, outlookOf } from "./forecast-model.ts";
import type { ForecastTask } from "./forecast-task.ts";
import { type HeldOutErrors, heldOutErrors } from "./held-out-errors.ts";
import { errorsOneAhead, meanWindowOf, type Origin, originsOf, ranked } from "./rolling-origins.ts";
import { headOf, type StepSeries } from "./step-series.ts";
import { trainingSeries } from "./training-series.ts";

export { checkTask, type ForecastTask, MAX_HORIZON, minimumSteps, taskOfSeconds } from "./forecast-task.ts";

/** The naive forecasts that a model has to beat, as fitted: the rolling mean has the window that did best on the training data. */
export interface Baselines {
  readonly meanWindow: number;
  readonly season: number;
  readonly longSeason?: number;
}

/** A model with what its intervals start from. Plain data. */
export interface ForecastFit extends HeldOutErrors {
  readonly version: 2;
  readonly task: ForecastTask;
  readonly model: ForecastModel;
  readonly name: string;
  /** Of the errors one step ahead; undefined where they are too few. */
  readonly drift?: DriftReference;
  /** Stands in where an exogenous input is missing; there is none where the model reads none. */
  readonly fallback?: ForecastModel;
  readonly baselines: Baselines;
  /** Mean absolute error at the declared horizon of every candidate, on rolling origins. */
  readonly candidates: readonly { readonly name: string; readonly meanAbsoluteError: number }[];
  /** Steps with a value that it learned from. */
  readonly steps: number;
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
}

/**
 * Chooses a model by its absolute error at the declared horizon on rolling origins, then fits it to all the training
 * data. Deterministic.
 * @param values step means, chronological, NaN where there was no sample
 * @param exogenous a column for each input of the task, as long as `values`, NaN where there is none
 * @throws RungError `too-few-rows`, `bad-option`, `exogenous-missing`
 */
export function fitForecast(
  values: Float64Array,
  endUs: Float64Array,
  task: ForecastTask,
  exogenous: readonly Float64Array[] = [],
): ForecastFit {
  const { series, good } = trainingSeries(values, endUs, task, exogenous);
  const { horizon } = task;
  const origins = originsOf(series.values.length);
  const scored = ranked(series, origins, candidatesOf(task), horizon);
  const steps = Array.from({ length: horizon }, (_, k) => k + 1);
  const best = scored[0]!.candidate;
  const model = best.fit(series, steps, true)!;
  const lastOrigin = origins.at(-1)!.from;
  const earlier = best.fit(headOf(series, lastOrigin), steps, true)!;
  const fallback = exogenousCount(model) === 0 ? undefined : fallbackOf(series, origins, steps, task);
  const drift = driftReference(
    // One set of trees serves all steps ahead; a regression has one of its own for each.
    errorsOneAhead(series, origins, best, model.kind === "boosted" ? steps : [1]),
  );
  const { season, longSeason } = task;
  return {
    version: 2,
    task,
    model,
    name: nameOf(model),
    ...(fallback !== undefined && { fallback }),
    baselines: {
      meanWindow: meanWindowOf(series, origins, horizon),
      season,
      ...(longSeason !== undefined && { longSeason }),
    },
    ...(drift !== undefined && { drift }),
    ...heldOutErrors(series.values, lastOrigin, horizon, (t) => outlookOf(earlier, series, t, horizon)),
    candidates: scored.map(({ candidate, meanAbsoluteError }) => ({
      name: candidate.name,
      meanAbsoluteError,
    })),
    steps: good,
    fromUs: endUs[0]!,
    toUs: endUs.at(-1)!,
  };
}

/** What is asked where an exogenous input is missing: the best of the models that read the property alone. */
function fallbackOf(
  series: StepSeries,
  origins: readonly Origin[],
  steps: readonly number[],
  { exogenous: _, ...task }: ForecastTask,
): ForecastModel {
  const alone = { ...task, method: "autoregressive" as const };
  return ranked(series, origins, candidatesOf(alone), task.horizon)[0]!.candidate.fit(series, steps, true)!;
}
