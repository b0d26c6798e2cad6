import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { messageOf, RungError } from "../core/errors.ts";
import { DEFAULT_PRIOR, priorBelief } from "../model/oven/belief.ts";
import { calibrate } from "../model/oven/calibrate.ts";
import { calibratedConfig, withDefaultBody } from "../model/oven/calibrated-config.ts";
import { type CalibrationReport, calibrationReport } from "../model/oven/calibration-report.ts";
import { channelsFor } from "../model/oven/channel-map.ts";
import type { Raw } from "../model/oven/config-reader.ts";
import { decodeText } from "../model/oven/delimited-text.ts";
import { clockS, clockText, isClock, isNumber, numberOf } from "../model/oven/logger-cell.ts";
import { entryByFit } from "../model/oven/logger-entry.ts";
import { type LoggerFile, type LoggerHints, readLoggerFile } from "../model/oven/logger-file.ts";
import { type LoggerProfile, rideRecord, type ZoneAir } from "../model/oven/logger-ride.ts";
import { type OvenConfig, ovenConfig } from "../model/oven/oven-config.ts";
import { readJsonInput } from "./json-file.ts";
import { alignedTable } from "./oven-table.ts";
import { readArguments } from "./read-arguments.ts";

export const usage = `rung oven calibrate <config.json> <profile.csv> [options]

  Fits the oven's model to the profile of one body, as a profile logger exports it, and prints each parameter with its
  95 % interval, how well the model follows the ride, and what the ride cannot tell.

  --air <zones.csv>    air temperatures of the zones during the ride, one column per zone, on the profile's time;
                       without it the zones' air temperatures of the configuration
  --map node=channel,. channels of nodes whose names differ
  --body <type>        body type that rode; the default one if left out
  --entry <time>       when the body entered, on the profile's time: seconds or h:mm:ss; without it a mark in the
                       file, or else where the probes begin to rise
  --time <unit>        ms, s, min, h, mm:ss or hh:mm, where the file does not say it
  --unit <C|F|K>       unit of the temperatures, where the file does not say it
  --noise <K>          standard deviation of one sample (1)
  --only nodes         leave the zones' factors and the air as they are
  --out <file>         write the calibrated configuration
  --json`;

const OPTIONS = {
  air: { type: "string" },
  map: { type: "string" },
  body: { type: "string" },
  entry: { type: "string" },
  time: { type: "string" },
  unit: { type: "string" },
  noise: { type: "string" },
  only: { type: "string" },
  out: { type: "string" },
  json: { type: "boolean" },
} as const;
const TIME_UNITS = ["ms", "s", "min", "h", "mm:ss", "hh:mm"] as const;
const TEMPERATURE_UNITS = ["C", "F", "K"] as const;

/** When the body entered, and who says so. */
interface Entry {
  readonly entryS: number;
  readonly from: "given" | "mark" | "rise";
}

