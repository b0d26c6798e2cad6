import { RungError } from "../../core/errors.ts";
import type { TimeUs } from "../../core/time.ts";
import { fitAutoregression } from "./fit-autoregression.ts";
import { memoryOf, modelName, type PointModel, predict } from "./point-model.ts";
import { bridgeGaps } from "./step-assembler.ts";

/** What is asked for. */
export interface ForecastTask {
  readonly stepUs: number;
  /** Steps ahead that are declared and scored. */
  readonly horizon: number;
  /** Steps of a season, 0 for none. */
  readonly season: number;
}

/** The naive forecasts that a model has to beat, as fitted: the rolling mean has the window that did best on the training data. */
export interface Baselines {
  readonly meanWindow: number;
  readonly season: number;
}

/** A model with what its intervals start from. Plain data. */
export interface ForecastFit {
  readonly version: 1;
  readonly task: ForecastTask;
  readonly model: PointModel;
  readonly name: string;
  readonly baselines: Baselines;
  /** Per step ahead, errors on data that took no part in the fit that made them. */
  readonly residuals: readonly Float64Array[];
  /** Mean absolute error at the declared horizon of every candidate, on rolling origins. */
  readonly candidates: readonly { readonly name: string; readonly meanAbsoluteError: number }[];
  readonly steps: number;
  readonly fromUs: TimeUs;
  readonly toUs: TimeUs;
}

export const MAX_HORIZON = 288;
const ORDERS = [1, 2, 4, 8, 16, 32] as const;
const MEAN_WINDOWS = [6, 12, 24, 60, 120, 240] as const;
/** Share of the training data before the first origin, and the blocks after it that are forecast in turn. */
const FIRST_ORIGIN = 0.5;
const BLOCKS = 3;
const MAX_RESIDUALS = 400;
const DAMPED_TREND_MEMORY = 200;
const TREND_GRID = [0.05, 0.1, 0.2, 0.4, 0.8].flatMap((level) =>
  [0.02, 0.1, 0.3].flatMap((trend) => [0.8, 0.9, 0.98].map((damping) => ({ level, trend, damping }))),
);

/** Least steps of training data for a task. */
export const minimumSteps = ({ horizon, season }: Pick<ForecastTask, "horizon" | "season">): number =>
  Math.max(120, 6 * horizon, 4 * season);

/**
 * A task from seconds of plant time, as a form has them.
 * @throws RungError `bad-option`
 */
export function taskOfSeconds(seconds: {
  readonly step: number;
  readonly horizon: number;
  readonly season: number;
}): ForecastTask {
  const task = {
    stepUs: seconds.step * 1e6,
    horizon: Math.round(seconds.horizon / seconds.step),
    season: Math.round(seconds.season / seconds.step),
  };
  checkTask(task);
  return task;
}

/** @throws RungError `bad-option` */
export function checkTask(task: ForecastTask): void {
  const fault = (what: string, advice: string): RungError =>
    new RungError({ code: "bad-option", where: "forecast", what, advice });
  if (!(task.stepUs >= 1000))
    throw fault(`step must be at least 1 ms, got ${task.stepUs / 1000} ms`, "set the step");
  if (!Number.isInteger(task.horizon) || task.horizon < 1 || task.horizon > MAX_HORIZON) {
    throw fault(
      `horizon must be 1 to ${MAX_HORIZON} steps, got ${task.horizon}`,
      "set a longer step or a nearer horizon",
    );
  }
  if (!Number.isInteger(task.season) || task.season < 0 || task.season === 1 || task.season > 10_000) {
    throw fault(`season must be 0 or 2 to 10,000 steps, got ${task.season}`, "0 for none");
  }
}

/**
 * Chooses a model by its absolute error at the declared horizon on rolling origins, then fits it to all the training
 * data. Deterministic.
 * @param values step means, chronological, NaN where there was no sample
 * @throws RungError `too-few-rows`, `bad-option`
 */
export function fitForecast(values: Float64Array, endUs: Float64Array, task: ForecastTask): ForecastFit {
  checkTask(task);
  const { horizon, season } = task;
  const good = values.filter(Number.isFinite).length;
  if (good < minimumSteps(task)) {
    throw new RungError({
      code: "too-few-rows",
      where: "forecast",
      what: `needs ${minimumSteps(task)} steps of history, got ${good}`,
      advice: "wait, or shorten step, horizon or season",
    });
  }
  const series = bridgeGaps(values);
  const origins = originsOf(series.length);
  const scored = candidatesOf(season).flatMap((candidate) => {
    const errors = rollingErrors(series, origins, horizon, candidate);
    return errors === undefined ? [] : [{ candidate, meanAbsoluteError: errors }];
  });
  scored.sort((a, b) => a.meanAbsoluteError - b.meanAbsoluteError);
  const best = scored[0]!;
  const steps = Array.from({ length: horizon }, (_, k) => k + 1);
  const model = best.candidate.fit(series, steps)!;
  const lastOrigin = origins.at(-1)!.from;
  const earlier = best.candidate.fit(series.subarray(0, lastOrigin), steps)!;
  const windows = MEAN_WINDOWS.filter((window) => window < origins[0]!.from);
  const meanErrors = windows.map(
    (window) =>
      rollingErrors(series, origins, horizon, fixed({ kind: "mean", window })) ?? Number.POSITIVE_INFINITY,
  );
  return {
    version: 1,
    task,
    model,
    name: modelName(model),
    baselines: { meanWindow: windows[meanErrors.indexOf(Math.min(...meanErrors))]!, season },
    residuals: residualsOf(series, lastOrigin, horizon, earlier),
    candidates: scored.map(({ candidate, meanAbsoluteError }) => ({
      name: candidate.name,
      meanAbsoluteError,
    })),
    steps: good,
    fromUs: endUs[0]!,
    toUs: endUs.at(-1)!,
  };
}

