import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { OutcomeFile } from "../act/outcome-file.ts";
import { parseAddress } from "../core/address.ts";
import { RungError } from "../core/errors.ts";
import { isStorableTimeUs, type TimeUs } from "../core/time.ts";
import { Historian } from "../describe/historian/historian.ts";
import {
  askHistory,
  type HistoryQuestion,
  MEAN_KINDS,
  type MeanKind,
} from "../describe/historian/history-query.ts";
import { timeOfCell } from "../describe/recording/time-cell.ts";
import { homeFolder, ladderChangesFile, outcomesFile } from "../host/home.ts";
import { changesOfTwin, csvOfChanges } from "./ladder-changes.ts";
import { type CureQuestion, csvOfCures, curesOf } from "./query-cure.ts";
import { influxHistory } from "./query-influx.ts";
import { csvOfOutcomes } from "./query-outcomes.ts";
import { csvOfAnswers, jsonOfAnswers } from "./query-table.ts";
import { readArguments } from "./read-arguments.ts";

export const summary = "ask a history: samples, buckets, joins, passages";
export const usage = `rung query <address...> [--from <time>] [--to <time>]
           [--buckets <n> [--mean time|goodTime|samples] | --last | --asof <address>
            | --entry <address> --exit <address> | --event <address> --begin <value> [--end <value>]]
           [--file <duckdb> | --home <folder> | --influx <url> ...] [--json]
       rung query --cure <twin> [--body <id>] [--below <min>] [--from <time>] [--to <time>]
       rung query --list
       rung query --outcomes <twin> [--from <time>] [--to <time>] [--home <folder>] [--json]
       rung query --ladder <twin> [--from <time>] [--to <time>] [--home <folder>] [--json]

Asks a history file and writes CSV with a header line, or JSON. The file is opened for reading only; a running Rung
owns its history, so ask a copy, or stop it first. Closed days lie in <file>.parquet, which a copy needs beside it.

  --from, --to <time>   2026-09-21T12:00:00Z, or a number since 1970 in s, ms or µs; UTC unless an offset stands
                        behind it; from is included, to is not. Without them: all there is
  (nothing else)        every sample
  --buckets <n>         n equal intervals: least, mean, greatest
  --mean <kind>         time: each usable value weighs by how long it stood (default); goodTime: good values only;
                        samples: each good sample counts once
  --last                the newest sample of each address
  --asof <address>      at each sample of that address, what stood of the others
  --entry, --exit <address>   for each body between two events: what the others did in between
  --event, --begin, --end     for each time between two values of one event, such as a state: what the others did;
                        without --end until any other value
  --cure <twin>         what the twin of an oven told of the cure of each body that left it, one line per body;
                        --body: of that body only; --below: those with a node below so many equivalent minutes at
                        170 °C
  --list                the addresses that were ever stored
  --ladder <twin>       the changes of its held rung and of the verdicts on its rows, with their causes, oldest first;
                        --from and --to are wall time here. It may be asked while Rung runs
  --outcomes <twin>     what became of each of its actions, oldest first: what was changed, what was projected, what
                        came; --from and --to are the plant's time of acting. It may be asked while Rung runs
  --file <duckdb>       default history/rung.duckdb of the home
  --home <folder>       instead of RUNG_HOME
  --influx <url>        an InfluxDB instead of a file, with --database <name> (1.x; user and password in
                        RUNG_INFLUX_USER, RUNG_INFLUX_PASSWORD) or --bucket <name> --org <name> (2.x; token in
                        RUNG_INFLUX_TOKEN)
  --measurement <name>  where Rung wrote there, default rung
  --json                one JSON array, an entry per address

Times in the output are ISO 8601 in UTC with microseconds. Exit: 0 done, 2 a fault of the input.`;

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      from: { type: "string" },
      to: { type: "string" },
      buckets: { type: "string" },
      last: { type: "boolean", default: false },
      asof: { type: "string" },
      mean: { type: "string" },
      entry: { type: "string" },
      exit: { type: "string" },
      event: { type: "string" },
      begin: { type: "string" },
      end: { type: "string" },
      cure: { type: "string" },
      body: { type: "string" },
      below: { type: "string" },
      list: { type: "boolean", default: false },
      ladder: { type: "string" },
      outcomes: { type: "string" },
      file: { type: "string" },
      home: { type: "string" },
      influx: { type: "string" },
      database: { type: "string" },
      bucket: { type: "string" },
      org: { type: "string" },
      measurement: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });

