import { RungError } from "../../core/errors.ts";
import { type ForecastFit, type ForecastTask, fitForecast } from "./forecast-fit.ts";
import type { Outlook } from "./forecast-model.ts";
import { Forecaster, type Steps } from "./forecaster.ts";
import { isRefitDue, keptSteps } from "./refit-schedule.ts";
import type { StepSeries } from "./step-series.ts";

/** Share of the steps that the first model is fitted to; the rest is forecast step by step, as if it came live. */
export const TRAINING_SHARE = 0.6;

/** Steps with what is read beside them. A column of an input that is known ahead may be longer than the values. */
export type History = Required<Steps>;

/** Where models come from and who asks them: fitted and asked here, or a user's model in a thread of its own. */
export interface ForecastSource {
  /** @param unit of the property, where it is known */
  learn(history: History, unit?: string): ForecastFit | Promise<ForecastFit>;
  /** Where it is left out the fitted model is asked. */
  outlook?(series: StepSeries): Promise<Outlook | undefined>;
  /** Whether it can be asked at all, before there is a history. */
  check?(): Promise<void>;
  close?(): void;
}

export interface Refit {
  readonly step: number;
  readonly cause: "schedule" | "drift";
  readonly model: string;
}

export interface Backtest {
  readonly forecaster: Forecaster;
  /** The first step that was forecast and not learned from. */
  readonly from: number;
  readonly refits: readonly Refit[];
}

/** Fits models of a task. */
export const builtIn = (task: ForecastTask): ForecastSource => ({
  learn: ({ values, endUs, exogenous }) => fitForecast(values, endUs, task, exogenous),
});

/**
 * Fits to the first part of a history and forecasts the rest step by step, each forecast from what was known when it was
 * made; fits anew as a session does, on schedule and after a drift. Deterministic; heavy.
 * @param options.onStep called after each step of the rest, `forecaster.issued` being the forecast made at its end
 * @throws RungError those of `fitForecast`
 */
export async function backtest(
  task: ForecastTask,
  { values, endUs, exogenous }: History,
  options: {
    readonly trainingShare?: number;
    readonly source?: ForecastSource;
    /** Of the values, for a source that declares one. */
    readonly unit?: string | undefined;
    readonly onStep?: (forecaster: Forecaster, step: number) => void;
  } = {},
): Promise<Backtest> {
  const { trainingShare = TRAINING_SHARE, onStep, source = builtIn(task), unit } = options;
  const from = Math.floor(trainingShare * values.length);
  if (from < 1 || from >= values.length) {
    throw new RungError({
      code: "too-few-rows",
      where: "forecast",
      what: `has ${values.length} steps, of which none would be left to judge the forecast by`,
      advice: "give more data",
    });
  }
  const kept = keptSteps(task);
  const newest = (to: number): History => {
    const begin = Math.max(0, to - kept);
    return {
      values: values.slice(begin, to),
      endUs: endUs.slice(begin, to),
      exogenous: exogenous.map((column) => column.slice(begin, to)),
    };
  };
  const first = newest(from);
  const learned = await source.learn(first, unit);
  const forecaster = new Forecaster({
    twin: "table",
    node: "forecast",
    address: "table/value",
    fit: learned,
  });
  forecaster.prime(first.values, first.endUs, first.exogenous);
  const known = (task.exogenous ?? []).map((input) => input.known);
  const refits: Refit[] = [];
  let sinceFit = 0;
  for (let i = from; i < values.length; i++) {
    const beside = {
      endUs: endUs[i]!,
      exogenous: exogenous.map((column) => column[i]!),
      ahead: exogenous.map((column, e) => (known[e] ? column.subarray(i + 1, i + 1 + task.horizon) : [])),
    };
    if (source.outlook === undefined) forecaster.step(values[i]!, beside);
    else {
      const series = forecaster.observe(values[i]!, beside);
      forecaster.issue(series && (await source.outlook(series)), series);
    }
    sinceFit++;
    onStep?.(forecaster, i);
    if (!isRefitDue(forecaster, sinceFit, endUs[i]!)) continue;
    sinceFit = 0;
    const cause = forecaster.driftedUs === undefined ? "schedule" : "drift";
    const steps = newest(i + 1);
    forecaster.adopt(await source.learn(steps, unit), steps);
    refits.push({ step: i, cause, model: forecaster.fit.name });
  }
  return { forecaster, from, refits };
}
