import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import type { LifeModel } from "../predict/life/life-model.ts";
import type { LifeOptions } from "../predict/life/life-options.ts";
import { readLifeRecords } from "../predict/life/read-records.ts";
import { trainInBackground } from "../predict/life/train-in-background.ts";
import { readTextFile } from "./json-file.ts";
import { readArguments } from "./read-arguments.ts";
import { writeTextFile } from "./write-file.ts";

export const usage = `rung life train <records> --out <model.json> [--cap <cycles>] [--trees <n>] [--members <n>] [--seed <n>] [--json]

  Learns from units that were recorded until they failed, and says how good that is for units held out of it. --cap: longer
  remaining lives count as this one (125 cycles). --trees of one member (250), --members with seeds of their own (3).`;

/** @param args what follows `rung life train` */
export async function run(args: readonly string[]): Promise<number> {
  const { file, out, options, json } = wantedOf(args);
  const records = readLifeRecords(readTextFile(file), file);
  const model = await trainInBackground(records, file, options);
  writeTextFile(out, JSON.stringify(model));
  const { heldOut, trainedOn, signals } = model;
  const told = { out, heldOut, trainedOn, signals: signals.map(({ name }) => name) };
  process.stdout.write(json ? `${JSON.stringify(told, null, 2)}\n` : words(model, out));
  return 0;
}

function wantedOf(args: readonly string[]) {
  const fault = (what: string) =>
    new RungError({ code: "usage", where: "rung life train", what, advice: usage });
  const { positionals, values } = readArguments(
    () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          json: { type: "boolean", default: false },
          out: { type: "string" },
          cap: { type: "string" },
          trees: { type: "string" },
          members: { type: "string" },
          seed: { type: "string" },
        },
      }),
    fault,
  );
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw fault("expected one file of records");
  if (values.out === undefined) throw fault("expected --out and a file for the model");
  const options: Partial<Record<keyof LifeOptions, number>> = {};
  const names = { cap: "capCycles", trees: "trees", members: "members", seed: "seed" } as const;
  for (const [option, name] of Object.entries(names)) {
    const text = values[option as keyof typeof names];
    if (text === undefined) continue;
    if (text.trim() === "" || !Number.isInteger(Number(text)))
      throw fault(`--${option} must be a whole number, got ${text}`);
    options[name] = Number(text);
  }
  return { file, out: values.out, options, json: values.json };
}

function words({ heldOut, trainedOn, signals, capCycles }: LifeModel, out: string): string {
  const { units, rows, leftOut, missingCycles, shortestCycles, longestCycles } = trainedOn;
  const aside = [
    leftOut > 0 ? `${leftOut} of one cycle left out` : "",
    missingCycles > 0 ? `${missingCycles} cycles not recorded` : "",
  ].filter((text) => text !== "");
  return `${out}: ${units} units of ${shortestCycles} to ${longestCycles} cycles, ${rows} rows${aside.map((text) => `, ${text}`).join("")}
listens to ${signals.map(({ name }) => name).join(", ")}
of units held out, up to ${capCycles} cycles ahead: RMSE ${heldOut.rmse.toFixed(2)} cycles, mean error ${heldOut.mae.toFixed(2)} against ${heldOut.naiveMae.toFixed(2)} by age alone; the 90 % interval covers ${(100 * heldOut.coverage90).toFixed(1)} %
`;
}
