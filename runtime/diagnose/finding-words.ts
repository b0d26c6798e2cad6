import { pathBelow } from "../core/address.ts";
import type { Property } from "../core/property.ts";
import { isUnit, sameDimension } from "../core/unit.ts";
import { pathMatcher } from "./signal.ts";

/** What an operator calls a property: its label, or its path in words: `zone3/fanFlow` is "zone 3 fan flow". */
export function propertyWords(property: Property, twin: string): string {
  if (property.label !== undefined && property.label !== "") return property.label;
  return pathBelow(property.address, twin)
    .replaceAll("/", " ")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/([A-Za-z])(\d)/g, "$1 $2")
    .toLowerCase();
}

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A number as an operator reads it: three significant digits, no exponent, thousands set apart. */
export function readable(value: number): string {
  const size = Math.abs(value);
  const digits = size === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))));
  return value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: 0 });
}

/** `12 K above normal`, `18 % below normal`, `9 points above normal`. */
export function deviationWords(property: Property, offset: number, centre: number): string {
  const side = offset < 0 ? "below" : "above";
  const size = Math.abs(offset);
  const { unit } = property;
  if (unit !== undefined && isUnit(unit) && sameDimension(unit, "K")) {
    return `${readable(size)} ${unit === "°F" ? "°F" : "K"} ${side} normal`;
  }
  if (unit === "%") return `${readable(size)} points ${side} normal`;
  const share = size / Math.abs(centre);
  if (share >= 0.005 && share <= 10) return `${readable(100 * share)} % ${side} normal`;
  return `${readable(size)}${unit === undefined || unit === "1" ? "" : ` ${unit}`} ${side} normal`;
}

/** What an operator is told to do, and what happens otherwise. */
export interface Answer {
  readonly action: string;
  readonly priority?: 1 | 2 | 3;
  readonly consequence?: string;
  /** Minutes of plant time in which it still helps. */
  readonly withinMin?: number;
}

/** A row of a node's action table: for properties whose path fits, what to do and how urgent it is. */
export interface ActionRow extends Answer {
  readonly pattern: string;
}

export function actionFor(property: Property, twin: string, rows: readonly ActionRow[]): Answer {
  const path = pathBelow(property.address, twin);
  return rows.find(({ pattern }) => pathMatcher(pattern)(path)) ?? { action: defaultAction(property) };
}

function defaultAction({ unit, kind }: Property): string {
  const is = (other: string): boolean => unit !== undefined && isUnit(unit) && sameDimension(unit, other);
  if (kind === "estimate") return "Compare the estimate with the measurements it is made from";
  if (is("K")) return "Compare with a second sensor, then check sensor, heater and flow at this place";
  if (is("m³/h") || is("Nm³/h") || is("kg/h")) return "Check fan, filter, nozzles and dampers at this place";
  if (is("kW")) return "Check drive, belt and load of this machine";
  if (is("Pa")) return "Check for a leak or a blockage at this place";
  if (is("m/s")) return "Check drive and load of the conveyor";
  if (unit === "%") return "Check the actuator and what it has to make up for";
  return "Look at the signal and at the machine, and decide";
}
