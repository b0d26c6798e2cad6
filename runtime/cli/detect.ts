import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import { Detector } from "../diagnose/detector.ts";
import { calibrateDetector, MIN_CALIBRATION_ROWS } from "../diagnose/detector-calibration.ts";
import { pickColumns, watchable } from "../diagnose/watchable.ts";
import { readDetectTable } from "./detect-table.ts";
import { readArguments } from "./read-arguments.ts";

export const summary = "find what is not normal in a table of measurements";
export const usage = `rung detect <csv> --time <column> --value <column...> --out <csv>
            [--train <rows>] [--separator <character>] [--json]

Calibrates on the first rows, which must be normal, and judges every row of the file.
Writes one line per input row: time, score (1 is the limit), alarm (0 or 1), reason.

  --time <column>        the column that is copied to the answer as the time
  --value <column...>    the columns to watch; repeat it, or list them after one --value
  --train <rows>         normal rows at the start, at least ${MIN_CALIBRATION_ROWS} (default 400)
  --separator <char>     between cells, default ","
  --out <csv>            where the answer goes
  --json                 print the summary as JSON

Cells that are empty or no number are skipped and counted. Rows are taken as evenly spaced.
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
  readonly separator: string;
  readonly out: string;
}

interface DetectSummary {
  readonly rows: number;
  readonly trainRows: number;
  readonly alarmRows: number;
  readonly episodes: number;
  readonly skippedCells: number;
  readonly watched: readonly string[];
  readonly leftOut: readonly string[];
  readonly heldOut: { readonly windows: number; readonly alarmWindows: number };
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
  const separator = values.separator === "\\t" ? "\t" : values.separator;
  if (separator.length !== 1)
    throw fault(`--separator must be one character, got ${JSON.stringify(separator)}`);
  return { file, time: values.time, values: values.value, train, separator, out: values.out };
}

/** `--value a b c` means `--value a --value b --value c`. The file stands before the first option. */
function gatherValues(args: readonly string[]): string[] {
  const result: string[] = [];
  let name = "";
  for (const arg of args) {
    if (arg.startsWith("--")) name = arg;
    else if (name === "--value" && result.at(-1) !== "--value") result.push("--value");
    result.push(arg);
  }
  return result;
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      time: { type: "string" },
      value: { type: "string", multiple: true },
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
  const all = { names: given.values, values: table.values, timeUs: new Float64Array(0) };
  const training = { ...all, values: all.values.map((values) => values.subarray(0, given.train)) };
  const chosen = watchable(training);
  const watched = pickColumns(all, chosen);
  const calibration = calibrateDetector(pickColumns(training, chosen));
  const detector = new Detector({
    twin: "table",
    node: "detect",
    periodUs: 1e6,
    calibration,
    signals: watched.names.map((name) => ({
      property: {
        address: `table/${name}`,
        label: name,
        kind: "measurement" as const,
        type: "number" as const,
        update: { mode: "cyclic" as const, periodMs: 1000 },
      },
    })),
  });
  const row = new Float64Array(watched.names.length);
  const lines = ["time,score,alarm,reason"];
  let alarmRows = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < row.length; c++) row[c] = watched.values[c]![r]!;
    detector.step(r * 1e6, row);
    const { current } = detector;
    if (current !== undefined) alarmRows++;
    lines.push(
      [
        cell(table.time[r]!),
        detector.score.toFixed(4),
        current === undefined ? "0" : "1",
        current === undefined ? "" : cell(`${current.title}. ${current.reason}`),
      ].join(","),
    );
  }
  try {
    await writeFile(given.out, `${lines.join("\n")}\n`);
  } catch (thrown) {
    throw new RungError({
      code: "file-unwritable",
      where: given.out,
      what: messageOf(thrown),
      cause: thrown,
    });
  }
  const { windows, alarmWindows } = calibration.heldOut;
  return {
    rows,
    trainRows: given.train,
    alarmRows,
    episodes: detector.counts.episodes,
    skippedCells: table.notNumbers,
    watched: watched.names,
    leftOut: given.values.filter((_, c) => !chosen.includes(c)),
    heldOut: { windows, alarmWindows },
    out: given.out,
  };
}

/** RFC 4180: quoted where it must be. */
const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function text(result: DetectSummary): string {
  const leftOut =
    result.leftOut.length === 0
      ? ""
      : `left out, since they hold no good values, never move or only ever rise: ${result.leftOut.join(", ")}\n`;
  const skipped =
    result.skippedCells === 0 ? "" : `${result.skippedCells} cells that are no number were skipped\n`;
  return `${result.rows} rows, ${result.trainRows} of them to calibrate; ${result.episodes} episodes, ${result.alarmRows} rows in alarm\n${leftOut}${skipped}${result.out}\n`;
}
