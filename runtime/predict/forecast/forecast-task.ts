import { RungError } from "../../core/errors.ts";
import type { Exogenous } from "./step-series.ts";

/**
 * - `autoregressive`: naive forecasts, damped trend, autoregressions, with seasons, exogenous inputs and calendar.
 * - `boosted`: the naive ones and quantiles by boosted trees.
 * - `auto`: all of these compete.
 */
export const METHODS = ["auto", "autoregressive", "boosted"] as const;
export type ForecastMethod = (typeof METHODS)[number];

/** What is asked for. */
export interface ForecastTask {
  readonly stepUs: number;
  /** Steps ahead that are declared and scored. */
  readonly horizon: number;
  /** Steps of a season, 0 for none. */
  readonly season: number;
  /** Steps of a second, longer season: the week beside the day. */
  readonly longSeason?: number;
  /** `autoregressive` if left out. */
  readonly method?: ForecastMethod;
  /** What is read beside the property itself. */
  readonly exogenous?: readonly Exogenous[];
}

export const MAX_HORIZON = 288;
const MAX_SEASON = 10_000;
export const MAX_EXOGENOUS = 16;

/** The seasons of a task, ascending. */
export const seasonsOf = ({
  season,
  longSeason = 0,
}: Pick<ForecastTask, "season" | "longSeason">): number[] =>
  [season, longSeason].filter((steps) => steps > 0);

/** Least steps of training data for a task. */
export const minimumSteps = ({
  horizon,
  season,
  longSeason = 0,
}: Pick<ForecastTask, "horizon" | "season" | "longSeason">): number =>
  Math.max(120, 6 * horizon, 4 * season, 4 * longSeason);

/**
 * A task from seconds of plant time, as a form has them.
 * @throws RungError `bad-option`
 */
export function taskOfSeconds(seconds: {
  readonly step: number;
  readonly horizon: number;
  readonly season: number;
  readonly longSeason?: number;
  readonly method?: ForecastMethod;
  readonly exogenous?: readonly Exogenous[];
}): ForecastTask {
  const { step, horizon, season, longSeason = 0, method, exogenous = [] } = seconds;
  const task = {
    stepUs: step * 1e6,
    horizon: Math.round(horizon / step),
    season: Math.round(season / step),
    ...(longSeason > 0 && { longSeason: Math.round(longSeason / step) }),
    ...(method !== undefined && { method }),
    ...(exogenous.length > 0 && { exogenous }),
  };
  checkTask(task);
  return task;
}

const fault = (what: string, advice: string): RungError =>
  new RungError({ code: "bad-option", where: "forecast", what, advice });

/** @throws RungError `bad-option` */
export function checkTask(task: ForecastTask): void {
  const { stepUs, horizon, season, longSeason = 0, method, exogenous = [] } = task;
  if (!(stepUs >= 1000 && Number.isFinite(stepUs)))
    throw fault(`step must be at least 1 ms, got ${stepUs / 1000} ms`, "set the step");
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > MAX_HORIZON) {
    throw fault(
      `horizon must be 1 to ${MAX_HORIZON} steps, got ${horizon}`,
      "set a longer step or a nearer horizon",
    );
  }
  if (!isSeason(season)) throw fault(`season must be 0 or 2 to 10,000 steps, got ${season}`, "0 for none");
  if (!isSeason(longSeason) || (longSeason > 0 && (season === 0 || longSeason <= season))) {
    throw fault(
      `the longer season must be 0 or longer than the season of ${season} steps, got ${longSeason}`,
      "set the shorter one as the season, 0 for none",
    );
  }
  if (method !== undefined && !METHODS.includes(method))
    throw fault(`there is no method ${JSON.stringify(method)}`, `choose ${METHODS.join(", ")}`);
  if (exogenous.length > MAX_EXOGENOUS)
    throw fault(
      `reads at most ${MAX_EXOGENOUS} exogenous inputs, got ${exogenous.length}`,
      "name the ones that matter",
    );
  const names = exogenous.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw fault(`${twice} is named twice as an exogenous input`, "name each once");
}

const isSeason = (steps: number): boolean =>
  Number.isInteger(steps) && steps >= 0 && steps !== 1 && steps <= MAX_SEASON;
