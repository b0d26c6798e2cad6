import { RungError } from "../../core/errors.ts";
import { type Columns, rowCount } from "../columns.ts";

/** Where normal lies for each signal and how far it moves: what makes signals of any unit comparable. */
export interface NormalScale {
  readonly names: readonly string[];
  readonly centre: readonly number[];
  /** Standard deviation, in the signal's unit; 0 marks a signal that is not judged. */
  readonly sigma: readonly number[];
  /** Signals that are not judged, and why. */
  readonly ignored: readonly { readonly name: string; readonly why: string }[];
}

/** Fewer rows of normal data than this say nothing about normal. */
export const LEAST_ROWS = 100;
/** Rows per signal below which a covariance is noise. */
export const LEAST_ROWS_PER_SIGNAL = 3;
/** A signal without a good value in more rows than this share is not judged. */
const MOST_MISSING_OF_SIGNAL = 0.5;
/** A spread below this share of the value is rounding, not movement. */
const ROUNDING = 1e-9;

/**
 * Mean and standard deviation of the finite values of each column.
 * @throws RungError `no-signal` where none can be judged
 */
export function scaleOf(columns: Columns, where: string): NormalScale {
  const rows = rowCount(columns);
  const ignored: { name: string; why: string }[] = [];
  const centre: number[] = [];
  const sigma: number[] = [];
  for (const [c, values] of columns.values.entries()) {
    const name = columns.names[c]!;
    const { n, mean, deviation } = momentsOf(values);
    let why = "";
    if (n < rows * (1 - MOST_MISSING_OF_SIGNAL)) why = `has a good value in ${n} of ${rows} rows only`;
    else if (!Number.isFinite(deviation)) why = "has values too large to compute with";
    else if (deviation <= ROUNDING * Math.abs(mean)) why = "never moves";
    if (why !== "") ignored.push({ name, why });
    centre.push(Number.isFinite(mean) ? mean : 0);
    sigma.push(why === "" ? deviation : 0);
  }
  if (ignored.length === columns.names.length) {
    throw new RungError({
      code: "no-signal",
      where,
      what: `none of ${columns.names.length} signals can be judged: ${ignored
        .slice(0, 3)
        .map(({ name, why }) => `${name} ${why}`)
        .join(", ")}`,
      advice: "give normal data in which the signals move",
    });
  }
  return { names: [...columns.names], centre, sigma, ignored };
}

/** @throws RungError `too-few-rows` where a covariance of the judged signals would be noise */
export function requireRowsFor(scale: NormalScale, rows: number, where: string): void {
  const judged = scale.names.length - scale.ignored.length;
  if (rows >= LEAST_ROWS_PER_SIGNAL * judged) return;
  throw new RungError({
    code: "too-few-rows",
    where,
    what: `needs ${LEAST_ROWS_PER_SIGNAL * judged} rows of normal data for ${judged} signals, got ${rows}`,
    advice: "give more rows, or fewer signals",
  });
}

/** @throws RungError `no-signal`, `too-few-rows`, `ragged-columns`, `unordered-time` */
export function requireTable(columns: Columns, where: string): void {
  const rows = rowCount(columns);
  const fault = (code: string, what: string, advice: string): RungError =>
    new RungError({ code, where, what, advice });
  if (columns.names.length === 0)
    throw fault("no-signal", "there is no signal to judge", "choose at least one");
  if (columns.values.length !== columns.names.length || columns.values.some((v) => v.length !== rows))
    throw fault("ragged-columns", "its columns differ in length", "give one value per row and signal");
  if (rows < LEAST_ROWS) {
    throw fault(
      "too-few-rows",
      `needs ${LEAST_ROWS} rows of normal data, got ${rows}`,
      "wait for more data, or give a longer window",
    );
  }
  requireAscending(columns.timeUs, where);
}

/** @throws RungError `unordered-time` naming the first row that does not lie after the one before */
export function requireAscending(timeUs: Float64Array, where: string): void {
  for (let r = 0; r < timeUs.length; r++) {
    if (Number.isFinite(timeUs[r]!) && (r === 0 || timeUs[r]! > timeUs[r - 1]!)) continue;
    throw new RungError({
      code: "unordered-time",
      where,
      what: Number.isFinite(timeUs[r]!)
        ? `row ${r + 1} does not lie after row ${r} in time`
        : `row ${r + 1} has no time`,
      advice: "sort the rows by time and keep one row per time",
    });
  }
}

function momentsOf(values: Float64Array): { n: number; mean: number; deviation: number } {
  let n = 0;
  let mean = 0;
  let squares = 0;
  // Welford: a plain sum of squares loses a small spread on a large level.
  for (const value of values) {
    if (value - value !== 0) continue;
    const step = value - mean;
    mean += step / ++n;
    squares += step * (value - mean);
  }
  return { n, mean, deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : 0 };
}

/** Writes a row as standard deviations from its centre. @returns how many values of judged signals were no number, set to NaN */
export function standardise(
  row: Float64Array,
  centre: Float64Array,
  inverseSigma: Float64Array,
  into: Float64Array,
): number {
  let missing = 0;
  for (let i = 0; i < into.length; i++) {
    const factor = inverseSigma[i]!;
    const z = factor === 0 ? 0 : (row[i]! - centre[i]!) * factor;
    if (z - z === 0) into[i] = z;
    else {
      into[i] = Number.NaN;
      missing++;
    }
  }
  return missing;
}

/** The smallest held-out value that no more than `exceedance` of the held-out values exceed; NaN counts as none. */
export function heldOutLimit(values: Float64Array, exceedance: number): number {
  const sorted = values.filter(Number.isFinite).sort();
  if (sorted.length === 0) return Number.NaN;
  const over = Math.floor(exceedance * sorted.length + 1e-9);
  return sorted[sorted.length - 1 - over]!;
}
