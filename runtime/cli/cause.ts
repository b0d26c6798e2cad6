import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { readJsonFile, writePrivateJson } from "../core/private-file.ts";
import { CaseBook, type StoredCases } from "../diagnose/cause/case-book.ts";
import type { CauseMessage } from "../diagnose/cause/cause.ts";
import { PlantStructure, readFeeds } from "../diagnose/cause/plant-structure.ts";
import { rankCauses } from "../diagnose/cause/rank-causes.ts";
import { type RecentChange, readChange } from "../diagnose/cause/recent-change.ts";
import { type Columns, rowCount } from "../diagnose/columns.ts";
import { LEAST_ROWS } from "../diagnose/multivariate/normal-scale.ts";
import { firstAlarm, sliceRows } from "./cause-alarm.ts";
import { readDetectTable } from "./detect-table.ts";
import { gatherValues } from "./gather-values.ts";
import { readJsonInput } from "./json-file.ts";
import { readArguments } from "./read-arguments.ts";
import { rowTimes } from "./row-times.ts";

export const summary = "say where a finding in a table of measurements comes from";
export const usage = `rung cause <csv> --time <column> --value <column...> [--train <rows>] [--at <row>]
           [--until <row>] [--feeds <chains>] [--changes <json>] [--cases <json> [--confirm <cause>]]
           [--separator <character>] [--json]

Ranks what may have caused the first alarm: the signals that carry it, led back along who moved first
and follows whom; recent changes; what people found in like cases. Each cause with its evidence.

  --time <column>        seconds, or times such as 2026-01-12 06:00:05; they must ascend
  --value <column...>    the columns to watch; zone3/airTemp stands at the place zone3
  --train <rows>         normal rows at the start, at least ${LEAST_ROWS} (default 400)
  --at <row>             the alarm was in this row; without it that of the first alarm, as of rung detect
  --until <row>          the last row to look at (default 60 after the alarm)
  --feeds <chains>       which place feeds which: "gas > zone1 > zone2, zone2 > stack"
  --changes <json>       [{"kind": "setpoint", "address": "zone3", "timeUs": 1.79e15, "what": "..."}]
                         kind: setpoint, command, parameter, order, maintenance
  --cases <json>         confirmed cases, made with --confirm
  --confirm <cause>      what the cause was: a ranked one's id, or words of your own; written to --cases
  --separator <char>     between cells, default ","
  --json                 print the answer as JSON

Exit: 0 told or confirmed, 1 no alarm in the table, 2 a fault of the input.`;

/** @param args what follows `rung cause` @returns the exit status */
export async function run(args: string[]): Promise<number> {
  const json = args.includes("--json");
  try {
    const answer = await cause(options(args));
    process.stdout.write(json ? `${JSON.stringify(answer ?? { causes: [] }, null, 2)}\n` : text(answer));
    return answer === undefined ? 1 : 0;
  } catch (thrown) {
    if (!(thrown instanceof RungError)) throw thrown;
    if (json) process.stdout.write(`${JSON.stringify({ errors: [thrown.toJSON()] })}\n`);
    else process.stderr.write(`${thrown.message}\n`);
    return 2;
  }
}

const fault = (what: string): RungError =>
  new RungError({ code: "usage", where: "rung cause", what, advice: "see rung cause --help" });

interface CauseArguments {
  readonly file: string;
  readonly time: string;
  readonly values: readonly string[];
  readonly train: number;
  readonly at?: number;
  readonly until?: number;
  readonly feeds: string;
  readonly changes?: string;
  readonly cases?: string;
  readonly confirm?: string;
  readonly separator: string;
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      time: { type: "string" },
      value: { type: "string", multiple: true },
      train: { type: "string", default: "400" },
      at: { type: "string" },
      until: { type: "string" },
      feeds: { type: "string", default: "" },
      changes: { type: "string" },
      cases: { type: "string" },
      confirm: { type: "string" },
      separator: { type: "string", default: "," },
      json: { type: "boolean" },
    },
  });

