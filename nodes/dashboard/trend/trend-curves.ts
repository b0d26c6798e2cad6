import { RungError } from "../../../runtime/core/errors.ts";
import type { Property } from "../../../runtime/core/property.ts";
import { columnsOver } from "../../../runtime/describe/decimate/decimate-range.ts";
import type { LiveCurve } from "../../../runtime/describe/decimate/live-curve.ts";
import type { M4Columns } from "../../../runtime/describe/decimate/m4-columns.ts";
import { STALE_PERIODS } from "../../../runtime/describe/sample-window.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
import type { TrendColumn, TrendSeries } from "./trend-view.ts";

/** Digits that a drawing can show. */
const DIGITS = 9;
const LONGEST_LABEL = 60;

const drawn = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toPrecision(DIGITS)) : null;

/** The columns that changed after a mark; all of them after -1. */
export function columnsAfter(columns: M4Columns, mark: number): TrendColumn[] {
  const found: TrendColumn[] = [];
  const times: number[] = [];
  const values: number[] = [];
  columns.eachChanged(mark, (column) => {
    times.length = 0;
    values.length = 0;
    columns.readInto(column, times, values);
    const beginUs = column * columns.widthUs;
    const row: (number | null)[] = [column];
    for (let i = 0; i < times.length; i++)
      row.push(Math.round((times[i]! - beginUs) / 1000), drawn(values[i]!));
    found.push(row);
  });
  return found;
}

/** All of a series but its curve: what its property says of it, and what stands now. */
export function seriesHead(
  address: string,
  path: string,
  state: TwinState | undefined,
): Omit<TrendSeries, "before" | "columns"> {
  const property = propertyOf(address, state);
  const last = state?.last(address);
  const update = property?.update;
  const isNumber = last !== undefined && Number.isFinite(last.value) && last.quality >>> 30 !== 2;
  return {
    label: labelOf(property?.label ?? path),
    unit: property?.unit ?? "",
    isStepped: update?.mode === "onChange",
    gapS: update?.mode === "cyclic" ? (STALE_PERIODS * update.periodMs) / 1000 : null,
    isStale: last?.stale ?? false,
    value: isNumber ? drawn(last.value) : null,
  };
}

export function propertyOf(address: string, state: TwinState | undefined): Property | undefined {
  const index = state?.dictionary.indexOf(address) ?? -1;
  return index < 0 ? undefined : state!.dictionary.properties[index];
}

const labelOf = (text: string): string =>
  text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;

export function beforeOf({ before }: M4Columns): TrendSeries["before"] {
  return before === undefined ? null : [before.timeUs / 1e6, drawn(before.value)];
}

/**
 * A stretch of a property at another width: what history has, and the newest samples that it may not have yet.
 * @throws RungError `bad-range`; what history throws
 */
export async function stretchOf(
  curve: LiveCurve,
  asked: { readonly fromUs: number; readonly toUs: number; readonly widthUs: number },
  decimated: (address: string) => Promise<{ timeUs: Float64Array; value: Float64Array }>,
): Promise<Pick<TrendSeries, "before" | "columns">> {
  const { fromUs, toUs, widthUs } = asked;
  const columns = columnsOver(curve.address, fromUs, toUs, widthUs);
  const take = ({ timeUs, value }: { timeUs: Float64Array; value: Float64Array }) => {
    for (let i = 0; i < timeUs.length; i++) if (timeUs[i]! < toUs) columns.add(timeUs[i]!, value[i]!);
  };
  take(curve.columns.samples());
  try {
    take(await decimated(curve.address));
  } catch (error) {
    // What came a moment ago may be drawn before it is stored.
    if (!(error instanceof RungError && error.code === "unknown-address")) throw error;
  }
  return { before: beforeOf(columns), columns: columnsAfter(columns, -1) };
}
