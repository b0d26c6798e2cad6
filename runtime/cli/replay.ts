import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { RungError } from "../core/errors.ts";
import { isoFromUs } from "../core/time.ts";
import { isFrameFile } from "../describe/recording/frame-file.ts";
import { closeServices, services } from "../host/services.ts";
import { readArguments } from "./read-arguments.ts";
import { type ReplayOptions, type ReplayReport, replay } from "./replay-pipeline.ts";

export const summary = "play a recorded file through state, detect and history";
export const usage = `rung replay <file> --time <column> [--map <csv>] [--separator <character>] [--decimal <mark>]
            [--twin <address>] [--train <rows>] [--speed <factor>|max] [--home <folder>] [--json]
       rung replay <file> --time <column> --flow <json> [...]

Reads a CSV file, or one that rung record wrote, as a recording. Without a flow it builds source -> state -> detect -> historian from the header. With
one it runs the flow headless, the file in the place of its sources; links, actuators, screens and every other node
that reaches outside stay off. Reports rows read, samples stored, deduplicated and
dropped, and count and sum of every column as they are in the historian, beside those of the file. A file that was
replayed before is stored once: the second time everything is deduplicated.

  --time <column>     the column with the time, not for a recorded file; UTC unless an offset stands behind it
  --map <csv>         column,address[,unit,plantUnit,type,kind,periodMs,label]; without it every column under its name
  --separator <char>  between cells, default ","; \\t is a tab
  --decimal <mark>    decimal mark of the numbers, "." (default) or ","
  --twin <address>    the twin the columns belong to, default recording/<folder>/<file name>; of a recorded file the
                      twin that is played, default the nearest one above all its addresses
  --train <rows>      normal rows at the start that the detector is calibrated on, default 400, 0 = no detection
  --speed <factor>    recorded seconds per second, default max
  --home <folder>     where the history lies, default RUNG_HOME
  --flow <json>       a flow file or a folder of flow files
  --json              print the report as JSON

"sum" is the true sum rounded once, whatever the order; "sumInOrder" the plain sum from the first row to the last.
Exit: 0 done and the historian equals the file, 1 it does not or the file ends within a record, 2 a fault of the input.`;

/** @param args what follows \`rung replay\` @returns the exit status */
export async function run(args: string[]): Promise<number> {
  const isJson = args.includes("--json");
  try {
    const { home, flow, ...options } = readOptions(args);
    if (home !== undefined) process.env.RUNG_HOME = home;
    const report =
      flow === undefined
        ? await replay(options, services())
        : await (await import("./replay-flow.ts")).replayFlow(flow, options);
    process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : words(report));
    if (report.cutOff !== undefined) process.stderr.write(`${report.cutOff.message}\n`);
    return report.matches && report.cutOff === undefined ? 0 : 1;
  } catch (thrown) {
    if (!(thrown instanceof RungError)) throw thrown;
    if (isJson) process.stdout.write(`${JSON.stringify({ errors: [thrown.toJSON()] })}\n`);
    else process.stderr.write(`${thrown.message}\n`);
    return 2;
  } finally {
    await closeServices();
  }
}

const parse = (args: string[]) =>
  parseArgs({
    args,
    allowPositionals: true,
    options: {
      time: { type: "string" },
      map: { type: "string" },
      separator: { type: "string", default: "," },
      decimal: { type: "string", default: "." },
      twin: { type: "string" },
      train: { type: "string", default: "400" },
      speed: { type: "string", default: "max" },
      home: { type: "string" },
      flow: { type: "string" },
      json: { type: "boolean" },
    },
  });

function readOptions(args: string[]): ReplayOptions & { home?: string; flow?: string } {
  const fault = (what: string): RungError =>
    new RungError({ code: "usage", where: "rung replay", what, advice: "see rung replay --help" });
  const { values, positionals } = readArguments(() => parse(args), fault);
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0) throw fault(`expected one file, got ${positionals.length}`);
  if (values.time === undefined && !isFrameFile(file)) throw fault("--time <column> is missing");
  if (values.decimal !== "." && values.decimal !== ",") throw fault('--decimal must be "." or ","');
  const train = Number(values.train);
  if (!Number.isInteger(train) || train < 0)
    throw fault(`--train must be a whole number, got ${values.train}`);
  const speed = values.speed === "max" ? "max" : Number(values.speed);
  if (speed !== "max" && !(speed > 0))
    throw fault(`--speed must be a number > 0 or max, got ${values.speed}`);
  return {
    file,
    timeColumn: values.time ?? "",
    separator: values.separator === "\\t" ? "\t" : values.separator,
    decimal: values.decimal,
    train,
    speed,
    ...(values.map === undefined ? {} : { map: values.map }),
    ...(values.twin === undefined ? {} : { twin: values.twin }),
    ...(values.home === undefined ? {} : { home: resolve(values.home) }),
    ...(values.flow === undefined ? {} : { flow: values.flow }),
  };
}

function words(report: ReplayReport): string {
  const { samples } = report;
  const dropped = Object.entries(samples.dropped).map(([reason, rows]) => `, ${rows} dropped (${reason})`);
  const lines = [
    `${report.rows} rows of ${report.file} into ${report.twin}`,
    `${samples.received} samples: ${samples.stored} stored, ${samples.deduplicated} deduplicated${dropped.join("")}`,
  ];
  const bad = report.badCells.first[0];
  if (bad !== undefined) {
    lines.push(
      `${report.badCells.count} bad cells, the first in row ${bad.row}, column ${bad.column}: ${bad.reason} ${JSON.stringify(bad.text)}`,
    );
  }
  const { detection } = report;
  if (detection.state === "watched") {
    lines.push(`${detection.episodes} findings after ${detection.trainRows} rows of calibration`);
    for (const { fromRow, title } of detection.findings) lines.push(`  from row ${fromRow}: ${title}`);
  } else if (detection.state === "flow") {
    lines.push(`${detection.episodes} findings of the flow's detectors`);
    for (const { sinceUs, title } of detection.findings) lines.push(`  from ${isoFromUs(sinceUs)}: ${title}`);
  } else lines.push(`no detection: ${detection.why}`);
  const width = Math.max(...report.columns.map(({ column }) => column.length), 6);
  lines.push(`${"column".padEnd(width)}  count  sum`);
  for (const { column, stored, matches } of report.columns) {
    lines.push(
      `${column.padEnd(width)}  ${stored.count}  ${stored.sum}${matches ? "" : "  differs from the file"}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
