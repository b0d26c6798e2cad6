import { isGood } from "../../../runtime/core/quality.ts";
import type { TwinState } from "../../../runtime/describe/twin-state.ts";
import type { BarView } from "../look/bar-view.ts";

/** One row of the widget's configuration. Paths lie below the twin. */
export interface TileRow {
  readonly path: string;
  readonly setpoint?: string;
  readonly label?: string;
  readonly digits?: string;
  /** Half the width of the normal band round the setpoint, in the property's unit. */
  readonly band?: string;
}

/** A bar's view of the twin's state now. A value that is stale or not good is shown as such, never as good. */
export function barOf(state: TwinState, row: TileRow): BarView {
  const address = `${state.address}/${row.path}`;
  const last = state.last(address);
  const index = state.dictionary.indexOf(address);
  const property = index < 0 ? undefined : state.dictionary.properties[index];
  const setpoint = row.setpoint === undefined ? undefined : state.last(`${state.address}/${row.setpoint}`);
  const limits = property?.limits ?? {};
  const value = last === undefined || !Number.isFinite(last.value) ? null : last.value;
  const beyond = value !== null && (value < (limits.low ?? value) || value > (limits.high ?? value));
  const stale = last !== undefined && (last.stale || !isGood(last.quality));
  return {
    label: row.label ?? property?.label ?? row.path,
    address,
    value,
    unit: property?.unit ?? "1",
    digits: row.digits === undefined ? 1 : Number(row.digits),
    stale,
    ...limits,
    ...(setpoint === undefined || row.band === undefined
      ? {}
      : { normalLow: setpoint.value - Number(row.band), normalHigh: setpoint.value + Number(row.band) }),
    ...(setpoint === undefined ? {} : { setpoint: setpoint.value }),
    ...(beyond && !stale ? { priority: 2 as const } : {}),
  };
}

/** The rows of a configuration. @throws SyntaxError for text that is no JSON */
export function rowsOf(text: string): TileRow[] {
  const rows: unknown = JSON.parse(text || "[]");
  return Array.isArray(rows) ? rows.filter((row): row is TileRow => typeof row?.path === "string") : [];
}