/** @param args what follows `rung oven calibrate` */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    usageFault,
  );
  const [configFile, profileFile, ...rest] = positionals;
  if (configFile === undefined || profileFile === undefined || rest.length > 0)
    throw usageFault("expected one configuration and one profile");
  const input = readJsonInput(configFile, "examples/oven.config.json");
  const whole = ovenConfig(input);
  const type = values.body ?? whole.bodyType;
  checkBody(whole, type);
  const config = withDefaultBody(whole, type);
  const hints = readHints(values);
  const log = readProfile(profileFile, hints);
  const names = config.nodes.map((node) => node.name);
  const profile: LoggerProfile = {
    timeS: log.timeS,
    nodes: channelsFor(names, log.channels, "node", profileFile, readMap(values.map)),
  };
  const air = values.air === undefined ? undefined : readAir(values.air, config, log, hints);
  const noiseK = positive(values.noise, "--noise", 1);
  if (values.only !== undefined && values.only !== "nodes") throw usageFault("--only takes nodes");
  const prior = priorBelief(
    config,
    values.only === undefined ? DEFAULT_PRIOR : { ...DEFAULT_PRIOR, zoneLn: 0, airBiasK: 0 },
  );
  const reading = { where: profileFile, noiseK, ...(air && { air }) };
  const entry = findEntry(values.entry, log, () => entryByFit(config, profile, reading, prior));
  const record = rideRecord(config, profile, entry.entryS, reading);
  const calibration = calibrate(config, record, prior, noiseK);
  const report = calibrationReport(config, prior, calibration);
  if (values.out !== undefined) {
    const calibrated = calibratedConfig(input as Raw, whole, type, calibration.belief.mean);
    writeOut(values.out, { ...calibrated, calibration: { profile: basename(profileFile), ...report } });
  }
  const notes = [
    ...log.notes,
    ...(air === undefined ? ["no --air: each zone's air is taken as in the configuration"] : []),
  ];
  const channels = Object.fromEntries(names.map((name, n) => [name, profile.nodes[n]!.name]));
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ oven: config.name, bodyType: type, entry, channels, notes, ...report }, null, 2)}\n`
      : text(config, entry, channels, notes, report, values.out),
  );
  return 0;
}

function usageFault(what: string): RungError {
  return new RungError({ code: "usage", where: "rung oven calibrate", what, advice: usage });
}

function checkBody(config: OvenConfig, type: string): void {
  const known = [config.bodyType, ...config.bodyTypes.map((body) => body.name)];
  if (!known.includes(type)) throw usageFault(`--body ${type} is none of ${known.join(", ")}`);
}

function readHints(values: { time?: string; unit?: string }): LoggerHints {
  const timeUnit = TIME_UNITS.find((unit) => unit === values.time);
  const temperatureUnit = TEMPERATURE_UNITS.find((unit) => unit === values.unit?.toUpperCase());
  if (values.time !== undefined && timeUnit === undefined)
    throw usageFault(`--time takes ${TIME_UNITS.join(", ")}`);
  if (values.unit !== undefined && temperatureUnit === undefined) throw usageFault("--unit takes C, F or K");
  return { ...(timeUnit && { timeUnit }), ...(temperatureUnit && { temperatureUnit }) };
}

function readProfile(file: string, hints: LoggerHints): LoggerFile {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (fault) {
    throw new RungError({ code: "file-unreadable", where: file, what: messageOf(fault), cause: fault });
  }
  return readLoggerFile(decodeText(bytes), basename(file), hints);
}

function readAir(file: string, config: OvenConfig, profile: LoggerFile, hints: LoggerHints): ZoneAir {
  const log = readProfile(file, hints);
  if (log.clock !== profile.clock) {
    const kind = (clock: boolean): string => (clock ? "the times of a clock" : "elapsed times");
    throw new RungError({
      code: "logger-air",
      where: file,
      what: `has ${kind(log.clock)}, the profile has ${kind(profile.clock)}`,
      advice: "export both on the same time",
    });
  }
  const names = config.zones.map((zone) => zone.name);
  return { timeS: log.timeS, zones: channelsFor(names, log.channels, "zone", file) };
}

/** `roof=Ch 1,door=Ch 2`. */
function readMap(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const [node = "", channel = ""] = pair.split(/=(.*)/s).map((word) => word.trim());
      if (node === "" || channel === "") throw usageFault(`--map takes node=channel, got ${pair}`);
      return [node, channel];
    }),
  );
}

function positive(text: string | undefined, option: string, byDefault: number): number {
  if (text === undefined) return byDefault;
  const value = isNumber(text) ? numberOf(text) : Number.NaN;
  if (!(value > 0)) throw usageFault(`${option} takes a number > 0, got ${text}`);
  return value;
}

function findEntry(said: string | undefined, log: LoggerFile, byFit: () => number): Entry {
  if (said !== undefined) {
    if (isNumber(said)) return { entryS: numberOf(said), from: "given" };
    if (isClock(said)) return { entryS: clockS(said, "hh:mm"), from: "given" };
    throw usageFault(`--entry takes seconds or h:mm:ss, got ${said}`);
  }
  if (log.markS !== undefined) return { entryS: log.markS, from: "mark" };
  return { entryS: byFit(), from: "rise" };
}

function writeOut(file: string, content: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  } catch (fault) {
    throw new RungError({ code: "file-unwritable", where: file, what: messageOf(fault), cause: fault });
  }
}

const ENTRY_WORDS: Readonly<Record<Entry["from"], string>> = {
  given: "as given",
  mark: "by the file's mark",
  rise: "found from the rise",
};

function text(
  config: OvenConfig,
  entry: Entry,
  channels: Readonly<Record<string, string>>,
  notes: readonly string[],
  report: CalibrationReport,
  out: string | undefined,
): string {
  const unit = (of: string): string => (of === "air" ? " K" : "");
  const sign = (of: string, value: number): string => (of === "air" && value >= 0 ? "+" : "");
  const number = (of: string, value: number): string =>
    `${sign(of, value)}${value.toFixed(of === "air" ? 2 : 4)}`;
  const rows = report.parameters.map(({ name, of, value, low, high }) => [
    name,
    `${number(of, value)}${unit(of)}`,
    `${number(of, low)} .. ${number(of, high)}`,
  ]);
  const nodes = Object.entries(report.rmseK).map(([node, rmseK]) => [
    node,
    channels[node]!,
    rmseK.toFixed(2),
    report.residualLag[node]!.toFixed(2),
  ]);
  return `${[
    `${config.name}, ${config.bodyType}: ${report.samples} samples, entry at ${clockText(entry.entryS)} (${entry.entryS.toFixed(1)} s), ${ENTRY_WORDS[entry.from]}`,
    ...alignedTable(["parameter", "value", "95 % interval"], rows),
    "",
    ...alignedTable(["node", "channel", "RMSE K", "residual lag"], nodes),
    `chi² per sample ${report.chiSquarePerSample.toFixed(3)}`,
    ...[...notes, ...report.remarks].map((line) => `- ${line}`),
    ...(out === undefined ? [] : [`calibrated configuration in ${out}`]),
  ].join("\n")}\n`;
}
