import { parseArgs } from "node:util";
import { messageOf } from "../core/errors.ts";
import { RUNGS, type Rung } from "../core/evidence.ts";
import { analyse, type Wiring } from "../ladder/wiring.ts";
import { checkLines } from "./check-lines.ts";
import { errorLine, type InputError, placeInFile, readFlows, rolesBeside } from "./flow-input.ts";
import { belowWanted, isEnough } from "./wanted-rungs.ts";

export const summary = "read class and rung of every twin off the wires of flow files";

export const usage = `
Usage: rung check <flows...> [--json] [--min <twin>=<rung>]... [--strict]

Reads flow files (a folder is all its .json files; one file per tab and per config node are one flow) and says
what each twin is wired for and what its next rung needs; a twin at its target rung is enough for its objective and
is urged no further. Nothing is started and nothing is connected to. - is the standard input.

  --json          the whole verdict as JSON: twins, unguardedOutputs, notAnalysable, errors with file and JSON pointer
  --min t=4       twin t, given by address or name, must be wired for rung 4 at least; overrides its target rung
  --strict        an unguarded output (mqtt out, http request, exec ...) fails the check

Exit status: 0 as wanted, 1 a twin is below its target (or --strict found an unguarded output), 2 bad input.
`;

export async function run(args: string[]): Promise<number> {
  const options = readOptions(args);
  const errors: InputError[] = [...options.errors];
  const { flow, origins } = readFlows(options.files, errors);
  const { roles, ignored } = await rolesBeside(options.files);
  const wiring = analyse(flow, { declaredRoles: roles });
  for (const problem of wiring.errors) errors.push(placeInFile(problem, origins));
  const shortfalls = belowWanted(wiring, options.min, errors);
  if (options.json) process.stdout.write(`${JSON.stringify(asJson(wiring, errors), null, 2)}\n`);
  else {
    const lines = [...checkLines(flow, wiring, shortfalls, ignored), ...errors.map(errorLine)];
    process.stdout.write(`${lines.join("\n")}\n`);
  }
  if (errors.length > 0) return 2;
  const unguarded = options.strict && wiring.unguardedOutputs.length > 0;
  return shortfalls.length > 0 || unguarded ? 1 : 0;
}

function readOptions(args: string[]) {
  const errors: InputError[] = [];
  const tell = (message: string) => errors.push({ file: "", path: "", message });
  const min = new Map<string, Rung>();
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        strict: { type: "boolean", default: false },
        min: { type: "string", multiple: true, default: [] },
      },
    });
    for (const entry of values.min) {
      const at = entry.lastIndexOf("=");
      const rung = RUNGS.find((known) => String(known) === entry.slice(at + 1));
      if (at < 1 || rung === undefined)
        tell(`--min ${entry}: write a twin's address or name, =, and a rung from 0 to 5`);
      else min.set(entry.slice(0, at), rung);
    }
    if (positionals.length === 0) tell("no flows given: name at least one file or folder");
    return { files: positionals, json: values.json, strict: values.strict, min, errors };
  } catch (thrown) {
    tell(messageOf(thrown));
    return { files: [], json: args.includes("--json"), strict: false, min, errors };
  }
}

function asJson(wiring: Wiring, errors: readonly InputError[]): object {
  return {
    twins: wiring.twins.map((twin) => ({
      address: twin.address,
      name: twin.name,
      node: twin.node,
      scope: twin.scope,
      parent: twin.parent,
      class: twin.class,
      wired: twin.wired,
      capabilities: twin.capabilities,
      reality: twin.reality,
      objective: twin.objective,
      target: twin.target,
      enough: isEnough(twin),
      needed: twin.needed,
      paths: twin.paths,
      floating: twin.floating,
      missing: twin.missing,
      warnings: twin.warnings,
    })),
    unguardedOutputs: wiring.unguardedOutputs,
    notAnalysable: wiring.notAnalysable,
    errors,
  };
}