function options(args: readonly string[]): CauseArguments {
  const { values, positionals } = readArguments(() => parse(gatherValues(args)), fault);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw fault(`expected one csv file, got ${positionals.length}`);
  if (values.time === undefined) throw fault("--time <column> is missing");
  if (values.value === undefined) throw fault("--value <column...> is missing");
  if (new Set(values.value).size < values.value.length) throw fault("a column stands twice in --value");
  if (values.confirm !== undefined && values.cases === undefined)
    throw fault("--confirm needs --cases, the file to write to");
  const separator = values.separator === "\\t" ? "\t" : values.separator;
  if (separator.length !== 1)
    throw fault(`--separator must be one character, got ${JSON.stringify(separator)}`);
  const { time, value, feeds, changes, cases, confirm } = values;
  const at = wholeNumber("--at", values.at, 1);
  const until = wholeNumber("--until", values.until, 1);
  return {
    file,
    time,
    values: value,
    train: wholeNumber("--train", values.train, LEAST_ROWS)!,
    feeds,
    separator,
    ...(at === undefined ? {} : { at }),
    ...(until === undefined ? {} : { until }),
    ...(changes === undefined ? {} : { changes }),
    ...(cases === undefined ? {} : { cases }),
    ...(confirm === undefined ? {} : { confirm }),
  };
}

function wholeNumber(name: string, given: string | undefined, least: number): number | undefined {
  if (given === undefined) return undefined;
  const value = Number(given);
  if (Number.isInteger(value) && value >= least) return value;
  throw fault(`${name} must be a whole number of at least ${least}, got ${given}`);
}

/** Rows after the alarm that are looked at. */
const ROWS_AFTER = 60;

async function cause(given: CauseArguments): Promise<CauseMessage | undefined> {
  const table = await readDetectTable(given.file, given);
  const timeUs = rowTimes(table.time, given.file, given.time);
  const columns: Columns = { names: given.values, values: table.values, timeUs };
  const rows = rowCount(columns);
  if (rows < given.train) {
    throw new RungError({
      code: "too-few-rows",
      where: given.file,
      what: `has ${rows} rows, --train asks for ${given.train}`,
      advice: "give a smaller --train, or more data",
    });
  }
  if ((given.at ?? 1) > rows) throw fault(`--at ${given.at} lies behind the last row, ${rows}`);
  const structure = structureOf(given);
  const changes = given.changes === undefined ? [] : changesIn(given.changes);
  const cases = new CaseBook(given.cases === undefined ? undefined : readJsonFile<StoredCases>(given.cases));
  const alarm = firstAlarm(columns, given.train, given.at);
  if (alarm === undefined) return undefined;
  const sinceUs = timeUs[alarm.row]!;
  const answer = rankCauses({
    finding: {
      id: `${given.file} row ${alarm.row + 1}`,
      twin: "",
      title: `row ${alarm.row + 1} is not normal`,
      sinceUs,
      timeUs: sinceUs,
      contributions: alarm.contributions,
    },
    recent: sliceRows(columns, Math.min(rows, given.until ?? alarm.row + ROWS_AFTER)),
    structure,
    changes,
    cases,
    words: (address) => address,
  });
  if (given.confirm !== undefined) {
    cases.add({ signature: answer.signature, cause: given.confirm, timeUs: sinceUs, by: "" });
    writePrivateJson(given.cases!, cases.stored());
  }
  return answer;
}

function structureOf({ values, feeds }: CauseArguments): PlantStructure {
  const properties = values.map((address) => ({ address }));
  // A column without a path stands at a place of its own name.
  const placeOf = (address: string): string | undefined => (address.includes("/") ? undefined : address);
  return new PlantStructure({ twin: "", properties, feeds: readFeeds(feeds, "--feeds"), placeOf });
}

function changesIn(file: string): RecentChange[] {
  const given = readJsonInput(file, "docs/cause.md");
  if (Array.isArray(given)) return given.map((each, i) => readChange(each, `${file}, change ${i + 1}`));
  throw new RungError({ code: "bad-change", where: file, what: "holds no list of changes" });
}

function text(answer: CauseMessage | undefined): string {
  if (answer === undefined) return "no alarm: nothing to find the cause of\n";
  const causes = answer.causes.map(
    ({ title, belief, evidence }, i) =>
      `${i + 1}. ${title} · ${Math.round(100 * belief)} %\n${evidence.map((each) => `   ${each}\n`).join("")}`,
  );
  const degraded = answer.degraded.map((what) => `not used: ${what}\n`);
  return `${answer.title}\n${[...causes, ...degraded].join("")}`;
}
