import type { FeaturePlan } from "./features.ts";
import { fitAutoregression } from "./fit-autoregression.ts";
import { fitBoosted } from "./fit-boosted.ts";
import { fitDampedTrend } from "./fit-damped-trend.ts";
import { fitRegression } from "./fit-regression.ts";
import { type ForecastModel, nameOf } from "./forecast-model.ts";
import { type ForecastTask, seasonsOf } from "./forecast-task.ts";
import type { PointModel } from "./point-model.ts";
import type { StepSeries } from "./step-series.ts";

/** One way to forecast, before it is fitted. */
export interface Candidate {
  readonly name: string;
  /**
   * @param steps the steps ahead to fit
   * @param isFinal whether the fit is to be used, and not only compared: then with everything its intervals need
   * @returns undefined where the data does not suffice
   */
  fit(series: StepSeries, steps: readonly number[], isFinal: boolean): ForecastModel | undefined;
}

const ORDERS = [1, 2, 4, 8, 16, 32] as const;
/** Ridges of the regressions, as shares of a regressor's mean square. */
const RIDGES = [1e-3, 3e-2] as const;
const SHORT_ORDER = 8;
const LONGEST_ORDER = 96;
const DAY_US = 86_400e6;

export const fixed = (model: PointModel): Candidate => ({ name: nameOf(model), fit: () => model });

/** What a task's method lets compete. The naive ones always do: a model that does not beat them is not worth its trouble. */
export function candidatesOf(task: ForecastTask): Candidate[] {
  const { method = "autoregressive" } = task;
  return [
    ...naiveOf(task),
    ...(method === "boosted" ? [] : autoregressive(task)),
    ...(method === "autoregressive" ? [] : [boosted(task)]),
  ];
}

/** What every model is compared with. The last value stands last, so that it is chosen only where it is better: a day ahead it ties with the day before. */
export const naiveOf = (task: ForecastTask): Candidate[] => [
  ...seasonsOf(task).map((season) => fixed({ kind: "seasonal", season })),
  fixed({ kind: "persistence" }),
];

function autoregressive(task: ForecastTask): Candidate[] {
  const { season } = task;
  const plain = ORDERS.flatMap((order) =>
    (season > 0 ? [0, season] : [0]).map((lag) => ({
      name: `autoregression of order ${order}${lag > 0 ? `, season ${lag}` : ""}`,
      fit: ({ values }: StepSeries, steps: readonly number[]) => fitAutoregression(values, order, lag, steps),
    })),
  );
  const isRich = season > 0 || (task.exogenous?.length ?? 0) > 0;
  const rich = !isRich
    ? []
    : plansOf(task).flatMap((plan) =>
        RIDGES.map((ridge) => ({
          name: `${nameOf({ kind: "regression", plan, ridge, centre: 0, weights: [] })}, ridge ${ridge}`,
          fit: (series: StepSeries, steps: readonly number[]) => fitRegression(series, plan, ridge, steps),
        })),
      );
  return [{ name: "damped trend", fit: ({ values }) => fitDampedTrend(values) }, ...plain, ...rich];
}

function boosted(task: ForecastTask): Candidate {
  const plan = plansOf(task).at(-1)!;
  return {
    name: "boosted trees",
    fit: (series, steps, isFinal) => fitBoosted(series, plan, steps, isFinal),
  };
}

/** The features of a task, by short and by long past. */
function plansOf(task: ForecastTask): FeaturePlan[] {
  const seasons = seasonsOf(task);
  const longest = seasons[0] ?? 4 * SHORT_ORDER;
  const base = {
    stepUs: task.stepUs,
    seasons,
    known: (task.exogenous ?? []).map(({ known }) => known),
    // A day has parts, and forecasts reach or seasons span enough of it to tell them apart.
    calendar: task.stepUs < DAY_US && Math.max(task.horizon, ...seasons) * task.stepUs >= DAY_US / 4,
  };
  const orders = [Math.min(SHORT_ORDER, longest), Math.min(longest, LONGEST_ORDER)];
  return [...new Set(orders)].map((order) => ({ ...base, order }));
}
