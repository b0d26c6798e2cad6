import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readAudit } from "../act/audit/audit-log.ts";
import { RungError } from "../core/errors.ts";
import { homeFolder } from "../host/home.ts";

export const summary = "what the actuator decided and wrote: verify, show";
export const usage = `
Usage: rung audit verify [--json]
       rung audit show [--last <n>] [--event <name>] [--json]

verify checks the chain of hashes: exit 0 where every line is as it was written and none is missing, 1 otherwise.
show prints the lines, newest last; events are decision, write, read-back, arm, disarm, hold, resume, commission ...

Options: --home <folder>   instead of RUNG_HOME
         --json            answer as JSON`;

/** @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      home: { type: "string" },
      last: { type: "string", default: "50" },
      event: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  const directory = join(home, "actuator");
  if (!existsSync(join(directory, "audit.jsonl"))) {
    throw new RungError({
      code: "no-audit",
      where: directory,
      what: "holds no audit",
      advice: "name the home of the actuator with --home; the actuator's own user may read it",
    });
  }
  const { records, breaks, tornTail } = readAudit(directory);
  const print = (text: string) => process.stdout.write(`${text}\n`);
  switch (positionals[0]) {
    case "verify": {
      const whole = breaks.length === 0;
      if (values.json)
        print(JSON.stringify({ whole, lines: records.length, breaks, tornTail: tornTail !== "" }));
      else if (whole) print(`whole: ${records.length} lines, each tied to the one before`);
      else print(`broken: ${breaks.length} places\n${breaks.join("\n")}`);
      return whole ? 0 : 1;
    }
    case "show": {
      const last = Number(values.last);
      if (!Number.isInteger(last) || last < 1) {
        throw new RungError({
          code: "bad-option",
          where: "--last",
          what: `must be a number of lines, got ${values.last}`,
        });
      }
      const shown = records
        .filter(({ event }) => values.event === undefined || event === values.event)
        .slice(-last);
      if (values.json) print(JSON.stringify(shown));
      else
        for (const { seq, at, event, data } of shown)
          print(`${seq}  ${at}  ${event.padEnd(18)} ${inWords(data)}`);
      return 0;
    }
    default:
      throw new RungError({
        code: "unknown-action",
        where: `rung audit ${positionals[0] ?? ""}`.trim(),
        what: "says nothing to do",
        advice: "use verify or show; see rung help audit",
      });
  }
}

/** The facts of a line, the reason last. */
function inWords(data: Readonly<Record<string, unknown>>): string {
  const { reason, ...facts } = data;
  const words = Object.entries(facts)
    .filter(([, value]) => value !== "" && value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  return [...words, ...(typeof reason === "string" ? [reason] : [])].join(", ");
}
