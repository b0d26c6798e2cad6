import { RungError } from "../../core/errors.ts";
import type { LifeRecords } from "./life-record.ts";

/** One signal that a model listens to. */
export interface WornSignal {
  readonly name: string;
  /** Over all recorded cycles; what the signal is normalised with. */
  readonly mean: number;
  readonly deviation: number;
  /** Range over all recorded cycles. */
  readonly low: number;
  readonly high: number;
}

/** Cycles at either end of a life that are compared, at most a third of the life. */
const END_CYCLES = 20;
/** A signal tells of wear where the mean change over a life is at least this many of its standard deviations over units. */
const LEAST_CHANGE = 0.5;

/**
 * The signals that change over a life in the same sense in most units; the others (constant ones, settings, noise) only
 * give a model something to learn by heart.
 * @returns their columns, ascending, and what they are normalised with
 * @throws RungError `life-no-signal` where no signal tells of wear
 */
export function wornSignals(records: LifeRecords): { columns: Int32Array; signals: WornSignal[] } {
  const { names, units } = records;
  const columns: number[] = [];
  const signals: WornSignal[] = [];
  const changes: number[] = [];
  for (let j = 0; j < names.length; j++) {
    changes.length = 0;
    let n = 0;
    let mean = 0;
    let squares = 0;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { cycles, values } of units) {
      const rows = cycles.length;
      const end = Math.min(END_CYCLES, Math.floor(rows / 3));
      const change =
        meanOf(values, j, names.length, rows - end, rows) - meanOf(values, j, names.length, 0, end);
      if (Number.isFinite(change)) changes.push(change);
      for (let i = 0; i < rows; i++) {
        const value = values[i * names.length + j]!;
        if (Number.isNaN(value)) continue;
        // Welford: no loss of digits where the deviation is small beside the mean.
        const delta = value - mean;
        mean += delta / ++n;
        squares += delta * (value - mean);
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    const deviation = Math.sqrt(squares / n);
    // A constant has a deviation of rounding.
    if (!(deviation > 1e-9 * Math.max(Math.abs(low), Math.abs(high)))) continue;
    if (!(Math.abs(effectOf(changes)) >= LEAST_CHANGE)) continue;
    columns.push(j);
    signals.push({ name: names[j]!, mean, deviation, low, high });
  }
  if (signals.length === 0) {
    throw new RungError({
      code: "life-no-signal",
      where: "remaining life",
      what: `none of ${names.length} signals changes over the lives of ${units.length} units`,
      advice: "record a signal that wear shows in, from new to failure",
    });
  }
  return { columns: Int32Array.from(columns), signals };
}

function meanOf(values: Float64Array, column: number, columns: number, from: number, to: number): number {
  let sum = 0;
  let n = 0;
  for (let i = from; i < to; i++) {
    const value = values[i * columns + column]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    n++;
  }
  return sum / n;
}

/** Mean over standard deviation. */
function effectOf(changes: readonly number[]): number {
  const n = changes.length;
  if (n < 2) return 0;
  const mean = changes.reduce((sum, each) => sum + each, 0) / n;
  const variance = changes.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1);
  return mean / Math.sqrt(variance);
}
