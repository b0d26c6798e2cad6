import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import { ganttRows } from "../model/line/gantt.ts";
import { readLineModel } from "../model/line/line-file.ts";
import type { BlockResult, Estimate, LineResult } from "../model/line/line-result.ts";
import type { LineRun, TraceEvent } from "../model/line/line-run.ts";
import { sensitivities } from "../model/line/sensitivity.ts";
import { simulateLine } from "../model/line/simulate.ts";
import { readTextFile } from "./json-file.ts";
import { readArguments } from "./read-arguments.ts";
import { textTable } from "./text-table.ts";

export const usage = `rung line simulate <model.yaml> [--length 24h] [--warm-up auto|<time>] [--replications 10] [--seed 1]
    [--engine auto|callbacks|generators|recursion] [--sensitivity] [--trace <file.csv>] [--gantt <file.csv>] [--json]

  Sends parts through the line and prints throughput, lead time, work in progress, energy per part and what each block did,
  each with its 95 % interval, and the bottleneck. Times are written 90s, 30min or 8h. --warm-up: left out at the
  beginning; auto finds it. --sensitivity: what the line gains where one station works faster. --trace, --gantt: the
  first replication, every event or a bar for each state of each server.`;

const ENGINES = ["auto", "callbacks", "generators", "recursion"] as const;
const SECONDS_OF: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600, d: 86_400 };

/** @param args what follows `rung line simulate` */
export async function run(args: readonly string[]): Promise<number> {
  const options = readArguments(() => parsed(args), wrong);
  const model = readLineModel(readTextFile(options.file), options.file);
  const trace: TraceEvent[] = [];
  const isTraced = options.trace !== undefined || options.gantt !== undefined;
  const run: LineRun = {
    ...options.run,
    ...(isTraced ? { onTrace: (event) => void (event.replication === 0 && trace.push(event)) } : {}),
  };
  const simulated = simulateLine(model, run);
  const { warmUpS } = simulated;
  const result: LineResult = options.sensitivity
    ? {
        ...simulated,
        bottleneck: {
          ...simulated.bottleneck,
          sensitivity: sensitivities(model, { ...options.run, warmUpS }),
        },
      }
    : simulated;
  if (options.trace !== undefined) {
    const rows = trace.map(({ atS, block, server, event, part, kind, order }) => [
      atS,
      block,
      server,
      event,
      part,
      kind,
      order,
    ]);
    writeCsv(options.trace, ["at_s", "block", "server", "event", "part", "kind", "order"], rows);
  }
  if (options.gantt !== undefined) {
    const rows = ganttRows(trace, run.lengthS).map(
      ({ block, server, state, fromS, toS, part, kind, order }) => [
        block,
        server,
        state,
        fromS,
        toS,
        part,
        kind,
        order,
      ],
    );
    writeCsv(options.gantt, ["block", "server", "state", "from_s", "to_s", "part", "kind", "order"], rows);
  }
  process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : text(model.name, result));
  return 0;
}

function parsed(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      length: { type: "string", default: "24h" },
      "warm-up": { type: "string", default: "auto" },
      replications: { type: "string", default: "10" },
      seed: { type: "string", default: "1" },
      engine: { type: "string", default: "auto" },
      sensitivity: { type: "boolean", default: false },
      trace: { type: "string" },
      gantt: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new Error("expected one model file");
  const engine = ENGINES.find((one) => one === values.engine);
  if (engine === undefined) throw new Error(`--engine: expected ${ENGINES.join(", ")}, got ${values.engine}`);
  if (values.sensitivity && whole("replications", values.replications) < 2) {
    throw new Error("--sensitivity: needs two replications or more");
  }
  return {
    file,
    json: values.json,
    sensitivity: values.sensitivity,
    trace: values.trace,
    gantt: values.gantt,
    run: {
      lengthS: seconds("length", values.length),
      warmUpS: values["warm-up"] === "auto" ? ("auto" as const) : seconds("warm-up", values["warm-up"]),
      replications: whole("replications", values.replications),
      seed: whole("seed", values.seed),
      engine,
    },
  };
}

function seconds(option: string, written: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(s|min|h|d)$/.exec(written) ?? [];
  if (number === undefined)
    throw new Error(`--${option}: expected a time such as 90s, 30min or 8h, got ${written}`);
  return Number(number) * SECONDS_OF[unit!]!;
}

