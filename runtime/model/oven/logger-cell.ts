/** What stands in one cell of a logger's table. */

/** What loggers write for a probe that gives nothing: broken wire, out of range, not plugged. */
const FAILED =
  /^(?:|-+|-+[.,]-+|[*<>?#]+|open(?: ?circuit)?|o\/?c|ol|overload|over|under|short|error?|err\.?|fault|fail(?:ed)?|nan|n\/?a|#n\/a|null|none|disabled|offen|bruch|fehler|[-+]?9{4,}(?:[.,]9*0*)?|[-+]?32767|-32768|3276[.,]7|-3276[.,]8)$/i;
const NUMBER = /^[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[-+]?\d+)?$/i;
/** A day before it, or nothing: `2026-01-12 06:00:05`, `12.01.2026 06:00`, `0:00:05,5`, `6:00:05 PM`. */
const CLOCK =
  /^(?:\S*\d{4}\S*[ T]|\S*\d[./-]\d\S*[ T])?(\d{1,5}):(\d{2})(?::(\d{2}(?:[.,]\d+)?))?(?: ?([AP])\.?M\.?)?Z?$/i;

export const isFailure = (cell: string): boolean => FAILED.test(cell);
export const isNumber = (cell: string): boolean => NUMBER.test(cell);
export const isClock = (cell: string): boolean => CLOCK.test(cell);

/** @param cell for which `isNumber` holds; decimal point or comma */
export const numberOf = (cell: string): number => Number(cell.replace(",", "."));

/** Whether a number is written with a comma or a point; undefined for whole numbers. */
export function decimalOf(cell: string): "," | "." | undefined {
  if (!isNumber(cell)) return undefined;
  return cell.includes(",") ? "," : cell.includes(".") ? "." : undefined;
}

/**
 * Seconds of a clock's cell, without its day.
 * @param twoParts what `12:30` without seconds means
 */
export function clockS(cell: string, twoParts: "hh:mm" | "mm:ss"): number {
  const [, first = "", second = "", third, half] = CLOCK.exec(cell)!;
  if (third === undefined && half === undefined && twoParts === "mm:ss")
    return 60 * Number(first) + Number(second);
  const hours = half === undefined ? Number(first) : (Number(first) % 12) + (/p/i.test(half) ? 12 : 0);
  return 3600 * hours + 60 * Number(second) + (third === undefined ? 0 : numberOf(third));
}

/** Whether a clock's cell has seconds or says AM or PM, so that it can be read in one way only. */
export const isPlainClock = (cell: string): boolean => {
  const [, , , third, half] = CLOCK.exec(cell)!;
  return third !== undefined || half !== undefined;
};

/** 5:30:28 of a clock or of elapsed time. */
export function clockText(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${Math.trunc(whole / 3600)}:${two(Math.trunc(whole / 60) % 60)}:${two(whole % 60)}`;
}

export type TemperatureUnit = "C" | "F" | "K";

/** The unit a heading says: `Roof (°C)`, `Dach [degF]`, `Sill °F`. A bare letter is a name. */
export function temperatureUnitOf(text: string): TemperatureUnit | undefined {
  if (/(?:°|º|deg\.? ?|grad ?)C(?![a-z])|celsius|[([]C[)\]]/i.test(text)) return "C";
  if (/(?:°|º|deg\.? ?)F(?![a-z])|fahrenheit|[([]F[)\]]/i.test(text)) return "F";
  if (/kelvin|[([]K[)\]]/.test(text)) return "K";
  return undefined;
}

/** Whether a cell is nothing but a unit, or the form of a clock. */
export const isUnit = (cell: string): boolean =>
  /^[([]?(?:[°º]|deg\.? ?)?[CFK][)\]]?$/i.test(cell) ||
  /^[([]?(?:h{1,2}:m{1,3}|m{1,3}:s{1,2}|h{1,2}:m{1,2}:s{1,2})(?:[.,]\w+)?[)\]]?$/i.test(cell) ||
  (!cell.includes(" ") && timeUnitOf(cell) !== undefined);

export function celsiusOf(value: number, unit: TemperatureUnit): number {
  if (unit === "F") return ((value - 32) * 5) / 9;
  return unit === "K" ? value - 273.15 : value;
}

export type TimeUnit = "ms" | "s" | "min" | "h" | "mm:ss" | "hh:mm";
export const SECONDS_OF: Readonly<Record<"ms" | "s" | "min" | "h", number>> = {
  ms: 1e-3,
  s: 1,
  min: 60,
  h: 3600,
};

/** The unit of time a heading says. */
export function timeUnitOf(text: string): TimeUnit | undefined {
  const inside = /[([]([^)\]]+)[)\]]|^(\S+)$/.exec(text.trim());
  const word = (inside?.[1] ?? inside?.[2] ?? "").trim().toLowerCase();
  if (/^h{1,2}:mm$/.test(word)) return "hh:mm";
  if (/^m{1,3}:ss$/.test(word)) return "mm:ss";
  if (/^(?:ms|msec|millisekunden|milliseconds)$/.test(word)) return "ms";
  if (/^(?:s|sec|secs|sek|seconds?|sekunden?)\.?$/.test(word)) return "s";
  if (/^(?:m|min|mins|minutes?|minuten?)\.?$/.test(word)) return "min";
  if (/^(?:h|hr|hrs|std|hours?|stunden?)\.?$/.test(word)) return "h";
  return undefined;
}
