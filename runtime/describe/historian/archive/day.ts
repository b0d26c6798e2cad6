import type { TimeUs } from "../../../core/time.ts";

/** A day in UTC by source time, as whole days since 1970-01-01. */
export type Day = number;

export const DAY_US = 86_400e6;

export const dayOf = (timeUs: TimeUs): Day => Math.floor(timeUs / DAY_US);

/** "2026-09-21". */
export const dayName = (day: Day): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** The SQL condition for rows of one source and one day. */
export const ofDay = (source: number, day: Day): string =>
  `source = ${source} AND time_us >= ${day * DAY_US} AND time_us < ${(day + 1) * DAY_US}`;
