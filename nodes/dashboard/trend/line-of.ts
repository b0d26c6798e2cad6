import type { TrendSeries } from "./trend-view.ts";

/** A stretch of time without a value to believe in, s since 1970. */
export interface BadStretch {
  readonly fromS: number;
  readonly toS: number;
  readonly why: "bad" | "missing";
}

/** A curve as it is drawn: null breaks the line. */
export interface DrawnLine {
  readonly timesS: readonly number[];
  readonly values: readonly (number | null)[];
  readonly bad: readonly BadStretch[];
}

/**
 * The line through the columns of a series. It breaks where a sample was bad, until the next good one, and where none
 * came for longer than `gapS`; it is never drawn across.
 * @param widthMs of its columns
 * @param endS now, or the end of a stretch; null for nothing beyond the newest sample
 */
export function lineOf(series: TrendSeries, widthMs: number, endS: number | null): DrawnLine {
  const timesS: number[] = [];
  const values: (number | null)[] = [];
  const bad: BadStretch[] = [];
  const { gapS, before, columns, isStepped, isStale } = series;
  let goodS = Number.NaN;
  let good = 0;
  let goodColumn = Number.NaN;
  let badS = Number.NaN;
  const put = (timeS: number, value: number | null) => {
    // Times ascend strictly, or a chart draws backwards.
    const least = (timesS.at(-1) ?? Number.NEGATIVE_INFINITY) + 1e-4;
    timesS.push(Math.max(timeS, least));
    values.push(value);
  };
  const take = (timeS: number, value: number | null, column: number) => {
    if (value === null) {
      if (Number.isNaN(badS)) {
        badS = timeS;
        put(timeS, null);
      }
      return;
    }
    if (!Number.isNaN(badS)) {
      bad.push({ fromS: badS, toS: timeS, why: "bad" });
      badS = Number.NaN;
    } else if (gapS !== null && column !== goodColumn && timeS - goodS > gapS) {
      bad.push({ fromS: goodS, toS: timeS, why: "missing" });
      put((goodS + timeS) / 2, null);
    }
    put(timeS, value);
    goodS = timeS;
    good = value;
    goodColumn = column;
  };
  if (before !== null) take(before[0], before[1], Number.NEGATIVE_INFINITY);
  for (const column of columns) {
    const beginMs = column[0]! * widthMs;
    for (let i = 1; i + 1 < column.length; i += 2)
      take((beginMs + column[i]!) / 1000, column[i + 1]!, column[0]!);
  }
  if (endS === null) return { timesS, values, bad };
  if (!Number.isNaN(badS) && endS > badS) bad.push({ fromS: badS, toS: endS, why: "bad" });
  else if (!Number.isNaN(goodS) && endS > goodS) {
    const isMissing = isStepped ? isStale : gapS !== null && endS - goodS > gapS + widthMs / 1000;
    if (isMissing) bad.push({ fromS: goodS, toS: endS, why: "missing" });
    else if (isStepped) put(endS, good);
  }
  return { timesS, values, bad };
}

/** Least and greatest of what is drawn in a time, for those who do not see it; null where nothing is. */
export function extremesOf(
  { timesS, values }: DrawnLine,
  fromS: number,
  toS: number,
): { least: number; leastS: number; greatest: number; greatestS: number } | null {
  let found: { least: number; leastS: number; greatest: number; greatestS: number } | null = null;
  for (const [i, value] of values.entries()) {
    const timeS = timesS[i]!;
    if (value === null || timeS < fromS || timeS > toS) continue;
    found ??= { least: value, leastS: timeS, greatest: value, greatestS: timeS };
    if (value < found.least) Object.assign(found, { least: value, leastS: timeS });
    if (value > found.greatest) Object.assign(found, { greatest: value, greatestS: timeS });
  }
  return found;
}
