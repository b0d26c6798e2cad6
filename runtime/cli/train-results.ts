import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { isoFromUs } from "../core/time.ts";
import { exerciseFile } from "../diagnose/training/exercise-result.ts";
import { homeFolder, trainingFolder } from "../host/home.ts";
import { readArguments } from "./read-arguments.ts";
import { textTable } from "./text-table.ts";

export const usage = `rung train results [--person <name>] [--home <folder>] [--json]

Who worked which incident, and how well, from training/results.jsonl of the home; the oldest first.`;

const fault = (what: string): RungError =>
  new RungError({ code: "usage", where: "rung train results", what, advice: usage });

/** @param args what follows `rung train results` @throws RungError for any bad input */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = readArguments(
    () =>
      parseArgs({
        args: [...args],
        options: {
          person: { type: "string" },
          home: { type: "string" },
          json: { type: "boolean", default: false },
        },
      }),
    fault,
  );
  const home = values.home === undefined ? homeFolder() : resolve(values.home);
  const { lines, broken } = exerciseFile(join(trainingFolder(home), "results.jsonl")).read();
  if (broken > 0) process.stderr.write(`${broken} broken lines are passed over\n`);
  const results = lines.filter(({ person }) => values.person === undefined || person === values.person);
  if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  else if (results.length === 0) process.stdout.write("No exercise has been finished.\n");
  else {
    const rows = results.map(({ endedUs, person, incident, isSurprise, startedBy, speed, points }) => [
      isoFromUs(endedUs),
      person,
      incident,
      isSurprise ? "surprise" : `chosen by ${startedBy}`,
      `${speed}x`,
      String(points),
    ]);
    const head = ["ended", "who", "incident", "how", "speed", "points"];
    process.stdout.write(`${textTable(head, rows, 4).join("\n")}\n`);
  }
  return 0;
}
