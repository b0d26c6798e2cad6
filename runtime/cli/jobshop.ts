import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { readFjs, readJss } from "../prescribe/jobshop/read-job-shop.ts";
import { type JobShopAnswer, solveJobShop } from "../prescribe/jobshop/solve-job-shop.ts";
import { readTextFile } from "./json-file.ts";
import { readArguments } from "./read-arguments.ts";
import { textTable } from "./text-table.ts";

const TIME_S = 10;

export const summary = "schedule a job shop, flexible or not";
export const usage = `rung jobshop <file.jss|file.fjs> [--time <s>] [--moves <n>] [--seed <n>] [--flexible] [--json]

Looks for a schedule with the least makespan by tabu search, and says a bound that no schedule beats. Ends when the two
meet, which proves it, or at the time or number of moves.

  --time <s>    longest time (default ${TIME_S}, without --moves)
  --moves <n>   of the search; the same file, seed and moves give the same schedule on every machine
  --seed <n>    of its draws (default 1)
  --flexible    the file is a flexible job shop, whatever its name; *.fjs is one
  --json        {makespan, bound, proven, schedule, moves, endedBy}; jobs, operations and machines from 0

A .jss file: remarks begin with #; a line "jobs machines"; of each job a line of machine (from 0) and duration, pair by
pair. A .fjs file: of each job the number of operations, then of each the number of machines and the pairs, machines from 1.
Exit: 0 done, 2 a fault of the input.`;

/** @param args what follows `rung jobshop` @returns the exit status @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(() => parse(args), fault);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw fault(`expected one file, got ${positionals.length}`);
  const seed = number("seed", values.seed, 0) ?? 1;
  const moves = number("moves", values.moves, 1);
  const timeS = seconds(values.time) ?? (moves === undefined ? TIME_S : undefined);
  const read = values.flexible || file.toLowerCase().endsWith(".fjs") ? readFjs : readJss;
  const answer = solveJobShop(read(readTextFile(file), file), {
    seed,
    ...(moves === undefined ? {} : { moves }),
    ...(timeS === undefined ? {} : { timeS }),
  });
  process.stdout.write(
    values.json ? `${JSON.stringify(answer, null, 2)}\n` : `${asText(answer).join("\n")}\n`,
  );
  return 0;
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      time: { type: "string" },
      moves: { type: "string" },
      seed: { type: "string" },
      flexible: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });

function number(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < least || value >= 2 ** 31)
    throw fault(`--${name} must be a whole number from ${least} on, got ${text}`);
  return value;
}

function seconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw fault(`--time must be seconds above 0, got ${text}`);
  return value;
}

function asText({ makespan, bound, proven, moves, endedBy, schedule }: JobShopAnswer): string[] {
  const said = proven ? "proved the least" : `no schedule is shorter than ${bound}`;
  const ordered = [...schedule].sort((a, b) => a.machine - b.machine || a.start - b.start || a.job - b.job);
  return [
    `makespan ${makespan}, ${said}; ${moves} moves, ended by ${endedBy}`,
    ...textTable(
      ["machine", "job", "operation", "start", "end"],
      ordered.map((entry) => [entry.machine, entry.job, entry.operation, entry.start, entry.end].map(String)),
      0,
    ),
  ];
}

function fault(what: string): RungError {
  return new RungError({ code: "usage", where: "rung jobshop", what, advice: "see rung jobshop --help" });
}
