import type { TimeUs } from "../../core/time.ts";

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;
const GERMAN = /^(\d{2})\.(\d{2})\.(\d{4})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?$/;
const NUMBER = /^\d+(\.\d+)?$/;

/** Numbers at least so large are microseconds, or milliseconds; smaller ones are seconds. */
const LEAST_MICROSECONDS = 1e14;
const LEAST_MILLISECONDS = 1e11;

/**
 * Reads a time: `2020-03-09 10:14:33.5` (with or without T, Z or an offset; without one it is UTC),
 * `09.03.2020 10:14:33`, or a number since 1970 in seconds, milliseconds (from 1e11) or microseconds (from 1e14).
 * @returns whole microseconds since 1970, finer digits cut off; NaN where it is no time
 */
export function timeOfCell(cell: string): TimeUs {
  const text = cell.trim();
  if (NUMBER.test(text)) {
    const value = Number(text);
    if (value >= LEAST_MICROSECONDS) return Math.trunc(value);
    if (value >= LEAST_MILLISECONDS) return Math.trunc(value * 1000);
    return secondsToUs(text);
  }
  const iso = ISO.exec(text);
  if (iso !== null) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    return at(year!, month!, day!, hour, minute, second, fraction) - offsetUs(zone);
  }
  const german = GERMAN.exec(text);
  if (german === null) return Number.NaN;
  const [, day, month, year, hour, minute, second, fraction] = german;
  return at(year!, month!, day!, hour, minute, second, fraction);
}

/** By digits, since 0.1 s times 1e6 is not always whole in a Float64. */
function secondsToUs(text: string): TimeUs {
  const [whole, fraction = ""] = text.split(".");
  return Number(whole) * 1e6 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}

function at(
  year: string,
  month: string,
  day: string,
  hour = "00",
  minute = "00",
  second = "00",
  fraction = "",
): TimeUs {
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const date = new Date(ms);
  // Date.UTC rolls 30 February over to March; such a cell is no time.
  const isReal =
    date.getUTCMonth() === Number(month) - 1 &&
    date.getUTCDate() === Number(day) &&
    date.getUTCHours() === Number(hour) &&
    date.getUTCMinutes() === Number(minute) &&
    date.getUTCSeconds() === Number(second);
  return isReal ? ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0")) : Number.NaN;
}

function offsetUs(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone[0] === "-" ? -1 : 1) * minutes * 60e6;
}