function whole(option: string, written: string): number {
  if (!/^\d{1,9}$/.test(written)) throw new Error(`--${option}: expected a whole number, got ${written}`);
  return Number(written);
}

function wrong(what: string): RungError {
  return new RungError({ code: "usage", where: "rung line simulate", what, advice: usage });
}

function writeCsv(
  file: string,
  head: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): void {
  const cell = (value: string | number | undefined): string => {
    const written = String(value ?? "");
    return /[",\n]/.test(written) ? `"${written.replaceAll('"', '""')}"` : written;
  };
  try {
    writeFileSync(file, `${[head, ...rows].map((row) => row.map(cell).join(",")).join("\n")}\n`);
  } catch (fault) {
    throw new RungError({ code: "file-unwritable", where: file, what: messageOf(fault), cause: fault });
  }
}

function text(name: string, result: LineResult): string {
  const { replications, warmUpS, countedS, engine, flow, events } = result;
  const figures: readonly (readonly [string, Estimate | undefined, number])[] = [
    ["throughput, parts/h", result.throughputPerHour, 2],
    ["scrapped, parts/h", result.scrappedPerHour.mean > 0 ? result.scrappedPerHour : undefined, 3],
    ["lead time, min", inMinutes(result.leadTimeS), 2],
    ["work in progress, parts", result.workInProgress, 2],
    ["energy per part, kWh", result.energyPerPartKwh, 3],
  ];
  const there = figures.flatMap(([title, figure, digits]) =>
    figure === undefined ? [] : [[title, told(figure, digits), interval(figure, digits)]],
  );
  const stations = result.perBlock.filter(({ busy }) => busy !== undefined);
  const kept = result.perBlock.filter(({ content }) => content !== undefined);
  const { shifting, sensitivity } = result.bottleneck;
  const first = shifting.filter(({ share }) => share >= 0.01).slice(0, 5);
  return `${[
    `${name}: ${replications} replications of ${hours(countedS)} after ${hours(warmUpS)} of warm-up, by ${engine}${flow === "plain" ? " (a plain line's shorter way)" : ""}, ${events} events`,
    "",
    ...textTable(["", "mean", "95 % interval"], there, 1),
    "",
    ...textTable(
      ["station, % of its time", ...STATES.map(([title]) => title), "parts"],
      stations.map(stationRow),
      1,
    ),
    ...(kept.length === 0
      ? []
      : [
          "",
          ...textTable(
            ["buffer", "content", "parts"],
            kept.map(({ id, content, parts }) => [id, told(content!, 2), told(parts, 0)]),
            1,
          ),
        ]),
    ...(first.length === 0
      ? []
      : [
          "",
          `bottleneck, part of the time: ${first.map(({ id, share }) => `${id} ${(100 * share).toFixed(0)} %`).join(", ")}`,
        ]),
    ...(sensitivity === undefined
      ? []
      : [
          "",
          ...textTable(
            ["1 % less work at", "gain, %", "95 % interval"],
            sensitivity.map(({ id, gain }) => [id, told(gain, 2), interval(gain, 2)]),
            1,
          ),
        ]),
    ...result.warnings.map((warning) => `! ${warning}`),
  ].join("\n")}\n`;
}

const STATES = [
  ["busy", "busy"],
  ["setup", "setup"],
  ["starved", "starved"],
  ["blocked", "blocked"],
  ["down", "down"],
  ["no operator", "waitingOperator"],
  ["off shift", "offShift"],
] as const;

function stationRow(block: BlockResult): string[] {
  return [
    block.id,
    ...STATES.map(([, field]) => (100 * block[field]!.mean).toFixed(1)),
    told(block.parts, 0),
  ];
}

const inMinutes = ({ mean, low, high, n }: Estimate): Estimate => ({
  mean: mean / 60,
  low: low / 60,
  high: high / 60,
  n,
});

const told = ({ mean }: Estimate, digits: number): string =>
  Number.isNaN(mean) ? "-" : mean.toFixed(digits);

const interval = ({ low, high }: Estimate, digits: number): string =>
  Number.isNaN(low) ? "-" : `${low.toFixed(digits)} .. ${high.toFixed(digits)}`;

const hours = (seconds: number): string =>
  seconds < 3600 ? `${seconds.toFixed(0)} s` : `${(seconds / 3600).toFixed(2)} h`;
