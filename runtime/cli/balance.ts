import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import type { BalanceProgress, BalanceQuestion } from "../prescribe/balance/balance-answer.ts";
import { balanceInBackground } from "../prescribe/balance/balance-in-background.ts";
import type { BalanceProblem } from "../prescribe/balance/balance-problem.ts";
import { readBalance } from "../prescribe/balance/read-balance.ts";
import { readRules } from "../prescribe/balance/rules/read-rules.ts";
import { balanceTable } from "./balance-table.ts";
import { readTextFile } from "./json-file.ts";
import { readArguments } from "./read-arguments.ts";

export const summary =
  "balance an assembly line: fewest stations, shortest cycle, or least paid time, with proof";
export const usage = `Usage: rung balance <tasks.in2|.alb|.csv> [--cycle <s> | --stations <n> | --efficiency]
          [--from <n> --to <n>] [--shortest <s>] [--longest <s>] [--rules <file>] [--time <s>] [--work <n>] [--json]

  Puts the tasks at stations so that none comes before its predecessors and no station has more work than the cycle has
  time. Every answer says whether it is proved to be the best, or how far from the best it may be.

  --cycle       seconds between two pieces: fewest stations. An .alb file may name it itself
  --stations    number of stations: shortest cycle
  --efficiency  least stations times cycle, with --from and --to stations and cycles from --shortest to --longest seconds
  --rules       YAML or JSON file with what else the line asks, with --cycle: zoning, equipment, ergonomic points,
                parallel stations, models and orders (docs/balance.md)
  --time        seconds to search: default 10
  --work        search by the amount of work instead, which gives the same answer at every run
  --json        {stations, proven, bound, assignment, ...}; stations are counted from 0

Exit: 0 a balance; 1 none was found, or it is proved that there is none; 2 a fault of the input.`;

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      cycle: { type: "string" },
      stations: { type: "string" },
      efficiency: { type: "boolean", default: false },
      from: { type: "string" },
      to: { type: "string" },
      shortest: { type: "string" },
      longest: { type: "string" },
      rules: { type: "string" },
      time: { type: "string" },
      work: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });

type Values = ReturnType<typeof parse>["values"];

/**
 * @param args what follows `rung balance`
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  try {
    return await balance(args);
  } catch (thrown) {
    if (!(thrown instanceof RungError)) throw thrown;
    if (args.includes("--json"))
      process.stdout.write(`${JSON.stringify({ errors: [thrown.toJSON()] }, null, 2)}\n`);
    else process.stderr.write(`${thrown.message}\n`);
    return 2;
  }
}

async function balance(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(() => parse([...args]), fault);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw fault("expected one file of tasks");
  const problem = readBalance(readTextFile(file), file);
  const question = questionOf(values, problem);
  const rules =
    values.rules === undefined ? {} : readRules(readTextFile(values.rules), values.rules, problem);
  const limit =
    values.work === undefined
      ? { timeMs: 1000 * number(values.time ?? "10", "--time") }
      : { work: number(values.work, "--work") };
  if (values.work !== undefined && values.time !== undefined)
    throw fault("--time and --work exclude each other");
  const answer = await balanceInBackground(
    { problem, question, rules, limit },
    process.stderr.isTTY ? { onProgress: told } : {},
  );
  if (values.json) process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
  else process.stdout.write(balanceTable(problem, answer, rules));
  return answer.assignment === undefined ? 1 : 0;
}

function questionOf(values: Values, problem: BalanceProblem): BalanceQuestion {
  const kinds = [values.cycle, values.stations, values.efficiency || undefined].filter(
    (kind) => kind !== undefined,
  );
  if (kinds.length > 1) throw fault("--cycle, --stations and --efficiency exclude each other");
  const range = [values.from, values.to, values.shortest, values.longest];
  if (!values.efficiency && range.some((given) => given !== undefined)) {
    throw fault("--from, --to, --shortest and --longest go with --efficiency");
  }
  if (values.stations !== undefined)
    return { kind: "cycle", stations: number(values.stations, "--stations") };
  if (!values.efficiency) {
    const cycleS = values.cycle === undefined ? problem.cycleS : number(values.cycle, "--cycle");
    if (cycleS === undefined) throw fault("expected --cycle, --stations or --efficiency");
    return { kind: "stations", cycleS };
  }
  const { from, to, shortest, longest } = values;
  return {
    kind: "efficiency",
    ...(from === undefined ? {} : { fewestStations: number(from, "--from") }),
    ...(to === undefined ? {} : { mostStations: number(to, "--to") }),
    ...(shortest === undefined ? {} : { shortestCycleS: number(shortest, "--shortest") }),
    ...(longest === undefined ? {} : { longestCycleS: number(longest, "--longest") }),
  };
}

function number(text: string, option: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(value) && value >= 0) return value;
  throw fault(`${option} wants a number, 0 or more, got ${text}`);
}

/** On a terminal, how far it is. */
function told({ best, bound }: BalanceProgress): void {
  process.stderr.write(`\rfound ${best}, no better than ${bound} `);
}

function fault(what: string): RungError {
  return new RungError({ code: "usage", where: "rung balance", what, advice: usage });
}
