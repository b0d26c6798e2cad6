import { RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import { type Candidate, candidatesOf, fixed } from "./candidates.ts";
import { type DriftReference, driftReference } from "./drift-watch.ts";
import {
  BOUNDS,
  type Bound,
  exogenousCount,
  type ForecastModel,
  meanAt,
  memoryOf,
  nameOf,
  outlookOf,
} from "./forecast-model.ts";
import { checkTask, type ForecastTask, minimumSteps } from "./forecast-task.ts";
import { bridgeGaps } from "./step-assembler.ts";
import { headOf, type StepSeries, stepSeries } from "./step-series.ts";

export { checkTask, type ForecastTask, MAX_HORIZON, minimumSteps, taskOfSeconds } from "./forecast-task.ts";

/** The naive forecasts that a model has to beat, as fitted: the rolling mean has the window that did best on the training data. */
export interface Baselines {
  readonly meanWindow: number;
  readonly season: number;
  readonly longSeason?: number;
}

/** What intervals and the watch for drift start from: errors on data that took no part in the fit that made them. */
export interface HeldOutErrors {
  /** Per step ahead, about the forecast. */
  readonly residuals: readonly Float64Array[];
  /** About the model's own bounds, where it has any. */
  readonly boundResiduals?: Readonly<Record<Bound, readonly Float64Array[]>>;
  /** Of the errors one step ahead; undefined where they are too few. */
  readonly drift?: DriftReference;
}

/** A model with what its intervals start from. Plain data. */
export interface ForecastFit extends HeldOutErrors {
  readonly version: 2;
  readonly task: ForecastTask;
  readonly model: ForecastModel;
  readonly name: string;
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

const MEAN_WINDOWS = [6, 12, 24, 60, 120, 240] as const;
/** Share of the training data before the first origin, and the blocks after it that are forecast in turn. */
const FIRST_ORIGIN = 0.5;
const BLOCKS = 3;
const MAX_RESIDUALS = 400;
/** Forecasts that are compared in one block, spread evenly. */
const MAX_COMPARED = 1000;

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
  checkTask(task);
  const { horizon } = task;
  const good = values.filter(Number.isFinite).length;
  if (good < minimumSteps(task)) {
    throw new RungError({
      code: "too-few-rows",
      where: "forecast",
      what: `needs ${minimumSteps(task)} steps of history, got ${good}`,
      advice: "wait, or shorten step, horizon or season",
    });
  }
  checkExogenous(values, task, exogenous);
  const series = stepSeries(
    bridgeGaps(values.map(finiteOrMissing)),
    endUs,
    exogenous.map((column) => bridgeGaps(column)),
  );
  const origins = originsOf(series.values.length);
  const scored = ranked(series, origins, candidatesOf(task), horizon);
  const steps = Array.from({ length: horizon }, (_, k) => k + 1);
  const best = scored[0]!.candidate;
  const model = best.fit(series, steps, true)!;
  const lastOrigin = origins.at(-1)!.from;
  const earlier = best.fit(headOf(series, lastOrigin), steps, true)!;
  const fallback = exogenousCount(model) === 0 ? undefined : fallbackOf(series, origins, steps, task);
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
    ...heldOutErrors(series, lastOrigin, horizon, earlier),
    candidates: scored.map(({ candidate, meanAbsoluteError }) => ({
      name: candidate.name,
      meanAbsoluteError,
    })),
    steps: good,
    fromUs: endUs[0]!,
    toUs: endUs.at(-1)!,
  };
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

interface Ranked {
  readonly candidate: Candidate;
  readonly meanAbsoluteError: number;
}

/** The candidates that the data suffices for, best first. */
function ranked(
  series: StepSeries,
  origins: readonly Origin[],
  candidates: readonly Candidate[],
  horizon: number,
): Ranked[] {
  const scored = candidates.flatMap((candidate) => {
    const meanAbsoluteError = rollingError(series, origins, horizon, candidate);
    return meanAbsoluteError === undefined ? [] : [{ candidate, meanAbsoluteError }];
  });
  return scored.sort((a, b) => a.meanAbsoluteError - b.meanAbsoluteError);
}

interface Origin {
  readonly from: number;
  readonly to: number;
}

function originsOf(length: number): Origin[] {
  const first = Math.floor(length * FIRST_ORIGIN);
  const at = (block: number): number => first + Math.floor((block * (length - first)) / BLOCKS);
  return Array.from({ length: BLOCKS }, (_, block) => ({ from: at(block), to: at(block + 1) }));
}

function meanWindowOf(series: StepSeries, origins: readonly Origin[], horizon: number): number {
  const windows = MEAN_WINDOWS.filter((window) => window < origins[0]!.from);
  const errors = windows.map(
    (window) =>
      rollingError(series, origins, horizon, fixed({ kind: "mean", window })) ?? Number.POSITIVE_INFINITY,
  );
  return windows[errors.indexOf(Math.min(...errors))]!;
}

/** Mean absolute error at the horizon over blocks, each forecast by a fit to what stands before it. */
function rollingError(
  series: StepSeries,
  origins: readonly Origin[],
  horizon: number,
  candidate: Candidate,
): number | undefined {
  let [sum, count] = [0, 0];
  for (const { from, to } of origins) {
    const model = candidate.fit(headOf(series, from), [horizon], false);
    if (model === undefined || memoryOf(model) > from) return undefined;
    const stride = Math.max(1, Math.floor((to - from) / MAX_COMPARED));
    for (let target = from; target < to; target += stride) {
      const value = series.values[target]!;
      if (Number.isNaN(value) || target - horizon < 0) continue;
      const error = Math.abs(value - meanAt(model, series, target - horizon, horizon));
      if (Number.isNaN(error)) continue;
      sum += error;
      count++;
    }
  }
  return count === 0 ? undefined : sum / count;
}

/** @param model fitted to what stands before `from` */
function heldOutErrors(
  series: StepSeries,
  from: number,
  horizon: number,
  model: ForecastModel,
): HeldOutErrors {
  const { values } = series;
  const mean: number[][] = Array.from({ length: horizon }, () => []);
  const bounds = Object.fromEntries(
    BOUNDS.map((bound) => [bound, Array.from({ length: horizon }, (): number[] => [])]),
  ) as Record<Bound, number[][]>;
  const oneAhead: number[] = [];
  let hasBounds = false;
  const newest = values.length - MAX_RESIDUALS - horizon;
  for (let t = from - 1; t + 1 < values.length; t++) {
    const told = outlookOf(model, series, t, t < newest ? 1 : horizon);
    if (told === undefined) continue;
    const first = values[t + 1]! - told.mean[0]!;
    if (Number.isFinite(first)) oneAhead.push(first);
    if (t < newest) continue;
    hasBounds ||= told.bounds !== undefined;
    for (let k = 0; k < horizon && t + 1 + k < values.length; k++) {
      const value = values[t + 1 + k]!;
      if (!Number.isFinite(value)) continue;
      mean[k]!.push(value - told.mean[k]!);
      if (told.bounds !== undefined)
        for (const bound of BOUNDS) bounds[bound][k]!.push(value - told.bounds[bound][k]!);
    }
  }
  const newestOf = (errors: readonly number[][]): Float64Array[] =>
    errors.map((ofStep) => Float64Array.from(ofStep.slice(-MAX_RESIDUALS)));
  const drift = driftReference(Float64Array.from(oneAhead));
  return {
    residuals: newestOf(mean),
    ...(hasBounds && {
      boundResiduals: Object.fromEntries(
        BOUNDS.map((bound) => [bound, newestOf(bounds[bound])]),
      ) as unknown as Record<Bound, Float64Array[]>,
    }),
    ...(drift !== undefined && { drift }),
  };
}
