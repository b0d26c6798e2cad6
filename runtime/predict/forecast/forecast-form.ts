import { resolve } from "node:path";
import { RungError } from "../../core/errors.ts";
import type { ForecastSource } from "./backtest.ts";
import { type ForecastTask, METHODS, taskOfSeconds } from "./forecast-task.ts";
import { OnnxSource } from "./onnx/onnx-source.ts";

/** The form of a forecast node as it is stored; numbers may be text. Times are seconds of plant time. */
export interface ForecastFields {
  readonly property: string;
  readonly stepS: number | string;
  readonly horizonS: number | string;
  readonly seasonS: number | string;
  readonly longSeasonS?: number | string;
  /** Properties of the same twin, separated by commas. */
  readonly exogenous?: string;
  /** Properties of the same twin, or names of plans, whose future messages tell. */
  readonly knownAhead?: string;
  /** A method, or `onnx`; what was stored before there was a choice is autoregressive. */
  readonly method?: string;
  /** An ONNX file: its name in the folder of models, or its whole path. */
  readonly modelFile?: string;
  readonly hours: number | string;
}

/** What a session is made of. */
export interface ForecastForm {
  readonly path: string;
  readonly task: ForecastTask;
  readonly hours: number;
  readonly source?: ForecastSource;
}

/**
 * @param where the node, for errors
 * @param models folder of the models that are called by their names
 * @throws RungError `no-property`, `no-model`, `bad-option`
 */
export function readForecastForm(fields: ForecastFields, where: string, models: string): ForecastForm {
  const path = fields.property?.trim() ?? "";
  if (path === "") {
    throw new RungError({
      code: "no-property",
      where,
      what: "names no property",
      advice: "write its path below the twin, for instance exhaust/temperature",
    });
  }
  const wanted = fields.method || "autoregressive";
  const method = METHODS.find((known) => known === wanted);
  if (method === undefined && wanted !== "onnx") {
    throw new RungError({
      code: "bad-option",
      where,
      what: `there is no method ${JSON.stringify(wanted)}`,
      advice: `choose ${[...METHODS, "onnx"].join(", ")}`,
    });
  }
  const named = (list = "", known = false) =>
    list
      .split(",")
      .map((name) => ({ name: name.trim(), known }))
      .filter(({ name }) => name !== "");
  const ahead = named(fields.knownAhead, true);
  if (method === undefined && ahead.length > 0) {
    throw new RungError({
      code: "bad-option",
      where,
      what: "a model of your own reads nothing ahead of time",
      advice: "name these inputs as exogenous, or choose another method",
    });
  }
  const task = taskOfSeconds({
    step: Number(fields.stepS),
    horizon: Number(fields.horizonS),
    season: Number(fields.seasonS || 0),
    longSeason: Number(fields.longSeasonS || 0),
    ...(method !== undefined && { method }),
    exogenous: [...named(fields.exogenous), ...ahead],
  });
  const hours = Number(fields.hours) || 8;
  if (method !== undefined) return { path, task, hours };
  const file = fields.modelFile?.trim() ?? "";
  if (file === "") {
    throw new RungError({
      code: "no-model",
      where,
      what: "names no model file",
      advice: `put an .onnx file in ${models} and write its name, or choose another method`,
    });
  }
  return { path, task, hours, source: new OnnxSource(task, resolve(models, file), file) };
}
