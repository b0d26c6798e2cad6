import { execFileSync } from "node:child_process";
import type { Columns } from "../../runtime/diagnose/columns.ts";

/** The Tennessee Eastman runs of Russell, Chiang and Braatz, 22 files; not in the repository. */
export const TEP_ARCHIVE = new URL("../../../shared/data/anomaly/tep/series.tar.gz", import.meta.url)
  .pathname;

/** 41 measured and 11 manipulated variables, in the order of the files. */
export const TEP_NAMES: readonly string[] = [
  ...Array.from({ length: 41 }, (_, i) => `XMEAS(${i + 1})`),
  ...Array.from({ length: 11 }, (_, i) => `XMV(${i + 1})`),
];
/** One row per 3 minutes. */
export const TEP_PERIOD_US = 180e6;
/** In a test run the fault comes after 8 hours. */
export const FAULT_ROW = 160;

/** One file, `d00`, `d01_te` ...; `d00` lies transposed. Times count from 0. */
export function readTep(name: string): Columns {
  const text = execFileSync("tar", ["xzOf", TEP_ARCHIVE, `series/${name}.dat`], {
    maxBuffer: 1 << 26,
  }).toString();
  const table = text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const isTransposed = table.length === TEP_NAMES.length;
  const values = TEP_NAMES.map((_, c) =>
    isTransposed ? Float64Array.from(table[c]!) : Float64Array.from(table, (row) => row[c]!),
  );
  return {
    names: TEP_NAMES,
    values,
    timeUs: Float64Array.from(values[0]!, (_, r) => r * TEP_PERIOD_US),
  };
}

/** Rows [from, to) of a table. */
export function sliceRows(columns: Columns, from: number, to?: number): Columns {
  return {
    names: columns.names,
    values: columns.values.map((values) => values.slice(from, to)),
    timeUs: columns.timeUs.slice(from, to),
  };
}
