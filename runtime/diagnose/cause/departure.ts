import type { TimeUs } from "../../core/time.ts";
import { type Columns, readRow, rowCount } from "../columns.ts";
import { calibratePlane } from "../multivariate/plane-calibration.ts";
import { PlaneMonitor } from "../multivariate/plane-monitor.ts";
import { centreAndSigma } from "../normal-fit.ts";
import { type Onset, onsetOf } from "./onset.ts";

/** How the signals went away from normal around one finding. */
export interface Departure {
  readonly names: readonly string[];
  /** Standardised by the reference rows, per signal. NaN where there was no good value. */
  readonly z: readonly Float64Array[];
  /** Of each signal, its part in what is not normal since the first onset, 0..1, summing to 1; all 0 where nothing is. */
  readonly shares: Float64Array;
  readonly onsets: readonly Onset[];
  /** Rows [from, to) are looked at: the reference lies before them. */
  readonly from: number;
  readonly to: number;
  /** Row in which the first of the signals that count left normal. */
  readonly firstRow: number;
  /** Whether the shares are those of a plane through all signals, or of each signal by itself. */
  readonly basis: "plane" | "single";
  readonly degraded: readonly string[];
}

/** Rows looked at before the finding was raised: a detector confirms and averages first. */
export const LOOK_BACK_ROWS = 40;
/** Fewer rows before that say nothing of normal. */
export const LEAST_REFERENCE_ROWS = 30;
/** Signals below this share do not set the first onset. */
const COUNTS_FROM = 0.02;
/** Standardised values are cut here. */
const CLIP = 10;

/**
 * @param recent rows in time, good ones before the finding among them
 * @param sinceUs when the finding was raised
 * @returns undefined where there is too little before the finding to compare with
 */
export function departureOf(
  recent: Columns,
  sinceUs: TimeUs,
  lookBack = LOOK_BACK_ROWS,
): Departure | undefined {
  const rows = rowCount(recent);
  let raised = rows;
  while (raised > 0 && recent.timeUs[raised - 1]! >= sinceUs) raised--;
  const from = Math.max(0, raised - lookBack);
  if (from < LEAST_REFERENCE_ROWS) return undefined;
  const degraded: string[] = [];
  const { centre, sigma } = centreAndSigma(recent, (row) => row < from);
  const z = recent.values.map((values, c) => standardised(values, centre[c]!, sigma[c]!));
  const still = recent.names.filter((_, c) => !(sigma[c]! > 0));
  if (still.length > 0) {
    degraded.push(`${still.length} signals did not move or were missing before the finding and are left out`);
  }
  const onsets = z.map((values) => onsetOf(values, from));
  const { shares, basis } = sharesOf(recent, z, from, Math.max(raised - 2, from));
  if (basis === "single") degraded.push("too few rows before the finding to judge the signals together");
  const counting = onsets.filter(({ row }, c) => row >= 0 && shares[c]! >= COUNTS_FROM);
  const firstRow = counting.length === 0 ? -1 : Math.min(...counting.map(({ row }) => row));
  return { names: recent.names, z, shares, onsets, from, to: rows, firstRow, basis, degraded };
}

function standardised(values: Float64Array, centre: number, sigma: number): Float64Array {
  if (!(sigma > 0)) return new Float64Array(values.length).fill(Number.NaN);
  return values.map((value) => {
    const z = (value - centre) / sigma;
    return Number.isFinite(z) ? Math.min(CLIP, Math.max(-CLIP, z)) : Number.NaN;
  });
}

/** Mean share in the rows from `start` on: of a plane of the reference rows, or of the squares by themselves. */
function sharesOf(
  recent: Columns,
  z: readonly Float64Array[],
  from: number,
  start: number,
): { shares: Float64Array; basis: Departure["basis"] } {
  const n = recent.names.length;
  const sum = new Float64Array(n);
  const monitor = planeOf(recent, z, from);
  const row = new Float64Array(n);
  const each = new Float64Array(n);
  for (let r = start; r < rowCount(recent); r++) {
    if (monitor !== undefined) {
      // Cut values: a signal that left its range for good must not drown those that lead there.
      for (let c = 0; c < n; c++) row[c] = z[c]![r]!;
      if (monitor.step(row).judged && monitor.score > 1) monitor.shares(each);
      else continue;
    } else {
      readRow({ ...recent, values: z }, r, each);
      for (let c = 0; c < n; c++) each[c] = Math.abs(each[c]!) > 3 ? each[c]! ** 2 : 0;
    }
    let total = 0;
    for (const value of each) total += value;
    if (total > 0) for (let c = 0; c < n; c++) sum[c]! += each[c]! / total;
  }
  let total = 0;
  for (const value of sum) total += value;
  return {
    shares: total > 0 ? sum.map((value) => value / total) : sum,
    basis: monitor === undefined ? "single" : "plane",
  };
}

function planeOf(recent: Columns, z: readonly Float64Array[], from: number): PlaneMonitor | undefined {
  const moving = z.filter((values) => !Number.isNaN(values[0]! + values[from - 1]!)).length;
  if (from < 100 || from < 3 * recent.names.length || moving < 3) return undefined;
  return new PlaneMonitor(
    calibratePlane({
      names: recent.names,
      values: z.map((values) => values.subarray(0, from)),
      timeUs: new Float64Array(0),
    }),
  );
}
