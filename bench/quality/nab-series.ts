import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { NabWindow } from "./nab-score.ts";

/** One series of the Numenta Anomaly Benchmark. Rows stand as published, times and all. */
export interface NabSeries {
  /** `folder/file.csv`, the key of its labels. */
  readonly file: string;
  readonly timestamps: readonly string[];
  readonly values: Float64Array;
  readonly windows: readonly NabWindow[];
}

/** @param folder with `series/` and `combined_windows.json` @returns undefined where they are not there */
export function readNab(folder: string): NabSeries[] | undefined {
  if (!existsSync(join(folder, "series")) || !existsSync(join(folder, "combined_windows.json")))
    return undefined;
  const windows = JSON.parse(readFileSync(join(folder, "combined_windows.json"), "utf8")) as Record<
    string,
    [string, string][]
  >;
  return readdirSync(join(folder, "series"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".csv"))
    .sort()
    .map((file) => readSeries(folder, file, windows[file] ?? []));
}

function readSeries(folder: string, file: string, windows: readonly [string, string][]): NabSeries {
  const lines = readFileSync(join(folder, "series", file), "utf8")
    .trim()
    .split(/\r?\n/)
    .slice(1);
  const timestamps = lines.map((line) => line.slice(0, line.indexOf(",")));
  const values = Float64Array.from(lines, (line) => Number(line.slice(line.indexOf(",") + 1)));
  return { file, timestamps, values, windows: rowsOf(windows, timestamps) };
}

/** Windows by row: a label's time, with its microseconds, is the time of a row. */
export const rowsOf = (windows: readonly [string, string][], timestamps: readonly string[]): NabWindow[] =>
  windows.map(([from, to]) => ({
    from: timestamps.indexOf(from.replace(/\.0+$/, "")),
    to: timestamps.indexOf(to.replace(/\.0+$/, "")),
  }));
