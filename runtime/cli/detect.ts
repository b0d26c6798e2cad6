import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import {
  DETECT_METHODS,
  type DetectMethod,
  methodFor,
  methodName,
  readDetectMethod,
} from "../diagnose/detect-method.ts";
import { MIN_CALIBRATION_ROWS } from "../diagnose/detector-calibration.ts";
import type { GivenMethod } from "../diagnose/multivariate/row-model.ts";
import { missingRows } from "../diagnose/stream/source-order.ts";
import { STREAM_DEFAULTS } from "../diagnose/stream/stream-options.ts";
import { detectRows } from "./detect-rows.ts";
import { detectSingle } from "./detect-single.ts";
import { readDetectTable } from "./detect-table.ts";
import { detectTogether } from "./detect-together.ts";
import type { DetectedRows } from "./detected-rows.ts";
import { gatherValues } from "./gather-values.ts";
import { readArguments } from "./read-arguments.ts";

type MethodName = ReturnType<typeof methodName>;

export const summary = "find what is not normal in a table of measurements";
export const usage = `rung detect <csv> --time <column> --value <column...> --out <csv>
            [--budget <false alarms per 1000 rows>] [--method ${DETECT_METHODS.join("|")}]
            [--explained <%>] [--adapt] [--neighbours <n>] [--width <rows>] [--train <rows>] [--separator <character>] [--json]

Calibrates on the first rows, which must be normal, and judges every row of the file.
Writes one line per input row: time, score (1 is the limit), alarm (0 or 1), reason.

  --time <column>        the column that is copied to the answer as the time
  --value <column...>    the columns to watch; repeat it, or list them after one --value
  --budget <number>      false alarms put up with, per 1,000 rows, in 0.01 to 100 (one signal: default ${STREAM_DEFAULTS.budget})
  --method <method>      single: each column against its own past; together: all as one state of the machine;
                         pca: T² and SPE of single rows; knn: distance to the nearest normal rows;
                         auto (default): single for one column, together for several
  --explained <%>        with pca: share of the variance that the components explain (default 90)
  --neighbours <n>       with knn: nearest normal rows that the distance is the mean of (default 5)
  --width <rows>         with knn: rows that are judged as one pattern (default 1)
  --adapt                with pca: normal follows the rows that are judged normal, up to a bound
  --train <rows>         normal rows at the start, at least ${MIN_CALIBRATION_ROWS} (default 400)
  --separator <char>     between cells, default ","
  --out <csv>            where the answer goes
  --json                 print the summary as JSON

Cells that are empty, infinite or no number are skipped and counted. Times must not go back where they are ISO 8601
or numbers; a gap is counted, and starts the windows of a single column anew. Other times are copied only.
Exit: 0 done, 2 a fault of the input.`;

/** @param args what follows `rung detect` @returns the exit status */
export async function run(args: string[]): Promise<number> {
  const json = args.includes("--json");
  try {
    const result = await detect(options(args));
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : text(result));
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof RungError)) throw thrown;
    if (json) process.stdout.write(`${JSON.stringify({ errors: [thrown.toJSON()] })}\n`);
    else process.stderr.write(`${thrown.message}\n`);
    return 2;
  }
}

interface DetectArguments {
  readonly file: string;
  readonly time: string;
  readonly values: readonly string[];
  readonly train: number;
  readonly budget: number | undefined;
  readonly method: DetectMethod;
  readonly separator: string;
  readonly out: string;
}

interface DetectSummary {
  readonly method: MethodName;
  /** False alarms per 1,000 rows that were put up with; null for the detector's own limits. */
  readonly budget: number | null;
  readonly rows: number;
  readonly trainRows: number;
  readonly alarmRows: number;
  readonly episodes: number;
  readonly skippedCells: number;
  readonly watched: readonly string[];
  readonly leftOut: readonly string[];
  readonly neverMoved: readonly string[];
  readonly gaps: number;
  readonly heldOut?: DetectedRows["heldOut"];
  /** With --adapt: signals whose normal has moved as far as it may. */
  readonly drifted?: DetectedRows["drifted"];
  readonly out: string;
}

function fault(what: string): RungError {
  return new RungError({ code: "usage", where: "rung detect", what, advice: "see rung detect --help" });
}

function options(args: readonly string[]): DetectArguments {
  const { values, positionals } = readArguments(() => parse(gatherValues(args)), fault);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw fault(`expected one csv file, got ${positionals.length}`);
  if (values.time === undefined) throw fault("--time <column> is missing");
  if (values.value === undefined) throw fault("--value <column...> is missing");
  if (values.out === undefined) throw fault("--out <csv> is missing");
  if (new Set(values.value).size < values.value.length) throw fault("a column stands twice in --value");
  const train = Number(values.train);
  if (!Number.isInteger(train) || train < MIN_CALIBRATION_ROWS) {
    throw fault(`--train must be a whole number of at least ${MIN_CALIBRATION_ROWS}, got ${values.train}`);
  }
  const budget = values.budget === undefined ? undefined : Number(values.budget);
  if (budget !== undefined && !(budget >= 0.01 && budget <= 100)) {
    throw fault(`--budget must lie in 0.01 to 100 false alarms per 1,000 rows, got ${values.budget}`);
  }
  const method = methodOf(values, values.value.length);
  const name = methodName(method);
  for (const [option, goesWith] of Object.entries(GOES_WITH))
    if (values[option as keyof typeof GOES_WITH] !== undefined && name !== goesWith)
      throw fault(`--${option} goes with --method ${goesWith} alone, got ${name}`);
  if (budget !== undefined && (name === "pca" || name === "knn"))
    throw fault(
      `--budget goes with single and together; the limits of ${name} let 1 % of normal rows over them`,
    );
  const separator = values.separator === "\\t" ? "\t" : values.separator;
  if (separator.length !== 1)
    throw fault(`--separator must be one character, got ${JSON.stringify(separator)}`);
  return {
    file,
    time: values.time,
    values: values.value,
    train,
    budget,
    method,
    separator,
    out: values.out,
  };
}