/** @param args what follows `rung query` @returns the exit status @throws RungError for any bad input */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(() => parse(args), fault);
  if (values.outcomes !== undefined) return askOutcomes(values, values.outcomes, positionals);
  if (values.ladder !== undefined) return askLadder(values, values.ladder, positionals);
  const cure = values.cure === undefined ? undefined : cureQuestion(values, values.cure, positionals);
  const asked = values.list || cure !== undefined ? undefined : questionOf(values, positionals);
  const historian =
    values.influx === undefined
      ? new Historian({ file: existing(values.file, values.home), readOnly: true })
      : undefined;
  const history = historian ?? influxHistory({ ...values, influx: values.influx! }, process.env);
  try {
    if (cure !== undefined) {
      const { newestUs = 0 } = await history.span();
      const records = await curesOf(history, { fromUs: 0, toUs: newestUs + 1, ...cure });
      process.stdout.write(values.json ? `${JSON.stringify(records)}\n` : csvOfCures(records));
      return 0;
    }
    if (asked === undefined) {
      const addresses = (await history.addresses()).sort();
      process.stdout.write(
        values.json ? `${JSON.stringify(addresses)}\n` : `address\n${addresses.join("\n")}\n`,
      );
      return 0;
    }
    const { oldestUs = 0, newestUs = 0 } = await history.span();
    const toUs = asked.toUs ?? newestUs + 1;
    const question = { ...asked, fromUs: asked.fromUs ?? Math.min(oldestUs, toUs), toUs };
    const answers = await askHistory(history, question, newestUs);
    for (const answer of answers) {
      if ("complete" in answer && !answer.complete)
        process.stderr.write(
          `${"base" in answer ? answer.base : answer.address}: cut short, ask for a shorter time\n`,
        );
    }
    process.stdout.write(values.json ? jsonOfAnswers(answers) : csvOfAnswers(answers, question.addresses));
    return 0;
  } finally {
    await historian?.close();
  }
}

type Values = ReturnType<typeof parse>["values"];

/** What lies beside the historian in the home takes a twin and a time, and nothing else. */
function refuseOthers(kind: string, values: Values, twin: string, positionals: readonly string[]): void {
  parseAddress(twin);
  const others = Object.entries(values).filter(
    ([name, value]) => ![kind, "from", "to", "home", "json"].includes(name) && value !== false,
  );
  if (others.length > 0 || positionals.length > 0)
    throw fault(`--${kind} does not go with ${others.map(([name]) => `--${name}`)[0] ?? positionals[0]}`);
}

function askOutcomes(values: Values, twin: string, positionals: readonly string[]): number {
  refuseOthers("outcomes", values, twin, positionals);
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  const { records, broken } = new OutcomeFile(outcomesFile(home)).query({ twin, ...timesOf(values) });
  if (broken > 0) process.stderr.write(`${broken} lines that are no outcomes were passed over\n`);
  process.stdout.write(values.json ? `${JSON.stringify(records)}\n` : csvOfOutcomes(records));
  return 0;
}

function askLadder(values: Values, twin: string, positionals: readonly string[]): number {
  refuseOthers("ladder", values, twin, positionals);
  const home = homeFolder(values.home === undefined ? process.env : { RUNG_HOME: values.home });
  const { fromUs, toUs } = timesOf(values);
  const changes = changesOfTwin(ladderChangesFile(home), { twin, fromUs, toUs });
  process.stdout.write(values.json ? `${JSON.stringify(changes)}\n` : csvOfChanges(changes));
  return 0;
}

