import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { readLifeModel } from "../predict/life/life-model.ts";
import { predictRecords, type UnitPrediction } from "../predict/life/predict-records.ts";
import { readLifeRecords } from "../predict/life/read-records.ts";
import { readJsonInput, readTextFile } from "./json-file.ts";
import { readArguments } from "./read-arguments.ts";
import { writeTextFile } from "./write-file.ts";

export const usage = `rung life predict <model.json> <records> [--out <csv>] [--json]

  What remains to each unit after the last cycle of its record: unit, rul, low, high in cycles, low to high the 90 %
  interval, as CSV. --json: also its health, what moved the estimate and the past failures that went the same way.`;

/** @param args what follows `rung life predict` */
export async function run(args: readonly string[]): Promise<number> {
  const { model: modelFile, file, out, json } = wantedOf(args);
  const model = readLifeModel(readJsonInput(modelFile, "docs/life.md"), modelFile);
  const predictions = predictRecords(model, readLifeRecords(readTextFile(file), file), file);
  if (out !== undefined) writeTextFile(out, csv(predictions));
  if (json) process.stdout.write(`${JSON.stringify(predictions, null, 2)}\n`);
  else process.stdout.write(out === undefined ? csv(predictions) : `${out}: ${predictions.length} units\n`);
  return 0;
}

function wantedOf(args: readonly string[]) {
  const fault = (what: string) =>
    new RungError({ code: "usage", where: "rung life predict", what, advice: usage });
  const { positionals, values } = readArguments(
    () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { json: { type: "boolean", default: false }, out: { type: "string" } },
      }),
    fault,
  );
  const [model, file, ...others] = positionals;
  if (model === undefined || file === undefined || others.length > 0)
    throw fault("expected a model and a file of records");
  return { model, file, ...values };
}

function csv(predictions: readonly UnitPrediction[]): string {
  const lines = predictions.map(({ unit, rul, low, high }) =>
    [unit, rul.toFixed(2), low.toFixed(2), high.toFixed(2)].join(","),
  );
  return `${["unit,rul,low,high", ...lines].join("\n")}\n`;
}