/** Options that only one method knows. */
const GOES_WITH = { adapt: "pca", explained: "pca", neighbours: "knn", width: "knn" } as const;

/** @throws RungError `usage` for a word that is no method, `bad-option` */
function methodOf(given: GivenMethod, columns: number): DetectMethod {
  if (given.method !== undefined && !DETECT_METHODS.some((each) => each === given.method))
    throw fault(`--method must be one of ${DETECT_METHODS.join(", ")}, got ${given.method}`);
  return methodFor(readDetectMethod(given, "rung detect --method"), columns);
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      time: { type: "string" },
      value: { type: "string", multiple: true },
      budget: { type: "string" },
      method: { type: "string" },
      adapt: { type: "boolean" },
      explained: { type: "string" },
      neighbours: { type: "string" },
      width: { type: "string" },
      train: { type: "string", default: "400" },
      separator: { type: "string", default: "," },
      out: { type: "string" },
      json: { type: "boolean" },
    },
  });

async function detect(given: DetectArguments): Promise<DetectSummary> {
  const table = await readDetectTable(given.file, given);
  const rows = table.time.length;
  if (rows < given.train) {
    throw new RungError({
      code: "too-few-rows",
      where: given.file,
      what: `has ${rows} rows, --train asks for ${given.train}`,
      advice: "give a smaller --train, or more data",
    });
  }
  const missing = missingRows(table.time, given.file);
  const found = judged(given, table.values, missing);
  await write(given.out, linesOf(table.time, found));
  const { episodes, watched, leftOut, neverMoved, gaps, heldOut, drifted } = found;
  return {
    method: methodName(given.method),
    budget: given.budget ?? (given.method === "single" ? STREAM_DEFAULTS.budget : null),
    rows,
    trainRows: given.train,
    alarmRows: found.alarm.reduce((sum, each) => sum + each, 0),
    episodes,
    skippedCells: table.notNumbers,
    watched,
    leftOut,
    neverMoved,
    gaps,
    ...(heldOut && { heldOut }),
    ...(drifted && { drifted }),
    out: given.out,
  };
}

function judged(
  given: DetectArguments,
  values: readonly Float64Array[],
  missing: ReadonlyMap<number, number>,
): DetectedRows {
  const { method } = given;
  if (method === "single") return detectSingle(given.values, values, { ...given, missing });
  if (method === "together") return detectTogether(given.values, values, { ...given, missing });
  return detectRows(given.values, values, { ...given, model: method, missing });
}

const linesOf = (time: readonly string[], { score, alarm, reason }: DetectedRows): string[] => [
  "time,score,alarm,reason",
  ...time.map((at, r) =>
    [cell(at), Number.isNaN(score[r]!) ? "" : score[r]!.toFixed(4), alarm[r], cell(reason[r]!)].join(","),
  ),
];

async function write(out: string, lines: readonly string[]): Promise<void> {
  try {
    await writeFile(out, `${lines.join("\n")}\n`);
  } catch (thrown) {
    throw new RungError({ code: "file-unwritable", where: out, what: messageOf(thrown), cause: thrown });
  }
}

/** RFC 4180: quoted where it must be. */
const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const METHOD_WORDS: Readonly<Record<MethodName, string>> = {
  single: "each column against its own past",
  together: "the columns as one state",
  pca: "single rows by T² and SPE",
  knn: "single rows by the nearest normal ones",
};

function text(result: DetectSummary): string {
  const { rows, trainRows, episodes, alarmRows, leftOut, neverMoved, skippedCells, gaps, heldOut, drifted } =
    result;
  const budget = result.budget === null ? "" : `, budget ${result.budget} false alarms per 1,000 rows`;
  return [
    `${rows} rows, ${trainRows} of them to calibrate; ${episodes} episodes, ${alarmRows} rows in alarm`,
    `method ${result.method}: ${METHOD_WORDS[result.method]}${budget}`,
    ...(heldOut === undefined
      ? []
      : [`held-out normal rows: ${heldOut.alarmWindows} of ${heldOut.windows} windows held an alarm`]),
    ...(leftOut.length === 0
      ? []
      : [`left out, since they hold no good values, never move or only ever rise: ${leftOut.join(", ")}`]),
    ...(neverMoved.length === 0
      ? []
      : [
          `never moved while calibrating, so a tenth of their size is taken as their range: ${neverMoved.join(", ")}`,
        ]),
    ...(drifted?.length
      ? [
          `normal has moved as far as it may for ${drifted.join(", ")}: calibrate anew, or look for a fault that creeps`,
        ]
      : []),
    ...(skippedCells === 0 ? [] : [`${skippedCells} cells that are no number were skipped`]),
    ...(gaps === 0 ? [] : [`${gaps} gaps in time`]),
    `${result.out}\n`,
  ].join("\n");
}
