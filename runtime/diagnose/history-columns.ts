import { RungError } from "../core/errors.ts";
import { isBad } from "../core/quality.ts";
import type { TimeUs } from "../core/time.ts";
import type { Columns } from "./columns.ts";
import type { Signal } from "./signal.ts";

/** What is read of a historian; `Historian` of the describe floor fits it. */
export interface HistoryReader {
  range(
    address: string,
    fromUs: TimeUs,
    toUs: TimeUs,
  ): Promise<{
    readonly sourceTimeUs: Float64Array;
    readonly value: Float64Array;
    readonly quality: Uint32Array;
  }>;
  at(addresses: readonly string[], timeUs: TimeUs): Promise<{ readonly value: Float64Array }>;
}

/** The good numbers of one property; nothing where the historian does not know it. */
export async function goodSamples(
  history: HistoryReader,
  address: string,
  fromUs: TimeUs,
  toUs: TimeUs,
): Promise<{ readonly timeUs: Float64Array; readonly value: Float64Array }> {
  try {
    const { sourceTimeUs, value, quality } = await history.range(address, fromUs, toUs);
    const keep = (_: number, i: number): boolean => Number.isFinite(value[i]!) && !isBad(quality[i]!);
    return { timeUs: sourceTimeUs.filter(keep), value: value.filter(keep) };
  } catch (thrown) {
    if (thrown instanceof RungError && thrown.code === "unknown-address") {
      return { timeUs: new Float64Array(0), value: new Float64Array(0) };
    }
    throw thrown;
  }
}

/**
 * The signals of a window as a table with one row per tick, as a detector will see them live: the last good value of a
 * tick, NaN where there is none, less the setpoint in force. Ticks without any value are left out.
 */
export async function columnsFromHistory(
  history: HistoryReader,
  signals: readonly Signal[],
  periodUs: number,
  fromUs: TimeUs,
  toUs: TimeUs,
): Promise<Columns> {
  const first = Math.floor(fromUs / periodUs);
  const rows = Math.max(0, Math.floor(toUs / periodUs) - first);
  const values: Float64Array[] = [];
  for (const { property, reference } of signals) {
    const column = new Float64Array(rows).fill(Number.NaN);
    const samples = await goodSamples(history, property.address, fromUs, toUs);
    const setpoint = reference === undefined ? () => 0 : await setpointOf(history, reference, fromUs, toUs);
    for (const [i, timeUs] of samples.timeUs.entries()) {
      const row = Math.floor(timeUs / periodUs) - first;
      if (row >= 0 && row < rows) column[row] = samples.value[i]! - setpoint(timeUs);
    }
    values.push(column);
  }
  const kept = await rowsWithValues(values, rows);
  return {
    names: signals.map(({ property }) => property.address),
    values: values.map((column) => pick(column, kept)),
    timeUs: Float64Array.from(kept, (row) => (first + row) * periodUs),
  };
}

/** Rows in which some column has a value. Column by column with a turn of the event loop between, since there are many. */
async function rowsWithValues(values: readonly Float64Array[], rows: number): Promise<Int32Array> {
  const has = new Uint8Array(rows);
  for (const column of values) {
    for (let row = 0; row < rows; row++) if (!Number.isNaN(column[row]!)) has[row] = 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const kept = new Int32Array(rows);
  let n = 0;
  for (let row = 0; row < rows; row++) if (has[row] === 1) kept[n++] = row;
  return kept.subarray(0, n);
}

function pick(column: Float64Array, kept: Int32Array): Float64Array {
  const result = new Float64Array(kept.length);
  for (let i = 0; i < kept.length; i++) result[i] = column[kept[i]!]!;
  return result;
}

/** The setpoint in force at times asked in ascending order; NaN before the first one known. */
async function setpointOf(
  history: HistoryReader,
  address: string,
  fromUs: TimeUs,
  toUs: TimeUs,
): Promise<(timeUs: TimeUs) => number> {
  const changes = await goodSamples(history, address, fromUs, toUs);
  let value = (await history.at([address], fromUs)).value[0] ?? Number.NaN;
  let next = 0;
  return (timeUs) => {
    while (next < changes.timeUs.length && changes.timeUs[next]! <= timeUs) value = changes.value[next++]!;
    return value;
  };
}
