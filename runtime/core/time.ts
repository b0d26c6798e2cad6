/**
 * Times are whole microseconds since 1970 in a Float64, exact to the year 2255. Finer source times are truncated.
 */
export type TimeUs = number;

/** 2^53 - 1 µs lies in June 2255. */
export const MAX_TIME_US = Number.MAX_SAFE_INTEGER;

export const isStorableTimeUs = (timeUs: number): boolean => timeUs >= 0 && timeUs <= MAX_TIME_US;

export const usFromMs = (ms: number): TimeUs => Math.trunc(ms * 1000);
export const msFromUs = (timeUs: TimeUs): number => timeUs / 1000;
export const usFromDate = (date: Date): TimeUs => date.getTime() * 1000;
export const dateFromUs = (timeUs: TimeUs): Date => new Date(timeUs / 1000);
export const isoFromUs = (timeUs: TimeUs): string => dateFromUs(timeUs).toISOString();

/** Wall time of this machine. */
export const wallTimeUs = (): TimeUs => Date.now() * 1000;
/** Milliseconds that never step: for heartbeats and write time-outs. */
export const monotonicMs = (): number => performance.now();