interface Candidate {
  readonly name: string;
  /** @returns undefined where the data does not suffice */
  fit(series: Float64Array, steps: readonly number[]): PointModel | undefined;
}

interface Origin {
  readonly from: number;
  readonly to: number;
}

const fixed = (model: PointModel): Candidate => ({ name: modelName(model), fit: () => model });

function candidatesOf(season: number): Candidate[] {
  const autoregressions = ORDERS.flatMap((order) =>
    (season > 0 ? [0, season] : [0]).map((lag) => ({
      name: `autoregression of order ${order}${lag > 0 ? `, season ${lag}` : ""}`,
      fit: (series: Float64Array, steps: readonly number[]) => fitAutoregression(series, order, lag, steps),
    })),
  );
  return [
    fixed({ kind: "persistence" }),
    ...(season > 0 ? [fixed({ kind: "seasonal", season })] : []),
    { name: "damped trend", fit: fitDampedTrend },
    ...autoregressions,
  ];
}

function originsOf(length: number): Origin[] {
  const first = Math.floor(length * FIRST_ORIGIN);
  const at = (block: number): number => first + Math.floor((block * (length - first)) / BLOCKS);
  return Array.from({ length: BLOCKS }, (_, block) => ({ from: at(block), to: at(block + 1) }));
}

/** Mean absolute error at the horizon over blocks, each forecast by a fit to what stands before it. */
function rollingErrors(
  series: Float64Array,
  origins: readonly Origin[],
  horizon: number,
  candidate: Candidate,
): number | undefined {
  let [sum, count] = [0, 0];
  for (const { from, to } of origins) {
    const model = candidate.fit(series.subarray(0, from), [horizon]);
    if (model === undefined || memoryOf(model) > from) return undefined;
    eachForecast(series, from, to, horizon, model, (forecast, target) => {
      sum += Math.abs(series[target]! - forecast[horizon - 1]!);
      count++;
    });
  }
  return count === 0 ? undefined : sum / count;
}

/** Calls back for every target in [from, to) that is a number and has a complete past `horizon` steps before it. */
function eachForecast(
  series: Float64Array,
  from: number,
  to: number,
  horizon: number,
  model: PointModel,
  onForecast: (forecast: Float64Array, target: number) => void,
): void {
  const memory = memoryOf(model);
  const only =
    model.kind === "autoregression" && model.weights[0] === undefined ? lastStepOnly(model, horizon) : model;
  for (let target = Math.max(from, memory + horizon - 1); target < to; target++) {
    if (Number.isNaN(series[target]!)) continue;
    const past = series.subarray(target - horizon - memory + 1, target - horizon + 1);
    if (past.some(Number.isNaN)) continue;
    onForecast(predict(only, past, horizon), target);
  }
}

/** A model fitted for the declared horizon alone, with that step's weights standing in for the others. */
function lastStepOnly(model: PointModel & { kind: "autoregression" }, horizon: number): PointModel {
  const none = new Array<number>(model.weights[horizon - 1]!.length).fill(0);
  return { ...model, weights: Array.from({ length: horizon }, (_, k) => model.weights[k] ?? none) };
}

function residualsOf(series: Float64Array, from: number, horizon: number, model: PointModel): Float64Array[] {
  const memory = memoryOf(model);
  const result: number[][] = Array.from({ length: horizon }, () => []);
  for (let origin = Math.max(from, memory); origin < series.length; origin++) {
    const past = series.subarray(origin - memory, origin);
    if (past.some(Number.isNaN)) continue;
    const forecast = predict(model, past, horizon);
    for (let k = 0; k < horizon && origin + k < series.length; k++) {
      const error = series[origin + k]! - forecast[k]!;
      if (Number.isFinite(error)) result[k]!.push(error);
    }
  }
  return result.map((errors) => Float64Array.from(errors.slice(-MAX_RESIDUALS)));
}

/** The weights with the least squared error one step ahead, from a coarse grid. */
function fitDampedTrend(series: Float64Array): PointModel {
  let best: PointModel = { kind: "persistence" };
  let least = Number.POSITIVE_INFINITY;
  for (const { level, trend, damping } of TREND_GRID) {
    let [a, b, sum] = [Number.NaN, 0, 0];
    for (const value of series) {
      if (Number.isNaN(value)) continue;
      if (Number.isNaN(a)) {
        a = value;
        continue;
      }
      const expected = a + damping * b;
      const error = value - expected;
      sum += error * error;
      const next = expected + level * error;
      b = damping * b + trend * (next - a - damping * b);
      a = next;
    }
    if (sum < least) {
      least = sum;
      best = {
        kind: "damped-trend",
        level,
        trend,
        damping,
        memory: Math.min(DAMPED_TREND_MEMORY, Math.floor(series.length / 4)),
      };
    }
  }
  return best;
}
