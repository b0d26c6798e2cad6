import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { readLicensedTable } from "../model/ergonomics/licensed-table.ts";
import { concern, type ErgonomicResult, rate } from "../model/ergonomics/rate.ts";
import { ergonomicLines } from "./ergo-table.ts";
import { readJsonInput, readTextFile } from "./json-file.ts";
import { readArguments } from "./read-arguments.ts";

export const summary = "rate lifts, postures and the load over a shift";
export const usage = `rung ergo <file.json> [--method niosh|rula|reba|load] [--table <file>] [--json]

Rates what the file holds, or each entry of its list:

  niosh  lifts by the revised NIOSH lifting equation: recommended weight and lifting index at origin and destination, and
         the composite index of several tasks
  rula   a posture by its angles: arms, wrists, neck, trunk, with muscle use and force
  reba   a posture by its angles: the entire body, with load, coupling and activity
  load   each operator's ergonomic points over a shift, against the plant's own limits

  --method <name>  instead of the one that the file names
  --table <file>   the plant's licensed time and ergonomics table, CSV or JSON, for tasks that are given by codes
  --json           the whole result

Files to start from: examples/lift.ergo.json, examples/posture.ergo.json, examples/shift.ergo.json; forms: docs/ergonomics.md
Exit: 0 done, 1 a lifting index is above 1, a posture wants a change soon, or a limit is passed, 2 a fault of the input.`;

/** @param args what follows `rung ergo` @returns the exit status @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(() => parse(args), fault);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw fault(`expected one file, got ${positionals.length}`);
  const table =
    values.table === undefined ? undefined : readLicensedTable(readTextFile(values.table), values.table);
  const options = {
    ...(values.method === undefined ? {} : { method: values.method }),
    ...(table === undefined ? {} : { table }),
  };
  const input = readJsonInput(file, "examples/lift.ergo.json");
  const results: ErgonomicResult[] = Array.isArray(input)
    ? input.map((entry, i) => rate(entry, `${file}, entry ${i + 1}`, options))
    : [rate(input, file, options)];
  process.stdout.write(
    values.json
      ? `${JSON.stringify(Array.isArray(input) ? results : results[0], null, 2)}\n`
      : `${results.map((result) => ergonomicLines(result).join("\n")).join("\n\n")}\n`,
  );
  return results.some((result) => concern(result) !== undefined) ? 1 : 0;
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      method: { type: "string" },
      table: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });

function fault(what: string): RungError {
  return new RungError({ code: "usage", where: "rung ergo", what, advice: "see rung ergo --help" });
}