function cureQuestion(values: Values, twin: string, positionals: readonly string[]): CureQuestion {
  parseAddress(twin);
  const fits = [
    "cure",
    "body",
    "below",
    "from",
    "to",
    "file",
    "home",
    "influx",
    "database",
    "bucket",
    "org",
    "measurement",
    "json",
  ];
  const other = Object.entries(values).find(([name, value]) => !fits.includes(name) && value !== false);
  if (other !== undefined || positionals.length > 0)
    throw fault(`--cure does not go with ${other === undefined ? positionals[0] : `--${other[0]}`}`);
  const below = values.below === undefined ? undefined : Number(values.below);
  if (below !== undefined && !(below > 0))
    throw fault(`--below must be minutes above 0, got ${values.below}`);
  return {
    twin,
    ...(values.body === undefined ? {} : { body: values.body }),
    ...(below === undefined ? {} : { below }),
    ...timesOf(values),
  };
}

function questionOf(values: Values, addresses: readonly string[]): HistoryQuestion {
  if (addresses.length === 0) throw fault("names no address");
  if (values.body !== undefined || values.below !== undefined)
    throw fault("--body and --below go with --cure");
  for (const address of [...addresses, values.asof, values.entry, values.exit, values.event])
    if (address !== undefined) parseAddress(address);
  const kinds = [
    values.buckets !== undefined,
    values.last,
    values.asof !== undefined,
    values.entry !== undefined,
    values.event !== undefined,
  ];
  if (kinds.filter((each) => each).length > 1)
    throw fault("--buckets, --last, --asof, --entry and --event exclude each other");
  if ((values.entry === undefined) !== (values.exit === undefined))
    throw fault("--entry and --exit belong together");
  if ((values.event === undefined) !== (values.begin === undefined))
    throw fault("--event and --begin belong together");
  if (values.end !== undefined && values.event === undefined) throw fault("--end goes with --event");
  if (values.mean !== undefined && values.buckets === undefined) throw fault("--mean goes with --buckets");
  const time = timesOf(values);
  if (values.last) return { kind: "last", addresses, ...time };
  if (values.buckets !== undefined) {
    const n = Number(values.buckets);
    if (!Number.isInteger(n) || n < 1)
      throw fault(`--buckets must be a whole number of at least 1, got ${values.buckets}`);
    return { kind: "buckets", addresses, n, mean: meanOf(values.mean), ...time };
  }
  if (values.asof !== undefined) return { kind: "asof", base: values.asof, addresses, ...time };
  if (values.entry !== undefined)
    return { kind: "eventWindow", entry: values.entry, exit: values.exit!, addresses, ...time };
  if (values.event !== undefined) {
    const { event, begin, end } = values;
    return {
      kind: "eventWindow",
      event,
      begin: begin!,
      ...(end === undefined ? {} : { end }),
      addresses,
      ...time,
    };
  }
  return { kind: "range", addresses, ...time };
}

function timesOf({ from, to }: Values): { readonly fromUs?: TimeUs; readonly toUs?: TimeUs } {
  const time = {
    ...(from === undefined ? {} : { fromUs: timeOf("--from", from) }),
    ...(to === undefined ? {} : { toUs: timeOf("--to", to) }),
  };
  if (time.fromUs !== undefined && time.toUs !== undefined && time.fromUs > time.toUs)
    throw fault(`--from ${from} lies after --to ${to}`);
  return time;
}

function meanOf(text = "time"): MeanKind {
  const kind = MEAN_KINDS.find((each) => each === text);
  if (kind === undefined) throw fault(`--mean must be one of ${MEAN_KINDS.join(", ")}, got ${text}`);
  return kind;
}

function timeOf(option: string, text: string): TimeUs {
  const timeUs = timeOfCell(text);
  if (isStorableTimeUs(timeUs)) return timeUs;
  throw fault(`${option} ${JSON.stringify(text)} is no time between 1970 and 2255`);
}

/** A question must not make a new history where there is none. */
function existing(file: string | undefined, home: string | undefined): string {
  const path =
    file === undefined
      ? join(homeFolder(home === undefined ? process.env : { RUNG_HOME: home }), "history", "rung.duckdb")
      : resolve(file);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  throw new RungError({
    code: "no-history",
    where: path,
    what: "is no history file",
    advice: "name one with --file, or its home with --home",
  });
}

function fault(what: string): RungError {
  return new RungError({ code: "usage", where: "rung query", what, advice: "see rung query --help" });
}
