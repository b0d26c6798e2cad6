import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import { METHODS } from "../predict/forecast/forecast-task.ts";
import { type ForecastAsked, type ForecastReport, forecastReport } from "./forecast-report.ts";
import { forecastCsv, forecastText } from "./forecast-words.ts";
import { readArguments } from "./read-arguments.ts";

export const summary = "forecast a column of a table, and measure how good its forecasts are";
export const usage = `rung forecast <csv> --time <column> --value <column> [--horizon <steps>] [--season <steps,steps>]
              [--exogenous <column...>] [--known <column...>] [--method <method>] [--model <file.onnx>]
              [--train <share>] [--step <s>] [--unit <unit>] [--separator <character>] [--out <csv>] [--json]

Learns from the first part of the file, forecasts the rest step by step as if it came live, scores it against the last value
and the value a season before, and forecasts the steps after the last value.

  --time <column>          times in order, in even steps: 2026-03-09 10:15, or seconds since 1970; missing rows are gaps
  --value <column>         what is forecast; an empty cell is a gap
  --horizon <steps>        steps ahead, 1 to 288 (default 24)
  --season <steps,steps>   a season and a longer one, 0 for none (default: a day and a week, where the file holds enough)
  --exogenous <column...>  columns that are read beside it, known up to the present
  --known <column...>      columns that are known up to the horizon: a schedule, a published forecast
  --method <method>        ${METHODS.join(", ")} (default auto)
  --model <file.onnx>      a model of your own instead: docs/forecast.md says what it must take and give
  --train <share>          first part of the file that is learned from, 0.3 to 0.9 (default 0.6)
  --step <s>               seconds of a step (default: the most common distance of the rows)
  --unit <unit>            unit of the value, for the answer and the model
  --out <csv>              where the forecast of the steps after the last value goes
  --json                   print everything as JSON

Exit: 0 done, 1 the forecasts are not shown to beat the naive ones, 2 a fault of the input.`;

/** @param args what follows `rung forecast` @returns the exit status */
export async function run(args: string[]): Promise<number> {
  const json = args.includes("--json");
  try {
    const { asked, out } = wantedOf(args);
    const report = await forecastReport(asked);
    if (out !== undefined) await write(out, forecastCsv(report));
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : forecastText(report, out));
    return beats(report) ? 0 : 1;
  } catch (thrown) {
    if (!(thrown instanceof RungError)) throw thrown;
    if (json) process.stdout.write(`${JSON.stringify({ errors: [thrown.toJSON()] })}\n`);
    else process.stderr.write(`${thrown.message}\n`);
    return 2;
  }
}

async function write(out: string, text: string): Promise<void> {
  try {
    await writeFile(out, text);
  } catch (thrown) {
    throw new RungError({ code: "file-unwritable", where: out, what: messageOf(thrown), cause: thrown });
  }
}

const beats = ({ scores, skill }: ForecastReport): boolean =>
  (scores !== null && scores.maseUpper95 < 1) || (skill !== null && skill.scoreRatioUpper95 < 1);

const fault = (what: string): RungError =>
  new RungError({ code: "usage", where: "rung forecast", what, advice: "see rung forecast --help" });

function wantedOf(args: readonly string[]): {
  readonly asked: ForecastAsked;
  readonly out: string | undefined;
} {
  const { values, positionals } = readArguments(() => parse(gatherColumns(args)), fault);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw fault(`expected one csv file, got ${positionals.length}`);
  if (values.time === undefined) throw fault("--time <column> is missing");
  if (values.value === undefined) throw fault("--value <column> is missing");
  const { exogenous = [], known = [], model } = values;
  const named = [values.time, values.value, ...exogenous, ...known];
  if (new Set(named).size < named.length) throw fault("a column stands twice");
  const method = METHODS.find((each) => each === values.method);
  if (method === undefined) throw fault(`--method must be ${METHODS.join(", ")}, got ${values.method}`);
  if (model !== undefined && values.method !== "auto") throw fault("--model stands in the place of --method");
  const separator = values.separator === "\\t" ? "\t" : values.separator;
  if (separator.length !== 1)
    throw fault(`--separator must be one character, got ${JSON.stringify(separator)}`);
  const train = numberOf("--train", values.train);
  if (!(train >= 0.3 && train <= 0.9)) throw fault(`--train must be 0.3 to 0.9, got ${values.train}`);
  const asked: ForecastAsked = {
    file,
    columns: {
      time: values.time,
      value: values.value,
      exogenous: [...exogenous, ...known],
      separator,
      ...(values.step !== undefined && { stepS: positive("--step", values.step) }),
    },
    known: new Set(known),
    horizon: numberOf("--horizon", values.horizon),
    ...(values.season !== undefined && { seasons: seasonsOf(values.season) }),
    method,
    trainingShare: train,
    ...(values.unit !== undefined && { unit: values.unit }),
    ...(model !== undefined && { model }),
  };
  return { asked, out: values.out };
}

/** `--exogenous a b` means `--exogenous a --exogenous b`. The file stands before the first option. */
function gatherColumns(args: readonly string[]): string[] {
  const result: string[] = [];
  let name = "";
  for (const arg of args) {
    if (arg.startsWith("--")) name = arg;
    else if ((name === "--exogenous" || name === "--known") && result.at(-1) !== name) result.push(name);
    result.push(arg);
  }
  return result;
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      time: { type: "string" },
      value: { type: "string" },
      horizon: { type: "string", default: "24" },
      season: { type: "string" },
      exogenous: { type: "string", multiple: true },
      known: { type: "string", multiple: true },
      method: { type: "string", default: "auto" },
      model: { type: "string" },
      train: { type: "string", default: "0.6" },
      step: { type: "string" },
      unit: { type: "string" },
      separator: { type: "string", default: "," },
      out: { type: "string" },
      json: { type: "boolean" },
    },
  });

function numberOf(option: string, text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw fault(`${option} must be a number, got ${JSON.stringify(text)}`);
  return value;
}

function positive(option: string, text: string): number {
  const value = numberOf(option, text);
  if (!(value > 0)) throw fault(`${option} must be above 0, got ${text}`);
  return value;
}

function seasonsOf(text: string): readonly number[] {
  const seasons = text.split(",").map((part) => numberOf("--season", part));
  if (seasons.length > 2) throw fault(`--season takes one or two numbers, got ${text}`);
  return seasons.filter((season) => season !== 0).toSorted((a, b) => a - b);
}
