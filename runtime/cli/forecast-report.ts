import { type Backtest, backtest, builtIn, type ForecastSource } from "../predict/forecast/backtest.ts";
import { type ForecastTask, minimumSteps } from "../predict/forecast/forecast-fit.ts";
import { type ForecastMethod, seasonsOf } from "../predict/forecast/forecast-task.ts";
import { OnnxSource } from "../predict/forecast/onnx/onnx-source.ts";
import { ScoreSheet, type Scores } from "../predict/forecast/score-sheet.ts";
import type { Skill } from "../predict/forecast/skill.ts";
import type { ForecastMessage } from "../predict/forecast-message.ts";
import { type ForecastColumns, type ForecastTable, readForecastTable } from "./forecast-table.ts";

export interface ForecastAsked {
  readonly file: string;
  readonly columns: ForecastColumns;
  /** Those of the exogenous columns that are known up to the horizon. */
  readonly known: ReadonlySet<string>;
  readonly horizon: number;
  /** Steps, ascending; a day and a week where the data suffices if left out. */
  readonly seasons?: readonly number[];
  readonly method: ForecastMethod;
  readonly trainingShare: number;
  readonly unit?: string;
  /** An ONNX file. */
  readonly model?: string;
}

/** What a table's forecasts are worth, and the forecast of the steps after its last value. */
export interface ForecastReport {
  readonly file: string;
  readonly value: string;
  readonly unit: string | null;
  readonly steps: number;
  readonly stepS: number;
  readonly learnedFrom: number;
  readonly horizon: number;
  readonly seasons: readonly number[];
  readonly model: string;
  /** Mean absolute errors at the horizon on rolling origins of what the newest model learned from. */
  readonly candidates: readonly { readonly name: string; readonly meanAbsoluteError: number }[];
  readonly refits: Backtest["refits"];
  /** At the horizon, on steps that no model had learned from; null where none could be scored. */
  readonly scores: Scores | null;
  /** The newest 1000 of them, after a drift only those since, as the ladder judges them. */
  readonly skill: Skill | null;
  /** What a reader should know: gaps, a signal that never moves, inputs that are missing. */
  readonly remarks: readonly string[];
  /** Of the steps after the last value; null where none could be made. */
  readonly forecast: Pick<
    ForecastMessage,
    "madeAtUs" | "stepUs" | "mean" | "low50" | "high50" | "low90" | "high90" | "model"
  > | null;
}

const DAY_US = 86_400e6;

/** @throws RungError of the table, of the task, or of the model */
export async function forecastReport(asked: ForecastAsked): Promise<ForecastReport> {
  const table = await readForecastTable(asked.file, asked.columns);
  const task = taskOf(asked, table);
  const sheet = new ScoreSheet(table.values, seasonsOf(task));
  const source: ForecastSource =
    asked.model === undefined ? builtIn(task) : new OnnxSource(task, asked.model);
  const { forecaster, from, refits } = await backtest(task, table, {
    trainingShare: asked.trainingShare,
    source,
    unit: asked.unit,
    onStep: (told, step) => sheet.add(told, step, [task.horizon]),
  }).finally(() => source.close?.());
  const message = forecaster.message(table.endUs.at(-1)!);
  return {
    file: asked.file,
    value: asked.columns.value,
    unit: asked.unit ?? null,
    steps: table.values.length,
    stepS: table.stepUs / 1e6,
    learnedFrom: from,
    horizon: task.horizon,
    seasons: seasonsOf(task),
    model: forecaster.fit.name,
    candidates: forecaster.fit.candidates,
    refits,
    scores: sheet.scores(task.horizon) ?? null,
    skill: forecaster.skill ?? null,
    remarks: remarksOf(asked, table, task, message),
    forecast: message === undefined ? null : forecastOf(message),
  };
}

function taskOf(asked: ForecastAsked, { stepUs, values }: ForecastTable): ForecastTask {
  const { horizon, method, columns, known } = asked;
  const learned = Math.floor(asked.trainingShare * values.length);
  const [season = 0, longSeason = 0] = asked.seasons ?? seasonsOfCalendar(stepUs, horizon, learned);
  return {
    stepUs,
    horizon,
    season,
    ...(longSeason > 0 && { longSeason }),
    method,
    exogenous: columns.exogenous.map((name) => ({ name, known: known.has(name) })),
  };
}

/** A day and a week, where they are whole steps and there is enough to learn them from. */
function seasonsOfCalendar(stepUs: number, horizon: number, learned: number): number[] {
  const day = DAY_US / stepUs;
  if (!Number.isInteger(day)) return [];
  const candidates = day > 1 ? [[day, 7 * day], [day]] : [[7]];
  const fits = ([season = 0, longSeason = 0]: readonly number[]): boolean =>
    season > 1 && minimumSteps({ horizon, season, longSeason }) <= learned;
  return candidates.find(fits) ?? [];
}

function remarksOf(
  { columns, known }: ForecastAsked,
  { values, exogenous, missing }: ForecastTable,
  { horizon }: ForecastTask,
  message: ForecastMessage | undefined,
): string[] {
  const remarks: string[] = [];
  if (missing > 0) remarks.push(`${missing} of ${values.length} steps have no value`);
  const given = values.filter(Number.isFinite);
  if (given.every((value) => value === given[0]))
    remarks.push("the value never moves: the last one forecasts it, and there is nothing to gain");
  for (const [e, name] of columns.exogenous.entries()) {
    if (!known.has(name)) continue;
    const ahead = exogenous[e]!.subarray(values.length, values.length + horizon).filter(
      Number.isFinite,
    ).length;
    if (ahead < horizon)
      remarks.push(`${name} is known for ${ahead} of the ${horizon} steps after the last value`);
  }
  if (message === undefined)
    remarks.push("no forecast of the steps after the last value: too many before it are missing");
  else if (message.degraded !== undefined)
    remarks.push(`the forecast is less than it could be: ${message.degraded}`);
  return remarks;
}

function forecastOf(message: ForecastMessage): NonNullable<ForecastReport["forecast"]> {
  const { madeAtUs, stepUs, mean, low50, high50, low90, high90, model } = message;
  return { madeAtUs, stepUs, mean, low50, high50, low90, high90, model };
}
