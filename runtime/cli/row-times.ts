import { RungError } from "../core/errors.ts";
import { requireAscending } from "../diagnose/multivariate/normal-scale.ts";

/**
 * Times of the rows in µs: of a column of seconds, or of dates, which count as UTC where they name no zone.
 * @throws RungError `bad-time` naming the row, `unordered-time`
 */
export function rowTimes(cells: readonly string[], file: string, column: string): Float64Array {
  // The first row says which of the two the column is.
  const isSeconds = Number.isFinite(secondsIn(cells[0] ?? ""));
  const timeUs = Float64Array.from(cells, (cell) => (isSeconds ? secondsIn(cell) * 1e6 : dateUs(cell)));
  const wrong = timeUs.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new RungError({
      code: "bad-time",
      where: `${file}, column ${column}`,
      what: `${JSON.stringify(cells[wrong])} in row ${wrong + 1} is no time`,
      advice: "write seconds, or dates such as 2026-01-12 06:00:05",
    });
  }
  requireAscending(timeUs, `${file}, column ${column}`);
  return timeUs;
}

const secondsIn = (cell: string): number => (cell.trim() === "" ? Number.NaN : Number(cell));

function dateUs(cell: string): number {
  const text = cell.trim();
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  return Date.parse(hasZone || !text.includes(":") ? text : `${text}Z`) * 1000;
}
