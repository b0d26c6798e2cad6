import { RungError } from "../../core/errors.ts";

/** A step so many times the usual one is a gap. */
const GAP_STEPS = 1.5;

const ISO = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** A time as a number that grows with it, in whatever unit the table has; NaN for words. */
function timeNumber(cell: string): number {
  const text = cell.trim();
  if (text === "") return Number.NaN;
  if (ISO.test(text))
    return Date.parse(
      text.includes("Z") || /[+-]\d\d:?\d\d$/.test(text)
        ? text
        : `${text.replace(" ", "T")}${text.length > 10 ? "Z" : ""}`,
    );
  return Number(text);
}

/**
 * What the times of a table say about its rows.
 * @param time cells as they stand; where they are neither ISO 8601 nor numbers, rows are taken as evenly spaced
 * @returns rows missing before each row that follows a gap
 * @throws RungError `unordered-time` where a time lies before the one above it
 */
export function missingRows(time: readonly string[], where: string): Map<number, number> {
  const numbers = Float64Array.from(time, timeNumber);
  const gaps = new Map<number, number>();
  if (numbers.some(Number.isNaN) || numbers.length < 3) return gaps;
  const steps = numbers.slice(1).map((at, r) => at - numbers[r]!);
  const back = steps.findIndex((step) => step < 0);
  if (back >= 0) {
    throw new RungError({
      code: "unordered-time",
      where,
      what: `row ${back + 2} (${time[back + 1]}) lies before the row above it (${time[back]})`,
      advice: "sort the rows by time; a detector needs them as they happened",
    });
  }
  const usual = Float64Array.from(steps).sort()[steps.length >> 1]!;
  if (usual > 0) {
    for (const [r, step] of steps.entries()) {
      if (step > GAP_STEPS * usual) gaps.set(r + 1, Math.round(step / usual) - 1);
    }
  }
  return gaps;
}
