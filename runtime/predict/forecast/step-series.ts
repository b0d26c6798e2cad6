import type { TimeUs } from "../../core/time.ts";

/** A property that a forecast reads beside the one it forecasts. */
export interface Exogenous {
  /** Its path below the twin, or the column of a table. */
  readonly name: string;
  /** Whether its values are known up to the horizon when the forecast is made: a schedule, a published forecast. */
  readonly known: boolean;
}

/**
 * Steps of the property that is forecast and of what is read beside it, NaN where there is none. A column of an input
 * that is known ahead may be longer than `values`: what follows is its future.
 */
export interface StepSeries {
  readonly values: Float64Array;
  /** End of each step, source time. */
  readonly endUs: Float64Array;
  readonly exogenous: readonly Float64Array[];
  /** Sums of the finite values before each step, and how many they are: n + 1 entries. */
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

export function stepSeries(
  values: Float64Array,
  endUs: Float64Array,
  exogenous: readonly Float64Array[] = [],
): StepSeries {
  const sums = new Float64Array(values.length + 1);
  const counts = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) {
    const isNumber = Number.isFinite(values[i]!);
    sums[i + 1] = sums[i]! + (isNumber ? values[i]! : 0);
    counts[i + 1] = counts[i]! + (isNumber ? 1 : 0);
  }
  return { values, endUs, exogenous, sums, counts };
}

/** The first `length` steps, as they were known then: the future of inputs that are known ahead stays. */
export function headOf(series: StepSeries, length: number): StepSeries {
  return {
    values: series.values.subarray(0, length),
    endUs: series.endUs.subarray(0, length),
    exogenous: series.exogenous,
    sums: series.sums.subarray(0, length + 1),
    counts: series.counts.subarray(0, length + 1),
  };
}

/** Mean of the last `window` steps up to step t; NaN where less than half of them has a value. */
export function windowMean({ sums, counts }: StepSeries, t: number, window: number): number {
  const from = Math.max(0, t + 1 - window);
  const count = counts[t + 1]! - counts[from]!;
  return 2 * count < window ? Number.NaN : (sums[t + 1]! - sums[from]!) / count;
}

/** The inputs of which something is missing at the newest step: its own value, or its future where it is known ahead. */
export function missingInputs(
  inputs: readonly Exogenous[],
  { values, exogenous }: StepSeries,
  horizon: number,
): string[] {
  return inputs.flatMap(({ name, known }, e) => {
    const t = values.length - 1;
    const column = exogenous[e]!;
    if (!Number.isFinite(column[t]!) || !Number.isFinite(column[t - 1]!)) return [name];
    const ahead = known ? column.subarray(t + 1, t + 1 + horizon).filter(Number.isFinite).length : horizon;
    return ahead < horizon ? [`${name} is known for ${ahead} of ${horizon} steps ahead`] : [];
  });
}

const DAY_US = 86_400e6;

/** Phase of the day in [0, 1), by the source's clock read as UTC. */
export const dayPhase = (endUs: TimeUs, stepUs: number): number =>
  ((((endUs - stepUs) % DAY_US) + DAY_US) % DAY_US) / DAY_US;

/** 0 Monday to 6 Sunday: 1 January 1970 was a Thursday. A step belongs to the day it begins in. */
export const weekday = (endUs: TimeUs, stepUs: number): number =>
  (((Math.floor((endUs - stepUs) / DAY_US) + 3) % 7) + 7) % 7;
