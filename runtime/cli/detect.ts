import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import type { Columns } from "../diagnose/columns.ts";
import { Detector } from "../diagnose/detector.ts";
import {
  calibrateDetector,
  type DetectorCalibration,
  MIN_CALIBRATION_ROWS,
} from "../diagnose/detector-calibration.ts";
import { pickColumns, watchable } from "../diagnose/watchable.ts";
import { DETECT_METHODS, type DetectMethod, RowWatch } from "./detect-method.ts";
import { readDetectTable } from "./detect-table.ts";
import { gatherValues } from "./gather-values.ts";
import { readArguments } from "./read-arguments.ts";

export const summary = "find what is not normal in a table of measurements";
export const usage = `rung detect <csv> --time <column> --value <column...> --out <csv>
            [--train <rows>] [--method <method>] [--adapt] [--separator <character>] [--json]

Calibrates on the first rows, which must be normal, and judges every row of the file.
Writes one line per input row: time, score (1 is the limit), alarm (0 or 1), reason.

  --time <column>        the column that is copied to the answer as the time
  --value <column...>    the columns to watch; repeat it, or list them after one --value
  --train <rows>         normal rows at the start, at least ${MIN_CALIBRATION_ROWS} (default 400)
  --method <method>      deviation: averages of each signal and of all together (default);
                         pca: T² and SPE of single rows; knn: distance to the nearest normal rows
  --adapt                with pca: normal follows the rows that are judged normal, up to a bound
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
  readonly method: DetectMethod;
  readonly adapt: boolean;
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
  readonly method: DetectMethod;
  /** Of the first method alone. */
  readonly heldOut?: { readonly windows: number; readonly alarmWindows: number };
  /** With --adapt: signals whose normal has moved as far as it may. */
  readonly drifted?: readonly string[] | undefined;
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
  const method = DETECT_METHODS.find((each) => each === values.method);
  if (method === undefined)
    throw fault(`--method must be one of ${DETECT_METHODS.join(", ")}, got ${values.method}`);
  const adapt = values.adapt === true;
  if (adapt && method !== "pca") throw fault(`--adapt goes with --method pca alone, got ${method}`);
  const { time, value, out } = values;
  return { file, time, values: value, train, method, adapt, separator, out };
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      time: { type: "string" },
      value: { type: "string", multiple: true },
      train: { type: "string", default: "400" },
      method: { type: "string", default: "deviation" },
      adapt: { type: "boolean" },
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
  const watch = watchOf(given, watched, pickColumns(training, chosen));
  const row = new Float64Array(watched.names.length);
  const lines = ["time,score,alarm,reason"];
  let alarmRows = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < row.length; c++) row[c] = watched.values[c]![r]!;
    watch.step(r, row);
    const { score, reason } = watch;
    if (reason !== "") alarmRows++;
    lines.push(
      [
        cell(table.time[r]!),
        // A row with too many values missing has no score.
        Number.isNaN(score) ? "" : score.toFixed(4),
        reason === "" ? "0" : "1",
        cell(reason),
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
  return {
    rows,
    trainRows: given.train,
    alarmRows,
    episodes: watch.episodes,
    skippedCells: table.notNumbers,
    watched: watched.names,
    leftOut: given.values.filter((_, c) => !chosen.includes(c)),
    method: given.method,
    ...(watch.heldOut === undefined ? {} : { heldOut: watch.heldOut }),
    ...(watch.drifted === undefined ? {} : { drifted: watch.drifted }),
    out: given.out,
  };
}

/** What judges the rows of a table. */
interface TableWatch {
  step(r: number, row: Float64Array): void;
  readonly score: number;
  /** Empty where there is no alarm. */
  readonly reason: string;
  readonly episodes: number;
  readonly heldOut?: DetectSummary["heldOut"];
  readonly drifted?: DetectSummary["drifted"];
}

function watchOf({ method, adapt }: DetectArguments, watched: Columns, training: Columns): TableWatch {
  if (method !== "deviation") {
    const rows = new RowWatch(method, training, adapt);
    return {
      step: (_, row) => rows.step(row),
      get score() {
        return rows.score;
      },
      get reason() {
        return rows.reason;
      },
      get episodes() {
        return rows.episodes;
      },
      get drifted() {
        return rows.drifted;
      },
    };
  }
  const calibration = calibrateDetector(training);
  const detector = detectorOf(watched, calibration);
  const { windows, alarmWindows } = calibration.heldOut;
  return {
    step: (r, row) => void detector.step(r * 1e6, row),
    get score() {
      return detector.score;
    },
    get reason() {
      const { current } = detector;
      return current === undefined ? "" : `${current.title}. ${current.reason}`;
    },
    get episodes() {
      return detector.counts.episodes;
    },
    heldOut: { windows, alarmWindows },
  };
}

const detectorOf = (watched: Columns, calibration: DetectorCalibration): Detector =>
  new Detector({
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

/** RFC 4180: quoted where it must be. */
const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function text(result: DetectSummary): string {
  const leftOut =
    result.leftOut.length === 0
      ? ""
      : `left out, since they hold no good values, never move or only ever rise: ${result.leftOut.join(", ")}\n`;
  const skipped =
    result.skippedCells === 0 ? "" : `${result.skippedCells} cells that are no number were skipped\n`;
  const drifted = result.drifted?.length
    ? `normal has moved as far as it may for ${result.drifted.join(", ")}: calibrate anew, or look for a fault that creeps\n`
    : "";
  return `${result.rows} rows, ${result.trainRows} of them to calibrate; ${result.episodes} episodes, ${result.alarmRows} rows in alarm\n${leftOut}${skipped}${drifted}${result.out}\n`;
}
